/* SPDX-License-Identifier: BSD-3-Clause */
/* Peers that connect and fall silent, in every state that the server can be in. Where something of
 * ours waits for them they are given up; one of whom nothing is wanted stays, within the pool. */
#include <string.h>

#include "attack.h"

/* Footholds by what they do before they fall silent. */
enum { SYN_ONLY, ASKS, CLOSES, MADE_CLOSE, MADE_CLOSE_ACKS, BOTH_CLOSE, SILENT, KINDS };
#define EACH 4

static uint32_t kind_of(const struct foothold *h)
{
    return (h->port - 1000u) % KINDS;
}

static void say(struct attack *a, struct foothold *h)
{
    switch (kind_of(h)) {
    case ASKS:
        foothold_send(a, h, TCP_ACK, "some text", 9);
        break;
    case CLOSES:
        foothold_send(a, h, TCP_ACK | TCP_FIN, NULL, 0);
        break;
    case MADE_CLOSE:
    case MADE_CLOSE_ACKS:
    case BOTH_CLOSE:
        foothold_send(a, h, TCP_ACK, "Q", 1);
        break;
    }
}

/* Once its FIN has come: acknowledged, or crossed by another. */
static void answer_fin(struct attack *a, struct foothold *h)
{
    if (h->answered++)
        return;
    if (kind_of(h) == MADE_CLOSE_ACKS)
        foothold_send(a, h, TCP_ACK, NULL, 0);
    if (kind_of(h) == BOTH_CLOSE) {
        h->ack--; /* not acknowledged */
        foothold_send(a, h, TCP_ACK | TCP_FIN, NULL, 0);
    }
}

static void act(struct attack *a)
{
    for (uint32_t i = 0; i < KINDS * EACH; i++) {
        struct foothold *h = &a->holds[i];
        bool connecting = h->stage < 2;
        if (kind_of(h) == SYN_ONLY && h->stage == 1)
            continue;
        if (!foothold_ready(a, h))
            continue;
        if (connecting)
            say(a, h);
        else if (h->fin)
            answer_fin(a, h);
    }
}

static uint32_t in_state(struct attack *a, enum tcp_state state)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < KINDS * EACH; i++) {
        const struct conn *c = foothold_conn(a, &a->holds[i]);
        n += c && c->state == state;
    }
    return n;
}

START_TEST(test_in_every_state)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    attack_open(&a, &cfg, act);
    while (!a.on)
        peers_step(a.p);
    for (int i = 0; i < 100; i++)
        peers_step(a.p);
    ck_assert_uint_eq(in_state(&a, TCP_SYN_RCVD), EACH);
    ck_assert_uint_eq(in_state(&a, TCP_ESTABLISHED), 2 * EACH);
    ck_assert_uint_eq(in_state(&a, TCP_LAST_ACK), EACH);
    ck_assert_uint_eq(in_state(&a, TCP_FIN_WAIT_1), EACH);
    ck_assert_uint_eq(in_state(&a, TCP_FIN_WAIT_2), EACH);
    ck_assert_uint_eq(in_state(&a, TCP_CLOSING), EACH);
    attack_go_on(&a, 120000 * MS);
    ck_assert_uint_eq(attack_server(&a)->strangers_ended[TCP_EVENT_TIMEOUT], 5 * EACH);
    ck_assert_uint_eq(in_state(&a, TCP_ESTABLISHED), EACH); /* the silent ones */
    ck_assert_uint_eq(tcp_in_use(&attack_server(&a)->stack.tcp), EACH);
    attack_close(&a);
}
END_TEST

CHECK_MAIN("sim/attack_frozen", test_in_every_state)
