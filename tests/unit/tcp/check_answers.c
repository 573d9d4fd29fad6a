/* SPDX-License-Identifier: BSD-3-Clause */
/* How often what carries nothing is answered (RFC 5961 7): once in 512 ms a connection, and the places
 * that connections share have a bound. */
#include <stdlib.h>

#include "lib/check_main.h"
#include "tcp/internal.h"

static const struct pkt_tcp bare = {.flags = TCP_ACK};

static struct tcp *fresh(uint32_t now_step)
{
    struct tcp *t = calloc(1, sizeof *t);
    t->now_step = now_step;
    ack_answers_init(t);
    return t;
}

static void once_in_a_while(uint32_t start)
{
    struct tcp *t = fresh(start);
    uint32_t answers = 0;
    for (uint32_t i = 0; i < 5 * 488; i++, t->now_step++)
        answers += ack_answers(t, 7, &bare);
    ck_assert_uint_eq(answers, 5);
    free(t);
}

START_TEST(test_once_in_a_while)
{
    once_in_a_while(1000);
    once_in_a_while(0);
    once_in_a_while(UINT32_MAX - 600);
}
END_TEST

START_TEST(test_text_always)
{
    struct tcp *t = fresh(1000);
    struct pkt_tcp text = bare, fin = bare;
    text.payload_len = 1;
    fin.flags |= TCP_FIN;
    for (int i = 0; i < 1000; i++)
        ck_assert(ack_answers(t, 7, &text) && ack_answers(t, 7, &fin));
    free(t);
}
END_TEST

/* Keep-alives of many connections come in the same moment: none must find us dead. */
START_TEST(test_everyone_is_answered)
{
    struct tcp *t = fresh(1000);
    for (uint32_t c = 0; c < 60 * TCP_ANSWERS; c++)
        ck_assert(ack_answers(t, c, &bare));
    free(t);
}
END_TEST

START_TEST(test_taking_turns_has_a_bound)
{
    struct tcp *t = fresh(1000);
    uint32_t answers = 0;
    for (int i = 0; i < 100000; i++)
        answers += ack_answers(t, i % 2 * TCP_ANSWERS, &bare);
    ck_assert_uint_lt(answers, 100);
    free(t);
}
END_TEST

CHECK_MAIN("tcp/answers", test_once_in_a_while, test_text_always, test_everyone_is_answered,
           test_taking_turns_has_a_bound)
