/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/percentile.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "tests/lib/check_main.h"

static const struct quantile *const p99 = &quantiles[QUANTILE_P99];

START_TEST(shown_with_ten_samples_beyond)
{
    static const uint64_t needs[QUANTILE_COUNT] = {20, 100, 200, 1000, 10000, 100000};
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        ck_assert_uint_eq(percentile_needs(&quantiles[q]), needs[q]);
        ck_assert(percentile_is_shown(needs[q], &quantiles[q]));
        ck_assert(!percentile_is_shown(needs[q] - 1, &quantiles[q]));
    }
}
END_TEST

START_TEST(bounded_from_the_published_counts_on)
{
    static const uint64_t first[QUANTILE_COUNT] = {6, 36, 72, 368, 3688, 36887};
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        ck_assert(percentile_is_bounded(first[q], &quantiles[q]));
        ck_assert(!percentile_is_bounded(first[q] - 1, &quantiles[q]));
    }
}
END_TEST

/* Four clusters of 100 with 99, 97, 100, 100 below: F = .99, e = 0, -.02, .01, .01. K = 4 takes
 * sqrt(4) = 2 lags with weights 2/3 and 1/3. By hand, each over 4: g0 = .0006, g1 = -.0001,
 * g2 = -.0002; S = (g0 + 2 (2/3 g1 + 1/3 g2)) 4/3 = .001/9, above the binomial floor .000099;
 * df = 1.5 4/3 - 1 = 1, t = 12.706205. */
START_TEST(band_by_hand)
{
    const struct cluster c[] = {{100, 99}, {100, 97}, {100, 100}, {0, 0}, {100, 100}};
    struct ratio_band band;
    ck_assert_int_eq(ratio_band(c, NULL, 5, 0.99 * 0.01, &band), 0);
    ck_assert_double_eq_tol(band.half_width, 12.706204736175 * sqrt(0.001 / 9 / 4), 1e-9);
    ck_assert(!band.reliable);
}
END_TEST

START_TEST(band_never_below_binomial)
{
    struct cluster c[60];
    for (int i = 0; i < 60; i++)
        c[i] = (struct cluster){1000, 990};
    struct ratio_band band;
    ck_assert_int_eq(ratio_band(c, NULL, 60, 0.99 * 0.01, &band), 0);
    ck_assert_double_ge(band.half_width, 2.0 * sqrt(0.99 * 0.01 / 60000));
    ck_assert(band.reliable);
}
END_TEST

START_TEST(one_cluster_has_no_band)
{
    const struct cluster c[] = {{0, 0}, {100, 99}};
    struct ratio_band band;
    ck_assert_int_eq(ratio_band(c, NULL, 2, 0.99 * 0.01, &band), -ENODATA);
}
END_TEST

static double normal(struct rng *r)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += rng_f64(r);
    return sum - 6;
}

/* Seconds whose tail drifts: the chance of a slow sample follows exp(AR(1)). Returns the share of
 * series whose band holds the true share. */
static double coverage(size_t k, double phi, double sigma, int series, uint64_t seed)
{
    struct rng r;
    rng_seed(&r, seed);
    struct cluster *c = calloc(k, sizeof *c);
    double slow = 0.01 * exp(sigma * sigma / 2);
    int held = 0;
    for (int s = 0; s < series; s++) {
        double x = normal(&r);
        for (size_t i = 0; i < k; i++) {
            double q = 2000 * 0.01 * exp(sigma * x);
            c[i].count = 2000;
            c[i].part = 2000 - fmax(0, round(q + sqrt(q) * normal(&r)));
            x = phi * x + sqrt(1 - phi * phi) * normal(&r);
        }
        struct ratio_band band;
        ck_assert_int_eq(ratio_band(c, NULL, k, 0.01 * 0.99, &band), 0);
        double below = 0;
        for (size_t i = 0; i < k; i++)
            below += c[i].part / (2000 * (double)k);
        held += fabs(below - (1 - slow)) <= band.half_width;
    }
    free(c);
    return (double)held / series;
}

START_TEST(band_covers)
{
    SIMULATION();
    ck_assert_double_ge(coverage(10, 0.3, 0.3, 2000, 1), 0.93);
    ck_assert_double_ge(coverage(60, 0.0, 0.3, 2000, 2), 0.92);
    ck_assert_double_ge(coverage(60, 0.3, 0.3, 2000, 3), 0.915);
    ck_assert_double_ge(coverage(300, 0.3, 0.3, 1000, 4), 0.93);
    ck_assert_double_ge(coverage(300, 0.8, 0.3, 1000, 5), 0.92);
}
END_TEST

/* Runs of `k` seconds of 100 samples; the level of a second, a fifth of the variance, follows that of
 * the one before with correlation phi. How often the band of p99 holds the truth, how often it is
 * told as reliable, and how often that is wrong. */
struct told {
    double held, reliable, wrong;
};

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* A run into x, and sorted. */
static void run_of(struct rng *r, size_t k, double phi, double *x, double *sorted)
{
    double level = normal(r);
    for (size_t i = 0; i < 100 * k; i++) {
        if (i > 0 && i % 100 == 0)
            level = phi * level + sqrt(1 - phi * phi) * normal(r);
        x[i] = sqrt(.2) * level + sqrt(.8) * normal(r);
    }
    memcpy(sorted, x, 100 * k * sizeof *x);
    qsort(sorted, 100 * k, sizeof *x, by_value);
}

static struct told tell(size_t k, double phi, int series, bool with_median)
{
    static double x[6000], sorted[6000];
    struct rng r;
    rng_seed(&r, 3);
    struct told t = {0};
    for (int s = 0; s < series; s++) {
        struct cluster c[60] = {0}, median[60] = {0};
        struct ratio_band band;
        double below = 0;
        run_of(&r, k, phi, x, sorted);
        for (size_t i = 0; i < 100 * k; i++) {
            c[i / 100].count = median[i / 100].count = 100;
            c[i / 100].part += x[i] <= sorted[99 * k - 1];
            median[i / 100].part += x[i] <= sorted[50 * k - 1];
            below += (x[i] <= 2.3263479) / (100 * (double)k); /* the 99th percentile of all */
        }
        ck_assert_int_eq(ratio_band(c, with_median ? median : NULL, k, 0.01 * 0.99, &band), 0);
        double end = percentile_upper_end(0.99, band.half_width_most);
        bool held = below >= 0.99 - band.half_width_most && below <= end;
        bool told = band.reliable && (1 - end) * 100 * (double)k >= 1; /* else its end is not known */
        t.held += held / (double)series;
        t.reliable += told / (double)series;
        t.wrong += (told && !held) / (double)series;
    }
    return t;
}

START_TEST(seconds_that_hang_together_are_told)
{
    SIMULATION();
    struct told blind = tell(60, 0.8, 500, false), seeing = tell(60, 0.8, 500, true);
    ck_assert_double_gt(blind.wrong, 0.12);
    ck_assert_double_lt(seeing.wrong, 0.02);
    ck_assert_double_gt(seeing.held, blind.held + 0.08);
    ck_assert_double_lt(seeing.reliable, 0.05);
    ck_assert_double_gt(tell(60, 0.0, 500, true).reliable, 0.95);
}
END_TEST

/* Only runs whose seconds look independent have an interval. Among them it must hold nevertheless. */
START_TEST(few_seconds_that_look_independent)
{
    SIMULATION();
    ck_assert_double_gt(tell(30, 0.0, 500, true).reliable, 0.65);
    struct told some = tell(30, 0.3, 500, true), few = tell(30, 0.5, 1000, true);
    ck_assert_double_gt(some.reliable, 0.15);
    ck_assert_double_lt(some.wrong, 0.06 * some.reliable);
    ck_assert_double_lt(few.reliable, 0.08);
    ck_assert_double_lt(few.wrong, 0.01);
    ck_assert_double_lt(tell(30, 0.8, 500, true).reliable, 0.015);
}
END_TEST

/* `count` clusters of 100 samples, by turns few and 100 of them at or below a percentile, `low` and
 * 100 - low at or below the median. */
static struct ratio_band band_of(size_t count, double few, double low)
{
    struct cluster c[300], median[300];
    struct ratio_band band;
    for (size_t i = 0; i < count; i++) {
        c[i] = (struct cluster){100, i % 2 ? few : 100};
        median[i] = (struct cluster){100, i % 2 ? low : 100 - low};
    }
    ck_assert_int_eq(ratio_band(c, median, count, 0.99 * 0.01, &band), 0);
    return band;
}

/* Levels that swing about their mean show no correlation above 0, so it may be 2 / sqrt(K): for K = 24
 * .408, and v = 1 + 2 sum (1 - j/24) .408^j = 2.2826. */
START_TEST(seconds_are_worth_what_they_surely_are)
{
    ck_assert_double_eq_tol(band_of(24, 99, 45).k_eff, 24 / 2.2826, 0.001);
    ck_assert(band_of(24, 99, 45).reliable);
    ck_assert(!band_of(23, 99, 45).reliable);
}
END_TEST

/* Levels as far apart as 30 and 70 are no noise of 100 samples; a share of 1 - .0025 / .04 is theirs. */
START_TEST(band_is_wider_where_few_could_be_shown)
{
    struct ratio_band few = band_of(30, 94, 30), many = band_of(300, 94, 30);
    ck_assert_double_gt(few.half_width_most, 1.1 * few.half_width);
    ck_assert_double_lt(many.half_width_most, 1.01 * many.half_width);
    ck_assert_double_ge(many.half_width_most, many.half_width);
}
END_TEST

/* Levels that are a sixth of the variance are within sqrt(2/30) of none, and are taken for none; those
 * that are half of it follow themselves by twice the correlation of the whole. */
START_TEST(levels_that_chance_makes_are_none)
{
    struct ratio_band none = band_of(30, 94, 45), sixth = band_of(30, 94, 44.5), half = band_of(30, 94, 43);
    ck_assert_double_eq_tol(sixth.half_width_most, none.half_width_most, 1e-12);
    ck_assert_double_eq_tol(sixth.k_eff, none.k_eff, 1e-12);
    ck_assert_double_gt(half.half_width_most, 1.1 * none.half_width_most);
    ck_assert_double_lt(half.k_eff, none.k_eff);
}
END_TEST

START_TEST(upper_end_by_hand)
{
    ck_assert_double_eq_tol(percentile_upper_end(0.99, 0.005), 1 - 0.01 * 0.4723665527, 1e-9);
    ck_assert_double_eq_tol(percentile_upper_end(0.5, 0.01), 0.51, 1e-4);
    ck_assert_double_lt(percentile_upper_end(0.99, 0.02), 1);
}
END_TEST

START_TEST(interval_brackets_the_percentile)
{
    struct hist *h = malloc(sizeof *h);
    struct hist_sum *sum = malloc(sizeof *sum), *second = malloc(sizeof *second);
    hist_sum_reset(second);
    struct cluster c[20] = {0};
    hist_sum_reset(sum);
    hist_reset(h);
    for (uint64_t v = 1; v <= 1000; v++)
        hist_record(h, v);
    hist_sum_add(second, h);
    for (int i = 0; i < 20; i++) {
        hist_sum_add(sum, h);
        cluster_add(&c[i], second, hist_sum_percentile_ns(sum, 99, 100));
    }
    ck_assert_uint_eq(c[0].count, 1000);
    ck_assert_double_eq(c[0].part, 990);
    struct percentile_interval in;
    ck_assert_int_eq(percentile_interval(sum, p99, c, NULL, 20, &in), 0);
    ck_assert_uint_le(in.lo_ns, 990);
    ck_assert_uint_ge(in.hi_ns, 990);
    ck_assert_uint_ge(in.lo_ns, 985);
    ck_assert_uint_le(in.hi_ns, 995);
    ck_assert_double_gt(in.error, 0);
    ck_assert_double_le(in.error, ratio_band_error((double)in.lo_ns, (double)in.hi_ns));
    free(second);
    free(sum);
    free(h);
}
END_TEST

START_TEST(interval_beyond_the_largest_sample)
{
    struct hist *h = malloc(sizeof *h);
    struct hist_sum *sum = malloc(sizeof *sum), *second = malloc(sizeof *second);
    hist_sum_reset(second);
    struct cluster c[3] = {0};
    hist_sum_reset(sum);
    hist_reset(h);
    for (uint64_t v = 1; v <= 100; v++)
        hist_record(h, v);
    hist_sum_add(second, h);
    for (int i = 0; i < 3; i++) {
        hist_sum_add(sum, h);
        cluster_add(&c[i], second, 99);
    }
    struct percentile_interval in;
    ck_assert_int_eq(percentile_interval(sum, p99, c, NULL, 3, &in), -ERANGE);
    free(second);
    free(sum);
    free(h);
}
END_TEST

CHECK_MAIN("analyzer/percentile", shown_with_ten_samples_beyond,
           bounded_from_the_published_counts_on, band_by_hand, band_never_below_binomial,
           one_cluster_has_no_band, band_covers, seconds_that_hang_together_are_told,
           few_seconds_that_look_independent, seconds_are_worth_what_they_surely_are,
           band_is_wider_where_few_could_be_shown, levels_that_chance_makes_are_none, upper_end_by_hand,
           interval_brackets_the_percentile,
           interval_beyond_the_largest_sample)
