/* SPDX-License-Identifier: BSD-3-Clause */
/* Segments for the others' connections that lie outside of their windows, by one byte and by half the
 * number space, with and without text, FIN and options. */
#include "attack.h"

#define A_STEP 4

static uint32_t outside(struct attack *a, const struct conn *c)
{
    uint32_t window = c->rcv_adv - c->rcv_nxt;
    switch (rng_below(&a->rng, 4)) {
    case 0:
        return c->rcv_adv + 20000; /* soon behind it, however it moves meanwhile */
    case 1:
        return c->rcv_nxt - 20000;
    case 2:
        return c->rcv_nxt + window + (1u << 30);
    }
    return c->rcv_nxt - (1u << 30) - (uint32_t)rng_below(&a->rng, 1u << 30);
}

static void act(struct attack *a)
{
    static const char text[1000] = "no";
    for (int i = 0; i < A_STEP; i++) {
        uint32_t id = (uint32_t)rng_below(&a->rng, a->p->cfg.conns);
        const struct conn *c = attack_victim(a, id);
        if (!c)
            continue;
        attack_send(a, 1, &(struct forged){
            .src = PEERS_CLIENT,
            .seg = {.src_port = (uint16_t)(PEERS_CLIENT_PORT + id), .dst_port = PEERS_SERVER_PORT,
                    .seq = outside(a, c), .ack = c->snd_una, .window = 500,
                    .flags = (uint8_t)(TCP_ACK | (i == 3 ? TCP_FIN : 0)),
                    .opts = c->flags & CONN_TS ? TCP_OPT_TS : 0, .ts_val = c->ts_recent},
            .payload = text, .payload_len = (uint32_t)rng_below(&a->rng, 2) * sizeof text});
    }
}

static void play(bool timestamps)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    cfg.timestamps = timestamps;
    attack_open(&a, &cfg, act);
    attack_go_on(&a, 0);
    const struct peer *server = attack_server(&a);
    ck_assert_uint_gt(a.sent, 200);
    ck_assert_uint_gt(server->drops[DROP_TCP_OUT_OF_WINDOW] + server->drops[DROP_TCP_DUPLICATE], a.sent / 2);
    ck_assert_uint_eq(a.pieces_max, 0);
    attack_close(&a);
}

START_TEST(test_outside)
{
    play(true);
    play(false);
}
END_TEST

CHECK_MAIN("sim/attack_out_of_window", test_outside)
