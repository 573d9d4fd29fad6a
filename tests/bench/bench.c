/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench --list | bench NAME... | bench
 *
 * Each benchmark prints the median of its rounds as NAME<TAB>VALUE<TAB>UNIT on stdout; everything
 * else goes to stderr. A round is a real run of `gen` in a process of its own, read back from the
 * database that it wrote. Run nothing else meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/units.h"
#include "bench/bench_record.h"
#include "bench/bench_schedule.h"
#include "bench/gen_run.h"
#include "run/reflect.h"

#define ROUNDS_MAX 31

struct bench {
    const char *name, *unit, *meaning;
    /* Fills values, one a round; returns how many, 0 on failure. */
    int (*rounds)(double *values);
};

static double env_number(const char *name, double otherwise)
{
    const char *text = getenv(name);
    return text ? strtod(text, NULL) : otherwise;
}

static int rounds_wanted(int otherwise)
{
    int n = (int)env_number("BENCH_ROUNDS", otherwise);
    return n < 1 ? 1 : n > ROUNDS_MAX ? ROUNDS_MAX : n;
}

/* --- transactions ----------------------------------------------------------------------------- */

#define ECHO_64 "protocol=echo", "payload=64", "connections=256", "depth=1", "rate=max"

static int tps_rounds(const char *wire, const char *duration, double *values)
{
    int n = rounds_wanted(5);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        if (gen_run(&run, wire, duration, "warmup=500ms", ECHO_64, NULL))
            return 0;
        values[i] = gen_figure(&run, "SELECT transactions_per_s FROM run_summary");
        fprintf(stderr, "  round %d: %.0f transactions/s; %s\n", i + 1, values[i],
                gen_text(&run, "SELECT limited_by || ': ' || limited_by_evidence FROM run"));
        gen_run_done(&run);
    }
    return n;
}

static int lab_tps(double *values)
{
    return tps_rounds("wire=lab", "duration=3s", values);
}

static int pair_tps(double *values)
{
    return tps_rounds("wire=pair", "duration=3s", values);
}

/* Frame of a 64-byte echo with timestamps: 14 + 20 + 32 + 64. */
#define ECHO_FRAME 130

static const struct reflect_config bare_lab = {
    .frame_len = ECHO_FRAME, .in_flight = 256, .batch = 64, .near_cpu = 0, .far_cpu = 1,
    .warmup_ns = NS_PER_S / 5, .measure_ns = NS_PER_S,
};

static int lab_tps_vs_reflector(double *values)
{
    int n = rounds_wanted(11);
    for (int i = 0; i < n; i++) {
        struct err e = {0};
        struct gen_run run;
        struct reflect_result bare = {0};
        if (reflect_lab(&bare_lab, &bare, &e)) {
            fprintf(stderr, "bench: reflector: %s\n", e.message);
            return 0;
        }
        if (gen_run(&run, "wire=lab", "duration=1s", "warmup=300ms", ECHO_64, NULL))
            return 0;
        double tps = gen_figure(&run, "SELECT transactions_per_s FROM run_summary");
        gen_run_done(&run);
        values[i] = tps / bare.round_trips_per_s;
        fprintf(stderr, "  round %d: %.0f transactions/s, reflector %.0f: %.3f\n", i + 1, tps,
                bare.round_trips_per_s, values[i]);
    }
    return n;
}

/* --- connections ------------------------------------------------------------------------------ */

static int lab_cps(double *values)
{
    int n = rounds_wanted(5);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        if (gen_run(&run, "wire=lab", "duration=3s", "warmup=500ms", "protocol=echo", "payload=64",
                    "connections=256", "rate=max", "pattern=short_lived", "close=client",
                    "source=198.18.2.0/24", NULL))
            return 0;
        values[i] = gen_figure(&run, "SELECT transactions_per_s FROM run_summary");
        double segments = gen_figure(&run,
            "SELECT 1.0 * sum(CASE WHEN n.name IN ('segments_tx', 'segments_rx') THEN c.value END) /"
            " sum(CASE WHEN n.name = 'connects_completed' THEN c.value END)"
            " FROM counter c JOIN counter_name n ON n.id = c.name_id AND n.kind = 'counter'");
        double resets = gen_figure(&run,
            "SELECT coalesce(sum(c.value), 0) FROM counter c JOIN counter_name n ON n.id = c.name_id"
            " WHERE n.name IN ('rst_sent', 'rst_received')");
        double failed = gen_figure(&run, "SELECT failed FROM run_summary");
        fprintf(stderr, "  round %d: %.0f connections/s, %.2f segments a connection, %.0f resets, "
                "%.0f failed\n", i + 1, values[i], segments, resets, failed);
        gen_run_done(&run);
    }
    return n;
}

#define OPEN_100K "connections=100000", "protocol=echo", "payload=64", "rate=1000", \
                  "duration=1s", "warmup=0s"

static int lab_open_100k(double *values)
{
    int n = rounds_wanted(5);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        if (gen_run(&run, "wire=lab", OPEN_100K, NULL))
            return 0;
        double open = gen_figure(&run, "SELECT connections_opened FROM run");
        values[i] = gen_figure(&run, "SELECT (ended_ns - started_ns) / 1e9 FROM phase "
                                     "WHERE kind = 'connect'");
        fprintf(stderr, "  round %d: %.0f connections open after %.3f s\n", i + 1, open, values[i]);
        gen_run_done(&run);
        if (open < 100000)
            return 0;
    }
    return n;
}

static double resident(const char *connections)
{
    struct gen_run run;
    if (gen_run(&run, "wire=lab", connections, "protocol=echo", "payload=64", "rate=1000",
                "duration=1s", "warmup=0s", NULL))
        return -1;
    double bytes = gen_figure(&run, "SELECT max(rss_bytes + ifnull(hugetlb_bytes, 0)) FROM resource "
                                    "WHERE role = 'gen'");
    gen_rows(&run, "SELECT pool || ': ' || round(bytes_per_conn, 1) || ' bytes a connection' "
                   "FROM conn_memory WHERE side = 'gen' AND connections > 1");
    gen_run_done(&run);
    return bytes;
}

static int conn_bytes_100k(double *values)
{
    int n = rounds_wanted(3);
    for (int i = 0; i < n; i++) {
        double base = resident("connections=1"), loaded = resident("connections=100000");
        if (base < 0 || loaded < 0)
            return 0;
        values[i] = (loaded - base) / 100000;
        fprintf(stderr, "  round %d: %.0f bytes with 100,000 open, %.0f with one: %.1f a connection\n",
                i + 1, loaded, base, values[i]);
    }
    return n;
}

/* --- recording -------------------------------------------------------------------------------- */

static int record_per_s(double *values)
{
    return bench_record(values, rounds_wanted(5));
}

static int record_bytes_constant(double *values)
{
    return bench_bytes_constant(values, rounds_wanted(3));
}

static int record_bytes_poisson10k(double *values)
{
    return bench_bytes_poisson(values, rounds_wanted(3));
}

static int decode_per_s(double *values)
{
    return bench_decode(values, rounds_wanted(5));
}

/* --- schedule --------------------------------------------------------------------------------- */

static int schedule_cycles_max(double *values)
{
    return bench_schedule(values, rounds_wanted(5));
}

static int schedule_cycles_constant(double *values)
{
    return bench_schedule_constant(values, rounds_wanted(5));
}

/* --- all -------------------------------------------------------------------------------------- */

static const struct bench benches[] = {
    {"lab_tps", "transactions/s", "lab, a core a side, 64 B echo, depth 1, 256 connections", lab_tps},
    {"lab_tps_vs_reflector", "ratio", "the same against a bare AF_XDP reflector, alternating rounds",
     lab_tps_vs_reflector},
    {"lab_cps", "connections/s", "lab, connect + one 64 B transaction + close by FIN", lab_cps},
    {"pair_tps", "transactions/s", "as lab_tps over the pair wire", pair_tps},
    {"conn_bytes_100k", "bytes", "resident memory a connection, client side", conn_bytes_100k},
    {"lab_open_100k_s", "s", "100,000 connections opened on lab", lab_open_100k},
    {"record_per_s", "transactions/s", "a real run's records, ring to file, one recorder", record_per_s},
    {"record_bytes_constant", "bytes", "a transaction in the file: 50,000/s, 100 connections",
     record_bytes_constant},
    {"record_bytes_poisson10k", "bytes", "the same, 10,000 connections, exponential gaps drawn anew",
     record_bytes_poisson10k},
    {"decode_per_s", "rows/s", "virtual table sample to sum()", decode_per_s},
    {"schedule_cycles_max", "cycles", "a start, the schedule alone, the slowest shape",
     schedule_cycles_max},
    {"schedule_cycles_constant", "cycles", "the same, constant", schedule_cycles_constant},
};
#define BENCHES (sizeof benches / sizeof *benches)

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int run_bench(const struct bench *b)
{
    double values[ROUNDS_MAX];
    fprintf(stderr, "%s: %s\n", b->name, b->meaning);
    int n = b->rounds(values);
    if (!n) {
        fprintf(stderr, "bench: %s could not be measured\n", b->name);
        return 1;
    }
    qsort(values, (size_t)n, sizeof *values, by_value);
    double median = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    printf("%s\t%.10g\t%s\n", b->name, median, b->unit);
    fflush(stdout);
    return 0;
}

static const struct bench *find(const char *name)
{
    for (size_t i = 0; i < BENCHES; i++)
        if (!strcmp(benches[i].name, name))
            return &benches[i];
    return NULL;
}

/* One measurement at a time on this machine, whoever asks. */
static void take_turn(void)
{
    int fd = open("/tmp/wirebench-bench.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (fd >= 0)
        flock(fd, LOCK_EX);
}

int main(int argc, char **argv)
{
    int failed = 0;
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        for (size_t i = 0; i < BENCHES; i++)
            printf("%s\t%s\t%s\n", benches[i].name, benches[i].unit, benches[i].meaning);
        return EXIT_WELL;
    }
    for (int i = 1; i < argc; i++) {
        if (!find(argv[i])) {
            fprintf(stderr, "bench: no benchmark \"%s\": see bench --list\n", argv[i]);
            return EXIT_USAGE;
        }
    }
    take_turn();
    for (size_t i = 0; argc < 2 && i < BENCHES; i++)
        failed |= run_bench(&benches[i]);
    for (int i = 1; i < argc; i++)
        failed |= run_bench(find(argv[i]));
    return failed ? EXIT_RUN : EXIT_WELL;
}
