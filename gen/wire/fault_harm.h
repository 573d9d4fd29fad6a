/* SPDX-License-Identifier: BSD-3-Clause */
/* Bit flips in a frame: chosen first, applied by exclusive or, undone by applying them again. */
#ifndef WIRE_FAULT_HARM_H
#define WIRE_FAULT_HARM_H

#include <stdint.h>

#include "base/rng.h"

enum { HARM_FLIPS = 8 };

struct harm {
    uint32_t count;
    uint16_t at[HARM_FLIPS]; /* byte of the frame */
    uint8_t mask[HARM_FLIPS];
};

/* The EtherType behind any tags; the cursor stands behind it. */
struct cursor;
uint16_t harm_link_type(struct cursor *c);
/* One bit anywhere behind the Ethernet header of an IP frame; none in others (no checksum would
 * catch it in ARP, which is not the kind of harm that a wire does past its FCS). */
void harm_choose_bit(struct harm *h, struct rng *r, const uint8_t *data, uint16_t len);
/* `bits` / 2 pairs in a TCP payload that leave the Internet checksum as it was (RFC 1071: a sum
 * does not see one word gain what another loses). None where there is no such pair. */
void harm_choose_pairs(struct harm *h, struct rng *r, const uint8_t *data, uint16_t len,
                       uint32_t bits);
void harm_apply(const struct harm *h, uint8_t *data, uint16_t len);

#endif
