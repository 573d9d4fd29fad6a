/* SPDX-License-Identifier: BSD-3-Clause */
/* A middlebox that forgets a flow while it is idle: from then on it swallows what comes for it, or
 * answers with a reset in the server's name. Who sends learns of it; who only waits, does not. */
#include "attack.h"

#define IDLE_NS (300000 * MS)

/* In the server's name, as a middlebox makes one from the segment that it does not know. */
static void reset_client(struct attack *a, uint32_t beside)
{
    const struct pkt_tcp *p = &a->forgotten_last;
    attack_send(a, 0, &(struct forged){
        .src = PEERS_SERVER, .dst = PEERS_CLIENT,
        .seg = {.src_port = p->dst_port, .dst_port = p->src_port, .seq = p->ack + beside,
                .flags = TCP_RST}});
}

static void idle_then_forgotten(struct attack *a)
{
    struct peers_config cfg = attack_config();
    attack_open(a, &cfg, NULL);
    a->victim = attack_open_victim(a);
    attack_go_on(a, IDLE_NS);
    a->forgotten = attack_victim_port(a);
    tcp_send(&a->p->ends[0].stack.tcp, a->victim, 100);
    attack_go_on(a, 10 * MS);
    ck_assert_uint_eq(a->forgotten_frames, 1);
}

/* The text is sent again `retries` times, then given up; the server's end has nothing to say. */
START_TEST(test_it_swallows)
{
    struct attack a;
    idle_then_forgotten(&a);
    attack_go_on(&a, 60000 * MS);
    ck_assert_uint_eq(a.p->ends[0].strangers_ended[TCP_EVENT_TIMEOUT], 1);
    ck_assert_uint_eq(a.forgotten_frames, 1 + a.p->cfg.retries);
    ck_assert_ptr_nonnull(attack_far_end(&a, attack_victim_port(&a)));
    a.forgotten = 0;
    attack_close(&a);
}
END_TEST

START_TEST(test_it_resets)
{
    struct attack a;
    idle_then_forgotten(&a);
    reset_client(&a, 0);
    attack_go_on(&a, 10 * MS);
    ck_assert_uint_eq(a.p->ends[0].strangers_ended[TCP_EVENT_RESET], 1);
    a.forgotten = 0;
    attack_close(&a);
}
END_TEST

/* One that does not know the numbers well is challenged; when the box remembers, all goes on. */
START_TEST(test_it_guesses)
{
    struct attack a;
    idle_then_forgotten(&a);
    reset_client(&a, 100);
    attack_go_on(&a, 10 * MS);
    ck_assert_uint_eq(a.p->ends[0].strangers_ended[TCP_EVENT_RESET], 0);
    a.forgotten = 0;
    attack_go_on(&a, 10000 * MS);
    ck_assert_uint_eq(attack_server(&a)->strangers_bytes, 100);
    ck_assert_uint_eq(a.p->ends[0].strangers_bytes, 100);
    attack_close(&a);
}
END_TEST

CHECK_MAIN("sim/attack_middlebox", test_it_swallows, test_it_resets, test_it_guesses)
