/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_verdict.h"

enum { ETH_BYTES = 14, REORDER_NS = 1000000 };

static bool chance(struct rng *rng, double rate)
{
    return rate > 0 && rng_f64(rng) < rate;
}

static void choose_harm(const struct fault_rates *rates, struct rng *rng, const struct frame *f,
                        struct harm *h)
{
    if (rates->corrupt_bits > 1)
        harm_choose_pairs(h, rng, f->data, f->len, rates->corrupt_bits);
    else
        harm_choose_bit(h, rng, f->data, f->len);
}

static void choose_wait(const struct fault_rates *rates, struct rng *rng, struct verdict *v)
{
    v->wait_ns = rates->delay_all_ns;
    if (rates->jitter_ns)
        v->wait_ns += rng_below(rng, rates->jitter_ns + 1);
    v->reorder = chance(rng, rates->reorder);
    if (v->reorder)
        v->wait_ns += rates->delay_ns ? rates->delay_ns : REORDER_NS;
    v->wait = v->wait_ns > 0;
}

struct verdict verdict_draw(const struct fault_rates *rates, struct rng *rng, const struct frame *f)
{
    struct verdict v = {.lose = chance(rng, rates->loss)};
    if (v.lose)
        return v;
    v.truncate = chance(rng, rates->truncate) && f->len > ETH_BYTES;
    if (v.truncate)
        v.len = (uint16_t)(ETH_BYTES + rng_below(rng, f->len - ETH_BYTES));
    if (chance(rng, rates->corrupt))
        choose_harm(rates, rng, f, &v.harm);
    v.duplicate = chance(rng, rates->duplicate);
    choose_wait(rates, rng, &v);
    return v;
}

void verdict_apply(const struct verdict *v, struct frame *f)
{
    harm_apply(&v->harm, f->data, f->len);
    if (v->truncate && v->len < f->len)
        f->len = v->len;
}

void verdict_undo(const struct verdict *v, struct frame *f, uint16_t len)
{
    f->len = len;
    harm_apply(&v->harm, f->data, len);
}
