/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/worker.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/mem.h"
#include "base/privilege.h"

#define SUB_BATCH    8     /* frames that share one reading of the clock */
#define STEP_FRAMES  4     /* ... in a round that goes in steps, */
#define STEP_FEW     2     /* ... where few wait: nothing is behind then, and an arrival would be */
#define FEW_FRAMES   16
#define STEP_STARTS  8
#define TIMER_BUDGET 256
#define START_BUDGET 64
#define GAP_NS       100000u
#define IDLE_ROUNDS  64    /* empty rounds before the core is offered to helpers */

/* --- time spent by stage -------------------------------------------------------------------- */

/* The time since the last stage's end is this one's, with that of stages between them that found
 * nothing to do: reading the clock takes longer than they do. */
static void stage_end(struct worker *w, enum counter stage)
{
    struct clock_reading now = clock_read(w->cfg.clock);
    w->block->counters[stage] += now.ticks - w->last.ticks;
    w->last = now;
}

/* --- intervals ------------------------------------------------------------------------------ */

static void count_into(struct worker *w, struct rec_interval *block)
{
    w->block = block;
    stack_count_into(&w->stack, block->counters, block->drops);
    w->client.block = block;
}

/* What the wire counted itself since the last interval. */
static void tell_wire_counters(struct worker *w)
{
    struct wire_stats now = {0};
    w->queue->ops->stats(w->queue, &now);
    for (int d = 0; d < DROP_COUNT; d++)
        w->block->drops[d] += now.drops[d] - w->wire_seen.drops[d];
    w->block->drops[DROP_WIRE_RX_FULL] += now.rx_dropped - w->wire_seen.rx_dropped;
    w->block->counters[COUNTER_KICKS] += now.kicks - w->wire_seen.kicks;
    w->block->counters[COUNTER_FRAMES_HANDED] += now.handed - w->wire_seen.handed;
    w->wire_seen = now;
}

static void next_interval(struct worker *w, uint64_t now_ns, uint32_t phase)
{
    tell_wire_counters(w);
    w->phase = phase;
    w->block->open_connections = w->cfg.is_client ? w->client.open : tcp_in_use(&w->stack.tcp);
    if (w->cfg.lane)
        count_into(w, rec_lane_next(w->cfg.lane, now_ns, phase));
    w->next_interval_ns = now_ns + w->cfg.interval_ns;
}

/* A reader that sees a new word sees the odd turn as well, and looks again. */
static void tell_live(struct worker *w, uint64_t now_ns)
{
    struct worker_live *l = w->cfg.live;
    uint64_t turn = atomic_load_explicit(&l->turn, memory_order_relaxed);
    atomic_store_explicit(&l->turn, turn + 1, memory_order_relaxed);
    atomic_store_explicit(&l->at_ns, now_ns, memory_order_release);
    for (int i = 0; i < COUNTER_COUNT; i++)
        atomic_store_explicit(&l->counters[i], w->block->counters[i], memory_order_release);
    atomic_store_explicit(&l->turn, turn + 2, memory_order_release);
    w->next_live_ns = now_ns + WORKER_LIVE_NS;
}

/* --- commands ------------------------------------------------------------------------------- */

static void begin_command(struct worker *w, uint64_t now_ns)
{
    w->begun++;
    w->running_command = true;
    w->client.now_ns = now_ns;
    next_interval(w, now_ns, w->current.phase);
    uint64_t start = w->current.start_ns ? w->current.start_ns : now_ns;
    client_begin(&w->client, w->current.mode, w->current.has_load ? &w->current.load : NULL, start);
}

/* Nothing new is due any more; what is late still starts, and what is under way goes on. */
static void end_load(struct worker *w)
{
    client_end_load(&w->client, w->client.now_ns);
    w->client.mode = CLIENT_DRAIN;
}

static void give_up(struct worker *w)
{
    client_give_up_arrivals(&w->client);
    client_give_up(&w->client);
}

static void tell_status(struct worker *w)
{
    struct worker_status *s = &w->status;
    atomic_store_explicit(&s->open, w->client.open, memory_order_relaxed);
    atomic_store_explicit(&s->outstanding, w->client.trans.in_use, memory_order_relaxed);
    atomic_store_explicit(&s->changes, w->client.schedule.parts_count, memory_order_relaxed);
    atomic_store_explicit(&s->completed, w->client.completed, memory_order_relaxed);
    atomic_store_explicit(&s->in_use, tcp_in_use(&w->stack.tcp), memory_order_relaxed);
    atomic_store_explicit(&s->resolved, w->client.resolved, memory_order_relaxed);
}

/* Whoever sees that the command is done sees what it came to. */
static void end_command(struct worker *w)
{
    w->running_command = false;
    if (w->client.mode == CLIENT_LOAD)
        end_load(w);
    else if (w->client.mode == CLIENT_DRAIN)
        give_up(w);
    else if (w->client.mode == CLIENT_CONNECT)
        client_give_up_opening(&w->client);
    tell_status(w);
    atomic_store_explicit(&w->status.commands_done, w->begun, memory_order_release);
}

/* A command whose successor's time has come too is not begun any more (a run that is ended). */
static void skip_overtaken(struct worker *w, uint64_t now_ns)
{
    while (ring_ready(&w->mailbox, 2) == 2 &&
           w->commands[ring_slot(&w->mailbox, w->mailbox.cons.at + 1)].start_ns <= now_ns) {
        ring_consume(&w->mailbox, 1);
        w->begun++;
    }
}

/* Another load in the same phase, which is not ended by it. When that is over, so is the change. */
static void change_load(struct worker *w, uint64_t now_ns)
{
    struct worker_command change = w->commands[ring_slot(&w->mailbox, w->mailbox.cons.at)];
    ring_consume(&w->mailbox, 1);
    if (w->running_command && w->client.mode == CLIENT_LOAD) {
        w->current = change;
        begin_command(w, now_ns);
    } else {
        w->begun++;
        atomic_store_explicit(&w->status.commands_done, w->begun, memory_order_release);
    }
}

/* What completes after the time that was to be measured is not of that phase, however late main is to
 * begin the drain. */
static void end_by_time(struct worker *w, uint64_t now_ns)
{
    bool measured = w->client.mode == CLIENT_LOAD && w->current.load.measured;
    end_command(w);
    if (!measured)
        return;
    next_interval(w, now_ns, REC_PHASE_NEXT);
    w->client.load.measured = false; /* for its targets as well */
}

static void poll_commands(struct worker *w, uint64_t now_ns)
{
    if (w->running_command && w->current.end_ns && now_ns >= w->current.end_ns)
        end_by_time(w, now_ns);
    else if (w->running_command && client_idle(&w->client))
        end_command(w);
    if (!ring_ready(&w->mailbox, 1))
        return;
    skip_overtaken(w, now_ns);
    const struct worker_command *next = &w->commands[ring_slot(&w->mailbox, w->mailbox.cons.at)];
    if (next->start_ns > now_ns)
        return;
    if (next->has_load && next->load.goes_on) {
        change_load(w, now_ns);
        return;
    }
    if (w->running_command)
        end_command(w);
    if (w->client.mode == CLIENT_DRAIN && next->mode == CLIENT_LOAD)
        client_give_up_arrivals(&w->client); /* the next load has a schedule of its own */
    w->current = *next;
    ring_consume(&w->mailbox, 1);
    begin_command(w, now_ns);
}

/* --- the loop ------------------------------------------------------------------------------- */

static uint32_t run_client(struct worker *w, uint64_t now_ns)
{
    poll_commands(w, now_ns);
    if (w->client.samples)
        rec_samples_tick(w->client.samples, now_ns);
    if (now_ns >= w->next_interval_ns)
        next_interval(w, now_ns, w->phase);
    return client_start_due(&w->client, w->in_steps ? STEP_STARTS : START_BUDGET);
}

static void set_time(struct worker *w)
{
    w->client.now_ns = w->last.ns;
    flight_now(&w->flight, w->last.ns);
}

static uint32_t run_application(struct worker *w)
{
    uint64_t now_ns = w->last.ns;
    set_time(w);
    stack_timers(&w->stack, now_ns);
    uint32_t fired = tcp_timers(&w->stack.tcp, now_ns, TIMER_BUDGET);
    if (w->cfg.is_client)
        return fired + run_client(w, now_ns);
    server_resume(&w->server);
    if (w->cfg.live && now_ns >= w->next_live_ns)
        tell_live(w, now_ns);
    return fired;
}

/* What is built is as good as sent: what the wire takes for it is not the generator's lateness. */
static uint32_t build_output(struct worker *w)
{
    uint32_t built = stack_output(&w->stack, w->cfg.stack.batch);
    if (built) {
        stage_end(w, COUNTER_CYCLES_TX);
        if (w->cfg.is_client)
            client_flushed(&w->client, w->last.ns);
    }
    return built;
}

/* What became due since the loop last looked leaves ahead of the frames at hand. */
static void start_between(struct worker *w)
{
    if (!client_is_due(&w->client, w->last.ns))
        return;
    set_time(w);
    tcp_now(&w->stack.tcp, w->last.ns);
    run_client(w, w->last.ns);
    stage_end(w, COUNTER_CYCLES_APP);
    if (build_output(w))
        stack_flush(&w->stack);
}

static uint32_t step_of(const struct worker *w, uint32_t frames)
{
    if (!w->in_steps)
        return SUB_BATCH;
    return frames <= FEW_FRAMES ? STEP_FEW : STEP_FRAMES;
}

static void receive(struct worker *w)
{
    uint32_t n = w->stack.rx_count, step = step_of(w, n);
    for (uint32_t from = 0; from < n; from += step) {
        if (from)
            stage_end(w, COUNTER_CYCLES_ENGINE);
        if (w->in_steps)
            start_between(w);
        set_time(w);
        stack_input(&w->stack, from, n - from < step ? n - from : step, w->last.ns);
    }
    stack_poll_done(&w->stack);
    stage_end(w, COUNTER_CYCLES_ENGINE);
}

static void note_gap(struct worker *w, uint64_t round_ns)
{
    if (round_ns < GAP_NS)
        return;
    w->block->counters[COUNTER_GAPS]++;
    if (round_ns > w->block->counters[COUNTER_GAP_MAX])
        w->block->counters[COUNTER_GAP_MAX] = round_ns;
}

/* Where handing over a few frames costs little, an open loop goes through its round in steps, so that no
 * arrival waits for a whole batch. One that is far behind catches up soonest by whole batches. */
static void begin_round(struct worker *w, uint64_t now_ns)
{
    if (w->queue->ops->tick)
        w->queue->ops->tick(w->queue, now_ns);
    w->in_steps = w->cfg.is_client && w->cfg.port->caps.cheap_flush &&
                  client_keeps_up(&w->client, now_ns);
}

/* Receive, time, start, send: each with its budget, so that none starves the others. A round begins
 * where the last one ended; one that finds nothing reads the clock once. */
bool worker_round(struct worker *w)
{
    uint64_t start_ns = w->last.ns;
    begin_round(w, start_ns);
    uint32_t frames = stack_poll(&w->stack);
    if (frames) {
        stage_end(w, COUNTER_CYCLES_RX);
        receive(w);
    }
    uint32_t started = run_application(w);
    if (started)
        stage_end(w, COUNTER_CYCLES_APP);
    uint32_t built = build_output(w);
    if (built)
        note_gap(w, w->last.ns - start_ns); /* before the kernel has its turn */
    stack_flush(&w->stack);
    stage_end(w, built ? COUNTER_CYCLES_KICK : COUNTER_CYCLES_IDLE);
    if (!built)
        note_gap(w, w->last.ns - start_ns);
    if (w->cfg.is_client)
        client_note_caught_up(&w->client);
    flight_round(&w->flight);
    w->block->counters[COUNTER_ROUNDS]++;
    return frames || started || built;
}

/* What helpers did with the core in between is no round's. */
static void offer_core(struct worker *w)
{
    sched_yield();
    w->last = clock_read(w->cfg.clock);
}

static void run_loop(struct worker *w)
{
    uint32_t idle = 0;
    while (!atomic_load_explicit(&w->stop, memory_order_relaxed)) {
        if (worker_round(w)) {
            idle = 0;
        } else {
            w->block->counters[COUNTER_ROUNDS_IDLE]++;
            if (++idle % IDLE_ROUNDS == 0)
                offer_core(w);
        }
        if (w->cfg.is_client)
            tell_status(w);
    }
    uint64_t now_ns = clock_now_ns(w->cfg.clock);
    next_interval(w, now_ns, w->current.phase);
}

/* --- set-up and end, on the worker's own core ----------------------------------------------- */

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
    return t->conns + t->flows + t->time_wait + t->ooo + t->sides + m->sessions + m->trans + m->paths +
           m->servers + m->server.conns + m->server.parses + m->server.pending;
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
    rc = stack_init(&w->stack, &w->cfg.stack, w->queue,
                    w->cfg.is_client ? &client_tcp_ops : &server_tcp_ops,
                    w->cfg.is_client ? client_fill : server_fill,
                    w->cfg.is_client ? (void *)&w->client : (void *)&w->server,
                    w->block->counters, w->block->drops, now_ns, e);
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
        run_loop(w);
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
