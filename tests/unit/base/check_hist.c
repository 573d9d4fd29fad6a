/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <math.h>
#include <string.h>

#include "base/hist.h"
#include "base/rng.h"

static struct hist h;
static struct hist_sum sum, other;

START_TEST(indexes_are_those_of_hdrhistogram)
{
    static const uint64_t rows[][2] = {{0, 0},
                                       {1, 1},
                                       {2047, 2047},
                                       {2048, 2048},
                                       {2049, 2048},
                                       {4095, 3071},
                                       {4096, 3072},
                                       {4099, 3072},
                                       {4100, 3073},
                                       {8192, 4096},
                                       {HIST_MAX_NS, HIST_COUNTS - 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_uint_eq(hist_index(rows[i][0]), rows[i][1]);
}
END_TEST

START_TEST(buckets_join_without_gaps)
{
    ck_assert_uint_eq(hist_lowest_ns(0), 0);
    for (uint32_t i = 0; i < HIST_COUNTS; i++) {
        uint64_t low = hist_lowest_ns(i), high = hist_highest_ns(i);
        ck_assert_uint_eq(hist_index(low), i);
        ck_assert_uint_eq(hist_index(high), i);
        ck_assert_uint_le((high - low) * 1000, low); /* 3 significant digits */
        if (i)
            ck_assert_uint_eq(hist_highest_ns(i - 1) + 1, low);
    }
    ck_assert_uint_eq(hist_highest_ns(HIST_COUNTS - 1), HIST_MAX_NS);
}
END_TEST

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* What the histogram may say of the sorted values: the highest equivalent of the exact rank. */
static uint64_t brute_force(const uint64_t *sorted, uint64_t count, uint64_t num, uint64_t den)
{
    uint64_t rank = (count * num + den - 1) / den;
    uint64_t exact = sorted[rank ? rank - 1 : 0], max = sorted[count - 1];
    if (exact > HIST_MAX_NS)
        return max;
    uint64_t highest = hist_highest_ns(hist_index(exact));
    return highest < max ? highest : max;
}

#define MANY 20000
static uint64_t values[MANY];

START_TEST(percentiles_equal_brute_force)
{
    static const uint64_t ranks[][2] = {{0, 1},        {1, 100},        {50, 100},
                                        {90, 100},     {99, 100},       {999, 1000},
                                        {9999, 10000}, {99999, 100000}, {1, 1}};
    static const uint64_t counts[] = {1, 2, 3, 10, 999, 1000, 1001, MANY};
    struct rng rng;
    rng_seed(&rng, 1);
    for (unsigned k = 0; k < 8; k++) {
        hist_reset(&h);
        for (uint64_t i = 0; i < counts[k]; i++) {
            values[i] = rng_u64(&rng) >> (24 + rng_below(&rng, 40)); /* up to 2^40: some overflow */
            hist_record(&h, values[i]);
        }
        qsort(values, counts[k], sizeof *values, ascending);
        hist_sum_reset(&sum);
        hist_sum_add(&sum, &h);
        for (unsigned r = 0; r < 9; r++) {
            uint64_t want = brute_force(values, counts[k], ranks[r][0], ranks[r][1]);
            ck_assert_uint_eq(hist_percentile_ns(&h, ranks[r][0], ranks[r][1]), want);
            ck_assert_uint_eq(hist_sum_percentile_ns(&sum, ranks[r][0], ranks[r][1]), want);
        }
        ck_assert_uint_eq(h.min_ns, values[0]);
        ck_assert_uint_eq(h.max_ns, values[counts[k] - 1]);
    }
}
END_TEST

START_TEST(rank_is_nearest_rank_in_integers)
{
    hist_reset(&h);
    for (uint64_t v = 1; v <= 1000; v++)
        hist_record(&h, v);
    ck_assert_uint_eq(hist_percentile_ns(&h, 999, 1000),
                      999); /* 0.999 * 1000 is above 999 in floats */
    ck_assert_uint_eq(hist_percentile_ns(&h, 9991, 10000), 1000);
    ck_assert_uint_eq(hist_percentile_ns(&h, 50, 100), 500);
    ck_assert_uint_eq(hist_percentile_ns(&h, 0, 100), 1);
    ck_assert_uint_eq(hist_percentile_ns(&h, 100, 100), 1000);
    ck_assert_double_eq_tol(hist_mean_ns(&h), 500.5, 1e-9);
}
END_TEST

START_TEST(empty_says_so)
{
    hist_reset(&h);
    hist_sum_reset(&sum);
    ck_assert_uint_eq(hist_percentile_ns(&h, 1, 2), UINT64_MAX);
    ck_assert_uint_eq(hist_sum_percentile_ns(&sum, 1, 2), UINT64_MAX);
    ck_assert(isnan(hist_mean_ns(&h)) && isnan(hist_sum_mean_ns(&sum)));
    ck_assert_uint_eq(h.min_ns, UINT64_MAX);
}
END_TEST

START_TEST(overflow_is_counted_and_kept_as_max)
{
    hist_reset(&h);
    hist_record(&h, HIST_MAX_NS);
    ck_assert_uint_eq(h.overflow, 0);
    hist_record(&h, HIST_MAX_NS + 1);
    hist_record(&h, 1ull << 50);
    ck_assert_uint_eq(h.overflow, 2);
    ck_assert_uint_eq(h.count, 3);
    ck_assert_uint_eq(hist_percentile_ns(&h, 1, 3), HIST_MAX_NS);
    ck_assert_uint_eq(hist_percentile_ns(&h, 2, 3), 1ull << 50);
}
END_TEST

START_TEST(merging_is_exact)
{
    struct rng rng;
    rng_seed(&rng, 2);
    hist_sum_reset(&sum);
    hist_sum_reset(&other);
    for (int part = 0; part < 4; part++) {
        hist_reset(&h);
        for (int i = 0; i < 1000; i++)
            hist_record(&h, rng_u64(&rng) >> 26);
        hist_sum_add(part & 1 ? &other : &sum, &h);
    }
    static struct hist all;
    hist_reset(&all);
    rng_seed(&rng, 2);
    for (int i = 0; i < 4000; i++)
        hist_record(&all, rng_u64(&rng) >> 26);
    hist_sum_merge(&sum, &other);
    ck_assert_uint_eq(sum.count, all.count);
    ck_assert_uint_eq(sum.overflow, all.overflow);
    ck_assert_uint_eq(sum.min_ns, all.min_ns);
    ck_assert_uint_eq(sum.max_ns, all.max_ns);
    for (uint32_t i = 0; i < HIST_COUNTS; i++)
        ck_assert_uint_eq(sum.counts[i], all.counts[i]);
    ck_assert_double_eq_tol(hist_sum_mean_ns(&sum), hist_mean_ns(&all), 1e-3);
}
END_TEST

CHECK_MAIN("base/hist", indexes_are_those_of_hdrhistogram, buckets_join_without_gaps,
           percentiles_equal_brute_force, rank_is_nearest_rank_in_integers, empty_says_so,
           overflow_is_counted_and_kept_as_max, merging_is_exact)
