/* SPDX-License-Identifier: BSD-3-Clause */
/* A client and a responder over pair, driven by one thread. */
#ifndef TESTS_RUN_BOTH_H
#define TESTS_RUN_BOTH_H

#include <stdlib.h>

#include "base/units.h"
#include "run/setup.h"
#include "tests/unit/job/fixture.h"
#include "wire/pair_port.h"

#define ROUNDS 200000000

struct both {
    struct fixture f;
    struct clock clock;
    struct app_ctx app;
    struct wire_port *ports[2];
    struct worker *client, *server;
    struct worker_config cc, sc;
};

static inline void configure(struct both *b, struct worker_config *cfg, struct wire_port *port)
{
    cfg->clock = &b->clock;
    cfg->port = port;
    cfg->client.app = cfg->server.app = &b->app;
}

static inline struct worker *start(struct both *b, struct worker_config *cfg, struct wire_port *port)
{
    struct err e = {0};
    struct worker *w = aligned_alloc(64, sizeof *w);
    memset(w, 0, sizeof *w);
    configure(b, cfg, port);
    w->cfg = *cfg;
    ck_assert_msg(worker_setup(w, &e) == 0, "%s", e.message);
    return w;
}

static inline void prepare(struct both *b, const char *job)
{
    struct err e = {0};
    struct wire_config wc;
    memset(b, 0, sizeof *b);
    load_well(&b->f, job, NULL, NULL);
    ck_assert_int_eq(clock_init(&b->clock, CLOCK_SOURCE_AUTO, &e), 0);
    ck_assert_int_eq(app_ctx_init(&b->app, 1, false, &e), 0);
    const struct app_proto *proto = app_proto_find(b->f.job.protocol);
    setup_client_wire(&b->f.job, "", &wc);
    ck_assert_int_eq(pair_open(&wc, b->f.job.mtu, b->ports, &e), 0);
    setup_client(&b->f.job, proto, 0, &b->cc);
    setup_responder(&b->f.job, proto, 0, &b->sc);
}

/* Time goes so many times slower: nothing is late because the machine was away. */
static inline void slow_down(struct clock *c, uint64_t times)
{
    *c = (struct clock){.source = CLOCK_SOURCE_TSC, .tsc_base = clock_tsc(), .ns_base = NS_PER_S,
                        .mult = (uint64_t)(1e9 / 2.5e9 * 0x1p32) / times};
}

static inline void give(struct both *b, enum client_mode mode)
{
    struct worker_command cmd = {.mode = mode, .has_load = true};
    setup_load(&b->f.job, &b->f.job.phases[0], 0, &cmd.load);
    ck_assert(worker_command(b->client, &cmd));
}

/* Both in turn until the client's command is done. */
static inline void await(struct both *b)
{
    uint64_t done = b->client->status.commands_done;
    for (uint32_t i = 0; i < ROUNDS && b->client->status.commands_done == done; i++) {
        worker_round(b->client);
        worker_round(b->server);
    }
    ck_assert_uint_eq(b->client->status.commands_done, done + 1);
}

static inline void command(struct both *b, enum client_mode mode)
{
    give(b, mode);
    await(b);
}

/* Their stacks first: what they borrowed is then the ports' again. */
static inline void close_both(struct both *b)
{
    struct worker *both[] = {b->client, b->server};
    client_fini(&b->client->client);
    server_fini(&b->server->server);
    for (int i = 0; i < 2; i++) {
        stack_fini(&both[i]->stack);
        both[i]->queue->ops->queue_close(both[i]->queue);
    }
}

static inline void free_both(struct both *b)
{
    struct worker *both[] = {b->client, b->server};
    for (int i = 0; i < 2; i++) {
        b->ports[i]->ops->port_close(b->ports[i]);
        worker_free(both[i]);
        free(both[i]);
    }
    app_ctx_fini(&b->app);
    fixture_fini(&b->f);
}

#endif
