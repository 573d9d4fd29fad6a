/* SPDX-License-Identifier: BSD-3-Clause */
/* How late an open loop starts what is due, and how exactly it keeps three rates at once. */
#include <math.h>
#include <stdio.h>

#include "bench/bench.h"
#include "bench/gen_run.h"

#define ECHO_64 "protocol=echo", "payload=64", "connections=256", "depth=1", "seed=1"

/* Both runs in one way: only the first would poll by itself. */
#define POLLED "busy_poll=yes"

/* --- lateness at half of capacity ------------------------------------------------------------- */

static double capacity(const char *wire)
{
    struct gen_run run;
    if (gen_run(&run, wire, "duration=1s", "warmup=300ms", ECHO_64, POLLED, "rate=max", NULL))
        return NAN;
    double tps = gen_figure(&run, "SELECT transactions_per_s FROM run_summary");
    gen_run_done(&run);
    return tps;
}

struct late {
    double p90_us, p99_us, spin_p99_us; /* lateness; the bare spin loop's longest step in 100 us */
};

static void read_late(struct gen_run *run, struct late *l)
{
#define LATENESS " / 1e3 FROM summary WHERE phase_id IS NULL AND time = 'lateness'"
    l->p90_us = gen_figure(run, "SELECT p90_ns" LATENESS);
    l->p99_us = gen_figure(run, "SELECT p99_ns" LATENESS);
    l->spin_p99_us = gen_figure(run, "SELECT CAST(value AS REAL) / 1e3 FROM environment "
                                     "WHERE name = 'noise_gap_p99_ns'");
}

/* The capacity of the moment, then a run at half of it. 0, or -1. */
static int late_round(const char *wire, int n, struct late *l)
{
    struct gen_run run;
    char rate[40];
    double tps = capacity(wire);
    if (!(tps > 0))
        return -1;
    snprintf(rate, sizeof rate, "rate=%.0f", tps / 2);
    if (gen_run(&run, wire, "duration=3s", "warmup=500ms", ECHO_64, POLLED, rate, NULL))
        return -1;
    read_late(&run, l);
    fprintf(stderr,
            "  round %d: %s of %.0f/s: lateness p90 %.3f us, p99 %.3f us; spin loop p99 %.3f us; "
            "%.0f not sent\n",
            n + 1, rate, tps, l->p90_us, l->p99_us, l->spin_p99_us,
            gen_figure(&run,
                       "SELECT ifnull(sum(value), 0) FROM counter_total WHERE kind = 'result' "
                       "AND name = 'not_sent'"));
    gen_run_done(&run);
    return isnan(l->p99_us) || isnan(l->spin_p99_us) ? -1 : 0;
}

static int over_spin(const char *wire, double *values)
{
    int n = bench_rounds(7);
    for (int i = 0; i < n; i++) {
        struct late l;
        if (late_round(wire, i, &l))
            return 0;
        values[i] = l.p99_us - l.spin_p99_us;
    }
    return n;
}

static int late_p99_pair_over_spin(double *values)
{
    return over_spin("wire=pair", values);
}

static int late_p99_lab_over_spin(double *values)
{
    return over_spin("wire=lab", values);
}

static int late_p90_pair(double *values)
{
    int n = bench_rounds(7);
    for (int i = 0; i < n; i++) {
        struct late l;
        if (late_round("wire=pair", i, &l))
            return 0;
        values[i] = l.p90_us;
    }
    return n;
}

/* --- three controls at once ------------------------------------------------------------------- */

#define MIXED_CONNECTIONS 2000.0
#define MIXED_CHURN       2000.0
#define MIXED_RATE        20000.0
#define MIXED_SECONDS     3.0

static double off(double found, double asked)
{
    return fabs(found / asked - 1);
}

#define MEASURED " FROM interval i JOIN phase p ON p.id = i.phase_id WHERE p.measured"

static int churn_mixed(double *values)
{
    int n = bench_rounds(5);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        if (gen_run(&run, "wire=lab", "duration=3s", "warmup=500ms", "protocol=echo", "payload=64",
                    "connections=2000", "pattern=churn", "churn_rate=2000", "rate=20000",
                    "interval=100ms", "source=198.18.2.0/24", "seed=1", NULL))
            return 0;
        double open = gen_figure(&run, "SELECT avg(i.open_connections)" MEASURED);
        double started = gen_figure(&run, "SELECT sum(i.started)" MEASURED);
        double churned = gen_figure(
            &run, "SELECT sum(c.value) FROM counter c JOIN counter_name n ON n.id = c.name_id "
                  "JOIN interval i ON i.id = c.interval_id JOIN phase p ON p.id = i.phase_id "
                  "WHERE p.measured AND n.kind = 'counter' AND n.name = 'churned'");
        double errors[] = {off(open, MIXED_CONNECTIONS), off(churned, MIXED_CHURN * MIXED_SECONDS),
                           off(started, MIXED_RATE * MIXED_SECONDS)};
        gen_run_done(&run);
        if (isnan(errors[0]) || isnan(errors[1]) || isnan(errors[2]))
            return 0;
        values[i] = fmax(errors[0], fmax(errors[1], errors[2]));
        fprintf(stderr,
                "  round %d: %.1f open, %.0f replaced, %.0f started: off by %.5f, %.5f, %.5f\n",
                i + 1, open, churned, started, errors[0], errors[1], errors[2]);
    }
    return n;
}

const struct bench late_benches[] = {
    {"late_p99_pair_over_spin_us", "us",
     "pair: p99 lateness at half of capacity, less the p99 gap of a bare spin loop in the same run",
     late_p99_pair_over_spin, GOOD_LESS_BELOW_0},
    {"late_p99_lab_over_spin_us", "us", "the same on lab", late_p99_lab_over_spin, GOOD_LESS_BELOW_0},
    {"late_p90_pair_us", "us", "pair: p90 lateness at half of capacity", late_p90_pair},
    {"churn_mixed_ratio", "ratio",
     "lab: 2,000 connections, 2,000 of them replaced and 20,000 transactions a second: the worst "
     "relative error of the three",
     churn_mixed, GOOD_LESS},
    {0},
};
