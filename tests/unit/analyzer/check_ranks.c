/* SPDX-License-Identifier: BSD-3-Clause */
/* Published examples, every arrangement tried by hand, and what must not change a p. */
#include "analyzer/stats/ranks.h"

#include <errno.h>
#include <math.h>

#include "base/rng.h"
#include "tests/lib/check_main.h"

#define NEAR(got, want) ck_assert_double_eq_tol(got, want, 1e-12)
#define COUNT(x)        (sizeof(x) / sizeof *(x))

static const struct rank_draws draws = {.seed = 1, .draws = 20000};

static double p_of(const double *a, size_t n, const double *b, size_t m)
{
    struct rank_test t;
    ck_assert_int_eq(ranks_two_sample(a, n, b, m, &draws, &t), 0);
    return t.p;
}

START_TEST(ties_that_others_got_wrong)
{
    const double a[] = {1, 1, 1, 1, 1}, b[] = {2, 1, 3, 5};
    NEAR(p_of(a, 5, b, 4), 6.0 / 126);
    NEAR(p_of(b, 4, a, 5), 6.0 / 126);
}
END_TEST

START_TEST(smallest_p_of_few_runs)
{
    static const struct {
        size_t n;
        double p;
    } rows[] = {{3, 2.0 / 20}, {4, 2.0 / 70}, {5, 2.0 / 252}, {10, 2.0 / 184756}};
    const double low[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const double high[] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rank_test t;
        ranks_two_sample(low, rows[i].n, high, rows[i].n, &draws, &t);
        ck_assert(t.exact);
        NEAR(t.p, rows[i].p);
        NEAR(t.p_min, rows[i].p);
        NEAR(t.shift, 10);
    }
}
END_TEST

/* Hollander and Wolfe 1973, p. 69: permeability of the human chorioamnion. */
START_TEST(two_sample_of_the_textbook)
{
    const double term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    struct rank_test t;
    ranks_two_sample(early, 5, term, 10, &draws, &t);
    ck_assert_double_eq_tol(t.p, 0.2544, 5e-5);
    ck_assert_double_eq_tol(t.shift, 0.305, 1e-9);
}
END_TEST

/* Hollander and Wolfe 1973, p. 29: Hamilton depression scale, V = 40 of 9 pairs. */
START_TEST(signed_rank_of_the_textbook)
{
    const double x[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    const double y[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    double d[9];
    for (size_t i = 0; i < 9; i++)
        d[i] = y[i] - x[i];
    struct rank_test t;
    ranks_paired(d, 9, &draws, &t);
    NEAR(t.p, 20.0 / 512);
    ck_assert_double_eq_tol(t.shift, -0.46, 1e-9);
    struct rank_interval i;
    ck_assert_int_eq(ranks_paired_interval(d, 9, 0.95, &i), 0);
    ck_assert_double_eq_tol(i.lo, -0.786, 1e-9);
    ck_assert_double_eq_tol(i.hi, -0.010, 1e-9);
    NEAR(i.level, 1 - 2 * 10.0 / 512);
}
END_TEST

/* All choices of m out of n + m, one bit a value. */
static double p_by_hand(const uint32_t *rank2, size_t all, size_t m)
{
    uint64_t observed = 0, hits = 0, total = 0, twice_mean = 2 * m * (all + 1);
    for (size_t i = 0; i < m; i++)
        observed += rank2[i];
    double far = fabs(2.0 * (double)observed - (double)twice_mean);
    for (uint32_t set = 0; set < 1u << all; set++) {
        uint64_t sum = 0;
        if ((size_t)__builtin_popcount(set) != m)
            continue;
        for (size_t i = 0; i < all; i++)
            sum += set >> i & 1 ? rank2[i] : 0;
        hits += fabs(2.0 * (double)sum - (double)twice_mean) >= far;
        total++;
    }
    return (double)hits / (double)total;
}

START_TEST(counting_equals_trying_all)
{
    struct rng rng;
    rng_seed(&rng, 7);
    for (int round = 0; round < 200; round++) {
        size_t m = 1 + rng_below(&rng, 6), n = 1 + rng_below(&rng, 6);
        double x[12];
        uint32_t order[12], rank2[12];
        for (size_t i = 0; i < n + m; i++)
            x[i] = (double)rng_below(&rng, 5);
        ranks_double(x, n + m, order, rank2);
        double got = p_of(x + m, n, x, m);
        ck_assert(isnan(got) ? rank2[order[0]] == rank2[order[n + m - 1]]
                             : fabs(got - p_by_hand(rank2, n + m, m)) < 1e-12);
    }
}
END_TEST

START_TEST(signs_counted_equal_signs_tried)
{
    const double d[] = {1, -2, 2, 3, 3, -1, 5, 0}; /* sizes 1 1 2 2 3 3 5 */
    const uint32_t rank2[] = {3, 7, 7, 11, 11, 3, 14};
    const int sign[] = {1, 0, 1, 1, 1, 0, 1};
    uint32_t observed = 0, hits = 0;
    for (size_t i = 0; i < 7; i++)
        observed += sign[i] ? rank2[i] : 0;
    for (uint32_t set = 0; set < 128; set++) {
        uint32_t sum = 0;
        for (size_t i = 0; i < 7; i++)
            sum += set >> i & 1 ? rank2[i] : 0;
        hits += abs(2 * (int)sum - 56) >= abs(2 * (int)observed - 56);
    }
    struct rank_test t;
    ck_assert_int_eq(ranks_paired(d, 8, &draws, &t), 0);
    ck_assert_uint_eq(t.n, 7);
    NEAR(t.p, hits / 128.0);
}
END_TEST

START_TEST(moving_scaling_and_swapping)
{
    const double a[] = {3, 1, 4, 1.5, 9}, b[] = {2, 6, 5, 3.5, 8, 9.5};
    double a2[5], b2[6];
    for (size_t i = 0; i < 5; i++)
        a2[i] = 7 * a[i] - 100;
    for (size_t i = 0; i < 6; i++)
        b2[i] = 7 * b[i] - 100;
    struct rank_test t, moved, swapped;
    ranks_two_sample(a, 5, b, 6, &draws, &t);
    ranks_two_sample(a2, 5, b2, 6, &draws, &moved);
    ranks_two_sample(b, 6, a, 5, &draws, &swapped);
    NEAR(moved.p, t.p);
    NEAR(moved.shift, 7 * t.shift);
    NEAR(swapped.p, t.p);
    NEAR(swapped.shift, -t.shift);
}
END_TEST

START_TEST(constant_series_have_no_p)
{
    const double a[] = {4, 4, 4}, none[] = {0, 0};
    struct rank_test t;
    ck_assert_int_eq(ranks_two_sample(a, 3, a, 3, &draws, &t), 0);
    ck_assert(isnan(t.p));
    ck_assert_int_eq(ranks_paired(none, 2, &draws, &t), 0);
    ck_assert(isnan(t.p));
    ck_assert_int_eq(ranks_two_sample(a, 0, a, 3, &draws, &t), -ERANGE);
}
END_TEST

START_TEST(intervals_say_what_they_can_reach)
{
    const double a[] = {1, 2, 3, 4, 5}, b[] = {11, 12, 13, 14, 15};
    struct rank_interval i;
    ck_assert_int_eq(ranks_two_sample_interval(a, 3, b, 3, 0.95, &i), -ERANGE);
    NEAR(i.level, 0.9);
    ck_assert_int_eq(ranks_two_sample_interval(a, 3, b, 3, 0.90, &i), 0);
    NEAR(i.lo, 8);
    NEAR(i.hi, 12);
    /* 5 against 5: C = 2 by the tables (Hollander and Wolfe, table A.6: P(U <= 2) = 0.0159) */
    ck_assert_int_eq(ranks_two_sample_interval(a, 5, b, 5, 0.95, &i), 0);
    NEAR(i.level, 1 - 2 * 4.0 / 252);
    ck_assert_int_eq(ranks_paired_interval(a, 5, 0.95, &i), -ERANGE);
    NEAR(i.level, 1 - 2.0 / 32);
}
END_TEST

START_TEST(ten_against_ten_cuts_where_the_table_does)
{
    double a[10], b[10]; /* critical U = 23 at 5 %, two-sided: p = 0.0433 */
    for (size_t i = 0; i < 10; i++) {
        a[i] = (double)i * 100;
        b[i] = (double)i * 100 + 0.5 + (double)i * 0.001;
    }
    struct rank_interval i;
    ck_assert_int_eq(ranks_two_sample_interval(a, 10, b, 10, 0.95, &i), 0);
    ck_assert_double_eq_tol(i.level, 1 - 0.04326, 1e-5);
}
END_TEST

START_TEST(drawing_agrees_with_counting)
{
    double a[40], b[40];
    struct rng rng;
    rng_seed(&rng, 3);
    for (size_t i = 0; i < 40; i++) {
        a[i] = rng_f64(&rng);
        b[i] = rng_f64(&rng) + 0.12;
    }
    struct rank_test counted, drawn, again;
    ranks_two_sample(a, 30, b, 30, &draws, &counted);
    ck_assert(counted.exact);
    ranks_two_sample(a, 31, b, 30, &draws, &drawn);
    ranks_two_sample(a, 31, b, 30, &draws, &again);
    ck_assert(!drawn.exact);
    ck_assert_double_eq(drawn.p, again.p);
    ck_assert_double_eq_tol(drawn.p, counted.p, 0.05);
    struct rank_interval i;
    ck_assert_int_eq(ranks_two_sample_interval(a, 40, b, 40, 0.95, &i), 0);
    ck_assert(i.lo < drawn.shift && drawn.shift < i.hi);
}
END_TEST

CHECK_MAIN("analyzer/ranks", ties_that_others_got_wrong, smallest_p_of_few_runs,
           two_sample_of_the_textbook, signed_rank_of_the_textbook, counting_equals_trying_all,
           signs_counted_equal_signs_tried, moving_scaling_and_swapping, constant_series_have_no_p,
           intervals_say_what_they_can_reach, ten_against_ten_cuts_where_the_table_does,
           drawing_agrees_with_counting)
