/* SPDX-License-Identifier: BSD-3-Clause */
/* Where handing over costs little, what an open loop has due leaves between the frames that wait, and not
 * behind all of them; elsewhere, in a closed loop and far behind the schedule a round hands over once. */
#include "tests/lib/check_main.h"
#include "tests/unit/run/both.h"

#define FRAMES 24u /* wait for the client: several steps, and several looks at the clock */

static struct wire_ops counting;
static uint32_t flushes;

static void count_flush(struct wire_queue *q)
{
    flushes++;
    pair_ops.flush(q);
}

static void open_both(struct both *b, const char *rate)
{
    char job[256];
    snprintf(job, sizeof job, "[global]\nwire = pair\nprotocol = echo\nconnections = %u\nrate = %s\n",
             FRAMES, rate);
    prepare(b, job);
    slow_down(&b->clock, 1000);
    b->server = start(b, &b->sc, b->ports[1]);
    b->client = start(b, &b->cc, b->ports[0]);
    command(b, CLIENT_CONNECT);
}

static void let_server_answer(struct both *b)
{
    while (worker_round(b->server))
        ;
}

/* Every connection has asked; all replies wait for the client. */
static void fill(struct both *b)
{
    while (b->client->client.trans.in_use < FRAMES)
        worker_round(b->client);
    worker_round(b->client);
    let_server_answer(b);
}

/* How often the client hands over in one round that finds FRAMES replies. */
static uint32_t flushes_of_a_round(struct both *b)
{
    fill(b);
    counting = *b->client->queue->ops;
    counting.flush = count_flush;
    b->client->queue->ops = &counting;
    flushes = 0;
    uint64_t before = b->client->block->counters[COUNTER_FRAMES_RX];
    worker_round(b->client);
    ck_assert_uint_eq(b->client->block->counters[COUNTER_FRAMES_RX] - before, FRAMES);
    return flushes;
}

/* How often it hands over, and nothing else of the two is looked at. */
static uint32_t flushes_with(const char *rate, bool cheap_flush, uint64_t behind_ns)
{
    struct both b;
    open_both(&b, rate);
    b.ports[0]->caps.cheap_flush = cheap_flush;
    struct worker_command cmd = {.mode = CLIENT_LOAD, .has_load = true,
                                 .start_ns = b.client->last.ns - behind_ns};
    setup_load(&b.f.job, &b.f.job.phases[0], 0, &cmd.load);
    ck_assert(worker_command(b.client, &cmd));
    uint32_t n = flushes_of_a_round(&b);
    close_both(&b);
    free_both(&b);
    return n;
}

START_TEST(test_open_loop)
{
    ck_assert_uint_gt(flushes_with("1G", true, 0), FRAMES / 8);
}
END_TEST

START_TEST(test_dear_flush)
{
    ck_assert_uint_eq(flushes_with("1G", false, 0), 1);
}
END_TEST

START_TEST(test_closed_loop)
{
    ck_assert_uint_eq(flushes_with("max", true, 0), 1);
}
END_TEST

START_TEST(test_far_behind)
{
    ck_assert_uint_eq(flushes_with("1G", true, 2 * CLIENT_BEHIND_NS), 1);
}
END_TEST

/* Nobody is free: what is due stays in the schedule, however often the loop looks. */
START_TEST(test_nobody_free)
{
    struct both b;
    open_both(&b, "1G");
    give(&b, CLIENT_LOAD);
    fill(&b);
    uint64_t before = b.client->block->counters[COUNTER_FRAMES_TX];
    b.client->stack.cfg.batch = 1; /* a single reply, for many that are due */
    worker_round(b.client);
    worker_round(b.client);
    ck_assert_uint_eq(b.client->block->counters[COUNTER_FRAMES_TX] - before, 2);
    ck_assert_uint_eq(b.client->block->counters[COUNTER_STARTED], FRAMES + 2);
    close_both(&b);
    free_both(&b);
}
END_TEST

CHECK_MAIN("run/steps", test_open_loop, test_dear_flush, test_closed_loop, test_far_behind,
           test_nobody_free)
