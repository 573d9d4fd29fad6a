/* SPDX-License-Identifier: BSD-3-Clause */
/* A worker that is stopped ends when what it has to say is said and what has arrived is taken, with connections for
 * many times the frames of its wire. */
#include <pthread.h>

#include "run/worker_internal.h"
#include "tests/lib/check_main.h"
#include "tests/unit/run/both.h"

#define CONNECTIONS 1000u

static void open_both(struct both *b, uint64_t times_slower)
{
    prepare(b, "protocol = echo\npayload = 64\nwire = pair\nconnections = 1000\nframes = 64\nring_size = 64\nbatch = 32\n"
               "transactions = 1000\nduration = 60s\nwarmup = 0\nseed = 1\n");
    slow_down(&b->clock, times_slower);
    b->server = start(b, &b->sc, b->ports[1]);
    b->client = start(b, &b->cc, b->ports[0]);
    command(b, CLIENT_CONNECT);
}

static void close_all(struct both *b)
{
    close_both(b);
    free_both(b);
}

static void *until_stopped(void *worker)
{
    worker_loop(worker);
    return NULL;
}

/* Nobody takes what it says when it is told to end: far more is still to be said then than the wire takes. */
START_TEST(test_a_client_says_all)
{
    struct both b;
    pthread_t loop;
    open_both(&b, 100); /* it waits for no more than half a second */
    give(&b, CLIENT_CLOSE);
    for (int i = 0; i < 1000; i++)
        worker_round(b.client);
    ck_assert_uint_gt(b.client->stack.tcp.out_count, CONNECTIONS / 2);
    worker_stop(b.client);
    ck_assert_int_eq(pthread_create(&loop, NULL, until_stopped, b.client), 0);
    while (pthread_tryjoin_np(loop, NULL))
        worker_round(b.server);
    while (worker_round(b.server))
        ;
    ck_assert(!stack_unsent(&b.client->stack));
    ck_assert_uint_eq(b.server->block->counters[COUNTER_FRAMES_RX], b.client->block->counters[COUNTER_FRAMES_TX]);
    close_all(&b);
}
END_TEST

/* Frames wait for it when it is told to end. */
START_TEST(test_a_responder_takes_all)
{
    struct both b;
    open_both(&b, 1);
    while (worker_round(b.client) || worker_round(b.server))
        ;
    give(&b, CLIENT_LOAD);
    for (int i = 0; i < 10; i++)
        worker_round(b.client);
    uint64_t sent = b.client->block->counters[COUNTER_FRAMES_TX];
    ck_assert_uint_gt(sent, b.server->block->counters[COUNTER_FRAMES_RX]);
    worker_stop(b.server);
    worker_loop(b.server);
    ck_assert_uint_eq(b.server->block->counters[COUNTER_FRAMES_RX], sent);
    close_all(&b);
}
END_TEST

/* Who is never heard ends all the same, with it unsaid. */
START_TEST(test_nobody_listens)
{
    struct both b;
    open_both(&b, 1);
    give(&b, CLIENT_CLOSE);
    for (int i = 0; i < 1000; i++)
        worker_round(b.client);
    worker_stop(b.client);
    worker_loop(b.client);
    ck_assert(stack_unsent(&b.client->stack));
    close_all(&b);
}
END_TEST

CHECK_MAIN("run/ending", test_a_client_says_all, test_a_responder_takes_all, test_nobody_listens)
