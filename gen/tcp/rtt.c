/* SPDX-License-Identifier: BSD-3-Clause */
/* Round-trip time and RTO (RFC 6298 2), scaled integers as in Jacobson 1988. */
#include "tcp/internal.h"

#define SAMPLE_MAX (1u << 27) /* 137 s: srtt scaled by 8 must fit */

void rtt_sample(struct conn *c, uint32_t measured_tk)
{
    rtt_sample_of(c, measured_tk, 0);
}

void rtt_sample_of(struct conn *c, uint32_t measured_tk, unsigned shift)
{
    c->backoff = 0;
    if (measured_tk > SAMPLE_MAX)
        measured_tk = SAMPLE_MAX;
    if (!c->srtt) { /* RFC 6298 2.2; 0 means none yet, and rttvar is the time-out then, or 0 */
        c->srtt = (measured_tk ? measured_tk : 1) << 3;
        c->rttvar = measured_tk << 1;
        return;
    }
    int32_t delta = (int32_t)(measured_tk - (c->srtt >> 3));
    c->srtt = (uint32_t)((int32_t)c->srtt + (delta >> shift)); /* 2.3, alpha = 1/8 */
    if (!c->srtt)
        c->srtt = 1;
    if (delta < 0)
        delta = -delta;
    delta -= (int32_t)(c->rttvar >> 2);
    c->rttvar = (uint32_t)((int32_t)c->rttvar + (delta >> shift)); /* beta = 1/4 */
}

void rtt_be_cautious(const struct tcp *t, struct conn *c)
{
    const uint32_t cautious_tk = (uint32_t)(3000000000ull >> TCP_TICK_SHIFT);
    if (!c->srtt && t->cfg.rto_initial_tk < cautious_tk)
        c->rttvar = cautious_tk;
}

__attribute__((noinline)) uint32_t rto_unusual_tk(const struct tcp *t, const struct conn *c)
{
    uint64_t rto = c->rttvar ? c->rttvar : t->cfg.rto_initial_tk; /* 2.1 */
    if (c->srtt)
        rto = rto_usual_tk(t, c);
    rto <<= c->backoff < 16 ? c->backoff : 16; /* 5.5 */
    return rto < t->cfg.rto_max_tk ? (uint32_t)rto : t->cfg.rto_max_tk;
}
