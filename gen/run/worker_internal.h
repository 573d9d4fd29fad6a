/* SPDX-License-Identifier: BSD-3-Clause */
/* What the worker's own files share. */
#ifndef RUN_WORKER_INTERNAL_H
#define RUN_WORKER_INTERNAL_H

#include "run/worker.h"

/* worker_interval.c. Hands the interval over that ends now, and counts into one of `phase`. */
void worker_next_interval(struct worker *w, uint64_t now_ns, uint32_t phase);
/* A responder's counters, for other processes. */
void worker_tell_live(struct worker *w, uint64_t now_ns);

/* worker_command.c. Once a round: ends the command whose work or time is over, begins the one that is
 * due. */
void worker_poll_commands(struct worker *w, uint64_t now_ns);
/* The status words, for main. */
void worker_tell_status(struct worker *w);

/* worker_stamps.c. Of the frames that the stack has polled, `n` from number `from` on are taken up now. */
void worker_note_arrivals(struct worker *w, uint32_t from, uint32_t n);
/* Takes what the wire tells of frames that have left. */
void worker_note_departures(struct worker *w);

/* worker_loop.c. Rounds until worker_stop, and the last interval. */
void worker_loop(struct worker *w);

#endif
