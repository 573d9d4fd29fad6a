/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One core drives both sides over the pair wire: client with schedule, histograms, counters and
 * samples, responder with retained bytes. What a transaction costs without the hand-over between
 * cores.
 *
 *   engine [TRANSACTIONS [--KEY=VALUE ..]]   prints TSC cycles a transaction; under callgrind the
 *                                            instructions. Keys of a job: --ip=6 --payload=1400
 *
 * ENGINE_SLOW=50: its time goes 50 times slower than the clock, for somebody who makes it so much slower
 * (callgrind): else round trips and timers would be those of another machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "run/setup.h"
#include "wire/pair.h"

#define OPTIONS_MAX 32
#define RECORDS     (1u << 16)
#define WARM        2000u /* transactions, however many are counted */

struct engine {
    struct worker client, server;
    struct rec_lane lane;
    struct clock clock;
    struct app_ctx app;
    struct job job;
};

/* With a kernel's clock there is nothing to slow down. */
static void slow_down(struct clock *c)
{
    const char *times = getenv("ENGINE_SLOW");
    unsigned long by = times ? strtoul(times, NULL, 10) : 1;
    c->ns_base = clock_now_ns(c);
    c->tsc_base = clock_tsc();
    c->mult /= by ? by : 1;
}

static void fail(const struct err *e)
{
    fprintf(stderr, "engine: %s\n", e->message);
    exit(e->exit_code ? e->exit_code : EXIT_RUN);
}

/* --- the recorder's part: records are taken out as fast as they come ---------------------------- */

static void open_samples(struct rec_samples *s, struct err *e)
{
    s->at = mem_reserve(RECORDS * sizeof *s->at, "sample ring", e);
    if (!s->at)
        fail(e);
    ring_init(&s->ring, RECORDS);
    s->most = REC_SAMPLE_ALL;
}

static void open_lane(struct rec_lane *lane, struct err *e)
{
    struct rec_interval *blocks = mem_reserve(REC_LANE_BLOCKS * sizeof *blocks, "interval blocks", e);
    if (!blocks)
        fail(e);
    ring_init(&lane->full, REC_LANE_BLOCKS);
    ring_init(&lane->empty, REC_LANE_BLOCKS);
    for (uint32_t i = 0; i < REC_LANE_BLOCKS; i++) {
        lane->blocks[i] = &blocks[i];
        for (int t = 0; t < TIME_COUNT; t++)
            hist_reset(&blocks[i].times[t]);
    }
}

static void take_records(struct rec_lane *lane)
{
    if (lane->samples.at)
        ring_consume(&lane->samples.ring, ring_ready(&lane->samples.ring, RECORDS));
}

/* --- both sides --------------------------------------------------------------------------------- */

static void open_side(struct engine *g, struct worker *w, struct worker_config *cfg,
                      struct wire_port *port)
{
    struct err e = {0};
    cfg->clock = &g->clock;
    cfg->port = port;
    cfg->client.app = cfg->server.app = &g->app;
    w->cfg = *cfg;
    if (worker_setup(w, &e))
        fail(&e);
}

static void open_both(struct engine *g)
{
    struct err e = {0};
    struct wire_config wc;
    struct wire_port *ports[2];
    struct worker_config cc = {.lane = &g->lane}, sc = {0};
    const struct app_proto *proto = app_proto_find(g->job.protocol);
    setup_client_wire(&g->job, "", &wc);
    if (pair_open(&wc, g->job.mtu, ports, &e))
        fail(&e);
    open_lane(&g->lane, &e);
    if (g->job.samples > 0)
        open_samples(&g->lane.samples, &e);
    setup_client(&g->job, proto, 0, &cc);
    setup_responder(&g->job, proto, 0, &sc);
    open_side(g, &g->server, &sc, ports[1]);
    open_side(g, &g->client, &cc, ports[0]);
}

static void round_of_both(struct engine *g)
{
    worker_round(&g->client);
    worker_round(&g->server);
    take_records(&g->lane);
}

static void connect_all(struct engine *g, struct worker_command *cmd)
{
    cmd->mode = CLIENT_CONNECT;
    worker_command(&g->client, cmd);
    do
        round_of_both(g);
    while (!client_idle(&g->client.client));
}

static void rounds_until(struct engine *g, uint64_t completed)
{
    while (g->client.client.completed < completed)
        round_of_both(g);
}

static double cycles_a_transaction(struct engine *g, uint64_t wanted)
{
    struct worker_command cmd = {.has_load = true};
    setup_load(&g->job, &g->job.phases[0], 0, &cmd.load);
    cmd.load.measured = true;
    connect_all(g, &cmd);
    cmd.mode = CLIENT_LOAD;
    worker_command(&g->client, &cmd);
    rounds_until(g, WARM);
    uint64_t from = clock_tsc();
    rounds_until(g, WARM + wanted);
    return (double)(clock_tsc() - from) / (double)wanted;
}

int main(int argc, char **argv)
{
    uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000000;
    char *options[OPTIONS_MAX] = {"--protocol=echo", "--payload=64", "--connections=256", "--wire=pair",
                                  "--seed=1"};
    int count = 5;
    for (int i = 2; i < argc && count < OPTIONS_MAX; i++)
        options[count++] = argv[i];
    struct job_args args = {count, options, NULL};
    struct err e = {0};
    struct engine *g = mem_reserve(sizeof *g, "engine", &e);
    if (!g || job_defaults(&g->job, &args, &e) || clock_init(&g->clock, CLOCK_SOURCE_AUTO, &e) ||
        app_ctx_init(&g->app, g->job.seed, g->job.binary, &e))
        fail(&e);
    slow_down(&g->clock);
    open_both(g);
    printf("engine_cycles_per_transaction\t%.1f\tTSC cycles\n", cycles_a_transaction(g, wanted));
    return 0;
}
