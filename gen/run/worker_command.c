/* SPDX-License-Identifier: BSD-3-Clause */
/* What main asks of a worker: when a command begins and is over, and what becomes of its load. */
#include "run/worker_internal.h"

static void begin_command(struct worker *w, uint64_t now_ns)
{
    w->begun++;
    w->running_command = true;
    w->client.now_ns = now_ns;
    worker_next_interval(w, now_ns, w->current.phase);
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

void worker_tell_status(struct worker *w)
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
    worker_tell_status(w);
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

/* What completes after the time that was to be measured is not of that phase, however late main is
 * to begin the drain. */
static void end_by_time(struct worker *w, uint64_t now_ns)
{
    bool measured = w->client.mode == CLIENT_LOAD && w->current.load.measured;
    end_command(w);
    if (!measured)
        return;
    worker_next_interval(w, now_ns, REC_PHASE_NEXT);
    w->client.load.measured = false; /* for its targets as well */
}

void worker_poll_commands(struct worker *w, uint64_t now_ns)
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
