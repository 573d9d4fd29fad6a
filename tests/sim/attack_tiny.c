/* SPDX-License-Identifier: BSD-3-Clause */
/* Text in segments of one byte: in order, and with holes so that each takes a piece of the
 * out-of-order store. The others go on without the store where he has it. */
#include "attack.h"

static void in_order(struct attack *a)
{
    for (int i = 0; i < FOOTHOLDS; i++)
        if (foothold_ready(a, &a->holds[i]))
            foothold_send(a, &a->holds[i], TCP_ACK, "x", 1);
}

/* Every second byte alone, the first never. */
static void with_holes(struct attack *a)
{
    for (int i = 0; i < FOOTHOLDS; i++) {
        struct foothold *h = &a->holds[i];
        if (!foothold_ready(a, h))
            continue;
        h->seq++;
        foothold_send(a, h, TCP_ACK, "x", 1);
    }
}

START_TEST(test_in_order)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    attack_open(&a, &cfg, in_order);
    attack_go_on(&a, 200 * MS);
    ck_assert_uint_gt(attack_server(&a)->strangers_bytes, 5000);
    attack_close(&a);
}
END_TEST

START_TEST(test_with_holes)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    cfg.link.loss = 0.02; /* the others would need the store now and then */
    cfg.side_blocks = 256;
    attack_open(&a, &cfg, with_holes);
    attack_go_on(&a, 2000 * MS);
    ck_assert_uint_eq(a.pieces_max, cfg.ooo_pieces);
    ck_assert_uint_gt(attack_server(&a)->drops[DROP_TCP_OOO_FULL], 0);
    ck_assert_uint_eq(attack_server(&a)->strangers_bytes, 0);
    attack_close(&a);
}
END_TEST

CHECK_MAIN("sim/attack_tiny", test_in_order, test_with_holes)
