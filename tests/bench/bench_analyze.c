/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `analyze`, the whole program, over 100 million recorded transactions: those of a real run at full
 * rate over the lab wire, again and again, each time later by the run's length, through histograms
 * and recorder as a worker gives them. Made once and kept in the build folder (about half a GiB).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/units.h"
#include "bench/bench.h"
#include "bench/gen_run.h"
#include "bench/replay.h"
#include "db/schema.h"

#define TRANSACTIONS 100000000u
#define FACTS_MAX    2000000u
#define LOOK         4096u /* transactions between two looks at how far behind the recorder is */

/* --- the file -------------------------------------------------------------------------------- */

static bool real_facts(struct facts *f)
{
    struct gen_run run;
    if (gen_run(&run, "wire=lab", "protocol=echo", "payload=64", "connections=256", "rate=max",
                "duration=3s", "warmup=500ms", NULL))
        return false;
    bool good = facts_read(f, &run, FACTS_MAX);
    fprintf(stderr, "  of a run of %u transactions\n", f->count);
    gen_run_done(&run);
    return good;
}

static void wait_for_recorder(struct rec_lane *lane)
{
    while (ring_used(&lane->samples.ring) > RECORDING_RING / 4 ||
           ring_ready(&lane->empty, REC_LANE_BLOCKS) <= REC_LANE_RESERVE)
        nanosleep(&(struct timespec){.tv_nsec = NS_PER_MS}, NULL);
}

static void count_in(struct rec_interval *b, const struct rec_transaction *t)
{
    b->counters[COUNTER_STARTED]++;
    b->counters[COUNTER_COMPLETED]++;
    hist_record(&b->times[TIME_LATENCY], t->latency_ns);
    hist_record(&b->times[TIME_SERVICE], t->latency_ns - t->queueing_ns - t->lateness_ns);
    hist_record(&b->times[TIME_QUEUEING], t->queueing_ns);
    hist_record(&b->times[TIME_LATENESS], t->lateness_ns);
}

/* Returns the last end. */
static uint64_t feed(struct recording *r, const struct facts *f)
{
    struct rec_lane *lane = rec_lane(r->rec, 0);
    const struct rec_transaction *first = f->at, *last = &f->at[f->count - 1];
    uint64_t begun = first->intended_ns + first->latency_ns, end = begun, later = 0;
    uint64_t length = last->intended_ns + last->latency_ns - begun + 1;
    struct rec_interval *b = rec_lane_next(lane, begun, r->phase);
    for (uint32_t i = 0; i < TRANSACTIONS; i++) {
        struct rec_transaction t = f->at[i % f->count];
        later += i && i % f->count == 0 ? length : 0;
        t.intended_ns += later;
        end = t.intended_ns + t.latency_ns;
        if (end >= begun + NS_PER_S)
            b = rec_lane_next(lane, begun += NS_PER_S, r->phase);
        count_in(b, &t);
        rec_sample(&lane->samples, i, end, &t);
        if (i % LOOK == 0) {
            rec_samples_tick(&lane->samples, end);
            wait_for_recorder(lane);
        }
    }
    rec_lane_next(lane, end + 1, r->phase);
    return end;
}

static bool record_all(const char *path, const struct facts *f)
{
    struct err e = {0};
    struct recording r;
    if (!recording_begin(&r, path, &e)) {
        fprintf(stderr, "bench: %s\n", e.message);
        return false;
    }
    uint64_t end = feed(&r, f);
    bool good = !rec_close(r.rec, &e) &&
                !recording_finish(&r, (int64_t)f->at[0].intended_ns, (int64_t)end, &e) &&
                recording_figure(&r, "SELECT sum(count) FROM sample_block WHERE ratio = 1") == TRANSACTIONS;
    if (!good)
        fprintf(stderr, "bench: not all were recorded: %s\n", e.message);
    recording_close(&r);
    return good;
}

/* Appears whole: a bench that is stopped leaves no half of a file. */
static int keep_file(const char *kept)
{
    struct facts f;
    struct stat st;
    char draft[200];
    if (!stat(kept, &st))
        return 0;
    fprintf(stderr, "  %u transactions first, kept as %s\n", TRANSACTIONS, kept);
    snprintf(draft, sizeof draft, "%s.draft", kept);
    recording_remove(draft);
    bool good = real_facts(&f) && record_all(draft, &f);
    facts_free(&f);
    if (good)
        return rename(draft, kept);
    recording_remove(draft);
    return -1;
}

/* --- the program ----------------------------------------------------------------------------- */

struct cost {
    double wall_s, cpu_s, peak_mib;
};

static int analyze(const char *kept, struct cost *out)
{
    uint64_t from = clock_kernel_ns();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        execl(BUILD_PATH "/analyzer/analyze", "analyze", "--db", kept, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    struct rusage used;
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
        return -1;
    out->wall_s = (double)(clock_kernel_ns() - from) / 1e9;
    out->cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    out->peak_mib = (double)used.ru_maxrss / 1024;
    return 0;
}

static int measure(struct cost *costs)
{
    int n = bench_rounds(5);
    char kept[180];
    snprintf(kept, sizeof kept, BUILD_PATH "/tests/bench/analyze-100m-%d.db", db_migration_count);
    if (keep_file(kept) || analyze(kept, costs)) /* the first reads the file into memory */
        return 0;
    for (int i = 0; i < n; i++) {
        if (analyze(kept, &costs[i]))
            return 0;
        fprintf(stderr, "  round %d: %.2f s, %.2f s of CPU, %.0f MiB\n", i + 1, costs[i].wall_s,
                costs[i].cpu_s, costs[i].peak_mib);
    }
    return n;
}

static int analyze_100m_s(double *values)
{
    struct cost costs[BENCH_ROUNDS_MAX];
    int n = measure(costs);
    for (int i = 0; i < n; i++)
        values[i] = costs[i].wall_s;
    return n;
}

static int analyze_100m_mib(double *values)
{
    struct cost costs[BENCH_ROUNDS_MAX];
    int n = measure(costs);
    for (int i = 0; i < n; i++)
        values[i] = costs[i].peak_mib;
    return n;
}

const struct bench analyze_benches[] = {
    {"analyze_100m_s", "s", "summary and exact percentiles of 100 million transactions, whole program",
     analyze_100m_s},
    {"analyze_100m_mib", "MiB", "peak resident memory of the same", analyze_100m_mib},
    {0},
};
