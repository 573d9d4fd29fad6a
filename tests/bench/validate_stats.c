/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * validate-stats [SERIES [SEED]]: simulates what docs/STATISTICS.md promises of comparisons and
 * prints it as a table: type I error, power, coverage. Seeded: the same table every time. Each row
 * has its bar; exit 1 when one is missed. SERIES (default 10,000) a row; fewer widen the binomial
 * bands.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/binomial.h"
#include "base/rng.h"
#include "tests/bench/validate.h"

#define SEED 20240229
#define FULL 10000 /* series from which a bar to be reached has no band */

/* Half of the 99 % binomial band of a share. */
static double band(double share, uint32_t series)
{
    return 2.5758 * sqrt(share * (1 - share) / series);
}

static bool holds(enum bar bar, double value, double share, uint32_t series)
{
    double slack = band(value, series);
    switch (bar) {
    case BAR_BAND:
        return fabs(share - value) <= slack;
    case BAR_MOST:
        return share <= value + slack;
    case BAR_LEAST:
        return share >= value - (series < FULL ? slack : 0);
    case BAR_NONE:
        return true;
    }
    return false;
}

int validate_row(const char *what, const char *noise, const char *runs, double share, enum bar bar,
                 double value, uint32_t series)
{
    static const char *const texts[] = {"%.4f +- %.4f", "<= %.4f (+ %.4f)", ">= %.4f", "shown",
                                        ">= %.4f (- %.4f)"};
    char text[64];
    bool ok = holds(bar, value, share, series);
    size_t form = bar == BAR_LEAST && series < FULL ? sizeof texts / sizeof *texts - 1 : bar;
    snprintf(text, sizeof text, texts[form], value, band(value, series));
    printf("| %-46s | %-10s | %-8s | %.4f | %-20s | %s |\n", what, noise, runs, share, text,
           bar == BAR_NONE ? ""
           : ok            ? "ok"
                           : "MISSED");
    fflush(stdout);
    return !ok;
}

/* A p95 rule that just holds must not fail, and one that just does not must not pass. */
static int validate_rules(uint32_t series, uint64_t seed)
{
    static const struct {
        const char *what;
        enum binomial_ruling wrong;
    } rules[] = {{"p95 rule at its edge: FAIL", RULING_REFUTED},
                 {"p95 rule at its edge: PASS", RULING_SUPPORTED}};
    static const double samples[] = {20, 100, 1000};
    int missed = 0;
    for (size_t i = 0; i < 6; i++) {
        struct rng rng;
        rng_seed(&rng, seed);
        double hits = 0, n = samples[i / 2];
        char runs[32];
        for (uint32_t k = 0; k < series; k++) {
            double beyond = 0;
            for (double j = 0; j < n; j++)
                beyond += rng_f64(&rng) < 0.05;
            hits += binomial_rule(n, beyond, 0.95, ALPHA) == rules[i % 2].wrong;
        }
        snprintf(runs, sizeof runs, "n %g", n);
        missed +=
            validate_row(rules[i % 2].what, "binomial", runs, hits / series, BAR_MOST, ALPHA, series);
    }
    return missed;
}

int main(int argc, char **argv)
{
    uint32_t series = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
    if (series == 0) {
        fputs("usage: validate-stats [SERIES [SEED]]: series a row, at least 1 (10000)\n", stderr);
        return 2;
    }
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : SEED;
    printf("%u series a row, seed %" PRIu64 ", deviation between runs %g, alpha %g\n\n", series,
           seed, SIGMA, ALPHA);
    puts("| what | noise | runs | share | bar (99 % band) | |\n|---|---|---|---|---|---|");
    int missed = validate_runs(series, seed) + validate_counts(series, seed) +
                 validate_drifts(series, seed) + validate_rules(series, seed);
    printf("\n%d missed\n", missed);
    return missed ? 1 : 0;
}
