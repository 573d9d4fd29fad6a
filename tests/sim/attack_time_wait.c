/* SPDX-License-Identifier: BSD-3-Clause */
/* TIME-WAIT assassination (RFC 1337): old segments and resets for tuples whose wait is on. None ends
 * the wait, none wakes the connection, and nobody but the last sender of text is answered. */
#include "attack.h"

#define WAIT_NS (60000 * MS)

/* Entries of an end that wait. */
static uint32_t waiting(const struct peer *e)
{
    const struct time_wait_pool *w = &e->stack.tcp.time_wait;
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->count; i++)
        n += w->slots[(w->head + i) & (w->size - 1)].live;
    return n;
}

/* Every 8 ms a segment of one kind for each of the server's entries, as if the client had sent it. */
static void act(struct attack *a)
{
    const struct time_wait_pool *w = &attack_server(a)->stack.tcp.time_wait;
    static const uint8_t kinds[] = {TCP_RST, TCP_RST | TCP_ACK, TCP_ACK, TCP_SYN, TCP_ACK | TCP_PSH,
                                    TCP_SYN | TCP_ACK};
    if (a->stage++ % 8 || !peers_over(a->p))
        return;
    uint8_t flags = kinds[a->stage / 8 % sizeof kinds];
    for (uint32_t i = 0; i < w->count; i++) {
        const struct time_wait *e = &w->slots[(w->head + i) & (w->size - 1)];
        /* Exact where it would hurt most; text and SYN from the connection's past. */
        bool past = flags & (TCP_PSH | TCP_SYN);
        attack_send(a, 1, &(struct forged){
            .src = PEERS_CLIENT,
            .seg = {.src_port = (uint16_t)e->key, .dst_port = PEERS_SERVER_PORT,
                    .seq = e->rcv_nxt - (past ? 500 : 0), .ack = e->snd_nxt, .flags = flags,
                    .window = 500, .opts = e->ts ? TCP_OPT_TS : 0,
                    .ts_val = e->ts_recent - (past ? 10 : 0)},
            .payload = "x", .payload_len = flags & TCP_PSH ? 1 : 0});
    }
}

static void play(bool timestamps)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    cfg.timestamps = timestamps;
    attack_open(&a, &cfg, act);
    attack_go_on(&a, 0);
    uint32_t there = waiting(attack_server(&a));
    ck_assert_uint_eq(there, cfg.conns / 2); /* those that the server closed first */
    uint64_t accepts = attack_count(&a, COUNTER_ACCEPTS), sent = a.sent;
    uint64_t received = attack_count(&a, COUNTER_PAYLOAD_RECEIVED);
    attack_go_on(&a, WAIT_NS - 5000 * MS);
    ck_assert_uint_gt(a.sent - sent, 10000);
    ck_assert_uint_eq(waiting(attack_server(&a)), there);
    ck_assert_uint_eq(attack_count(&a, COUNTER_ACCEPTS), accepts);
    ck_assert_uint_eq(attack_count(&a, COUNTER_PAYLOAD_RECEIVED), received);
    attack_go_on(&a, 6000 * MS); /* ... and it is over when it is over */
    ck_assert_uint_eq(waiting(attack_server(&a)), 0);
    attack_close(&a);
}

START_TEST(test_no_assassination)
{
    play(true);
    play(false);
}
END_TEST

CHECK_MAIN("sim/attack_time_wait", test_no_assassination)
