/* SPDX-License-Identifier: BSD-3-Clause */
/* What a SYN offers and what both sides then use: MSS, window scale, timestamps, SACK. */
#include "tcp/internal.h"

#define MSS_DEFAULT     536 /* RFC 9293 3.7.1 */
#define TS_AGE_SHIFT    6 /* of MORE_TS_AGE */
#define MSS_MIN         64  /* below it a peer only wants to waste our frames */

/* RFC 7323 5.4: about 1 ms a tick; one secret offset, so that it grows for each tuple's next life
 * too (RFC 6191) and tells nothing of the uptime. */
uint32_t options_ts_now(const struct tcp *t)
{
    return t->now_step + (uint32_t)(t->cfg.secret >> 32);
}

/* In units of 13 days, modulo 4. */
static uint8_t ts_age(const struct tcp *t)
{
    return (uint8_t)(t->now_step >> 30);
}

void options_ts_keep(const struct tcp *t, struct conn *c, uint32_t ts_val)
{
    c->ts_recent = ts_val;
    c->more = (uint8_t)((c->more & ~MORE_TS_AGE) | ts_age(t) << TS_AGE_SHIFT);
}

/* From 26 days on it is always, before 13 never: the peer's clock turns after 24.8 days, and nothing
 * old is still under way after minutes. (After 52 days of silence it seems new again; a connection
 * that lives so long had better send keep-alives.) */
bool options_ts_outdated(const struct tcp *t, const struct conn *c)
{
    return ((ts_age(t) - (c->more >> TS_AGE_SHIFT)) & 3) >= 2;
}

void options_agree(struct tcp *t, struct conn *c, const struct pkt_tcp *p)
{
    uint16_t offered = p->opts & TCP_OPT_MSS ? p->mss : MSS_DEFAULT;
    if (offered < MSS_MIN)
        offered = MSS_MIN;
    if (offered < c->mss)
        c->mss = offered;
    if (p->opts & TCP_OPT_WSCALE)
        c->wscale = (uint8_t)(p->wscale | t->cfg.window_scale << 4);
    if (t->cfg.timestamps && (p->opts & TCP_OPT_TS)) {
        conn_set(c, CONN_TS);
        options_ts_keep(t, c, p->ts_val);
        c->mss = (uint16_t)(c->mss - TS_OPTION_BYTES);
    }
    if (t->cfg.sack && p->opts & TCP_OPT_SACK_OK)
        conn_set_more(c, MORE_SACK);
    c->snd_wnd = p->window; /* never scaled in a SYN (RFC 7323 2.2) */
    c->max_wnd = p->window >> conn_snd_shift(c);
    c->snd_wl1 = p->seq;
    congestion_init(t, c);
}
