/* SPDX-License-Identifier: BSD-3-Clause */
/* Seeds are fixed: what is drawn is always the same, and so is the verdict. */
#include "tests/lib/check_main.h"
#include "tests/unit/load/fixture.h"

#define RATE    1000.0
#define SECONDS 200
#define SEEDS   5
#define KS_1    1.63 /* Kolmogorov and Smirnov's sqrt(n) D, exceeded by 1 % */
#define SLOT_NS (32 * NS_PER_MS)

static struct load_spec poisson(uint64_t seed)
{
    struct load_spec spec = spec_by_name("poisson", RATE, SECONDS * NS_PER_S);
    spec.seed = seed;
    return spec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* sqrt(n) times the largest distance from the distribution of -mean ln(1 - u). */
static double distance(double *gaps, uint64_t n, double mean)
{
    double worst = 0;
    qsort(gaps, n, sizeof *gaps, by_value);
    for (uint64_t i = 0; i < n; i++) {
        double expected = 1 - exp(-gaps[i] / mean);
        worst = fmax(
            worst, fmax(expected - (double)i / (double)n, (double)(i + 1) / (double)n - expected));
    }
    return worst * sqrt((double)n);
}

static double *gaps_of(const struct load_spec *spec, uint64_t *n)
{
    uint64_t count, *list = take_list(spec, &count);
    double *gaps = malloc(count * sizeof *gaps);
    for (uint64_t i = 0; i < count; i++)
        gaps[i] = (double)(list[i] - (i ? list[i - 1] : 0));
    free(list);
    *n = count;
    return gaps;
}

START_TEST(gaps_are_exponential)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct load_spec spec = poisson(seed);
        uint64_t n;
        double *gaps = gaps_of(&spec, &n);
        ck_assert_double_le(distance(gaps, n, 1e9 / RATE), KS_1);
        free(gaps);
    }
}
END_TEST

/* Mean and variance are both r t, in intervals much shorter than a slot, of a slot's length but not
 * in step with it, and much longer; and one interval says nothing about the next. */
static void assert_counts_are_poisson(const uint64_t *list, uint64_t count, uint64_t interval_ns)
{
    uint64_t n = SECONDS * NS_PER_S / interval_ns;
    double mean = RATE * (double)interval_ns / 1e9, sum = 0, squares = 0, both = 0, last = 0;
    for (uint64_t k = 0, i = 0; k < n; k++) {
        double here = -mean;
        for (; i < count && list[i] < (k + 1) * interval_ns; i++)
            here++;
        sum += here;
        squares += here * here;
        both += here * last;
        last = here;
    }
    double scale = 1 / (mean * (double)n), root = sqrt((double)n);
    ck_assert_double_le(fabs(sum) * scale, 4 / sqrt(mean) / root);
    ck_assert_double_le(fabs(squares * scale - 1), 4 * sqrt(2 + 1 / mean) / root);
    ck_assert_double_le(fabs(both * scale), 4 / root);
}

START_TEST(counts_are_poisson)
{
    static const uint64_t intervals[] = {NS_PER_MS / 7, 3 * NS_PER_MS,           SLOT_NS / 2,
                                         SLOT_NS,       SLOT_NS + 7 * NS_PER_MS, 10 * SLOT_NS,
                                         NS_PER_S};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct load_spec spec = poisson(seed);
        uint64_t count, *list = take_list(&spec, &count);
        ck_assert_double_le(fabs((double)count - RATE * SECONDS), 4 * sqrt(RATE * SECONDS));
        for (unsigned i = 0; i < COUNT(intervals); i++)
            assert_counts_are_poisson(list, count, intervals[i]);
        free(list);
    }
}
END_TEST

/* Chi-square of the number in each slot against Poisson(32), tails together. */
START_TEST(slots_are_poisson)
{
    struct load_spec spec = poisson(6);
    spec.duration_ns = 20000 * SLOT_NS;
    uint64_t count, *list = take_list(&spec, &count), seen[64] = {0};
    for (uint64_t k = 0, i = 0; k < 20000; k++) {
        unsigned here = 0;
        for (; i < count && list[i] < (k + 1) * SLOT_NS; i++)
            here++;
        seen[here < 16 ? 16 : here > 50 ? 50 : here]++;
    }
    double chi = 0, low = 0, high = 1;
    for (unsigned k = 0; k <= 50; k++) {
        double p = exp(k * log(32) - 32 - lgamma(k + 1.0));
        low += p;
        high -= k < 50 ? p : 0;
        double expected = 20000 * (k == 16 ? low : k == 50 ? high : p);
        if (k >= 16)
            chi += ((double)seen[k] - expected) * ((double)seen[k] - expected) / expected;
    }
    ck_assert_double_le(chi, 56.1); /* 34 degrees of freedom: 1 % */
    free(list);
}
END_TEST

/* The places within a slot: all alike, none near its neighbours' but by chance. */
START_TEST(slots_are_evenly_filled)
{
    struct load_spec spec = poisson(8);
    uint64_t count, *list = take_list(&spec, &count), seen[64] = {0};
    double chi = 0;
    for (uint64_t i = 0; i < count; i++)
        seen[list[i] % SLOT_NS * 64 / SLOT_NS]++;
    for (unsigned k = 0; k < 64; k++)
        chi += pow((double)seen[k] - (double)count / 64, 2) / ((double)count / 64);
    ck_assert_double_le(chi, 92.0); /* 63 degrees of freedom: 1 % */
    free(list);
}
END_TEST

START_TEST(the_seed_decides)
{
    struct load_spec one = poisson(1), other = poisson(2);
    uint64_t first = 0, second = 0;
    assert_repeats(&one);
    take_all(&one, &first);
    take_all(&other, &second);
    ck_assert_uint_ne(first, second);
}
END_TEST

/* The same process for any number of workers; each has its even share of it, and its own gaps are
 * those of a stream that was dealt out in turn. */
START_TEST(splits)
{
    struct load_spec spec = poisson(3);
    spec.duration_ns = 20 * NS_PER_S;
    assert_splits(&spec);
    assert_split(&spec, 64);
    assert_split(&spec, 200);
    spec.workers = 3;
    uint64_t least = UINT64_MAX, most = 0;
    for (spec.worker = 0; spec.worker < 3; spec.worker++) {
        uint64_t count = schedule_count(&spec, UINT64_MAX);
        least = count < least ? count : least;
        most = count > most ? count : most;
    }
    ck_assert_uint_le(most - least, SLOT_NS * RATE / 1e9); /* the last slot may be cut */
}
END_TEST

START_TEST(counts)
{
    static const double rates[] = {0.5, 33.3, 997.5, 40000};
    for (unsigned i = 0; i < COUNT(rates); i++) {
        struct load_spec spec = poisson(4);
        spec.rate_per_s = rates[i];
        spec.duration_ns = 3 * NS_PER_S;
        assert_counts(&spec, 12345677);
    }
    struct load_spec dense = poisson(4); /* slots of 32 ns that touch one another */
    dense.rate_per_s = 1e9;
    dense.duration_ns = 3000;
    assert_counts(&dense, 1);
}
END_TEST

/* Slots do not drift: after half an hour slot k still begins at k * 32 / r. */
START_TEST(long_and_slow)
{
    struct load_spec spec = poisson(5);
    spec.rate_per_s = 1e6 / 3;
    spec.duration_ns = 1800 * NS_PER_S;
    double expected = 6e8;
    ck_assert_double_le(fabs((double)schedule_count(&spec, UINT64_MAX) - expected),
                        4 * sqrt(expected));
    spec.rate_per_s = 1e-6;
    ck_assert_uint_le(schedule_count(&spec, UINT64_MAX), 1);
    spec.rate_per_s = 1e9;
    spec.duration_ns = NS_PER_MS;
    ck_assert_double_le(fabs((double)schedule_count(&spec, UINT64_MAX) - 1e6), 4e3);
    assert_split(&spec, 3);
}
END_TEST

CHECK_MAIN("load/poisson", gaps_are_exponential, counts_are_poisson, slots_are_poisson,
           slots_are_evenly_filled, the_seed_decides, splits, counts, long_and_slow)
