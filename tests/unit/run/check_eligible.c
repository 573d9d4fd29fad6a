/* SPDX-License-Identifier: BSD-3-Clause */
/* A request that waits for a window waits for the peer: that is queueing. Only from when it may leave to
 * when it does is lateness, the generator's own error. */
#include "base/units.h"
#include "tests/lib/check_main.h"
#include "tests/unit/run/both.h"

#define AWAY_NS (50 * NS_PER_MS) /* shorter than any time-out */

static void open_both(struct both *b, const char *job)
{
    prepare(b, job);
    slow_down(&b->clock, 1000);
    b->server = start(b, &b->sc, b->ports[1]);
    b->client = start(b, &b->cc, b->ports[0]);
    command(b, CLIENT_CONNECT);
}

static void rounds_of(struct worker *w, int n)
{
    for (int i = 0; i < n; i++)
        worker_round(w);
}

/* The peer answers nothing for AWAY_NS, while the client's loop goes round. */
static void peer_is_away(struct both *b)
{
    rounds_of(b->client, 100);
    b->clock.ns_base += AWAY_NS;
    rounds_of(b->client, 100);
}

static void load(struct both *b)
{
    struct worker_command cmd = {.mode = CLIENT_LOAD, .has_load = true};
    setup_load(&b->f.job, &b->f.job.phases[0], 0, &cmd.load);
    cmd.load.measured = true;
    ck_assert(worker_command(b->client, &cmd));
}

static const struct hist *time_of(const struct both *b, enum time_kind time)
{
    return &b->client->block->times[time];
}

START_TEST(test_window)
{
    struct both b;
    open_both(&b, "[global]\nwire = pair\nprotocol = discard\nconnections = 1\ndepth = 4\n"
                  "payload = 60000\nwindow = 64KiB\ntransactions = 4\nwarmup = 0\n");
    load(&b);
    peer_is_away(&b);
    command(&b, CLIENT_DRAIN);
    ck_assert_uint_eq(b.client->block->counters[COUNTER_COMPLETED], 4);
    ck_assert_uint_ge(time_of(&b, TIME_QUEUEING)->max_ns, AWAY_NS);
    ck_assert_uint_lt(time_of(&b, TIME_LATENESS)->max_ns, AWAY_NS / 10);
    close_both(&b);
    free_both(&b);
}
END_TEST

/* What the loop could have sent and did not, because it was away, stays its own. */
START_TEST(test_loop_away)
{
    struct both b;
    open_both(&b, "[global]\nwire = pair\nprotocol = echo\nconnections = 1\npayload = 64\nrate = 1k\n"
                  "transactions = 2\nwarmup = 0\n");
    load(&b);
    for (int i = 0; i < 10; i++) { /* the first comes and goes; the second is due in 1 ms */
        worker_round(b.client);
        worker_round(b.server);
    }
    b.clock.ns_base += AWAY_NS;
    await(&b);
    command(&b, CLIENT_DRAIN);
    ck_assert_uint_eq(b.client->block->counters[COUNTER_COMPLETED], 2);
    ck_assert_uint_ge(time_of(&b, TIME_LATENESS)->max_ns, AWAY_NS - NS_PER_MS);
    ck_assert_uint_lt(time_of(&b, TIME_QUEUEING)->max_ns, NS_PER_MS);
    close_both(&b);
    free_both(&b);
}
END_TEST

CHECK_MAIN("run/eligible", test_window, test_loop_away)
