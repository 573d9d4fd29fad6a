/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A yardstick for what is more than a frame that goes to and fro: the frames of a connection's life,
 * or of a stream, exchanged without anything that understands them.
 *
 * A turn is a list of steps. In each the near side sends `frames`, and the last of them is answered
 * by one frame of `back` bytes, which begins the next step. A step that is not answered is the last;
 * it leaves together with the next turn's first.
 */
#ifndef RUN_TURNS_H
#define RUN_TURNS_H

#include <stdint.h>

struct reflector;

#define TURN_STEPS 8

struct turn {
    uint32_t steps; /* 1 to TURN_STEPS */
    struct turn_step {
        uint16_t frames, len; /* so many of so many bytes */
        uint16_t back;        /* bytes of the answer; 0: none, in the last step only */
    } step[TURN_STEPS];
};

/* The near side: what is still to be sent, since frames may run out. */
struct turns {
    const struct turn *turn;
    uint64_t owed[TURN_STEPS]; /* steps to begin */
    uint32_t at, sent;         /* the step that is being sent, and how many of its frames are */
};

void turns_init(struct turns *t, const struct turn *turn, uint32_t in_flight);
/* One round of the near side; how many turns ended. */
uint32_t turns_near(struct turns *t, const struct reflector *r);
/* One round of the far side; how many frames arrived. */
uint32_t turns_far(const struct reflector *r);

#endif
