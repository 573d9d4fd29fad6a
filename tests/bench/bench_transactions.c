/* SPDX-License-Identifier: BSD-3-Clause */
/* Whole runs of the engine at full speed. */
#include <math.h>
#include <sched.h>
#include <stdio.h>

#include "base/units.h"
#include "bench/bare.h"
#include "bench/bench.h"
#include "bench/gen_run.h"
#include "run/reflect.h"

#define ECHOES  "protocol=echo", "payload=64", "depth=1", "rate=max"
#define ECHO_64 ECHOES, "connections=256"

static double tps_told(struct gen_run *run, int round)
{
    double tps = gen_figure(run, "SELECT transactions_per_s FROM run_summary");
    fprintf(stderr, "  round %d: %.0f transactions/s, %.0f failed; %s\n", round, tps,
            gen_figure(run, "SELECT failed FROM run_summary"),
            gen_text(run, "SELECT limited_by || ': ' || limited_by_evidence FROM run"));
    return tps;
}

static int lab_tps(double *values)
{
    return gen_rounds(5, values, tps_told, "wire=lab", "duration=3s", "warmup=500ms", ECHO_64,
                      NULL);
}

static int pair_tps(double *values)
{
    return gen_rounds(5, values, tps_told, "wire=pair", "duration=3s", "warmup=500ms", ECHO_64,
                      NULL);
}

/* Frame of a 64-byte echo with timestamps: 14 + 20 + 32 + 64. */
#define ECHO_FRAME 130

static const struct reflect_config bare_echoes = {
    .frame_len = ECHO_FRAME,
    .in_flight = 256,
    .batch = 64,
    .near_cpu = 0,
    .far_cpu = 1,
    .warmup_ns = NS_PER_S / 5,
    .measure_ns = NS_PER_S,
};

static int lab_tps_vs_reflector(double *values)
{
    int n = bench_rounds(11);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        double bare = bare_lab(&bare_echoes);
        if (bare < 0 || gen_run(&run, "wire=lab", "duration=1s", "warmup=300ms", ECHO_64, NULL))
            return 0;
        double tps = gen_figure(&run, "SELECT transactions_per_s FROM run_summary");
        gen_run_done(&run);
        values[i] = tps / bare;
        fprintf(stderr, "  round %d: %.0f transactions/s, reflector %.0f: %.3f\n", i + 1, tps, bare,
                values[i]);
    }
    return n;
}

/* What is compared by runs in turn. */
struct side {
    const char *name;
    const char *keys[5];     /* beside those of lab_tps and pair_tps; NULL: no more */
    const char *connections; /* instead of theirs; NULL: as they have */
};

/* For a second; NAN: the run failed. */
static double tps_of(const char *wire, const struct side *s)
{
    struct gen_run run;
    const char *connections = s->connections ? s->connections : "connections=256";
    if (gen_run(&run, wire, "duration=1s", "warmup=300ms", ECHOES, connections, s->keys[0],
                s->keys[1], s->keys[2], s->keys[3], s->keys[4], NULL))
        return NAN;
    double tps = gen_figure(&run, "SELECT transactions_per_s FROM run_summary");
    gen_run_done(&run);
    return tps;
}

/* The second over the first; they take turns in going first. */
static int ratio_rounds(const char *wire, const struct side sides[2], double *values)
{
    int n = bench_rounds(11);
    double tps[2];
    for (int i = 0; i < n; i++) {
        int first = i % 2;
        tps[first] = tps_of(wire, &sides[first]);
        tps[!first] = tps_of(wire, &sides[!first]);
        values[i] = tps[1] / tps[0];
        if (isnan(values[i]))
            return 0;
        fprintf(stderr, "  round %d: %s %.0f transactions/s, %s %.0f: %.3f\n", i + 1, sides[1].name,
                tps[1], sides[0].name, tps[0], values[i]);
    }
    return n;
}

static int ip6_tps_ratio(double *values)
{
    static const struct side sides[] = {{.name = "IPv4", .keys = {"ip=4"}},
                                        {.name = "IPv6", .keys = {"ip=6"}}};
    return ratio_rounds("wire=pair", sides, values);
}

static int pair_tps_all_options(double *values)
{
    static const struct side sides[] = {{.name = "pair_tps"},
                                        {.name = "all options", .keys = {ALL_OPTIONS}}};
    return ratio_rounds("wire=pair", sides, values);
}

/* As many connections a worker. */
static int pair_tps_4_workers(double *values)
{
    static const struct side sides[] = {
        {.name = "1 worker a side"},
        {.name = "4 workers", .keys = {"workers=4"}, .connections = "connections=1024"}};
    cpu_set_t usable;
    int cpus = sched_getaffinity(0, sizeof usable, &usable) ? 0 : CPU_COUNT(&usable);
    if (cpus < 8) {
        fprintf(stderr, "bench: 4 workers a side need 8 processors, found %d\n", cpus);
        return 0;
    }
    return ratio_rounds("wire=pair", sides, values);
}

static int record_all_cost_percent(double *values)
{
    static const struct side sides[] = {{.name = "none recorded", .keys = {"samples=none"}},
                                        {.name = "all", .keys = {"samples=all"}}};
    int n = ratio_rounds("wire=lab", sides, values);
    for (int i = 0; i < n; i++)
        values[i] = 100 * (1 - values[i]);
    return n;
}

/* Each connection has its turn before the first has its next one. */
static int pair_tps_1m(double *values)
{
    return gen_rounds(3, values, tps_told, "wire=pair", "connections=1000000",
                      "source=198.18.0.0/24", "protocol=echo", "payload=64", "depth=1", "rate=max",
                      "warmup=1s", "duration=3s", NULL);
}

const struct bench transactions_benches[] = {
    {"lab_tps", "transactions/s", "lab, a core a side, 64 B echo, depth 1, 256 connections",
     lab_tps},
    {"lab_tps_vs_reflector", "ratio",
     "the same against a bare AF_XDP reflector, alternating rounds", lab_tps_vs_reflector},
    {"pair_tps", "transactions/s", "as lab_tps over the pair wire", pair_tps},
    {"ip6_tps_ratio", "ratio", "pair_tps of IPv6 over IPv4, alternating rounds", ip6_tps_ratio},
    {"pair_tps_all_options", "ratio",
     "pair_tps with SACK, RACK, timestamps, CUBIC, IPv6 over it as it is", pair_tps_all_options},
    {"pair_tps_1m", "transactions/s", "as pair_tps, 1,000,000 connections used in turn",
     pair_tps_1m},
    {"pair_tps_4_workers", "ratio",
     "pair_tps of 4 workers a side over that of 1, alternating rounds", pair_tps_4_workers},
    {"record_all_cost_percent", "%",
     "lab_tps lost by recording every transaction, alternating rounds", record_all_cost_percent,
     GOOD_LESS_BELOW_0},
    {0},
};
