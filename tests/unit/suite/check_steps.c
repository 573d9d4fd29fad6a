/* SPDX-License-Identifier: BSD-3-Clause */
/* capacity, scale_steps and the knee. */
#include "suite/knee.h"
#include "tests/unit/suite/fixture.h"

/* 100 users at 0.5/s: levels of 100, 120, 150 and 300 users, 50 to 150 transactions/s. */
START_TEST(test_capacity_finds_the_largest_level)
{
    static const struct {
        double carried; /* users */
        double users, high;
        uint32_t trials;
    } rows[] = {{99, NAN, 100, 2}, {100, 100, 120, 3}, {149, 120, 150, 4},
                {299, 150, 300, 5}, {1000, 300, NAN, 4}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_search *t = open_search("capacity");
        struct fake f = {.capacity = rows[i].carried * 0.5};
        ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
        const struct suite_finding *row = found(t, "users");
        ck_assert_uint_eq(t->search.count, rows[i].trials);
        ck_assert(isnan(rows[i].users) ? isnan(row->value) : row->value == rows[i].users);
        ck_assert(isnan(rows[i].high) || isnan(rows[i].users) ? true : row->high == rows[i].high);
        if (!isnan(rows[i].users)) {
            ck_near(found(t, "recommended_users")->value, floor(0.7 * rows[i].users));
            ck_near(found(t, "connections")->value, rows[i].users);
            ck_near(found(t, "memory_gen_mib")->value, 1);
            ck_assert(isnan(found(t, "cpu_peer_percent")->value));
            ck_assert(found(t, "cpu_peer_percent")->reason[0]);
        }
        free(t);
    }
}
END_TEST

/* One bad trial does not lose a level; two do. */
START_TEST(test_capacity_tries_again)
{
    for (unsigned bad = 1; bad <= 2; bad++) {
        struct test_search *t = open_search("capacity");
        struct fake f = {.capacity = 1e6};
        while (search_next(&t->search, &t->phase) == SUITE_MORE) {
            struct trial_result r;
            play(&f, &t->phase, &r);
            if (t->search.count >= 1 && t->search.count <= bad)
                r.objective = TRIAL_FAILED;
            search_take(&t->search, &r);
        }
        search_findings(&t->search, &t->found);
        ck_near(found(t, "users")->value, bad == 1 ? 300 : 100);
        ck_assert_uint_eq(t->search.trials[1].result.connections, 120);
        free(t);
    }
}
END_TEST

START_TEST(test_capacity_of_a_late_generator)
{
    struct test_search *t = open_search("capacity");
    struct fake f = {.capacity = 1e6, .late_above = 70};
    ck_assert_int_eq(search_to_end(t, &f), SUITE_UNDECIDED);
    ck_near(found(t, "users")->value, 120);
    ck_assert(isnan(found(t, "users")->high));
    ck_assert(!strncmp(found(t, "limited_by")->reason, "generator: ", 11));
    free(t);
}
END_TEST

/* Throughput that grows up to 1,000 connections. */
START_TEST(test_scale_steps_finds_the_knee)
{
    struct test_search *t = open_search("scale_steps");
    enum suite_next next;
    while ((next = search_next(&t->search, &t->phase)) == SUITE_MORE) {
        struct fake f = {.capacity = 10 * fmin(1000, t->phase.connections)};
        struct trial_result r;
        play(&f, &t->phase, &r);
        ck_assert(isnan(r.requested_per_s));
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_assert_int_eq(next, SUITE_FINISHED);
    ck_assert_uint_eq(t->search.count, 6);
    ck_near(found(t, "knee_connections")->value, 1000);
    ck_assert_int_eq(found(t, "knee_connections")->trial, 2);
    ck_near(found(t, "transactions_per_s_150")->value, 1500);
    ck_near(found(t, "bytes_per_connection_15000")->value, 2048);
    free(t);
}
END_TEST

/* A step at which not all connections opened stands for another number. */
START_TEST(test_scale_steps_that_are_not_whole)
{
    struct test_search *t = open_search("scale_steps");
    while (search_next(&t->search, &t->phase) == SUITE_MORE) {
        struct fake f = {.capacity = 10 * fmin(1000, t->phase.connections)};
        struct trial_result r;
        play(&f, &t->phase, &r);
        r.open -= t->search.count > 1;
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_assert(isnan(found(t, "knee_connections")->value));
    ck_assert_ptr_nonnull(strstr(found(t, "knee_connections")->reason, "fewer than three"));
    ck_assert_ptr_nonnull(strstr(t->search.trials[3].reason, "4999 of 5000"));
    free(t);
}
END_TEST

#define KNEE(shape, want, ...)                                                                     \
    do {                                                                                           \
        const struct knee_point p[] = {__VA_ARGS__};                                               \
        const char *why;                                                                           \
        ck_assert_int_eq(knee_find(p, sizeof p / sizeof *p, shape, &why), want);                   \
        ck_assert((want < 0) == (why != NULL));                                                    \
    } while (0)

START_TEST(test_knees)
{
    KNEE(KNEE_LEVELLING, 1, {0, 0}, {1, 9}, {5, 10}, {10, 10});
    KNEE(KNEE_LEVELLING, 2, {10, 10}, {0, 0}, {1, 9}, {5, 10}); /* in any order */
    KNEE(KNEE_LEVELLING, -1, {0, 0}, {1, 1}, {2, 2}, {3, 3});   /* straight */
    KNEE(KNEE_LEVELLING, -1, {0, 0}, {1, 9});                   /* too few */
    KNEE(KNEE_LEVELLING, -1, {1, 100}, {2, 109}, {3, 101}, {4, 100}); /* flat */
    KNEE(KNEE_LEVELLING, -1, {3, 1}, {3, 2}, {3, 3});           /* one place */
    KNEE(KNEE_LEVELLING, -1, {0, 0}, {5, 1}, {9, 4}, {10, 10}); /* bends the other way */
    KNEE(KNEE_RISING, 2, {0, 1}, {5, 1}, {9, 2}, {10, 20});
    KNEE(KNEE_RISING, -1, {0, 0}, {1, 1}, {2, 2}, {3, 3});
}
END_TEST

CHECK_MAIN("suite/steps", test_capacity_finds_the_largest_level, test_capacity_tries_again,
           test_capacity_of_a_late_generator, test_scale_steps_finds_the_knee,
           test_scale_steps_that_are_not_whole, test_knees)
