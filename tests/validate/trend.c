/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The figures that the trend test holds, simulated and seeded: false alarms, delay, power, type I
 * error, coverage of places, drift. Prints a Markdown table (docs/STATISTICS_TREND.md keeps the
 * full one) and fails where a figure misses its bar.
 *
 * trend [SERIES [SEED]]: how many series a row simulates, 10000 by default; with fewer, each bar is
 * widened by the 99.9 % error of a simulation of that size. Bars that are given as `none` are
 * figures to know, not to hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analyzer/stats/trend.h"
#include "analyzer/stats/trend_energy.h"
#include "tests/unit/analyzer/trend_data.h"

#define FULL   10000
#define BEFORE 60
#define LONG   400

static const struct energy_params daily = {.alpha = 0.001, .draws = 1999, .newest = true};
static const struct energy_params between = {.alpha = 0.01, .draws = 1999};
static const struct energy_params once = {.alpha = 0.01, .draws = 1999, .newest = true};

/* What a row prints, and how far off its bar it is. */
struct report {
    unsigned series;
    uint64_t seed; /* added to that of each row */
    int missed;
};

enum side { AT_MOST, AT_LEAST, NO_BAR };

static void print_row(struct report *r, const char *what, double value, enum side side, double bar,
                      double error)
{
    double slack = r->series < FULL ? 3.29 * error : 0;
    bool held = side == NO_BAR || (side == AT_MOST ? value <= bar + slack : value >= bar - slack);
    r->missed += !held;
    if (side == NO_BAR)
        printf("| %s | %.4f | none | |\n", what, value);
    else
        printf("| %s | %.4f | %s %.4f | %s |\n", what, value, side == AT_MOST ? "<=" : ">=", bar,
               held ? "held" : "MISSED");
    fflush(stdout);
}

static double error_of(double share, double count)
{
    return sqrt(share * (1 - share) / count);
}

static bool tells(const double *x, size_t count, const struct energy_params *params)
{
    struct energy_test t = energy_test(x, count, params);
    return energy_tells(&t, params);
}

enum noise { NORMAL, T3, LOG_NORMAL, BIMODAL, AR3, AR6, NOISES };
static const char *const noise_names[] = {"normal",  "t3",    "log-normal",
                                          "bimodal", "AR .3", "AR .6"};

static double draw(enum noise noise, struct rng *r)
{
    double z = draw_normal(r), a, b, c;
    switch (noise) {
    case T3:
        a = draw_normal(r), b = draw_normal(r), c = draw_normal(r);
        return z / sqrt((a * a + b * b + c * c) / 3);
    case LOG_NORMAL:
        return exp(z);
    case BIMODAL:
        return z + (rng_f64(r) < 0.5 ? 4 : 0);
    case NORMAL:
    case AR3:
    case AR6:
    case NOISES:
        break;
    }
    return z;
}

static void draw_series(enum noise noise, struct rng *r, double *out, size_t count)
{
    if (noise == AR3 || noise == AR6) {
        draw_noise(r, out, count, noise == AR3 ? 0.3 : 0.6);
        return;
    }
    for (size_t i = 0; i < count; i++)
        out[i] = draw(noise, r);
}

/* Independent noise inside the 99 % binomial band, AR .3 within twice alpha, AR .6 within five
 * times. `params` is the test of a history up to its newest run, or that between two points. */
static void type_one(struct report *r, const char *where, const struct energy_params *params,
                     int from)
{
    static const size_t lengths[] = {20, 50, 100, 200};
    double x[200];
    for (int noise = from; noise < NOISES; noise++)
        for (size_t l = 0; l < 4; l++) {
            struct rng rng;
            rng_seed(&rng, r->seed + 1000 + (uint64_t)noise * 10 + l);
            unsigned alarms = 0;
            for (unsigned s = 0; s < r->series; s++) {
                draw_series((enum noise)noise, &rng, x, lengths[l]);
                alarms += tells(x, lengths[l], params);
            }
            char what[80];
            snprintf(what, sizeof what, "type I at .01, %s%s, n = %zu", noise_names[noise], where,
                     lengths[l]);
            double bar = noise < AR3    ? 0.01 + 2.576 * error_of(0.01, FULL)
                         : noise == AR3 ? 0.02
                                        : 0.05;
            print_row(r, what, (double)alarms / r->series, AT_MOST, bar, error_of(bar, r->series));
        }
}

static void power(struct report *r)
{
    static const double bars[] = {0.79, 0, 0.98};
    double x[45];
    for (size_t after = 3; after <= 5; after += 2) {
        struct rng rng;
        rng_seed(&rng, r->seed + 2000 + after);
        unsigned found = 0;
        for (unsigned s = 0; s < r->series; s++) {
            draw_noise(&rng, x, 40 + after, 0);
            add_step(x, 40, 40 + after, 3);
            found += tells(x, 40 + after, &once);
        }
        char what[80];
        snprintf(what, sizeof what, "power at .01, 3 sigma, 40 runs before, %zu after", after);
        print_row(r, what, (double)found / r->series, AT_LEAST, bars[after - 3],
                  error_of(bars[after - 3], r->series));
    }
}

/* A test after every run over the last 60, as long as nothing is found. */
static void delay(struct report *r)
{
    struct rng rng;
    rng_seed(&rng, r->seed + 3000);
    double x[2 * BEFORE], runs = 0;
    for (unsigned s = 0; s < r->series; s++) {
        draw_noise(&rng, x, 2 * BEFORE, 0);
        add_step(x, BEFORE, 2 * BEFORE, 3);
        size_t after = 1;
        while (after < BEFORE && !tells(x + after, BEFORE, &daily))
            after++;
        runs += (double)after;
    }
    print_row(r, "runs until a 3 sigma step is found, at .001, window 60", runs / r->series,
              AT_MOST, 3.8, 1.3 / sqrt(r->series));
}

static bool rises(const double *x, size_t count, size_t at)
{
    double sum[2] = {0, 0};
    for (size_t i = 0; i < count; i++)
        sum[i >= at] += x[i];
    return sum[1] / (double)(count - at) > sum[0] / (double)at;
}

/* Independent noise, a test after every run; after a change is told the tests begin behind it. An
 * alarm is a change in either direction; for the worse is here a rise. */
static void false_alarms(struct report *r)
{
    struct rng rng;
    rng_seed(&rng, r->seed + 4000);
    double x[LONG], tests = 0, told = 0, alarms = 0;
    for (unsigned s = 0; s < r->series / 10; s++) {
        size_t from = 0;
        draw_noise(&rng, x, LONG, 0);
        for (size_t now = 1; now <= LONG; now++, tests++) {
            size_t start = now > from + BEFORE ? now - BEFORE : from;
            struct energy_test t = energy_test(x + start, now - start, &daily);
            if (!energy_tells(&t, &daily))
                continue;
            told++;
            alarms += rises(x + start, now - start, t.at);
            from = start + t.at;
        }
    }
    print_row(r, "false alarms per 100 runs, at .001, window 60", 100 * told / tests, AT_MOST, 0.03,
              100 * sqrt(0.0003 / tests));
    print_row(r, "of them for the worse", 100 * alarms / tests, NO_BAR, 0, 0);
}

static void coverage(struct report *r)
{
    static const double heights[] = {1, 2, 4};
    static const struct trend_params params = {.alpha = 0.01, .draws = 1999, .margin = 0.1};
    double x[100];
    for (int noise = NORMAL; noise <= AR3; noise++)
        for (size_t h = 0; h < 3; h++) {
            if (noise != NORMAL && noise != T3 && noise != AR3)
                continue;
            struct rng rng;
            rng_seed(&rng, r->seed + 5000 + (uint64_t)noise * 10 + h);
            double found = 0, held = 0, width = 0;
            for (unsigned s = 0; s < r->series / 5; s++) {
                struct trend t;
                draw_series((enum noise)noise, &rng, x, 100);
                add_step(x, 60, 100, heights[h]);
                if (trend_find(x, 100, &params, &t))
                    continue;
                if (t.count == 1) {
                    const struct trend_place *p = &t.points[0].place;
                    found++;
                    held += p->lo <= 60 && p->hi >= 60;
                    width += (double)(p->hi - p->lo + 1);
                }
                trend_free(&t);
            }
            char what[96];
            snprintf(what, sizeof what, "place covered, %s, step %.0f, found %.2f, width %.1f",
                     noise_names[noise], heights[h], found / (r->series / 5), width / found);
            print_row(r, what, held / found, AT_LEAST, 0.92, error_of(0.92, found));
        }
}

static void drift(struct report *r)
{
    static const struct {
        enum noise noise;
        size_t length;
        double bar;
    } rows[] = {{NORMAL, 20, 0.0126}, {NORMAL, 50, 0.0126}, {NORMAL, 100, 0.0126}, {T3, 50, 0.0126},
                {AR3, 50, 0.02},      {AR3, 100, 0.02},     {AR6, 100, 0}};
    double x[100];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rng rng;
        rng_seed(&rng, r->seed + 6000 + i);
        double alarms = 0, series = r->series / 2;
        for (unsigned s = 0; s < r->series / 2; s++) {
            struct trend_drift d;
            draw_series(rows[i].noise, &rng, x, rows[i].length);
            alarms += trend_drift(x, rows[i].length, &d) == 0 && d.p <= 0.01;
        }
        char what[80];
        snprintf(what, sizeof what, "drift, type I at .01, %s, n = %zu", noise_names[rows[i].noise],
                 rows[i].length);
        print_row(r, what, alarms / series, rows[i].bar > 0 ? AT_MOST : NO_BAR, rows[i].bar,
                  error_of(rows[i].bar, series));
    }
}

/* Ten metrics of 10,000 runs with a step of 5 sigma every 500 runs. Not a bar here: the benchmark
 * program holds it. */
static void speed(void)
{
    static double x[10000];
    static const struct trend_params params = {.alpha = 0.001, .draws = 1999, .margin = 0.1};
    struct rng rng;
    rng_seed(&rng, 7000);
    size_t points = 0;
    clock_t start = clock();
    for (int metric = 0; metric < 10; metric++) {
        struct trend t;
        draw_noise(&rng, x, 10000, 0);
        for (size_t at = 500; at < 10000; at += 1000)
            add_step(x, at, at + 500, 5);
        if (trend_find(x, 10000, &params, &t) == 0)
            points += t.count;
        trend_free(&t);
    }
    printf("\n10 metrics of 10,000 runs: %.2f s of processor time, %zu of 190 steps told\n",
           (double)(clock() - start) / CLOCKS_PER_SEC, points);
}

int main(int argc, char **argv)
{
    struct report r = {.series = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : FULL,
                       .seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 0};
    if (r.series < 100) {
        fprintf(stderr, "series = \"%s\": expected a whole number from 100\n", argv[1]);
        return 2;
    }
    printf("| figure | value | bar | |\n|---|---|---|---|\n");
    false_alarms(&r);
    delay(&r);
    power(&r);
    type_one(&r, "", &once, NORMAL);
    type_one(&r, ", between points", &between, NORMAL);
    coverage(&r);
    drift(&r);
    if (r.series >= FULL)
        speed();
    printf("\n%u series a row, %d missed\n", r.series, r.missed);
    return r.missed ? EXIT_FAILURE : EXIT_SUCCESS;
}
