/* SPDX-License-Identifier: BSD-3-Clause */
/* Peers that ask and then close their windows for ever. As long as they answer probes they may stay
 * (RFC 9293 3.8.6.1), within the pool and at the probes' slow pace; one that falls silent goes. */
#include "attack.h"

/* Asks for 1,000 bytes with a closed window, and answers each probe with a closed window. */
static void shut(struct attack *a)
{
    static const char request[1000] = "r";
    for (int i = 0; i < FOOTHOLDS; i++) {
        struct foothold *h = &a->holds[i];
        bool asks = h->stage == 1;
        if (!foothold_ready(a, h) || (!asks && h->probes == h->answered))
            continue;
        h->shut = true;
        h->answered = h->probes;
        struct forged f = {.seg = {.src_port = h->port, .dst_port = PEERS_SERVER_PORT,
                                   .seq = h->seq, .ack = h->ack, .flags = TCP_ACK}};
        if (asks) {
            f.payload = request;
            f.payload_len = sizeof request;
            h->seq += sizeof request;
        }
        attack_send(a, 1, &f);
    }
}

START_TEST(test_for_ever)
{
    struct attack a;
    struct peers_config cfg = attack_config();
    attack_open(&a, &cfg, shut);
    attack_go_on(&a, 600000 * MS);
    uint64_t probes = attack_count(&a, COUNTER_WINDOW_PROBES);
    ck_assert_uint_gt(probes, FOOTHOLDS * 100);
    ck_assert_uint_lt(probes, FOOTHOLDS * (600 / 4 + 20)); /* 4 s at most in between here */
    for (int i = 0; i < FOOTHOLDS; i++)
        ck_assert_ptr_nonnull(foothold_conn(&a, &a.holds[i]));
    a.act = NULL; /* silent now */
    attack_go_on(&a, 60000 * MS);
    ck_assert_uint_eq(attack_server(&a)->strangers_ended[TCP_EVENT_TIMEOUT], FOOTHOLDS);
    attack_close(&a);
}
END_TEST

CHECK_MAIN("sim/attack_zero_window", test_for_ever)
