/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device in software, around another wire: completes checksums and cuts text into segments (TSO), at
 * once. What comes out of the other end is what would have been sent segment by segment.
 */
#ifndef TESTS_LIB_CUTTING_WIRE_H
#define TESTS_LIB_CUTTING_WIRE_H

#include "wire/wire.h"

#define CUTTING_BYTES 65344u /* of a long frame */
#define CUTTING_LONG  4u     /* of them */

struct cutting {
    struct wire_queue q; /* first: a queue is a cutting */
    struct wire_port port;
    uint8_t *bytes;
    uint32_t lent; /* a bit each */
    uint32_t cut;  /* long frames sent */
    bool open;     /* checksums stay open: the other end takes them so (virtio) */
};

/* `inner` and the cutting stay the caller's. */
void cutting_open(struct cutting *c, struct wire_queue *inner);
void cutting_close(struct cutting *c);

#endif
