/* SPDX-License-Identifier: BSD-3-Clause */
/* An interval as one line of JSON; docs/stream.schema.json is the contract. */
#ifndef LIVE_STREAM_H
#define LIVE_STREAM_H

#include "live/figures.h"

/* `dropped`: lines that the reader was too slow for, so far. Free it; NULL: no memory. */
char *stream_line(const struct live_run *run, const struct live_phase *phase,
                  const struct rec_watch *w, uint64_t dropped);

#endif
