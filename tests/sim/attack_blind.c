/* SPDX-License-Identifier: BSD-3-Clause */
/* Blind injection (RFC 5961): resets, SYNs and text for the others' connections, inside their windows
 * but without the exact numbers. Challenged, within a bound, and without harm. */
#include "attack.h"

#define A_STEP 4
#define BEYOND 20000 /* of the window, behind all that can be under way */

/* One of the others' connections at the server, or NULL. */
static struct conn *pick(struct attack *a, uint32_t *id)
{
    *id = (uint32_t)rng_below(&a->rng, a->p->cfg.conns);
    return attack_victim(a, *id);
}

/* As if from the client, numbered for the server's end. */
static struct forged to_server(const struct conn *c, uint32_t id, uint8_t flags)
{
    return (struct forged){
        .src = PEERS_CLIENT,
        .seg = {.src_port = (uint16_t)(PEERS_CLIENT_PORT + id), .dst_port = PEERS_SERVER_PORT,
                .seq = c->rcv_nxt, .ack = c->snd_nxt, .flags = flags, .window = 500}};
}

/* The same towards the client, whose window starts where the server's stream is. */
static struct forged to_client(const struct conn *c, uint32_t id, uint8_t flags)
{
    return (struct forged){
        .src = PEERS_SERVER, .dst = PEERS_CLIENT,
        .seg = {.src_port = PEERS_SERVER_PORT, .dst_port = (uint16_t)(PEERS_CLIENT_PORT + id),
                .seq = c->snd_nxt, .ack = c->rcv_nxt, .flags = flags, .window = 500}};
}

static void inside(struct attack *a, uint8_t flags)
{
    for (int i = 0; i < A_STEP; i++) {
        uint32_t id;
        const struct conn *c = pick(a, &id);
        if (!c)
            continue;
        struct forged f = i % 2 ? to_client(c, id, flags) : to_server(c, id, flags);
        f.seg.seq += BEYOND + (uint32_t)rng_below(&a->rng, 20000);
        attack_send(a, i % 2 == 0, &f);
    }
}

static void resets_inside(struct attack *a)
{
    inside(a, TCP_RST);
}

static void syns_inside(struct attack *a)
{
    inside(a, TCP_SYN);
}

static void resets_anywhere(struct attack *a)
{
    uint32_t id;
    const struct conn *c = pick(a, &id);
    if (!c)
        return;
    struct forged f = to_server(c, id, TCP_RST | TCP_ACK);
    f.seg.seq += 1u << 30 | (uint32_t)rng_below(&a->rng, 1u << 31);
    attack_send(a, 1, &f);
}

/* Numbered inside the window, with an acknowledgement drawn by lot outside of what can be. */
static void text(struct attack *a)
{
    static const char payload[] = "not of this stream";
    for (int i = 0; i < A_STEP; i++) {
        uint32_t id;
        const struct conn *c = pick(a, &id);
        if (!c)
            continue;
        struct forged f = to_server(c, id, TCP_ACK);
        f.seg.seq += (uint32_t)rng_below(&a->rng, 30000);
        f.seg.ack += (1u << 24) + (uint32_t)rng_below(&a->rng, 0xfe000000u);
        f.payload = payload;
        f.payload_len = sizeof payload;
        attack_send(a, 1, &f);
    }
}

/* RFC 5961 7: a bound for all connections, of both ends. */
static void check_challenges(const struct attack *a, uint64_t began_ns)
{
    uint64_t seconds = ((a->p->now_ns - began_ns) >> 30) + 2;
    ck_assert_uint_gt(attack_count(a, COUNTER_CHALLENGE_ACKS), 0);
    ck_assert_uint_le(attack_count(a, COUNTER_CHALLENGE_ACKS), 2 * 1000 * seconds);
}

static void play(void (*act)(struct attack *a), bool timestamps, enum drop why)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    cfg.timestamps = timestamps;
    attack_open(&a, &cfg, act);
    uint64_t began_ns = a.p->now_ns;
    attack_go_on(&a, 0);
    ck_assert_uint_gt(a.sent, 100);
    ck_assert_uint_gt(attack_server(&a)->drops[why], a.sent / 10);
    ck_assert_uint_eq(attack_count(&a, COUNTER_RST_RECEIVED), 0);
    if (why != DROP_TCP_PAWS && act != resets_anywhere)
        check_challenges(&a, began_ns);
    attack_close(&a);
}

START_TEST(test_resets_inside_the_window)
{
    play(resets_inside, true, DROP_TCP_BAD_RST);
    play(resets_inside, false, DROP_TCP_BAD_RST);
}
END_TEST

START_TEST(test_resets_anywhere)
{
    play(resets_anywhere, true, DROP_TCP_BAD_RST);
}
END_TEST

/* With timestamps agreed a SYN without one does not even come so far (RFC 7323 3.2). */
START_TEST(test_syns)
{
    play(syns_inside, false, DROP_TCP_BAD_SYN);
    play(syns_inside, true, DROP_TCP_PAWS);
}
END_TEST

START_TEST(test_text)
{
    play(text, false, DROP_TCP_BAD_ACK);
    play(text, true, DROP_TCP_PAWS);
}
END_TEST

CHECK_MAIN("sim/attack_blind", test_resets_inside_the_window, test_resets_anywhere, test_syns, test_text)
