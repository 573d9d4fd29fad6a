/* SPDX-License-Identifier: BSD-3-Clause */
/* The three steps of RFC 9411: a tenth, the objective, and what is achievable below it. */
#include "tests/unit/suite/fixture.h"

/* An objective of 1,000/s; or of 1,000 connections, each of which makes 0.5 requests a second. */
static struct test_search *search_of(bool connections)
{
    struct test_search *t = open_search("rfc9411");
    struct job_phase *p = &t->job.phases[0];
    p->rate_max = connections;
    p->rate_per_s = connections ? 0 : 1000;
    p->rate_scale = 1;
    p->connections = connections ? 1000 : 100;
    p->churn_rate_per_s = 100;
    p->warmup_ns = 60000000000;
    p->duration_ns = 300000000000;
    strcpy(p->shape, connections ? "max" : "constant");
    strcpy(p->sla, "errors<0.001%");
    return t;
}

static double asked(const struct test_search *t, uint32_t trial)
{
    return t->search.trials[trial].result.requested_per_s;
}

START_TEST(test_the_objective_is_reached)
{
    struct test_search *t = search_of(false);
    struct fake f = {.capacity = 1500};
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    ck_assert_uint_eq(t->search.count, 2);
    ck_near(asked(t, 0), 100);
    ck_near(asked(t, 1), 1000);
    ck_near(found(t, "validated_per_s")->value, 1000);
    ck_assert(isnan(found(t, "validated_per_s")->high));
    ck_assert_str_eq(found(t, "validated_per_s")->reason, "the objective was validated");
    ck_near(found(t, "objective_per_s")->value, 1000);
    ck_assert_int_eq(found(t, "throughput")->trial, 1);
    free(t);
}
END_TEST

START_TEST(test_a_trial_has_the_phases)
{
    struct test_search *t = search_of(false);
    ck_assert_int_eq(search_next(&t->search, &t->phase), SUITE_MORE);
    ck_assert(t->phase.ramps_up);
    ck_assert_uint_eq(t->phase.warmup_ns, 60000000000);
    ck_assert_uint_eq(t->phase.duration_ns, 300000000000);
    ck_near(t->phase.churn_rate_per_s, 10);
    free(t);
}
END_TEST

START_TEST(test_what_is_achievable_is_found)
{
    static const double capacities[] = {101, 320, 650, 999};
    for (unsigned i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        struct test_search *t = search_of(false);
        struct fake f = {.capacity = capacities[i]};
        ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
        const struct suite_finding *row = found(t, "validated_per_s");
        ck_assert_double_le(row->value, capacities[i]);
        ck_assert_double_gt(row->high, capacities[i]);
        ck_assert_double_le(row->high, row->value * 1.05);
        ck_assert_uint_le(t->search.count, 2 + 6); /* ln(10) / ln(1.05) = 47 < 2^6 */
        ck_assert_int_eq(t->search.trials[row->trial].passed, TRIAL_PASSED);
        ck_assert_str_eq(found(t, "limited_by")->reason, "peer: ");
        free(t);
    }
}
END_TEST

START_TEST(test_a_tenth_does_not_hold)
{
    struct test_search *t = search_of(false);
    struct fake f = {.capacity = 99};
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    ck_assert_uint_eq(t->search.count, 1);
    ck_assert(isnan(found(t, "validated_per_s")->value));
    ck_assert_ptr_nonnull(strstr(found(t, "validated_per_s")->reason, "a tenth of the objective did not hold"));
    free(t);
}
END_TEST

START_TEST(test_what_a_rate_may_stay_below)
{
    for (int i = 0; i < 2; i++) {
        struct test_search *t = search_of(false);
        struct fake f = {.capacity = 1e6};
        struct trial_result r;
        ck_assert_int_eq(search_next(&t->search, &t->phase), SUITE_MORE);
        play(&f, &t->phase, &r);
        r.achieved_per_s = i ? 95.1 : 94.9;
        ck_assert_int_eq(search_take(&t->search, &r)->passed, i ? TRIAL_PASSED : TRIAL_FAILED);
        free(t);
    }
}
END_TEST

/* Whole numbers, and what lies between 31 and 32 is none. */
START_TEST(test_connections)
{
    struct test_search *t = search_of(true);
    struct fake f = {.capacity = 431 * 0.5};
    t->job.search.find_resolution = 0.0005;
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    ck_assert_uint_eq(t->search.trials[0].result.connections, 100);
    ck_assert_uint_eq(t->search.trials[1].result.connections, 1000);
    ck_near(asked(t, 0), 50);
    ck_near(found(t, "validated_connections")->value, 431);
    ck_near(found(t, "validated_connections")->high, 432);
    ck_near(found(t, "objective_connections")->value, 1000);
    free(t);
}
END_TEST

START_TEST(test_connections_that_do_not_open)
{
    struct test_search *t = search_of(true);
    struct fake f = {.capacity = 1e6};
    while (search_next(&t->search, &t->phase) == SUITE_MORE) {
        struct trial_result r;
        play(&f, &t->phase, &r);
        r.open = fmin(r.open, 600);
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_assert_str_eq(t->search.trials[1].reason, "600 of 1000 connections were open");
    ck_assert_double_le(found(t, "validated_connections")->value, 600);
    ck_assert_double_gt(found(t, "validated_connections")->high, 600);
    free(t);
}
END_TEST

START_TEST(test_a_late_generator_is_no_failure_of_the_peer)
{
    struct test_search *t = search_of(false);
    struct fake f = {.capacity = 1e6, .late_above = 500};
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    for (uint32_t i = 0; i < t->search.count; i++)
        ck_assert_int_ne(t->search.trials[i].passed, TRIAL_FAILED);
    ck_assert_double_le(found(t, "validated_per_s")->value, 500);
    ck_assert(isnan(found(t, "validated_per_s")->high));
    ck_near(asked(t, 1), 1000);
    ck_near(asked(t, 3), 1000);
    ck_assert_double_lt(asked(t, 4), 1000); /* late three times: believed */
    ck_assert(!strncmp(found(t, "limited_by")->reason, "generator: ", 11));
    free(t);
}
END_TEST

START_TEST(test_late_once_is_tried_again)
{
    struct test_search *t = search_of(false);
    struct fake f = {.capacity = 1e6};
    while (search_next(&t->search, &t->phase) == SUITE_MORE) {
        struct trial_result r;
        play(&f, &t->phase, &r);
        r.late = t->search.count % 2 == 0;
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_assert_uint_eq(t->search.count, 4);
    ck_near(found(t, "validated_per_s")->value, 1000);
    free(t);
}
END_TEST

START_TEST(test_trials_that_decide_nothing)
{
    struct test_search *t = search_of(false);
    struct fake f = {.capacity = 1e6};
    enum suite_next next;
    while ((next = search_next(&t->search, &t->phase)) == SUITE_MORE) {
        struct trial_result r;
        play(&f, &t->phase, &r);
        r.objective = TRIAL_OPEN;
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_assert_int_eq(next, SUITE_UNDECIDED);
    ck_assert_uint_eq(t->search.count, 3);
    ck_assert(isnan(found(t, "validated_per_s")->value));
    free(t);
}
END_TEST

CHECK_MAIN("suite/rfc9411", test_the_objective_is_reached, test_a_trial_has_the_phases,
           test_what_is_achievable_is_found, test_a_tenth_does_not_hold, test_what_a_rate_may_stay_below,
           test_connections, test_connections_that_do_not_open,
           test_a_late_generator_is_no_failure_of_the_peer, test_late_once_is_tried_again,
           test_trials_that_decide_nothing)
