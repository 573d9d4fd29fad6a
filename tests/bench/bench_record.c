/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The transactions of a real run over the lab wire, fed again through a worker's sample ring to the
 * recorder thread, which packs them and writes them into a file of its own.
 *
 * Poisson arrivals: until the load has that shape, the gaps between the starts of a constant-rate
 * run are drawn anew (exponential, the same mean); all else is as the run recorded it.
 */
#include "bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/rng.h"
#include "bench/gen_run.h"
#include "bench/replay.h"

#define FED   1000000u   /* below half the ring: all are kept, however late the recorder begins */
#define RATE  50000      /* of the real run */
#define ROUND 64u        /* transactions shown at once, as a busy worker does */

static bool real_run(struct gen_run *run, const char *connections)
{
    return !gen_run(run, "wire=lab", "protocol=echo", "payload=64", connections, "rate=50000",
                    "duration=3s", "warmup=500ms", NULL);
}

static bool real_facts(struct facts *f, const char *connections)
{
    struct gen_run run;
    if (!real_run(&run, connections))
        return false;
    bool good = facts_read(f, &run, FED);
    gen_run_done(&run);
    return good;
}

/* Starts move, ends with them, in the order of ends. */
static int by_end(const void *a, const void *b)
{
    const struct rec_transaction *x = a, *y = b;
    uint64_t end_x = x->intended_ns + x->latency_ns, end_y = y->intended_ns + y->latency_ns;
    return (end_x > end_y) - (end_x < end_y);
}

static void draw_gaps(struct facts *f)
{
    struct rng rng;
    uint64_t first = f->at[0].intended_ns;
    double after = 0;
    rng_seed(&rng, 1);
    for (uint32_t i = 0; i < f->count; i++) {
        f->at[i].intended_ns = first + (uint64_t)after;
        after += -1e9 / RATE * log(1 - rng_f64(&rng));
    }
    qsort(f->at, f->count, sizeof *f->at, by_end);
}

/* --- through the recorder -------------------------------------------------------------------- */

static bool begin_recording(struct recording *r, struct err *e)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/wirebench-record-%d.db", (int)getpid());
    return recording_begin(r, path, e);
}

static void feed(struct recording *r, const struct facts *f, uint32_t count)
{
    struct rec_lane *lane = rec_lane(r->rec, 0);
    struct rec_samples *s = rec_lane_samples(lane);
    uint64_t now = f->at[0].intended_ns;
    rec_lane_next(lane, now, r->phase);
    for (uint32_t i = 0; i < count; i++) {
        rec_sample(s, i, now, &f->at[i % f->count]);
        if (i % ROUND == ROUND - 1)
            rec_samples_tick(s, now);
    }
    rec_lane_next(lane, now, r->phase);
}

static void end_recording(struct recording *r)
{
    recording_close(r);
    recording_remove(r->path);
}

/* CPU time of all threads: what a core of one's own would take, whatever else runs. */
static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Transactions a second, of those that were still in the ring when feeding ended, until the last is
 * committed; below 0: failed. The recording stays open. */
static double record(struct recording *r, const struct facts *f, uint32_t count)
{
    struct err e = {0};
    if (!begin_recording(r, &e)) {
        fprintf(stderr, "bench: %s\n", e.message);
        return -1;
    }
    feed(r, f, count);
    double left = ring_used(&rec_lane(r->rec, 0)->samples.ring);
    uint64_t from = clock_kernel_ns();
    double cpu = cpu_s();
    if (rec_close(r->rec, &e))
        fprintf(stderr, "bench: %s\n", e.message);
    double took = (double)(clock_kernel_ns() - from) / 1e9;
    fprintf(stderr, "  %.0f transactions in %.3f s, %.3f s of CPU: %.0f a CPU second\n", left, took,
            cpu_s() - cpu, left / (cpu_s() - cpu));
    return recording_figure(r, "SELECT sum(count) FROM sample_block") == count ? left / took : -1;
}

#define TABLE_BYTES "SELECT (SELECT sum(pgsize) FROM dbstat WHERE name = 'sample_block') * 1.0 / " \
                    "(SELECT sum(count) FROM sample_block)"

/* --- benchmarks ------------------------------------------------------------------------------ */

static int record_per_s(double *values)
{
    int rounds = bench_rounds(5);
    struct facts f;
    struct recording r;
    int n = 0;
    for (bool good = real_facts(&f, "connections=100"); good && n < rounds; n++) {
        values[n] = record(&r, &f, FED);
        if (values[n] < 0)
            return 0;
        fprintf(stderr, "  round %d: %.0f transactions/s\n", n + 1, values[n]);
        end_recording(&r);
    }
    facts_free(&f);
    return n;
}

static int record_bytes_constant(double *values)
{
    int rounds = bench_rounds(3);
    int n = 0;
    for (; n < rounds; n++) {
        struct gen_run run;
        if (!real_run(&run, "connections=100"))
            return 0;
        values[n] = gen_figure(&run, TABLE_BYTES);
        fprintf(stderr, "  round %d: %.3f bytes; %.0f of %.0f transactions kept\n", n + 1, values[n],
                gen_figure(&run, "SELECT sum(count) FROM sample_block"),
                gen_figure(&run, "SELECT sum(started) FROM interval"));
        gen_run_done(&run);
    }
    return n;
}

static int record_bytes_poisson10k(double *values)
{
    int rounds = bench_rounds(3);
    int n = 0;
    for (; n < rounds; n++) {
        struct facts f;
        struct recording r;
        if (!real_facts(&f, "connections=10000"))
            return 0;
        draw_gaps(&f);
        if (record(&r, &f, f.count) < 0)
            return 0;
        values[n] = recording_figure(&r, TABLE_BYTES);
        fprintf(stderr, "  round %d: %.3f bytes, %u transactions\n", n + 1, values[n], f.count);
        end_recording(&r);
        facts_free(&f);
    }
    return n;
}

/* Each further aggregate is SQLite's own time: for comparison. */
static void tell_three(struct recording *r)
{
    double cpu = cpu_s();
    recording_figure(r, "SELECT count(*), avg(latency_ns), max(latency_ns) FROM sample WHERE run = 1");
    fprintf(stderr, "  count, avg and max together: %.0f rows a CPU second\n", FED / (cpu_s() - cpu));
}

static int decode_per_s(double *values)
{
    int rounds = bench_rounds(5);
    struct facts f;
    struct recording r;
    int n = 0;
    if (!real_facts(&f, "connections=100") || record(&r, &f, FED) < 0)
        return 0;
    for (; n < rounds; n++) {
        uint64_t from = clock_kernel_ns();
        double cpu = cpu_s();
        double sum = recording_figure(&r, "SELECT sum(latency_ns) FROM sample WHERE run = 1");
        double took = (double)(clock_kernel_ns() - from) / 1e9;
        values[n] = FED / took;
        fprintf(stderr, "  round %d: %.0f rows/s, %.0f a CPU second; mean latency %.0f ns\n", n + 1,
                values[n], FED / (cpu_s() - cpu), sum / FED);
    }
    tell_three(&r);
    end_recording(&r);
    facts_free(&f);
    return n;
}

const struct bench record_benches[] = {
    {"record_per_s", "transactions/s", "a real run's records, ring to file, one recorder", record_per_s},
    {"record_bytes_constant", "bytes", "a transaction in the file: 50,000/s, 100 connections",
     record_bytes_constant},
    {"record_bytes_poisson10k", "bytes", "the same, 10,000 connections, exponential gaps drawn anew",
     record_bytes_poisson10k},
    {"decode_per_s", "rows/s", "virtual table sample to sum()", decode_per_s},
    {0},
};
