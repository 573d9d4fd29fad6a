/* SPDX-License-Identifier: BSD-3-Clause */
/* The recorder thread: looks at the lanes every 50 ms, a transaction a look. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/privilege.h"
#include "base/units.h"
#include "rec/rec_internal.h"

#define LOOK_NS (50 * NS_PER_MS)
#define LATE_NS (4 * LOOK_NS) /* an interval may be later than its end by that and still be the one that brings a row */

static void begin_batch(struct rec *r, struct batch *b)
{
    *b = (struct batch){0};
    b->ret = db_begin(r->cfg.db, "store the intervals", &b->e);
    if (!b->ret)
        b->ret = store_phases(r, &b->e);
    if (!b->ret)
        b->ret = store_posts(r, &b->e);
}

static void keep_error(struct rec *r, const struct batch *b)
{
    r->totals.lost += b->intervals;
    if (r->totals.error)
        return;
    r->totals.error = b->ret;
    r->first = b->e;
}

static void end_batch(struct rec *r, struct batch *b)
{
    if (!b->ret)
        b->ret = db_commit(r->cfg.db, "store the intervals", &b->e);
    db_rollback(r->cfg.db);
    settle_phases(r, !b->ret);
    settle_posts(r, !b->ret);
    drain_settle(r, !b->ret);
    if (b->ret)
        keep_error(r, b);
    publish_totals(r);
}

static void record_block(struct rec *r, uint32_t lane, const struct rec_interval *b,
                         struct batch *batch)
{
    uint64_t seq = r->lane_seq[lane];
    r->lane_seq[lane] += 1 + b->merged;
    account_block(r, b, seq);
    gather_block(r, b, seq);
    batch->intervals++;
    if (!batch->ret)
        batch->ret = store_interval(r, b, seq, &batch->e);
}

static void drain_lane(struct rec *r, uint32_t n, uint32_t ready, struct batch *batch)
{
    struct rec_lane *lane = &r->lanes[n];
    for (uint32_t i = 0; i < ready; i++) {
        uint32_t block = lane->full_at[ring_slot(&lane->full, lane->full.cons.at)];
        record_block(r, n, lane->blocks[block], batch);
        clear_block(lane->blocks[block]);
        ring_consume(&lane->full, 1);
        lane->empty_at[ring_slot(&lane->empty, lane->empty.prod.at)] = block;
        ring_produce(&lane->empty, 1);
    }
}

static uint32_t lane_ready(struct rec *r, uint32_t n)
{
    return ring_ready(&r->lanes[n].full, REC_LANE_BLOCKS);
}

/* The intervals handed over, of the worker that is farthest. */
static uint64_t intervals_seen(const struct rec *r)
{
    uint64_t most = 0;
    for (uint32_t n = 0; n < r->cfg.lanes; n++)
        most = r->lane_seq[n] > most ? r->lane_seq[n] : most;
    return most;
}

/* With each interval, once whatever the workers; by the clock while none comes. */
static bool resources_due(const struct rec *r, uint64_t now_ns)
{
    return r->cfg.resource_ns && (now_ns >= r->next_resource_ns || intervals_seen(r) > r->resource_seq);
}

static int sample_resources(struct rec *r, uint64_t now_ns, struct err *e)
{
    r->next_resource_ns = now_ns + r->cfg.resource_ns + LATE_NS;
    r->resource_seq = intervals_seen(r);
    return store_resources(r, now_ns, e);
}

static bool posts_wait(struct rec *r)
{
    return atomic_load_explicit(&r->post_count, memory_order_acquire) > r->posts_stored;
}

/* The lanes are looked at before the phases: whatever phase a block names is in the list by then.
 * What arrives in between waits for the next look. */
static void look(struct rec *r)
{
    uint64_t now_ns = clock_kernel_ns();
    bool any = resources_due(r, now_ns) || posts_wait(r);
    struct batch batch;
    for (uint32_t n = 0; n < r->cfg.lanes; n++) {
        any |= (r->lane_full[n] = lane_ready(r, n)) > 0;
        any |= drain_due(r, n, now_ns);
    }
    if (!any)
        return;
    begin_batch(r, &batch);
    for (uint32_t n = 0; n < r->cfg.lanes; n++)
        drain_lane(r, n, r->lane_full[n], &batch);
    for (uint32_t n = 0; n < r->cfg.lanes; n++)
        drain_lane_samples(r, n, now_ns, &batch);
    if (resources_due(r, now_ns) && !batch.ret)
        batch.ret = sample_resources(r, clock_kernel_ns(), &batch.e);
    end_batch(r, &batch);
}

/* A block that stayed with its worker because none was empty holds intervals nobody has seen. */
static void record_leftover(struct rec *r, uint32_t n, struct batch *batch)
{
    struct rec_interval *b = rec_lane_current(&r->lanes[n]);
    if (!b->merged)
        return;
    b->merged--;
    record_block(r, n, b, batch);
}

/* The workers have stopped: what is left of them, once. */
static void record_leftovers(struct rec *r, struct batch *batch)
{
    for (uint32_t n = 0; n < r->cfg.lanes && !r->left_recorded; n++) {
        drain_lane(r, n, lane_ready(r, n), batch);
        record_leftover(r, n, batch);
    }
    r->left_recorded = true;
}

/* Whoever watches is to see all of it before rec_close. */
static void end_watch(struct rec *r)
{
    struct batch batch;
    if (!atomic_load_explicit(&r->watch.ended, memory_order_acquire) || r->left_recorded)
        return;
    begin_batch(r, &batch);
    record_leftovers(r, &batch);
    end_batch(r, &batch);
}

static int store_loss(struct rec *r, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(r->cfg.db, "store the number of lost intervals",
                         "UPDATE run SET lost_intervals = :lost WHERE id = :id", &s, e);
    if (ret)
        return ret;
    db_bind_u64(s, ":lost", r->totals.lost);
    db_bind_i64(s, ":id", r->cfg.run_id);
    ret = db_run(s, e);
    db_finish(s);
    return ret;
}

/* A transaction every few blocks: a full disk loses little. */
static void store_rest(struct rec *r)
{
    bool more = true;
    while (more) {
        struct batch batch;
        begin_batch(r, &batch);
        more = false;
        for (uint32_t n = 0; n < r->cfg.lanes; n++)
            more |= drain_rest(r, n, &batch);
        end_batch(r, &batch);
    }
}

static void last_look(struct rec *r)
{
    struct batch batch;
    begin_batch(r, &batch);
    record_leftovers(r, &batch);
    if (r->cfg.resource_ns && !batch.ret)
        batch.ret = sample_resources(r, clock_kernel_ns(), &batch.e);
    end_batch(r, &batch);
}

static void summarize(struct rec *r)
{
    struct batch batch;
    begin_batch(r, &batch);
    if (!batch.ret)
        batch.ret = store_summaries(r, &batch.e);
    if (!batch.ret)
        batch.ret = store_loss(r, &batch.e);
    end_batch(r, &batch);
}

/* Whoever else wants the core comes first; a failure costs only politeness. */
static void step_back(void)
{
    struct sched_param none = {0};
    setpriority(PRIO_PROCESS, 0, 19);
    sched_setscheduler(0, SCHED_IDLE, &none);
}

/* Until the next look, or rec_close; at once while whole blocks of samples wait. */
static bool asked_to_stop(struct rec *r)
{
    uint64_t until_ns = clock_kernel_ns() + (drain_behind(r) ? 0 : LOOK_NS);
    struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
                             .tv_nsec = (long)(until_ns % NS_PER_S)};
    sem_clockwait(&r->wake, CLOCK_MONOTONIC, &until);
    return atomic_load_explicit(&r->stopping, memory_order_acquire);
}

void *recorder_main(void *arg)
{
    struct rec *r = arg;
    step_back();
    privilege_drop(privilege_files());
    while (!asked_to_stop(r)) {
        uint64_t wanted = atomic_load_explicit(&r->syncs_wanted, memory_order_acquire);
        look(r);
        end_watch(r);
        gather_tell(r);
        atomic_store_explicit(&r->syncs_done, wanted, memory_order_release);
    }
    last_look(r);
    store_rest(r);
    summarize(r);
    return NULL;
}
