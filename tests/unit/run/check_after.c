/* SPDX-License-Identifier: BSD-3-Clause */
/* A measured phase whose time is over counts nothing any more, however long main takes to begin the drain:
 * what completes then is the drain's. */
#include "base/units.h"
#include "rec/rec.h"
#include "tests/lib/check_main.h"
#include "tests/unit/run/both.h"

#define MEASURED 3u /* numbers of phases */
#define DRAIN    4u
#define CONNECTIONS 8u

static struct rec_lane lane;

/* Of a recorder that never looks. */
static void open_lane(void)
{
    memset(&lane, 0, sizeof lane);
    ring_init(&lane.full, REC_LANE_BLOCKS);
    ring_init(&lane.empty, REC_LANE_BLOCKS);
    for (uint32_t i = 0; i < REC_LANE_BLOCKS; i++) {
        lane.blocks[i] = calloc(1, sizeof *lane.blocks[i]);
        for (int t = 0; t < TIME_COUNT; t++)
            hist_reset(&lane.blocks[i]->times[t]);
        lane.empty_at[i] = i + 1;
    }
    ring_produce(&lane.empty, REC_LANE_BLOCKS - 1);
}

static void begin(struct both *b, enum client_mode mode, uint32_t phase, uint64_t lasts_ns)
{
    uint64_t now_ns = clock_now_ns(&b->clock);
    struct worker_command cmd = {.mode = mode, .phase = phase, .has_load = true, .start_ns = now_ns};
    setup_load(&b->f.job, &b->f.job.phases[0], 0, &cmd.load);
    cmd.end_ns = lasts_ns ? now_ns + lasts_ns : 0;
    cmd.load.spec.duration_ns = lasts_ns;
    cmd.load.measured = mode == CLIENT_LOAD;
    ck_assert(worker_command(b->client, &cmd));
}

/* Far more arrivals than can be served: most wait when the time is over. */
static void open_both(struct both *b)
{
    open_lane();
    prepare(b, "[global]\nwire = pair\nprotocol = echo\nconnections = 8\nrate = 50M\nsamples = none\n");
    b->cc.lane = &lane;
    b->cc.interval_ns = NS_PER_S;
    b->server = start(b, &b->sc, b->ports[1]);
    b->client = start(b, &b->cc, b->ports[0]);
    command(b, CLIENT_CONNECT);
}

static void rounds(struct both *b, int n)
{
    for (int i = 0; i < n; i++) {
        worker_round(b->client);
        worker_round(b->server);
    }
}

static uint64_t completed_in(uint32_t phase)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < ring_ready(&lane.full, REC_LANE_BLOCKS); i++) {
        const struct rec_interval *done = lane.blocks[lane.full_at[ring_slot(&lane.full, lane.full.cons.at + i)]];
        sum += done->phase == phase ? done->counters[COUNTER_COMPLETED] : 0;
    }
    return sum;
}

START_TEST(test_after_the_end)
{
    struct both b;
    open_both(&b);
    begin(&b, CLIENT_LOAD, MEASURED, 2 * NS_PER_MS);
    await(&b);
    uint64_t started = b.client->client.started;
    rounds(&b, 1000); /* main has yet to look */
    uint64_t later = b.client->client.started - started;
    ck_assert_uint_gt(later, CONNECTIONS);
    begin(&b, CLIENT_DRAIN, DRAIN, 0);
    rounds(&b, 2);
    ck_assert_uint_le(completed_in(MEASURED), started);
    ck_assert_uint_ge(completed_in(DRAIN) + CONNECTIONS, later);
    ck_assert_uint_gt(b.client->client.completed, started); /* all were due in the measured time */
    close_both(&b);
    free_both(&b);
    for (uint32_t i = 0; i < REC_LANE_BLOCKS; i++)
        free(lane.blocks[i]);
}
END_TEST

CHECK_MAIN("run/after", test_after_the_end)
