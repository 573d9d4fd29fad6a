/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One core drives both sides over the pair wire: client with schedule, histograms and counters,
 * responder with retained bytes. What a transaction costs without the hand-over between cores.
 *
 *   engine [TRANSACTIONS [--KEY=VALUE ..]]   prints TSC cycles a transaction; under callgrind the
 *                                            instructions. Keys of a job: --ip=6 --payload=1400
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "run/setup.h"
#include "wire/pair.h"

#define OPTIONS_MAX 32

struct half {
    struct worker w;
    struct rec_interval *block;
};

static void open_side(struct half *s, struct worker_config *cfg, struct wire_port *port,
                      const struct clock *clock, const struct app_ctx *app)
{
    struct err e = {0};
    memset(s, 0, sizeof *s);
    cfg->clock = clock;
    cfg->port = port;
    cfg->client.app = cfg->server.app = app;
    s->w.cfg = *cfg;
    if (worker_setup(&s->w, &e)) {
        fprintf(stderr, "engine: %s\n", e.message);
        exit(EXIT_RUN);
    }
}

static void rounds_until(struct half *client, struct half *server, uint64_t completed)
{
    while (client->w.block->counters[COUNTER_COMPLETED] < completed) {
        worker_round(&client->w);
        worker_round(&server->w);
    }
}

int main(int argc, char **argv)
{
    static struct half client, server;
    uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000000;
    char *options[OPTIONS_MAX] = {"--protocol=echo", "--payload=64", "--connections=256", "--wire=pair",
                                  "--seed=1"};
    int count = 5;
    for (int i = 2; i < argc && count < OPTIONS_MAX; i++)
        options[count++] = argv[i];
    struct job_args args = {count, options, NULL};
    struct job job;
    struct err e = {0};
    struct clock clock;
    struct app_ctx app;
    struct wire_config wc;
    struct wire_port *ports[2];
    struct worker_config cc = {0}, sc = {0};
    if (job_defaults(&job, &args, &e) || clock_init(&clock, CLOCK_SOURCE_AUTO, &e) ||
        app_ctx_init(&app, job.seed, false, &e)) {
        fprintf(stderr, "engine: %s\n", e.message);
        return e.exit_code;
    }
    const struct app_proto *proto = app_proto_find("echo");
    setup_client_wire(&job, "", &wc);
    if (pair_open(&wc, job.mtu, ports, &e))
        return e.exit_code;
    setup_client(&job, proto, 0, &cc);
    setup_responder(&job, proto, 0, &sc);
    open_side(&server, &sc, ports[1], &clock, &app);
    open_side(&client, &cc, ports[0], &clock, &app);
    struct worker_command cmd = {.mode = CLIENT_CONNECT, .has_load = true};
    setup_load(&job, &job.phases[0], 0, &cmd.load);
    cmd.load.measured = true;
    worker_command(&client.w, &cmd);
    while (client.w.client.open < job.connections) {
        worker_round(&client.w);
        worker_round(&server.w);
    }
    cmd.mode = CLIENT_LOAD;
    worker_command(&client.w, &cmd);
    rounds_until(&client, &server, wanted / 10);
    uint64_t from = clock_tsc();
    rounds_until(&client, &server, wanted / 10 + wanted);
    uint64_t took = clock_tsc() - from;
    printf("engine_cycles_per_transaction\t%.1f\tTSC cycles\n", (double)took / (double)wanted);
    return 0;
}
