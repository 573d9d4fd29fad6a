/* SPDX-License-Identifier: BSD-3-Clause */
/* Segments that say different things about the same bytes: what came first stays, whatever the order
 * in which the holes are filled (as a filter in between would see it that keeps the first, too). */
#include <string.h>

#include "attack.h"


/* `len` times one letter at `at` of the stream. */
static void lay(struct attack *a, struct foothold *h, uint32_t at, uint32_t len, char letter)
{
    char text[2048];
    memset(text, letter, len);
    attack_send(a, 1, &(struct forged){
        .seg = {.src_port = h->port, .dst_port = PEERS_SERVER_PORT, .seq = h->seq + at, .ack = h->ack,
                .flags = TCP_ACK, .window = 65535},
        .payload = text, .payload_len = len});
}

struct piece {
    uint32_t at, len;
    char letter;
};

static void lay_all(const struct piece *pieces, const char *expected)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    cfg.side_blocks = 16;
    attack_open(&a, &cfg, NULL);
    attack_go_on(&a, 0);
    struct foothold *h = &a.holds[0];
    while (!foothold_ready(&a, h))
        peers_step(a.p);
    for (const struct piece *p = pieces; p->len; p++) {
        lay(&a, h, p->at, p->len, p->letter);
        attack_go_on(&a, 5 * MS);
    }
    ck_assert_uint_eq(attack_server(&a)->strangers_bytes, strlen(expected));
    ck_assert_mem_eq(attack_server(&a)->strangers_text, expected, strlen(expected));
    attack_close(&a);
}

START_TEST(test_among_what_waits)
{
    lay_all((struct piece[]){{10, 10, 'a'}, {5, 20, 'b'}, {0, 5, 'c'}, {0}},
            "cccccbbbbbaaaaaaaaaabbbbb");
    lay_all((struct piece[]){{4, 2, 'a'}, {8, 2, 'b'}, {2, 10, 'c'}, {0, 2, 'd'}, {0}}, "ddccaaccbbcc");
}
END_TEST

/* Text in order reaches over what waits. */
START_TEST(test_the_filler_does_not_overwrite)
{
    lay_all((struct piece[]){{10, 10, 'a'}, {0, 15, 'b'}, {0}}, "bbbbbbbbbbaaaaaaaaaa");
    lay_all((struct piece[]){{10, 10, 'a'}, {0, 25, 'b'}, {0}}, "bbbbbbbbbbaaaaaaaaaabbbbb");
    lay_all((struct piece[]){{3, 1, 'a'}, {6, 1, 'b'}, {0, 9, 'c'}, {0}}, "cccaccbcc");
}
END_TEST

/* What was delivered is past. */
START_TEST(test_the_past_stays)
{
    lay_all((struct piece[]){{0, 10, 'a'}, {0, 12, 'b'}, {5, 5, 'c'}, {11, 3, 'd'}, {0}}, "aaaaaaaaaabbdd");
}
END_TEST

CHECK_MAIN("sim/attack_overlap", test_among_what_waits, test_the_filler_does_not_overwrite,
           test_the_past_stays)
