/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flight recorder of one worker: its last inputs, and what left, in a ring reserved at start.
 *
 * It sits between the engine and the application (the engine's callbacks go through it) and looks
 * on at the stack's frames and the application's calls. A fault freezes it at the end of the round;
 * from then on the ring is the main thread's, which writes it out (flight/save.h) and hands it back.
 * The worker never waits, writes no file, and makes no system call.
 *
 * The ring has parts, overwritten in turn. In each part the state of a connection is written before
 * anything else of it counts, so that whatever the ring still holds can be replayed from there.
 */
#ifndef FLIGHT_FLIGHT_H
#define FLIGHT_FLIGHT_H

#include <stdatomic.h>

#include "base/measure.h"
#include "flight/tape.h"
#include "stack/stack.h"

enum flight_owner { FLIGHT_WORKER, FLIGHT_MAIN };

/* What is said of a tape: the head of its file. */
struct flight_fault {
    struct tape_tuple tuple;
    uint64_t at_ns;
    enum result why;
};

struct flight {
    uint8_t *ring;             /* NULL: off */
    uint32_t part_bytes, part; /* the part being written, */
    uint32_t used[TAPE_SPANS]; /* bytes of each; those behind `part` are the oldest */
    uint64_t *seen;            /* a bit a connection: its state is in the current part */
    uint64_t now_ns;           /* told by the worker */
    uint8_t callbacks;         /* so far */
    bool inside;               /* a callback runs */
    bool frozen;               /* nothing is recorded until main has handed the ring back */
    bool at_fault;             /* `fault` is of this round or the frozen ring */
    struct flight_fault fault;
    _Atomic uint32_t owner;    /* enum flight_owner */
    _Atomic uint64_t faults;   /* all of them, also those that no tape is kept of */
    struct stack *stack;
    const struct tcp_ops *ops; /* the application's */
    void *app;
    struct tcp_watch calls;
    struct stack_watch frames;
};

/* Reserves the ring and takes its place around `stack`, which has just been made and stays where it
 * is. `bytes` 0: off, and nothing is touched. */
int flight_open(struct flight *f, uint32_t bytes, struct stack *stack, struct err *e);
void flight_close(struct flight *f);

static inline void flight_now(struct flight *f, uint64_t now_ns)
{
    f->now_ns = now_ns;
}

/* Something went wrong on a connection. The first one of a ring is kept. */
void flight_fault(struct flight *f, uint32_t conn, enum result why);
/* Once a round, when nothing is under way. */
void flight_round(struct flight *f);

/* For main: whether the ring is its own now, and giving it back. */
bool flight_is_frozen(struct flight *f);
void flight_hand_back(struct flight *f);
/* What the ring holds; of a ring that is not frozen only for its own worker (a crash). */
struct tape flight_tape(const struct flight *f);

#endif
