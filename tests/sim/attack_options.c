/* SPDX-License-Identifier: BSD-3-Clause */
/* Option bombs: headers full of options, unknown, repeated, cut off, of impossible length, on SYNs and
 * on text. None is believed beyond what it may say, and none stands in the others' way. */
#include <string.h>

#include "attack.h"

#define BOMBS 12

static const struct bomb {
    uint8_t bytes[40];
    uint8_t len;
} bombs[BOMBS] = {
    {{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1}, 40},                                        /* nothing, at length */
    {{0, 2, 0, 8}, 4},                                            /* behind the end */
    {{2, 0, 0, 0}, 4},                                            /* no length: never past it */
    {{2, 1, 0, 0}, 4},
    {{8, 255, 1, 1}, 4},                                          /* past the header */
    {{1, 1, 1, 8}, 4},                                            /* cut off behind its kind */
    {{2, 4, 0, 0, 2, 4, 0, 1, 2, 4, 255, 255, 3, 3, 255, 3, 3, 14, 0, 0}, 20}, /* twice, absurd */
    {{8, 9, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1}, 12},                   /* of a length that it never has */
    {{8, 10, 255, 255, 255, 255, 0, 0, 0, 0, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}, 24},
    {{5, 34, 0, 0, 0, 0, 255, 255, 255, 255, 1, 1, 1, 1, 2, 2, 2, 2}, 36}, /* reports of nothing sent */
    {{5, 3, 0, 0, 5, 2, 5, 10}, 8},
    {{254, 40, 1, 2, 3, 4, 5, 6, 7}, 40},                         /* unknown, of the whole room */
};

static void drop_bomb(struct attack *a, const struct foothold *h, uint8_t flags, uint32_t seq, uint32_t bomb,
                      bool text)
{
    uint8_t random[40];
    for (uint32_t i = 0; i < sizeof random; i++)
        random[i] = (uint8_t)rng_u64(&a->rng);
    bool listed = bomb < BOMBS;
    attack_send(a, 1, &(struct forged){
        .seg = {.src_port = h->port, .dst_port = PEERS_SERVER_PORT, .seq = seq, .ack = h->ack,
                .flags = flags, .window = 65535},
        .payload = "x", .payload_len = text, .options = listed ? bombs[bomb].bytes : random,
        .options_len = listed ? bombs[bomb].len : 40});
}

/* Half of his ports with SYNs again and again, the other half connected, then text. */
static void act(struct attack *a)
{
    uint32_t bomb = (uint32_t)rng_below(&a->rng, BOMBS * 2);
    struct foothold *h = &a->holds[rng_below(&a->rng, FOOTHOLDS)];
    if (h->port % 2) {
        drop_bomb(a, h, TCP_SYN, (uint32_t)rng_u64(&a->rng), bomb, false);
    } else if (foothold_ready(a, h)) {
        drop_bomb(a, h, TCP_ACK, h->seq, bomb, true);
        const struct conn *c = foothold_conn(a, h);
        h->seq = c ? c->rcv_nxt : h->seq; /* whatever was taken */
    }
}

/* What the server agreed to. */
static void check_agreed(struct attack *a)
{
    const struct tcp *t = &attack_server(a)->stack.tcp;
    for (uint32_t i = 0; i < t->cfg.conns; i++) {
        const struct conn *c = tcp_conn(t, i);
        if (c->state == TCP_CLOSED)
            continue;
        ck_assert_uint_le(c->wscale & 15, 14);
        ck_assert_uint_ge(c->mss, 52); /* 64, timestamps taken off */
        ck_assert_uint_le(c->mss, attack_server(a)->stack.paths[c->path].mss);
    }
}

START_TEST(test_bombs)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    attack_open(&a, &cfg, act);
    for (int i = 0; i < 20; i++) {
        attack_go_on(&a, 200 * MS);
        check_agreed(&a);
    }
    ck_assert_uint_gt(a.sent, 3000);
    ck_assert_uint_gt(attack_server(&a)->drops[DROP_TCP_OPTION], a.sent / 20);
    ck_assert_uint_gt(attack_server(&a)->strangers_bytes, 100); /* those with nothing wrong */
    attack_close(&a);
}
END_TEST

CHECK_MAIN("sim/attack_options", test_bombs)
