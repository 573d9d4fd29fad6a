/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_verdict.h"

#include "wire/fault_mark.h"

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

/* Gilbert's two states, a step a frame. */
static bool choose_burst(const struct fault_rates *rates, struct rng *rng, bool in_burst)
{
    double len = rates->burst_len > 1 ? rates->burst_len : 1;
    if (in_burst)
        return !chance(rng, 1 / len);
    return chance(rng, rates->burst_loss / (len * (1 - rates->burst_loss)));
}

struct verdict verdict_draw(const struct fault_rates *rates, struct rng *rng, bool *in_burst,
                            const struct frame *f)
{
    *in_burst = rates->burst_loss > 0 && choose_burst(rates, rng, *in_burst);
    struct verdict v = {.burst = *in_burst};
    v.lose = v.burst || chance(rng, rates->loss);
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

void verdict_link(struct verdict *v, const struct fault_rates *rates, struct fault_link *link,
                  struct frame *f, uint64_t now_ns)
{
    uint64_t rate = rates->rate_bit_per_s, left_ns;
    if (!rate)
        return;
    bool crowded = rates->ecn_mark_bytes &&
                   link_backlog_bytes(link, rate, now_ns) > rates->ecn_mark_bytes;
    if (!link_enter(link, rates, f->len, now_ns, &left_ns)) {
        *v = (struct verdict){.lose = true, .overflow = true};
        return;
    }
    v->wait = true;
    v->wait_ns += left_ns - now_ns;
    v->marked = crowded && !v->lose && fault_mark_ce(f->data, f->len);
}

/* What a device said of the bytes that arrived holds no more. */
void verdict_apply(const struct verdict *v, struct frame *f)
{
    if (v->harm.count || v->truncate)
        f->flags &= (uint16_t)~(FRAME_CSUM_OK | FRAME_CSUM_PARTIAL);
    harm_apply(&v->harm, f->data, f->len);
    if (v->truncate && v->len < f->len)
        f->len = v->len;
}

void verdict_undo(const struct verdict *v, struct frame *f, uint16_t len)
{
    f->len = len;
    harm_apply(&v->harm, f->data, len);
}
