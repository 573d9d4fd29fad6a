/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/rng.h"
#include "tests/lib/check_main.h"
#include "tests/unit/load/fixture.h"

#define HOLD_S 0.1L

/* The rate of each step as the starts show it: enough of them that one more or less says nothing.
 */
static double rate_seen(const struct load_spec *spec, uint64_t step)
{
    uint64_t from = step * 100 * NS_PER_MS;
    return (double)(schedule_count(spec, from + 100 * NS_PER_MS) - schedule_count(spec, from)) /
           0.1;
}

#define RATE  1e7
#define STEPS 3000

static double *rates_of(uint64_t seed)
{
    struct load_spec spec = spec_by_name("walk", RATE, STEPS * 100 * NS_PER_MS);
    double *rates = malloc(STEPS * sizeof *rates);
    spec.seed = seed;
    for (uint64_t i = 0; i < STEPS; i++)
        rates[i] = rate_seen(&spec, i) / RATE;
    return rates;
}

/* From r, by no more than 0.2 r, within 0.01 r and 2 r; the moves that nothing stopped are uniform:
 * their mean is 0, their variance 0.2^2 / 3, and Kolmogorov and Smirnov find nothing. */
static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

START_TEST(moves_are_uniform)
{
    double *rates = rates_of(7), moves[STEPS], sum = 0, squares = 0, worst = 0;
    unsigned n = 0;
    ck_assert_double_eq_tol(rates[0], 1, 1e-5);
    for (unsigned i = 0; i + 1 < STEPS; i++) {
        ck_assert(rates[i] > 0.01 - 1e-5 && rates[i] < 2 + 1e-5);
        double move = rates[i + 1] - rates[i];
        ck_assert(fabs(move) < 0.2 + 1e-5);
        if (rates[i] > 0.22 && rates[i] < 1.79) /* from here no draw reaches a bound */
            moves[n++] = move;
    }
    ck_assert_uint_gt(n, STEPS / 2);
    qsort(moves, n, sizeof *moves, by_value);
    for (unsigned i = 0; i < n; i++) {
        sum += moves[i];
        squares += moves[i] * moves[i];
        worst = fmax(worst, fabs((moves[i] + 0.2) / 0.4 - (i + 0.5) / n));
    }
    double sd = 0.2 / sqrt(3);
    ck_assert_double_le(fabs(sum / n), 4 * sd / sqrt(n));
    ck_assert_double_eq_tol(squares / n, sd * sd, 4 * sd * sd * sqrt(0.8 / n));
    ck_assert_double_le(worst * sqrt(n), 1.63); /* 1 % */
    free(rates);
}
END_TEST

START_TEST(bounds_hold_it)
{
    double *rates = rates_of(3), low = 2, high = 0;
    for (unsigned i = 0; i < STEPS; i++) {
        low = fmin(low, rates[i]);
        high = fmax(high, rates[i]);
    }
    ck_assert_double_eq_tol(low, 0.01, 1e-5); /* in so many steps it comes to both */
    ck_assert_double_eq_tol(high, 2, 1e-5);
    free(rates);
}
END_TEST

START_TEST(the_seed_decides)
{
    double *one = rates_of(1), *again = rates_of(1), *other = rates_of(2);
    ck_assert_mem_eq(one, again, STEPS * sizeof *one);
    unsigned same = 0;
    for (unsigned i = 1; i < STEPS; i++)
        same += fabs(one[i] - other[i]) < 1e-6;
    ck_assert_uint_lt(same, STEPS / 10);
    free(one);
    free(again);
    free(other);
}
END_TEST

/* The integral from the rates seen at a high rate with the same seed: the walk does not depend on
 * the rate but for its scale. */
static double *walked;
static long double walk_integral(const struct load_spec *spec, long double t)
{
    long double sum = 0;
    uint64_t i = 0;
    for (; (long double)(i + 1) * HOLD_S <= t; i++)
        sum += walked[i] * HOLD_S;
    return spec->rate_per_s * (sum + walked[i] * (t - (long double)i * HOLD_S));
}

START_TEST(follows_its_integral)
{
    static const double rates[] = {0.3, 7.7, 997.5};
    walked = rates_of(7);
    for (unsigned i = 0; i < COUNT(rates); i++) {
        struct load_spec spec = spec_by_name("walk", rates[i], 20 * NS_PER_S);
        uint64_t count, *list = take_list(&spec, &count);
        for (uint64_t k = 0; k < count; k++) /* rates seen are good to 1e-6 of the rate */
            ck_assert_double_eq_tol((double)walk_integral(&spec, list[k] / 1e9L), (double)k,
                                    1e-5 * rates[i] * 20 + 1e-6 * rates[i]);
        assert_counts(&spec, 123456789);
        free(list);
    }
    free(walked);
}
END_TEST

START_TEST(long_and_slow)
{
    struct load_spec spec = spec_by_name("walk", 1e7, 1800 * NS_PER_S);
    double mean = schedule_mean_per_s(&spec);
    ck_assert_double_eq_tol((double)schedule_count(&spec, UINT64_MAX), mean * 1800, 1);
    spec.rate_per_s = 1e-6;
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 1);
    spec.duration_ns = 10 * 86400 * NS_PER_S;
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX),
                      (uint64_t)ceil(schedule_mean_per_s(&spec) * 864000));
}
END_TEST

START_TEST(repeats_and_splits)
{
    struct load_spec any = spec_by_name("walk", 1, 100 * NS_PER_S);
    assert_counts_at_any_rate(&any);
    struct load_spec spec = spec_by_name("walk", 2997.5, 9 * NS_PER_S);
    assert_repeats(&spec);
    assert_splits(&spec);
    assert_dealt_in_turn(&spec, 7);
    spec.params.walk.low = spec.params.walk.high = 0.5;
    ck_assert_uint_eq(schedule_count(&spec, NS_PER_S), 1499); /* 1498.75 */
}
END_TEST

CHECK_MAIN("load/walk", moves_are_uniform, bounds_hold_it, the_seed_decides, follows_its_integral,
           long_and_slow, repeats_and_splits)
