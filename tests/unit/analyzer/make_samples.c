/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * make_samples FILE [SHARE]: a run of given transactions, through the recorder as a worker gives
 * them: into histograms and samples. The standard input, in order of time for each worker:
 *
 *   interval WORKER NOW PHASE       an interval begins (0 warm-up, 1 first, 2 drain, 3 second,
 *                                   4 second's drain); after the last one, it ends there
 *   sample WORKER START LATENCY QUEUEING LATENESS OPERATION RESULT MEASURED [TARGET]
 *   target NUMBER ADDRESS PORT      a row of the run's targets
 *
 * Times in ns. Two workers; SHARE of the samples is kept (default 1).
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/units.h"
#include "db/db.h"
#include "db/run_row.h"
#include "rec/rec.h"

#define WORKERS 2u
#define RING    (1u << 20)

struct run {
    struct db *db;
    struct rec *rec;
    int64_t id;
    struct rec_interval *block[WORKERS];
    uint64_t number, last_ns;
    struct target_row targets[8];
    char addresses[8][64];
    uint32_t targets_count;
};

static struct err e;

static void must(int ret)
{
    if (ret >= 0)
        return;
    fprintf(stderr, "make_samples: %s\n", e.message);
    exit(EXIT_FAILURE);
}

static void begin(struct run *r, const char *path, double share)
{
    char uuid[40];
    snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012" PRIx64, clock_kernel_ns() & 0xffffffffffff);
    struct run_row row = {.uuid = uuid, .workload_id = "samples", .job = "", .history_key = "samples",
                          .tool_version = "test", .wire = "pair", .timestamp_source = "tsc",
                          .protocol = "echo", .pattern = "long_lived", .load = "max",
                          .workers = WORKERS, .connections_requested = 1,
                          .interval_ns = NS_PER_S};
    must(process_self(&row.process, &e));
    must(db_open(path, DB_CREATE, &r->db, &e));
    must(db_run_begin(r->db, &row, &r->id, &e));
    struct rec_config cfg = {.db = r->db, .run_id = r->id, .lanes = WORKERS, .sample_records = RING,
                             .sample_ratio = share, .seed = 1};
    must(rec_open(&cfg, &r->rec, &e));
}

/* Every phase begins at 1 s times its number, which no figure depends on. */
static void begin_phases(struct run *r)
{
    static const struct phase_row rows[] = {
        {.name = "warm-up", .kind = PHASE_WARMUP, .load = "max"},
        {.name = "first", .kind = PHASE_MEASURE, .measured = true, .load = "max"},
        {.name = "first", .kind = PHASE_DRAIN, .load = "max"},
        {.name = "second", .kind = PHASE_MEASURE, .measured = true, .load = "max"},
        {.name = "second", .kind = PHASE_DRAIN, .load = "max"},
    };
    for (uint32_t p = 0; p < sizeof rows / sizeof *rows; p++) {
        struct phase_row row = rows[p];
        row.offered_rate_per_s = NAN;
        rec_phase_begin(r->rec, &row, (p + 1) * NS_PER_S);
        rec_phase_end(r->rec, p, (p + 2) * NS_PER_S, PHASE_EXIT_TIME);
    }
}

/* The recorder has all the time it wants: intervals never merge, all samples fit. */
static void wait_for_recorder(struct rec_lane *lane)
{
    while (ring_ready(&lane->empty, REC_LANE_BLOCKS) < REC_LANE_BLOCKS - 1 ||
           ring_used(&lane->samples.ring) > RING / 4)
        nanosleep(&(struct timespec){.tv_nsec = NS_PER_MS}, NULL);
}

static void put_interval(struct run *r, uint32_t worker, uint64_t now, uint32_t phase)
{
    struct rec_lane *lane = rec_lane(r->rec, worker);
    if (r->block[worker])
        wait_for_recorder(lane);
    r->block[worker] = rec_lane_next(lane, now, phase);
    r->last_ns = now > r->last_ns ? now : r->last_ns;
}

static void put_sample(struct run *r, uint32_t worker, const struct rec_transaction *t)
{
    struct rec_lane *lane = rec_lane(r->rec, worker);
    struct rec_interval *b = r->block[worker];
    uint64_t end = t->intended_ns + t->latency_ns;
    b->results[t->result]++;
    b->counters[COUNTER_STARTED]++;
    b->counters[t->result == RESULT_OK ? COUNTER_COMPLETED : COUNTER_FAILED]++;
    if (t->result == RESULT_OK && t->measured) {
        hist_record(&b->times[TIME_LATENCY], t->latency_ns);
        hist_record(&b->times[TIME_SERVICE], t->latency_ns - t->queueing_ns - t->lateness_ns);
        hist_record(&b->times[TIME_QUEUEING], t->queueing_ns);
        hist_record(&b->times[TIME_LATENESS], t->lateness_ns);
    }
    rec_sample(rec_lane_samples(lane), r->number++, end, t);
    if (r->number % 64 == 0)
        rec_samples_tick(rec_lane_samples(lane), end);
    if (r->number % 65536 == 0)
        wait_for_recorder(lane);
}

/* Kept until the recorder gives the file back. */
static void put_target(struct run *r, uint32_t seq, const char *address, uint32_t port)
{
    uint32_t n = r->targets_count++ % 8;
    strcpy(r->addresses[n], address);
    r->targets[n] = (struct target_row){.address = r->addresses[n], .seq = seq, .port = port};
}

static void take_line(struct run *r, const char *line)
{
    uint32_t worker, phase, operation, result, measured, target = 0;
    char address[64];
    uint64_t now;
    struct rec_transaction t = {.size = 64};
    if (sscanf(line, "interval %" SCNu32 " %" SCNu64 " %" SCNu32, &worker, &now, &phase) == 3) {
        put_interval(r, worker % WORKERS, now, phase);
    } else if (sscanf(line, "sample %" SCNu32 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                            " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32,
                      &worker, &t.intended_ns, &t.latency_ns, &t.queueing_ns, &t.lateness_ns,
                      &operation, &result, &measured, &target) >= 8) {
        t.operation = (uint8_t)operation;
        t.result = (uint8_t)result;
        t.measured = measured;
        t.target = (uint8_t)target;
        put_sample(r, worker % WORKERS, &t);
    } else if (sscanf(line, "target %" SCNu32 " %63s %" SCNu32, &target, address, &phase) == 3) {
        put_target(r, target, address, phase);
    } else {
        fprintf(stderr, "make_samples: not understood: %s", line);
        exit(EXIT_FAILURE);
    }
}

static void end(struct run *r)
{
    must(rec_close(r->rec, &e));
    for (uint32_t i = 0; i < r->targets_count; i++)
        must(db_target_add(r->db, r->id, &r->targets[i], &e));
    struct run_end row = {.state = RUN_DONE, .valid = 1, .limited_by = "unknown",
                          .connections_opened = 1, .ended_ns = (int64_t)r->last_ns,
                          .lost_intervals = DB_NONE};
    must(db_run_end(r->db, r->id, &row, &e));
    db_close(r->db);
}

int main(int argc, char **argv)
{
    char line[300];
    struct run r = {0};
    if (argc < 2)
        return EXIT_USAGE;
    begin(&r, argv[1], argc > 2 ? strtod(argv[2], NULL) : 1);
    begin_phases(&r);
    while (fgets(line, sizeof line, stdin))
        take_line(&r, line);
    end(&r);
    return 0;
}
