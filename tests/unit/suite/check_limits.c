/* SPDX-License-Identifier: BSD-3-Clause */
/* The steps of limits against systems of a known capacity, and against figures that are not there. */
#include "tests/unit/suite/fixture.h"

START_TEST(test_steps_until_it_breaks)
{
    static const double rates[] = {50, 200, 500, 1000, 2000, 4000, 8000};
    struct test_search *t = open_search("limits");
    struct fake f = {.capacity = 4500};
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    ck_assert_uint_eq(t->search.count, 7);
    for (int i = 0; i < 7; i++)
        ck_near(t->search.trials[i].result.requested_per_s, rates[i]);
    ck_near(found(t, "highest_stable_per_s")->value, 4000);
    ck_near(found(t, "highest_stable_per_s")->high, 8000);
    ck_assert_int_eq(found(t, "highest_stable_per_s")->trial, 5);
    ck_near(found(t, "recommended_per_s")->value, 3200);
    ck_near(found(t, "degradation_per_s")->value, 8000);
    ck_near(found(t, "degradation_per_s")->low, 4000);
    ck_near(found(t, "failure_per_s")->value, 8000);
    ck_assert_ptr_nonnull(strstr(found(t, "limited_by")->reason, "peer"));
    free(t);
}
END_TEST

START_TEST(test_a_step_lasts_until_its_completions_may_be_expected)
{
    struct test_search *t = open_search("limits");
    ck_assert_int_eq(search_next(&t->search, &t->phase), SUITE_MORE);
    ck_assert(fabs((double)t->phase.duration_ns - 1000 / 45.0 * 1e9) < 2);
    ck_assert_str_eq(t->phase.shape, "constant");
    ck_assert_str_eq(t->phase.name, "trial_1");
    t->job.search.completions = 0;
    ck_assert_int_eq(search_next(&t->search, &t->phase), SUITE_MORE);
    ck_assert_uint_eq(t->phase.duration_ns, t->job.search.step_ns);
    free(t);
}
END_TEST

/* Three steps that are not stable end it where success never falls below 80 %. */
static void play_slow(struct test_search *t, double success)
{
    while (search_next(&t->search, &t->phase) == SUITE_MORE) {
        struct trial_result r;
        play(&(struct fake){.capacity = 1e9}, &t->phase, &r);
        r.success = success;
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
}

START_TEST(test_never_stable)
{
    struct test_search *t = open_search("limits");
    play_slow(t, 0.9);
    ck_assert_uint_eq(t->search.count, 3);
    ck_assert(isnan(found(t, "highest_stable_per_s")->value));
    ck_assert_ptr_nonnull(strstr(found(t, "highest_stable_per_s")->reason, "no step was stable"));
    ck_assert(isnan(found(t, "recommended_per_s")->value));
    ck_assert(isnan(found(t, "failure_per_s")->value));
    free(t);
    t = open_search("limits");
    play_slow(t, 0.79);
    ck_assert_uint_eq(t->search.count, 1);
    ck_near(found(t, "failure_per_s")->value, 50);
    free(t);
}
END_TEST

/* Doubling stops at the highest rate, which is tried itself, and does not overflow. */
START_TEST(test_always_stable)
{
    struct test_search *t = open_search("limits");
    struct fake f = {.capacity = 1e30};
    t->job.search.step_high = 1e9;
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    const struct trial *last = &t->search.trials[t->search.count - 1];
    ck_near(last->result.requested_per_s, 1e9);
    ck_near(found(t, "highest_stable_per_s")->value, 1e9);
    ck_assert(isnan(found(t, "highest_stable_per_s")->high));
    ck_assert_ptr_nonnull(strstr(found(t, "highest_stable_per_s")->reason, "at least"));
    ck_assert_ptr_nonnull(strstr(found(t, "limited_by")->reason, "nothing"));
    free(t);
}
END_TEST

START_TEST(test_not_monotone)
{
    struct test_search *t = open_search("limits");
    struct fake f = {.capacity = 3000};
    while (search_next(&t->search, &t->phase) == SUITE_MORE) {
        struct trial_result r;
        play(&f, &t->phase, &r);
        if (t->search.count == 1)
            r.success = 0.9; /* at 200/s, of all */
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_assert_int_eq(t->search.trials[1].passed, TRIAL_FAILED);
    ck_near(found(t, "highest_stable_per_s")->value, 2000);
    ck_near(found(t, "highest_stable_per_s")->high, 4000);
    free(t);
}
END_TEST

/* Late twice at the same rate: the generator's limit, never the peer's. */
START_TEST(test_a_late_generator_is_told_apart)
{
    struct test_search *t = open_search("limits");
    struct fake f = {.capacity = 1e9, .late_above = 1500};
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    ck_assert_uint_eq(t->search.count, 6);
    ck_assert_int_eq(t->search.trials[5].passed, TRIAL_OPEN);
    ck_near(found(t, "highest_stable_per_s")->value, 1000);
    ck_assert(isnan(found(t, "highest_stable_per_s")->high));
    ck_assert(isnan(found(t, "degradation_per_s")->value));
    const char *by = found(t, "limited_by")->reason;
    ck_assert_msg(!strncmp(by, "generator: ", 11), "%s", by);
    free(t);
}
END_TEST

START_TEST(test_late_once_is_tried_again)
{
    struct test_search *t = open_search("limits");
    struct fake f = {.capacity = 300};
    while (search_next(&t->search, &t->phase) == SUITE_MORE) {
        struct trial_result r;
        play(&f, &t->phase, &r);
        r.late = t->search.count == 1;
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_near(t->search.trials[1].result.requested_per_s, 200);
    ck_near(t->search.trials[2].result.requested_per_s, 200);
    ck_near(found(t, "highest_stable_per_s")->value, 200);
    free(t);
}
END_TEST

/* A figure that was not measured decides nothing by itself; bounds on it may. */
START_TEST(test_missing_figures)
{
    static const struct {
        double success, achieved, mean, p95, p99, max;
        enum trial_ruling passed;
    } rows[] = {
        {1, 50, 10, 20, 49, 100, TRIAL_PASSED},   {1, 50, 10, 20, 50, 100, TRIAL_FAILED},
        {1, 50, 10, 20, NAN, 49, TRIAL_PASSED},   {1, 50, 10, 20, NAN, 60, TRIAL_OPEN},
        {1, 50, 10, 50, NAN, 60, TRIAL_FAILED},   {1, 50, NAN, NAN, NAN, NAN, TRIAL_OPEN},
        {NAN, NAN, NAN, NAN, NAN, NAN, TRIAL_OPEN}, {0, 0, NAN, NAN, NAN, NAN, TRIAL_FAILED},
        {0.95, 50, 10, 20, 30, 40, TRIAL_FAILED}, {0.9501, 50, 10, 20, 30, 40, TRIAL_PASSED},
        {1, 44.99, 10, 20, 30, 40, TRIAL_FAILED}, {1, 45, 10, 20, 30, 40, TRIAL_PASSED},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_search *t = open_search("limits");
        ck_assert_int_eq(search_next(&t->search, &t->phase), SUITE_MORE);
        struct trial_result r = {.requested_per_s = 50, .achieved_per_s = rows[i].achieved,
                                 .success = rows[i].success, .mean_us = rows[i].mean,
                                 .p50_us = NAN, .p95_us = rows[i].p95, .p99_us = rows[i].p99,
                                 .max_us = rows[i].max};
        const struct trial *trial = search_take(&t->search, &r);
        ck_assert_msg(trial->passed == rows[i].passed, "row %u: %d: %s", i, trial->passed,
                      trial->reason);
        ck_assert(trial->reason[0]);
        free(t);
    }
}
END_TEST

START_TEST(test_nothing_ever_ends)
{
    struct test_search *t = open_search("limits");
    t->job.search.step_high = 1e4;
    while (search_next(&t->search, &t->phase) == SUITE_MORE) {
        struct trial_result r = {.requested_per_s = t->phase.rate_per_s, .achieved_per_s = NAN,
                                 .success = NAN, .mean_us = NAN, .p50_us = NAN, .p95_us = NAN,
                                 .p99_us = NAN, .max_us = NAN};
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_assert_uint_eq(t->search.count, 8); /* it ends at step_high */
    ck_assert(isnan(found(t, "highest_stable_per_s")->value));
    free(t);
}
END_TEST

START_TEST(test_before_the_first_trial)
{
    for (uint32_t i = 0; i < suite_count; i++) {
        struct test_search *t = open_search(suites[i]->name);
        search_findings(&t->search, &t->found);
        ck_assert_uint_ge(t->found.count, 2);
        ck_assert(isnan(t->found.rows[0].value));
        for (uint32_t k = 0; k < t->found.count; k++)
            ck_assert_msg(t->found.rows[k].reason[0], "%s", t->found.rows[k].name);
        free(t);
    }
    ck_assert_ptr_null(suite_find("none"));
}
END_TEST

CHECK_MAIN("suite/limits", test_steps_until_it_breaks,
           test_a_step_lasts_until_its_completions_may_be_expected, test_never_stable,
           test_always_stable, test_not_monotone, test_a_late_generator_is_told_apart,
           test_late_once_is_tried_again, test_missing_figures, test_nothing_ever_ends,
           test_before_the_first_trial)
