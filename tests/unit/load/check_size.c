/* SPDX-License-Identifier: BSD-3-Clause */
/* Seeds are fixed: what is drawn is always the same, and so is the verdict. */
#include "load/size.h"
#include "tests/lib/check_main.h"

#include <math.h>
#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DRAWS    200000u
#define KS_1     1.63 /* Kolmogorov and Smirnov's sqrt(n) D, exceeded by 1 % */
#define SMALL                                                                                      \
    {                                                                                              \
        64, 1023, 70, true                                                                         \
    }
#define MEDIUM                                                                                     \
    {                                                                                              \
        1024, 1u << 20, 25, true                                                                   \
    }
#define LARGE                                                                                      \
    {                                                                                              \
        1u << 20, 100u << 20, 5, true                                                              \
    }

static const struct size_part mixed[] = {SMALL, MEDIUM, LARGE};

static struct size_dist compiled(const struct size_part *parts, uint32_t count)
{
    struct size_dist d;
    size_compile(&d, parts, count);
    return d;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Sorted. */
static uint32_t *draws_of(const struct size_part *part)
{
    struct size_dist d = compiled(part, 1);
    uint32_t *sizes = malloc(DRAWS * sizeof *sizes);
    for (uint32_t i = 0; i < DRAWS; i++)
        sizes[i] = size_draw(&d, 7, i);
    qsort(sizes, DRAWS, sizeof *sizes, by_value);
    return sizes;
}

/* The share of sizes up to `size`. */
static double expected_share(const struct size_part *p, double size)
{
    if (p->even_ratio)
        return log((size + 1) / p->low) / log((p->high + 1.0) / p->low);
    return (size + 1 - p->low) / (p->high + 1.0 - p->low);
}

START_TEST(follow_their_distribution)
{
    static const struct size_part parts[] = {SMALL,
                                             MEDIUM,
                                             LARGE,
                                             {64, 1024, 1, false},
                                             {10, 19, 1, false},
                                             {1, 3, 1, true},
                                             {1, 100u << 20, 1, true},
                                             {7, 7, 1, true},
                                             {1u << 20, (1u << 20) + 1, 3, true}};
    for (unsigned i = 0; i < COUNT(parts); i++) {
        uint32_t *sizes = draws_of(&parts[i]);
        double worst = 0;
        for (uint32_t k = 0; k < DRAWS; k++) {
            if (k + 1 < DRAWS && sizes[k] == sizes[k + 1])
                continue; /* the share of equal ones is known at the last of them */
            double share = (k + 1.0) / DRAWS;
            worst = fmax(worst, fabs(share - expected_share(&parts[i], sizes[k])));
        }
        ck_assert_msg(worst * sqrt(DRAWS) <= KS_1, "part %u: %g", i, worst * sqrt(DRAWS));
        ck_assert(sizes[0] >= parts[i].low && sizes[DRAWS - 1] <= parts[i].high);
        free(sizes);
    }
}
END_TEST

START_TEST(means_are_as_told)
{
    static const struct size_part parts[] = {
        SMALL, MEDIUM, LARGE, {64, 1024, 1, false}, {1, 3, 1, true}};
    for (unsigned i = 0; i < COUNT(parts); i++) {
        uint32_t *sizes = draws_of(&parts[i]);
        double sum = 0, squares = 0, mean = size_part_mean(&parts[i]);
        for (uint32_t k = 0; k < DRAWS; k++) {
            sum += sizes[k];
            squares += (sizes[k] - mean) * (sizes[k] - mean);
        }
        double error = sqrt(squares / DRAWS / DRAWS);
        ck_assert_double_eq_tol(sum / DRAWS, mean, 4 * error + (parts[i].low < 64 ? 0.1 : 0));
        free(sizes);
    }
    double all = 0.7 * size_part_mean(&mixed[0]) + 0.25 * size_part_mean(&mixed[1]) +
                 0.05 * size_part_mean(&mixed[2]);
    ck_assert_double_eq_tol(size_mean(mixed, 3), all, 1e-6 * all);
    ck_assert_double_eq_tol(size_part_mean(&mixed[0]), 960 / log(16) - 0.5, 1e-9);
}
END_TEST

/* Every size between, none beyond, in the order of the number drawn. */
START_TEST(first_and_last_size)
{
    static const struct size_part parts[] = {SMALL,
                                             MEDIUM,
                                             LARGE,
                                             {64, 1024, 1, false},
                                             {1, (1u << 31) - 1, 1, true},
                                             {5, 5, 1, false},
                                             {1, (1u << 31) - 1, 1, false}};
    for (unsigned i = 0; i < COUNT(parts); i++) {
        struct size_dist d = compiled(&parts[i], 1);
        uint32_t last = 0;
        for (uint64_t share = 0; share <= UINT32_MAX; share += 99991) {
            uint32_t size = size_of(&d, share);
            ck_assert(size >= last && size >= parts[i].low && size <= parts[i].high);
            last = size;
        }
        ck_assert_uint_eq(size_of(&d, 0), parts[i].low);
        ck_assert_double_ge(size_of(&d, UINT32_MAX) * (1 + 3e-6) + 1, parts[i].high);
        ck_assert_uint_eq(d.smallest, parts[i].low);
        ck_assert_uint_eq(d.largest, parts[i].high);
    }
    struct size_dist small = compiled(&parts[0], 1);
    ck_assert_uint_eq(size_of(&small, UINT32_MAX), 1023);
}
END_TEST

/* Where rounding would take the first size below, or the last one beyond. */
START_TEST(never_out_of_a_class)
{
    for (uint64_t i = 0; i < 200000; i++) {
        uint32_t low = (uint32_t)(rng_mix(1, i) >> (34 + i % 29)) + 1;
        uint32_t more = (uint32_t)(rng_mix(2, i) >> (34 + i % 27));
        struct size_part part = {low, more > INT32_MAX - low ? INT32_MAX : low + more, 1, true};
        struct size_dist d = compiled(&part, 1);
        ck_assert_uint_eq(size_of(&d, 0), part.low);
        ck_assert_uint_le(size_of(&d, UINT32_MAX), part.high);
    }
}
END_TEST

START_TEST(mixed_is_70_25_5)
{
    struct size_dist d = compiled(mixed, 3);
    uint64_t seen[3] = {0};
    double chi = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        uint32_t size = size_draw(&d, 3, i);
        seen[size < 1024 ? 0 : size <= 1u << 20 ? 1 : 2]++;
    }
    for (unsigned k = 0; k < 3; k++)
        chi += pow((double)seen[k] - DRAWS * mixed[k].weight / 100.0, 2) /
               (DRAWS * mixed[k].weight / 100.0);
    ck_assert_double_le(chi, 9.21); /* 2 degrees of freedom: 1 % */
    ck_assert_uint_eq(d.smallest, 64);
    ck_assert_uint_eq(d.largest, 100u << 20);
}
END_TEST

START_TEST(any_weights)
{
    static const struct size_part parts[] = {{100, 100, 1, false},
                                             {200, 200, 0, false},
                                             {300, 300, 1000, false},
                                             {400, 400, 100000, false},
                                             {500, 500, 899, false}};
    struct size_dist d = compiled(parts, COUNT(parts));
    uint64_t seen[6] = {0}, draws = 2000000;
    for (uint64_t i = 0; i < draws; i++)
        seen[size_draw(&d, 11, i) / 100]++;
    for (unsigned k = 0; k < COUNT(parts); k++) {
        double expected = (double)draws * parts[k].weight / 101900;
        ck_assert_double_le(fabs((double)seen[k + 1] - expected), 4 * sqrt(expected));
    }
    static const struct size_part hidden[] = {
        {1, 9, 0, false}, {50, 60, 1, false}, {70, 90, 0, true}};
    d = compiled(hidden, 3);
    ck_assert_uint_eq(d.smallest, 50);
    ck_assert_uint_eq(d.largest, 60);
}
END_TEST

/* The probabilities that the columns stand for are the weights. */
START_TEST(alias_keeps_the_weights)
{
    for (uint32_t count = 1; count <= ALIAS_MAX; count = count * 3 / 2 + 1) {
        double weights[ALIAS_MAX], sum = 0, got[ALIAS_MAX] = {0};
        struct alias_column columns[ALIAS_MAX];
        for (uint32_t i = 0; i < count; i++)
            sum += weights[i] = i % 5 == 4 ? 0 : pow(1.3, (double)(rng_mix(1, i) % 40));
        alias_build(columns, weights, count);
        for (uint32_t i = 0; i < count; i++) {
            ck_assert_uint_lt(columns[i].other, count);
            double keep = columns[i].keep == UINT32_MAX ? 1 : columns[i].keep / 0x1p32;
            got[i] += keep / count;
            got[columns[i].other] += (1 - keep) / count;
        }
        for (uint32_t i = 0; i < count; i++)
            ck_assert_double_eq_tol(got[i], weights[i] / sum, 1e-9);
        ck_assert_uint_eq(alias_draw(columns, count, 0) < count, 1);
        ck_assert_uint_eq(alias_draw(columns, count, UINT32_MAX) < count, 1);
    }
}
END_TEST

/* A function of seed and message, and of nothing else. */
START_TEST(repeats_and_differs)
{
    struct size_dist d = compiled(mixed, 3);
    unsigned by_seed = 0, by_message = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        uint32_t size = size_draw(&d, 1, i);
        ck_assert_uint_eq(size_draw(&d, 1, i), size);
        by_seed += size_draw(&d, 2, i) == size;
        by_message += size_draw(&d, 1, i + 10000) == size;
    }
    ck_assert_uint_lt(by_seed, 50);
    ck_assert_uint_lt(by_message, 50);
}
END_TEST

CHECK_MAIN("load/size", follow_their_distribution, means_are_as_told, first_and_last_size,
           never_out_of_a_class, mixed_is_70_25_5, any_weights, alias_keeps_the_weights,
           repeats_and_differs)
