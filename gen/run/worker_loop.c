/* SPDX-License-Identifier: BSD-3-Clause */
/* A round of a worker, and the rounds until it is stopped. */
#include <sched.h>

#include "base/units.h"
#include "run/worker_internal.h"

#define SUB_BATCH    8 /* frames that share one reading of the clock */
#define STEP_FRAMES  4 /* ... in a round that goes in steps, */
#define STEP_FEW     2 /* ... where few wait: nothing is behind then, and an arrival would be */
#define FEW_FRAMES   16
#define STEP_STARTS  8
#define TIMER_BUDGET 256
#define START_BUDGET 64
#define GAP_NS       100000u
#define IDLE_ROUNDS  64 /* empty rounds before the core is offered to helpers */
#define LAST_ROUNDS  64 /* of who is stopped: an end that goes on sending is not waited for */
#define LAST_NS      (NS_PER_S / 2) /* for the wire to take what is still to be sent */

/* The time since the last stage's end is this one's, with that of stages between them that found
 * nothing to do: reading the clock takes longer than they do. */
static void stage_end(struct worker *w, enum counter stage)
{
    struct clock_reading now = clock_read(w->cfg.clock);
    w->block->counters[stage] += now.ticks - w->last.ticks;
    w->last = now;
}

static uint32_t run_client(struct worker *w, uint64_t now_ns)
{
    worker_poll_commands(w, now_ns);
    if (w->client.samples)
        rec_samples_tick(w->client.samples, now_ns);
    if (now_ns >= w->next_interval_ns)
        worker_next_interval(w, now_ns, w->phase);
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
        worker_tell_live(w, now_ns);
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

static void flush(struct worker *w)
{
    bool stamped = w->stamps.tx != WIRE_STAMPS_NONE;
    if (stamped)
        w->queue->ops->tick(w->queue, w->last.ns);
    stack_flush(&w->stack);
    if (stamped)
        worker_note_departures(w);
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
        flush(w);
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
        uint32_t taken = n - from < step ? n - from : step;
        if (w->stamps.rx != WIRE_STAMPS_NONE)
            worker_note_arrivals(w, from, taken);
        stack_input(&w->stack, from, taken, w->last.ns);
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

/* Where handing over a few frames costs little, an open loop goes through its round in steps, so
 * that no arrival waits for a whole batch. One that is far behind catches up soonest by whole
 * batches. */
static void begin_round(struct worker *w, uint64_t now_ns)
{
    if (w->queue->ops->tick)
        w->queue->ops->tick(w->queue, now_ns);
    w->in_steps =
        w->cfg.is_client && w->cfg.port->caps.cheap_flush && client_keeps_up(&w->client, now_ns);
}

/* Receive, time, start, send: each with its budget, so that none starves the others. A round begins
 * where the last one ended; one that finds nothing reads the clock once. */
bool worker_round(struct worker *w)
{
    uint64_t start_ns = w->last.ns;
    begin_round(w, start_ns);
    uint32_t frames = stack_poll(&w->stack);
    if (frames) {
        stage_end(w, w->cfg.port->caps.polled ? COUNTER_CYCLES_POLL : COUNTER_CYCLES_RX);
        receive(w);
    }
    uint32_t started = run_application(w);
    if (started)
        stage_end(w, COUNTER_CYCLES_APP);
    uint32_t built = build_output(w);
    if (built)
        note_gap(w, w->last.ns - start_ns); /* before the kernel has its turn */
    flush(w);
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

/* Who is stopped has nothing more to begin, but may have something left to hear and to say, without which the other
 * end would send its last segments again and again. */
static void end_well(struct worker *w)
{
    for (int i = 0; i < LAST_ROUNDS && worker_round(w); i++)
        ;
    uint64_t until_ns = clock_now_ns(w->cfg.clock) + LAST_NS;
    while (stack_unsent(&w->stack) && clock_now_ns(w->cfg.clock) < until_ns)
        worker_round(w);
}

void worker_loop(struct worker *w)
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
            worker_tell_status(w);
    }
    end_well(w);
    uint64_t now_ns = clock_now_ns(w->cfg.clock);
    worker_next_interval(w, now_ns, w->current.phase);
}
