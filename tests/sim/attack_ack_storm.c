/* SPDX-License-Identifier: BSD-3-Clause */
/* Text that an onlooker slips in puts two ends out of step: each tells the other so, and the other
 * finds that out of step. They must fall silent (Joncheray 1995; RFC 5961 7). */
#include "attack.h"

static const char slipped[100] = "slipped in";

/* With the exact numbers of the victim's connection, at the server's end (`to` 1) or the client's. */
static void slip_in(struct attack *a, int to)
{
    const struct conn *c = to ? attack_far_end(a, attack_victim_port(a))
                              : tcp_conn(&a->p->ends[0].stack.tcp, a->victim);
    struct forged f = {
        .src = to ? PEERS_CLIENT : PEERS_SERVER, .dst = to ? PEERS_SERVER : PEERS_CLIENT,
        .seg = {.src_port = c->rport, .dst_port = c->lport, .seq = c->rcv_nxt, .ack = c->snd_nxt,
                .flags = TCP_ACK, .window = 500, .opts = c->flags & CONN_TS ? TCP_OPT_TS : 0,
                .ts_val = c->ts_recent},
        .payload = slipped, .payload_len = sizeof slipped};
    attack_send(a, to, &f);
}

static void storm(bool both, bool timestamps, uint64_t delay_ns)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    cfg.timestamps = timestamps;
    cfg.link.delay_ns = delay_ns;
    attack_open(&a, &cfg, NULL);
    a.victim = attack_open_victim(&a);
    attack_go_on(&a, 0);
    ck_assert_ptr_nonnull(attack_far_end(&a, attack_victim_port(&a)));
    uint64_t before = attack_count(&a, COUNTER_SEGMENTS_TX);
    slip_in(&a, 0);
    if (both)
        slip_in(&a, 1);
    attack_go_on(&a, 60000 * MS);
    ck_assert_uint_lt(attack_count(&a, COUNTER_SEGMENTS_TX) - before, 60);
    before = attack_count(&a, COUNTER_SEGMENTS_TX);
    attack_go_on(&a, 60000 * MS);
    ck_assert_uint_eq(attack_count(&a, COUNTER_SEGMENTS_TX), before);
    attack_close(&a);
}

START_TEST(test_one_end_ahead)
{
    storm(false, true, MS);
    storm(false, false, MS);
}
END_TEST

START_TEST(test_both_ends_ahead)
{
    storm(true, true, MS);
    storm(true, false, MS);
}
END_TEST

START_TEST(test_on_a_long_way)
{
    storm(false, true, 100 * MS);
    storm(true, false, 100 * MS);
}
END_TEST

CHECK_MAIN("sim/attack_ack_storm", test_one_end_ahead, test_both_ends_ahead, test_on_a_long_way)
