/* SPDX-License-Identifier: BSD-3-Clause */
/* The main thread's side: memory, thread, and what is left to say at the end. */
#include "rec/rec.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/sample_block.h"
#include "rec/rec_internal.h"

#define LANE_BYTES (REC_LANE_BLOCKS * sizeof(struct rec_interval))

static void init_block(struct rec_interval *b, uint32_t worker)
{
    b->worker = worker;
    for (int i = 0; i < TIME_COUNT; i++)
        hist_reset(&b->times[i]);
}

/* All blocks but the current one start out empty. */
static void init_lane(struct rec_lane *lane, struct rec_interval *blocks, uint32_t worker)
{
    ring_init(&lane->full, REC_LANE_BLOCKS);
    ring_init(&lane->empty, REC_LANE_BLOCKS);
    for (uint32_t i = 0; i < REC_LANE_BLOCKS; i++) {
        lane->blocks[i] = &blocks[i];
        init_block(&blocks[i], worker);
        if (i)
            lane->empty_at[i - 1] = i;
    }
    ring_produce(&lane->empty, REC_LANE_BLOCKS - 1);
}

/* Both the lane's worker fills. */
static int lane_cpu(const struct rec *r, uint32_t lane)
{
    return r->cfg.cpus ? r->cfg.cpus[lane] : -1;
}

static int init_samples(struct rec *r, uint32_t lane, struct err *e)
{
    struct rec_samples *s = &r->lanes[lane].samples;
    if (!r->cfg.sample_records)
        return 0;
    ring_init(&s->ring, r->cfg.sample_records);
    s->seed = r->cfg.seed;
    s->most = (uint64_t)(r->cfg.sample_ratio * (double)REC_SAMPLE_ALL);
    s->at = mem_reserve_near(lane_cpu(r, lane), (size_t)r->cfg.sample_records * sizeof *s->at,
                             "sample rings", e);
    return s->at ? 0 : -ENOMEM;
}

static int alloc_lanes(struct rec *r, struct err *e)
{
    uint32_t n = r->cfg.lanes;
    r->lanes = aligned_alloc(_Alignof(struct rec_lane), n * sizeof(struct rec_lane));
    r->lane_full = calloc(n, sizeof *r->lane_full);
    r->lane_seq = calloc(n, sizeof *r->lane_seq);
    r->lane_open = calloc(n, sizeof *r->lane_open);
    if (r->lanes)
        memset(r->lanes, 0, n * sizeof *r->lanes);
    if (!r->lanes || !r->lane_seq || !r->lane_full || !r->lane_open)
        return -ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        struct rec_interval *blocks = mem_reserve_near(lane_cpu(r, i), LANE_BYTES, "interval blocks", e);
        if (!blocks)
            return -ENOMEM;
        init_lane(&r->lanes[i], blocks, i);
    }
    return 0;
}

static int alloc_samples(struct rec *r, struct err *e)
{
    int ret = 0;
    for (uint32_t i = 0; i < r->cfg.lanes && !ret; i++)
        ret = init_samples(r, i, e);
    return ret ? ret : drain_open(r, e);
}

static void free_samples(struct rec *r)
{
    drain_close(r);
    for (uint32_t i = 0; r->lanes && i < r->cfg.lanes; i++)
        mem_release(r->lanes[i].samples.at,
                    (size_t)r->cfg.sample_records * sizeof(struct rec_record));
}

static void free_rec(struct rec *r)
{
    uint32_t phases = atomic_load(&r->phase_count);
    for (uint32_t i = 0; i < phases; i++)
        phase_free(r->phases[i]);
    free_posts(r);
    gather_close(r);
    store_close(&r->store);
    free_samples(r);
    for (uint32_t i = 0; r->lanes && i < r->cfg.lanes; i++)
        mem_release(r->lanes[i].blocks[0], LANE_BYTES);
    free(r->lanes);
    free(r->lane_full);
    free(r->lane_seq);
    free(r->lane_open);
    sem_destroy(&r->wake);
    free(r);
}

/* The thread takes no signal: they are the main thread's. A blocked SIGXFSZ turns into an error
 * of the write. */
static int start_thread(struct rec *r)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&r->thread, NULL, recorder_main, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

static void init_rec(struct rec *r, const struct rec_config *cfg)
{
    r->cfg = *cfg;
    r->peer_start_ticks = cfg->peer_pid ? process_start_ticks(cfg->peer_pid) : 0;
    hist_sum_reset(&r->live);
    hist_sum_reset(&r->totals.latency);
    pthread_mutex_init(&r->shown_lock, NULL);
    r->shown = r->totals;
    sem_init(&r->wake, 0, 0);
}

int rec_open(const struct rec_config *cfg, struct rec **out, struct err *e)
{
    struct rec *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "recorder: out of memory");
    init_rec(r, cfg);
    int ret = alloc_lanes(r, e);
    if (!ret)
        ret = gather_open(r);
    if (ret)
        err_set(e, EXIT_ENVIRONMENT, ret, "recorder: no memory for %u lanes", cfg->lanes);
    if (!ret)
        ret = store_open(&r->store, cfg->db, e);
    if (!ret)
        ret = alloc_samples(r, e);
    if (!ret && (ret = start_thread(r)))
        err_set(e, EXIT_ENVIRONMENT, ret, "recorder: cannot start its thread: %s", strerror(-ret));
    r->cfg.cpus = NULL; /* the caller's */
    if (ret)
        free_rec(r);
    else
        *out = r;
    return ret;
}

struct rec_lane *rec_lane(struct rec *r, uint32_t n)
{
    return &r->lanes[n];
}

void rec_memory(const struct rec *r, struct rec_memory *out)
{
    uint64_t lanes = r->cfg.lanes;
    *out = (struct rec_memory){
        .samples = lanes * r->cfg.sample_records * sizeof(struct rec_record),
        .blocks = lanes * LANE_BYTES,
        .own = sizeof *r + (r->watch.slots ? WATCH_SLOTS * sizeof *r->watch.slots : 0) + lanes * (sizeof *r->lanes + sizeof *r->drains) +
               (r->packer ? sample_packer_bytes() : 0),
    };
}

void rec_sync(struct rec *r)
{
    static const struct timespec pause = {.tv_nsec = 1000000};
    uint64_t wanted = atomic_fetch_add(&r->syncs_wanted, 1) + 1;
    sem_post(&r->wake);
    while (atomic_load_explicit(&r->syncs_done, memory_order_acquire) < wanted)
        nanosleep(&pause, NULL);
}

int rec_close(struct rec *r, struct err *e)
{
    atomic_store_explicit(&r->stopping, true, memory_order_release);
    sem_post(&r->wake);
    pthread_join(r->thread, NULL);
    int ret = r->totals.error;
    if (ret)
        err_set(e, (enum exit_code)r->first.exit_code, ret,
                "%s; %llu of %llu intervals were lost, what was stored before is kept", r->first.message,
                (unsigned long long)r->totals.lost, (unsigned long long)r->totals.intervals);
    free_rec(r);
    return ret;
}
