/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/responder.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "run/setup.h"
#include "run/share.h"
#include "run/worker.h"

#define LIVE_TRIES 1000 /* of a worker that lost its core while it told them */

struct responder {
    uint32_t count;
    struct app_ctx app;
    struct worker *workers;
};

static int start_workers(struct responder *r, const struct job *job, struct wire_port *port,
                         const int *cpus, const struct clock *clock, struct responder_live *live,
                         struct err *e)
{
    const struct app_proto *proto = app_proto_find(job->protocol);
    for (; r->count < job->workers; r->count++) {
        struct worker_config cfg = {.cpu = cpus[r->count], .clock = clock, .port = port};
        setup_responder(job, proto, r->count, &cfg);
        cfg.server.app = &r->app;
        cfg.live = live ? &live->of[r->count] : NULL;
        int rc = worker_start(&r->workers[r->count], &cfg, e);
        if (rc)
            return rc;
    }
    for (uint32_t i = 0; i < r->count; i++) {
        int rc = worker_await(&r->workers[i], e);
        if (rc)
            return rc;
        if (live)
            worker_memory_add(&live->memory, &r->workers[i].memory);
    }
    return 0;
}

int responder_start(struct responder **out, const struct job *job, struct wire_port *port,
                    uint32_t first_cpu, const struct clock *clock, struct responder_live *live,
                    struct err *e)
{
    struct responder *r = calloc(1, sizeof *r);
    if (r)
        r->workers = aligned_alloc(64, job->workers * sizeof *r->workers);
    int cpus[SETUP_CPUS_MAX];
    int rc = r && r->workers ? setup_cpus(job, first_cpu + job->workers, cpus, e) : -ENOMEM;
    if (!rc)
        rc = app_ctx_init(&r->app, job->seed, job->binary, e);
    if (!rc)
        rc = start_workers(r, job, port, cpus + first_cpu, clock, live, e);
    if (rc) {
        if (r)
            responder_stop(r, NULL);
        return err_set(e, EXIT_RUN, rc, "the responder could not be set up: %s", strerror(-rc));
    }
    *out = r;
    return 0;
}

static bool read_live(const struct worker_live *l, uint64_t counters[COUNTER_COUNT], uint64_t *at_ns)
{
    uint64_t turn;
    int tries = 0;
    do {
        if (tries++ == LIVE_TRIES)
            return false;
        turn = atomic_load_explicit(&l->turn, memory_order_acquire);
        *at_ns = atomic_load_explicit(&l->at_ns, memory_order_acquire);
        for (int i = 0; i < COUNTER_COUNT; i++)
            counters[i] = atomic_load_explicit(&l->counters[i], memory_order_acquire);
    } while (turn % 2 || turn != atomic_load_explicit(&l->turn, memory_order_acquire));
    return turn;
}

bool responder_counted(const struct responder_live *live, uint32_t workers,
                       uint64_t counters[COUNTER_COUNT], uint64_t *at_ns)
{
    uint64_t one[COUNTER_COUNT], told_ns;
    *at_ns = 0;
    memset(counters, 0, COUNTER_COUNT * sizeof *counters);
    for (uint32_t w = 0; w < workers; w++) {
        if (!read_live(&live->of[w], one, &told_ns))
            return false;
        *at_ns = told_ns > *at_ns ? told_ns : *at_ns;
        counters_add(counters, one);
    }
    return workers > 0;
}

static void sum(const struct worker *w, struct responder_totals *t)
{
    t->server.requests += w->server_end.requests;
    t->server.replies += w->server_end.replies;
    t->server.bytes_in += w->server_end.bytes_in;
    t->server.bytes_out += w->server_end.bytes_out;
    counters_add(t->counters, w->own_block->counters);
    for (int i = 0; i < DROP_COUNT; i++)
        t->drops[i] += w->own_block->drops[i];
}

void responder_stop(struct responder *r, struct responder_totals *totals)
{
    for (uint32_t i = 0; i < r->count; i++)
        worker_stop(&r->workers[i]);
    for (uint32_t i = 0; i < r->count; i++) {
        worker_end(&r->workers[i]);
        if (totals && r->workers[i].own_block)
            sum(&r->workers[i], totals);
        worker_free(&r->workers[i]);
    }
    if (totals)
        totals->valid = true;
    app_ctx_fini(&r->app);
    free(r->workers);
    free(r);
}

/* Where it answers must be ours alone, or our port of the kernel's address. */
static int check_share(const struct responder_process *p, struct err *e)
{
    struct share_lists lists;
    char iface[16];
    if (!p->wire->on_interface)
        return 0;
    share_iface(p->device, iface);
    struct share s = share_of_responder(p->job, iface, &lists);
    return share_check(&s, e);
}

int responder_process_run(const struct responder_process *p, struct err *e)
{
    struct wire_config wc;
    struct wire_port *port;
    struct responder *r;
    int cpus[SETUP_CPUS_MAX];
    setup_responder_wire(p->job, p->device, &wc);
    wc.cpus = cpus + p->first_cpu;
    int rc = setup_cpus(p->job, p->first_cpu + p->job->workers, cpus, e);
    if (!rc)
        rc = check_share(p, e);
    if (!rc)
        rc = p->wire->open(&wc, &port, e);
    if (rc)
        return rc;
    rc = setup_check_mtu(p->job, port, e);
    if (!rc)
        rc = responder_start(&r, p->job, port, p->first_cpu, p->clock, p->live, e);
    if (!rc) {
        sigset_t set;
        int sig;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        p->ready(p->ready_ctx);
        sigwait(&set, &sig);
        responder_stop(r, p->totals);
    }
    port->ops->port_close(port);
    return rc;
}
