/* SPDX-License-Identifier: BSD-3-Clause */
/* What happens to one frame: drawn once, from the seed; applied, and undone, as often as needed. */
#ifndef WIRE_FAULT_VERDICT_H
#define WIRE_FAULT_VERDICT_H

#include <stdbool.h>

#include "wire/fault.h"
#include "wire/fault_harm.h"
#include "wire/fault_link.h"

struct verdict {
    bool lose, duplicate, wait, reorder, truncate;
    bool burst, overflow, marked; /* lose: in a burst, or before the link; CE was set */
    uint64_t wait_ns;
    uint16_t len; /* where truncated */
    struct harm harm;
};

/* `in_burst`: the state of the way (struct fault_rates), carried from frame to frame. */
struct verdict verdict_draw(const struct fault_rates *rates, struct rng *rng, bool *in_burst,
                            const struct frame *f);
/* What the link and its queue do to the frame before all that: it goes later, not at all, or marked
 * (at once, as such a frame is never asked about again). */
void verdict_link(struct verdict *v, const struct fault_rates *rates, struct fault_link *link,
                  struct frame *f, uint64_t now_ns);
/* Harm and truncation. */
void verdict_apply(const struct verdict *v, struct frame *f);
/* Back to what it was when it had `len` bytes. */
void verdict_undo(const struct verdict *v, struct frame *f, uint16_t len);

#endif
