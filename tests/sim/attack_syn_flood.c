/* SPDX-License-Identifier: BSD-3-Clause */
/* SYN flood on the responder: those who are connected finish, memory stays at its bounds, and those
 * who come later get in once the flood is over. */
#include "attack.h"

#define A_STEP 20

static void flood(struct attack *a, uint32_t sources)
{
    for (int i = 0; i < A_STEP; i++)
        attack_send(a, 1, &(struct forged){
            .src = ATTACKER + (uint32_t)rng_below(&a->rng, sources),
            .seg = {.src_port = (uint16_t)(1024 + rng_below(&a->rng, 60000)),
                    .dst_port = PEERS_SERVER_PORT, .seq = (uint32_t)rng_u64(&a->rng),
                    .flags = TCP_SYN, .window = 65535, .opts = TCP_OPT_MSS, .mss = 1460}});
}

static void from_one(struct attack *a)
{
    flood(a, 1);
}

static void from_many(struct attack *a)
{
    flood(a, 50000);
}

static struct peers_config config(void)
{
    struct peers_config cfg = attack_config();
    cfg.half_open = 24;
    cfg.link.loss = 0.01; /* retransmissions of the others in between */
    return cfg;
}

START_TEST(test_from_one_address)
{
    struct attack a;
    struct peers_config cfg = config();
    attack_play(&a, &cfg, from_one, 2000 * MS);
    ck_assert_uint_gt(a.sent, 20000);
    ck_assert_uint_eq(a.half_open_max, 24);
    ck_assert_uint_le(a.in_use_max, 24 + 8);
}
END_TEST

/* From addresses that nobody has: as many paths as there are, and all of them in use. */
START_TEST(test_from_forged_addresses)
{
    struct attack a;
    struct peers_config cfg = config();
    cfg.paths = 16;
    attack_play(&a, &cfg, from_many, 2000 * MS);
    ck_assert_uint_gt(a.sent, 20000);
    ck_assert_uint_gt(a.half_open_max, 8);
    ck_assert_uint_eq(a.paths_max, 16);
}
END_TEST

/* A newcomer with an address of his own, during the flood in vain, afterwards served. */
START_TEST(test_served_again_afterwards)
{
    struct attack a;
    struct peers_config cfg = config();
    cfg.paths = 16;
    cfg.link.loss = 0;
    attack_open(&a, &cfg, from_many);
    attack_go_on(&a, 2000 * MS);
    struct foothold *vain = &a.holds[1];
    foothold_send(&a, vain, TCP_SYN, NULL, 0);
    attack_go_on(&a, 100 * MS);
    ck_assert(!vain->open);
    a.act = NULL;
    attack_go_on(&a, 60000 * MS); /* the half-open ones are given up */
    struct foothold *h = &a.holds[0];
    foothold_send(&a, h, TCP_SYN, NULL, 0);
    attack_go_on(&a, 100 * MS);
    ck_assert(h->open);
    foothold_send(&a, h, TCP_ACK, "hello", 5);
    attack_go_on(&a, 100 * MS);
    ck_assert_uint_eq(h->bytes, 5);
    attack_close(&a);
}
END_TEST

CHECK_MAIN("sim/attack_syn_flood", test_from_one_address, test_from_forged_addresses,
           test_served_again_afterwards)
