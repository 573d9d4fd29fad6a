/* SPDX-License-Identifier: BSD-3-Clause */
/* Set-up and end of a worker, on its own core. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/mem.h"
#include "base/privilege.h"
#include "run/worker_internal.h"

/* They reserve side by side: the longest counts. */
void worker_memory_add(struct worker_memory *sum, const struct worker_memory *one)
{
    sum->tcp.conns += one->tcp.conns;
    sum->tcp.flows += one->tcp.flows;
    sum->tcp.time_wait += one->tcp.time_wait;
    sum->tcp.ooo += one->tcp.ooo;
    sum->tcp.sides += one->tcp.sides;
    sum->sessions += one->sessions;
    sum->trans += one->trans;
    sum->paths += one->paths;
    sum->servers += one->servers;
    sum->server.conns += one->server.conns;
    sum->server.parses += one->server.parses;
    sum->server.pending += one->server.pending;
    if (one->took_ns > sum->took_ns)
        sum->took_ns = one->took_ns;
}

static int setup_role(struct worker *w, struct err *e)
{
    if (!w->cfg.is_client) {
        int rc = server_init(&w->server, &w->cfg.server, &w->stack, e);
        server_memory_of(&w->cfg.server, &w->memory.server);
        for (uint32_t i = 0; i < w->cfg.listen_count && !rc; i++)
            rc = tcp_listen_range(&w->stack.tcp, w->cfg.listen[i]);
        return rc;
    }
    int rc = client_init(&w->client, &w->cfg.client, &w->stack, e);
    w->client.block = w->block;
    w->client.flight = &w->flight;
    w->client.samples = w->cfg.lane ? rec_lane_samples(w->cfg.lane) : NULL;
    w->client.now_ns = clock_now_ns(w->cfg.clock);
    w->memory.sessions = client_sessions_memory(&w->cfg.client);
    w->memory.trans = (uint64_t)w->client.trans.count * sizeof *w->client.trans.entries;
    w->memory.servers = client_servers_memory(&w->cfg.client);
    return rc ? rc : client_resolve(&w->client, e);
}

uint64_t worker_memory_bytes(const struct worker_memory *m)
{
    const struct tcp_memory *t = &m->tcp;
    return t->conns + t->flows + t->time_wait + t->ooo + t->sides + m->sessions + m->trans +
           m->paths + m->servers + m->server.conns + m->server.parses + m->server.pending;
}

/* Reserves and touches all that the worker has, on the core that will use it. */
static int reserve(struct worker *w, uint64_t now_ns, struct err *e)
{
    if (!w->cfg.lane)
        w->own_block = mem_reserve(sizeof *w->own_block, "counters", e);
    w->block = w->cfg.lane ? rec_lane_current(w->cfg.lane) : w->own_block;
    if (!w->block)
        return -ENOMEM;
    int rc = w->cfg.port->ops->queue_open(w->cfg.port, w->cfg.queue, &w->queue, e);
    if (rc)
        return rc;
    w->stamps.rx = w->cfg.port->caps.rx_stamps;
    w->stamps.tx = w->cfg.port->caps.tx_stamps;
    rc = stack_init(&w->stack, &w->cfg.stack, w->queue,
                    w->cfg.is_client ? &client_tcp_ops : &server_tcp_ops,
                    w->cfg.is_client ? client_fill : server_fill,
                    w->cfg.is_client ? (void *)&w->client : (void *)&w->server, w->block->counters,
                    w->block->drops, now_ns, e);
    if (rc)
        return rc;
    rc = flight_open(&w->flight, w->cfg.flight_bytes, &w->stack, e);
    if (rc)
        return rc;
    tcp_memory(&w->stack.tcp, &w->memory.tcp);
    w->memory.paths = stack_path_memory(&w->cfg.stack);
    w->next_interval_ns = now_ns + w->cfg.interval_ns;
    return setup_role(w, e);
}

int worker_setup(struct worker *w, struct err *e)
{
    ring_init(&w->mailbox, WORKER_COMMANDS);
    w->last = clock_read(w->cfg.clock);
    int rc = reserve(w, w->last.ns, e);
    w->memory.took_ns = clock_now_ns(w->cfg.clock) - w->last.ns;
    return rc;
}

static void teardown(struct worker *w)
{
    if (w->client.sessions)
        client_fini(&w->client);
    w->server_end = w->server.totals;
    if (w->server.conns)
        server_fini(&w->server);
    if (w->stack.paths)
        stack_fini(&w->stack);
    if (w->queue)
        w->cfg.port->ops->queue_close(w->queue);
    w->queue = NULL;
}

static void pin(const struct worker *w)
{
    if (w->cfg.cpu < 0)
        return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(w->cfg.cpu, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    prctl(PR_SET_NAME, w->cfg.is_client ? "client" : "responder");
    pin(w);
    if (w->cfg.high_priority)
        privilege_hurry();
    int rc = worker_setup(w, &w->err);
    privilege_drop(0);
    if (rc && !w->err.exit_code)
        err_set(&w->err, EXIT_RUN, rc, "a worker could not be set up: %s", strerror(-rc));
    atomic_store_explicit(&w->status.ready, true, memory_order_release);
    w->last = clock_read(w->cfg.clock);
    if (!rc)
        worker_loop(w);
    teardown(w);
    return NULL;
}

int worker_start(struct worker *w, const struct worker_config *cfg, struct err *e)
{
    memset(w, 0, sizeof *w);
    w->cfg = *cfg;
    int rc = pthread_create(&w->thread, NULL, worker_main, w);
    return rc ? err_set(e, EXIT_ENVIRONMENT, -rc, "no thread for a worker: %s", strerror(rc)) : 0;
}

int worker_await(struct worker *w, struct err *e)
{
    while (!atomic_load_explicit(&w->status.ready, memory_order_acquire))
        sched_yield();
    if (w->err.exit_code)
        *e = w->err;
    return w->err.exit_code ? -ECANCELED : 0;
}

bool worker_command(struct worker *w, const struct worker_command *cmd)
{
    if (!ring_space(&w->mailbox, 1))
        return false;
    w->commands[ring_slot(&w->mailbox, w->mailbox.prod.at)] = *cmd;
    ring_produce(&w->mailbox, 1);
    return true;
}

void worker_stop(struct worker *w)
{
    atomic_store_explicit(&w->stop, true, memory_order_relaxed);
}

void worker_end(struct worker *w)
{
    pthread_join(w->thread, NULL);
}

void worker_free(struct worker *w)
{
    flight_close(&w->flight);
    mem_release(w->own_block, sizeof *w->own_block);
    w->own_block = NULL;
}
