/* SPDX-License-Identifier: BSD-3-Clause */
/* What happens to one frame: drawn once, from the seed; applied, and undone, as often as needed. */
#ifndef WIRE_FAULT_VERDICT_H
#define WIRE_FAULT_VERDICT_H

#include <stdbool.h>

#include "wire/fault.h"
#include "wire/fault_harm.h"

struct verdict {
    bool lose, duplicate, wait, reorder, truncate;
    uint64_t wait_ns;
    uint16_t len; /* where truncated */
    struct harm harm;
};

struct verdict verdict_draw(const struct fault_rates *rates, struct rng *rng,
                            const struct frame *f);
/* Harm and truncation. */
void verdict_apply(const struct verdict *v, struct frame *f);
/* Back to what it was when it had `len` bytes. */
void verdict_undo(const struct verdict *v, struct frame *f, uint16_t len);

#endif
