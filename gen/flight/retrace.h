/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engine stepped over a recording: the same configuration, the same frames and calls at the same
 * times, and what it sends held against what was sent. One connection; the rest of the worker, which
 * it shared pools and the throttle of challenge ACKs with, is not there.
 */
#ifndef FLIGHT_RETRACE_H
#define FLIGHT_RETRACE_H

#include "flight/file.h"
#include "wire/hand.h"

enum retrace_verdict {
    RETRACE_SAME,      /* every segment left as recorded */
    RETRACE_DIFFERS,
    RETRACE_UNKNOWN,   /* where the connection stood at the start is not known: only shown */
};

/* One thing that happened, for whoever shows it. */
struct retrace_step {
    const struct tape_record *record; /* NULL: an event or a state of the engine */
    uint32_t number;                  /* of the record in its tape */
    uint64_t at_ns;
    const char *event;                /* NULL: none; "OPEN", "RESET", ... */
    const char *state;                /* the connection's new state; NULL: it has not changed */
    const struct frame *sent;         /* what the engine sends where the recording says otherwise */
    const char *differs;              /* NULL: as recorded; else what is not */
};

typedef void retrace_show(void *ctx, const struct retrace_step *step);

struct retrace {
    const struct flight_file *file;
    struct tape_part part;
    struct tape_cursor cursor;
    const struct tape_record *next; /* the connection's next record; NULL: none */
    uint32_t number;                /* of `next` */
    uint32_t left;                  /* records that may still be taken */
    struct hand *hand;
    struct stack stack;
    uint64_t count[COUNTER_COUNT], drops[DROP_COUNT];
    uint32_t conn;                  /* CONN_NONE: none, or not any more */
    uint8_t callback;
    uint8_t state;                  /* as told last */
    bool running;                   /* the engine is stepped too */
    uint32_t sent;                  /* segments that left as recorded */
    uint32_t differences;
    retrace_show *show;
    void *ctx;
};

/* `cfg`: of the worker that recorded it, pools as small as one connection needs. `most`: records to
 * take, 0: all. -errno and e: no memory, or no connection in the file. */
int retrace_open(struct retrace *r, const struct flight_file *file, const struct stack_config *cfg,
                 uint32_t most, retrace_show *show, void *ctx, struct err *e);
/* Steps to the end, or to the first difference. */
enum retrace_verdict retrace_run(struct retrace *r);
void retrace_close(struct retrace *r);

#endif
