/* SPDX-License-Identifier: BSD-3-Clause */
/* A run of two workers that feed known values through the recorder, mostly faster than it looks.
 * What was fed is kept to compare with. */
#ifndef TESTS_UNIT_REC_RECORDED_H
#define TESTS_UNIT_REC_RECORDED_H

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/drop.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/units.h"
#include "db/db.h"
#include "db/finding.h"
#include "db/run_row.h"
#include "rec/rec.h"

#define FED_WORKERS   2
#define FED_INTERVALS 30 /* a phase and worker */
#define FED_PHASES    3  /* connect, measure, measure: fewer than a lane's reserve, so none mix */
#define FED_SAMPLES   400
#define FED_START_NS  (1000 * NS_PER_S)
#define FED_UNIX_NS   (1700000000 * NS_PER_S)

/* What one worker fed, by phase. */
struct fed {
    uint64_t counters[FED_PHASES][COUNTER_COUNT], results[FED_PHASES][RESULT_COUNT],
        connect_errors[FED_PHASES][RESULT_COUNT], drops[FED_PHASES][64];
    struct hist_sum times[FED_PHASES][TIME_COUNT];
};

struct feeder {
    struct rec_lane *lane;
    uint32_t worker;
    int phases[FED_PHASES];
    struct fed fed;
};

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static inline void feed_counts(struct rec_interval *b, struct fed *f, int phase, struct rng *rng)
{
    for (int c = 0; c < COUNTER_COUNT; c++) {
        uint64_t v = rng_below(rng, 1000);
        bool max = counter_is_max(c);
        b->counters[c] = max ? max_u64(b->counters[c], v) : b->counters[c] + v;
        f->counters[phase][c] = max ? max_u64(f->counters[phase][c], v) : f->counters[phase][c] + v;
    }
    for (int i = 0; i < RESULT_COUNT; i++) {
        uint64_t v = rng_below(rng, 5);
        b->results[i] += v, f->results[phase][i] += v;
        b->connect_errors[i] += v / 2, f->connect_errors[phase][i] += v / 2;
    }
    for (int i = 0; i < DROP_COUNT; i++) {
        uint64_t v = rng_below(rng, 3);
        b->drops[i] += v, f->drops[phase][i] += v;
    }
}

static inline void feed_times(struct rec_interval *b, struct fed *f, int phase, struct rng *rng)
{
    static _Thread_local struct hist h;
    for (int t = 0; t < TIME_COUNT; t++) {
        hist_reset(&h);
        for (int i = 0; i < FED_SAMPLES; i++) {
            uint64_t ns = 1000 + rng_below(rng, 1ull << (10 + rng_below(rng, 29)));
            hist_record(&h, ns);
            hist_record(&b->times[t], ns);
        }
        hist_sum_add(&f->times[phase][t], &h);
    }
}

static inline void *feed(void *arg)
{
    struct feeder *f = arg;
    struct rng rng;
    rng_seed(&rng, f->worker);
    uint64_t now_ns = FED_START_NS;
    struct rec_interval *b = rec_lane_next(f->lane, now_ns, (uint32_t)f->phases[0]);
    for (int p = 0; p < FED_PHASES; p++)
        for (int i = 0; i < FED_INTERVALS; i++) {
            feed_counts(b, &f->fed, p, &rng);
            feed_times(b, &f->fed, p, &rng);
            b->open_connections = 100 + f->worker;
            now_ns += NS_PER_S;
            if (i % 3 == 0) /* so that some intervals merge and others do not */
                nanosleep(&(struct timespec){.tv_nsec = 20 * NS_PER_MS}, NULL);
            int next = i + 1 < FED_INTERVALS || p + 1 == FED_PHASES ? p : p + 1;
            b = rec_lane_next(f->lane, now_ns, (uint32_t)f->phases[next]);
        }
    return NULL;
}

static inline int fed_run(struct db *db, int64_t *id, struct err *e)
{
    struct run_row row = {
        .uuid = "00000000-0000-4000-8000-000000000001", .workload_id = "known_values",
        .job = "[global]\nrate = max\n", .history_key = "known", .tool_version = "test",
        .started_ns = FED_UNIX_NS, .wire = "pair", .timestamp_source = "tsc",
        .clock_error_ns = 30, .clock_ppm = 0.5, .protocol = "echo", .pattern = "long_lived",
        .load = "max", .depth = 1, .workers = FED_WORKERS, .connections_requested = 201,
        .duration_requested_ns = 60 * NS_PER_S, .interval_ns = NS_PER_S, .seed = 1,
        .payload = "64 B", .sla = "errors<50%", .margins = "msg_per_s:2%",
        .interleave = &(struct run_interleave){"00000000-0000-4000-8000-0000000000ff", 1, "A"},
    };
    struct run_control control = {58000, 91000, 9000, 400};
    int ret = process_self(&row.process, e);
    if (!ret)
        ret = db_run_begin(db, &row, id, e);
    return ret ? ret : db_run_control(db, *id, &control, e);
}

static inline void fed_phases(struct rec *r, int *phases)
{
    static const struct phase_row rows[FED_PHASES] = {
        {.name = "connect", .kind = PHASE_CONNECT, .load = "max", .offered_rate_per_s = NAN,
         .requested_ns = DB_NONE, .connections = 201, .depth = DB_NONE},
        {.name = "first", .kind = PHASE_MEASURE, .measured = true, .load = "max", .payload = "64 B",
         .offered_rate_per_s = NAN, .requested_ns = 30 * NS_PER_S, .connections = 201, .depth = 1},
        {.name = "second", .kind = PHASE_MEASURE, .measured = true, .load = "60000/s",
         .offered_rate_per_s = 60000, .requested_ns = 30 * NS_PER_S, .connections = 201, .depth = 1},
    };
    uint64_t step = FED_INTERVALS * NS_PER_S;
    for (uint32_t p = 0; p < FED_PHASES; p++) {
        phases[p] = rec_phase_begin(r, &rows[p], FED_START_NS + p * step);
        if (p)
            rec_phase_end(r, (uint32_t)phases[p - 1], FED_START_NS + p * step, PHASE_EXIT_TIME);
    }
    rec_phase_end(r, (uint32_t)phases[FED_PHASES - 1], FED_START_NS + FED_PHASES * step,
                  PHASE_EXIT_TIME);
}

/* Feeds from one thread a worker and joins them; the recorder may still be behind. */
static inline void feed_all(struct rec *r, struct feeder *feeders)
{
    pthread_t threads[FED_WORKERS];
    int phases[FED_PHASES];
    fed_phases(r, phases);
    for (uint32_t w = 0; w < FED_WORKERS; w++) {
        struct feeder *f = &feeders[w];
        memset(f, 0, sizeof *f);
        f->lane = rec_lane(r, w);
        f->worker = w;
        memcpy(f->phases, phases, sizeof phases);
        for (int p = 0; p < FED_PHASES; p++)
            for (int t = 0; t < TIME_COUNT; t++)
                hist_sum_reset(&f->fed.times[p][t]);
        if (pthread_create(&threads[w], NULL, feed, f))
            abort();
    }
    for (uint32_t w = 0; w < FED_WORKERS; w++)
        pthread_join(threads[w], NULL);
}

static inline struct rec_config fed_config(struct db *db, int64_t run_id)
{
    return (struct rec_config){.db = db, .run_id = run_id, .lanes = FED_WORKERS,
                               .peer_pid = getppid(), .resource_ns = 20 * NS_PER_MS,
                               .mono_to_real_ns = FED_UNIX_NS - FED_START_NS};
}

/* What main adds around the recorder. */
static inline int fed_end(struct db *db, int64_t id, struct err *e)
{
    struct verdict_row v = {.phase_id = DB_NONE, .rule = "errors<50%", .metric = "errors",
                            .op = "<", .unit = "%", .target = 50, .actual = 49.9,
                            .samples = DB_NONE, .state = "PASS"};
    struct run_end end = {.state = RUN_DONE, .valid = 1, .limited_by = "peer",
                          .limited_by_evidence = "a test says so", .connections_opened = 201,
                          .ended_ns = FED_UNIX_NS + FED_PHASES * FED_INTERVALS * (int64_t)NS_PER_S,
                          .lost_intervals = DB_NONE};
    struct finding_row f = {.seq = 1, .name = "highest_stable_per_s", .value = 59990, .low = 59990,
                            .high = 120000, .confidence = NAN, .unit = "1/s", .trial_seq = 1,
                            .reason = "a test says so"};
    int ret = db_env_add(db, id, "kernel", "6.1", ENV_MUST, e);
    if (!ret)
        ret = db_finding_add(db, id, &f, e);
    if (!ret)
        ret = db_verdict_add(db, id, &v, e);
    return ret ? ret : db_run_end(db, id, &end, e);
}

#endif
