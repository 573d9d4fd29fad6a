/* SPDX-License-Identifier: BSD-3-Clause */
/* find_max against systems whose boundary is known: whether the interval holds it, with noise and
 * without, and what is said where there is nothing to be found. */
#include "tests/unit/suite/fixture.h"

#define SEEDS (SANITIZED ? 15 : 60)

static double log_uniform(struct rng *r, double low, double high)
{
    return low * pow(high / low, uniform(r));
}

/* Of so many searches with seeds of their own, how many intervals hold the truth. */
static unsigned covered(double noise, double lapse, unsigned *narrow, double *trials)
{
    unsigned held = 0;
    *narrow = 0;
    *trials = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct test_search *t = open_search("find_max");
        struct fake f = {.noise = noise, .lapse = lapse};
        rng_seed(&f.rng, seed);
        f.capacity = log_uniform(&f.rng, 150, 6e5);
        *narrow += search_to_end(t, &f) == SUITE_FINISHED;
        const struct suite_finding *row = found(t, "max_rate_per_s");
        held += !(row->low > f.capacity) && !(row->high < f.capacity);
        *trials += (double)t->search.count / SEEDS;
        free(t);
    }
    return held;
}

/* The noise is the width of a logistic spread of the capacity from trial to trial; the lapses, a
 * trial in so many that goes wrong for no reason. 95 % of 60 is 57; the interval promises as much
 * for any noise, and holds more, as it is also good at every moment of the search. */
static void expect_covered(double noise, double lapse)
{
    unsigned narrow;
    double trials;
    unsigned held = covered(noise, lapse, &narrow, &trials);
    ck_assert_msg(held >= SEEDS * 95 / 100, "noise %g, lapse %g: %u of %u", noise, lapse, held,
                  SEEDS);
    if (noise + lapse < 0.001) /* then it also comes to an end */
        ck_assert_msg(narrow >= SEEDS * 8 / 10 && trials < 35, "%u narrow, %.1f trials", narrow,
                      trials);
}

#define COVERS(name, noise, lapse)                                                                 \
    START_TEST(name)                                                                               \
    {                                                                                              \
        expect_covered(noise, lapse);                                                              \
    }                                                                                              \
    END_TEST
COVERS(test_holds_the_truth_without_noise, 0, 0)
COVERS(test_holds_the_truth_with_noise_of_2_in_1000, 0.002, 0)
COVERS(test_holds_the_truth_with_noise_of_1_percent, 0.01, 0)
COVERS(test_holds_the_truth_with_noise_of_3_percent, 0.03, 0)
COVERS(test_holds_the_truth_with_noise_of_10_percent, 0.1, 0)
COVERS(test_holds_the_truth_with_noise_of_30_percent, 0.3, 0)
COVERS(test_holds_the_truth_with_lapses, 0, 0.02)
COVERS(test_holds_the_truth_with_noise_and_lapses, 0.03, 0.05)

START_TEST(test_the_lowest_rate_breaks)
{
    struct test_search *t = open_search("find_max");
    struct fake f = {.capacity = 20};
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    const struct suite_finding *row = found(t, "max_rate_per_s");
    ck_assert(isnan(row->value) && isnan(row->low));
    ck_near(row->high, 100);
    ck_assert_msg(!strncmp(row->reason, "not found: it breaks at find_low", 32), "%s", row->reason);
    ck_assert(isnan(found(t, "max_achieved_per_s")->value));
    free(t);
}
END_TEST

START_TEST(test_the_highest_rate_holds)
{
    struct test_search *t = open_search("find_max");
    struct fake f = {.capacity = 1e9};
    ck_assert_int_eq(search_to_end(t, &f), SUITE_FINISHED);
    const struct suite_finding *row = found(t, "max_rate_per_s");
    ck_near(row->value, 1e6);
    ck_near(row->low, 1e6);
    ck_assert(isnan(row->high));
    ck_assert_msg(!strncmp(row->reason, "at least: it holds at find_high", 31), "%s", row->reason);
    free(t);
}
END_TEST

/* Above its own limit the generator says nothing of the peer. */
START_TEST(test_the_generator_is_the_limit)
{
    struct test_search *t = open_search("find_max");
    struct fake f = {.capacity = 1e9, .late_above = 5000};
    search_to_end(t, &f);
    const struct suite_finding *row = found(t, "max_rate_per_s");
    ck_assert(row->value > 4500 && row->value <= 5000);
    ck_assert(isnan(row->high));
    ck_assert_ptr_nonnull(strstr(row->reason, "the generator is late"));
    ck_assert(!strncmp(found(t, "limited_by")->reason, "generator: ", 11));
    free(t);
}
END_TEST

START_TEST(test_trials_and_time_bound_it)
{
    struct test_search *t = open_search("find_max");
    struct fake f = {.capacity = 7000, .trial_s = 10};
    t->job.search.find_trials = 4;
    ck_assert_int_eq(search_to_end(t, &f), SUITE_UNDECIDED);
    ck_assert_uint_eq(t->search.count, 4);
    ck_assert_ptr_nonnull(strstr(found(t, "max_rate_per_s")->reason, "ended by find_trials"));
    free(t);
    t = open_search("find_max");
    t->job.search.find_ns = 35ull * 1000000000;
    ck_assert_int_eq(search_to_end(t, &f), SUITE_UNDECIDED);
    ck_assert_uint_eq(t->search.count, 4);
    ck_assert_ptr_nonnull(strstr(found(t, "max_rate_per_s")->reason, "ended by find_time"));
    free(t);
}
END_TEST

START_TEST(test_trials_that_decide_nothing)
{
    struct test_search *t = open_search("find_max");
    enum suite_next next;
    while ((next = search_next(&t->search, &t->phase)) == SUITE_MORE) {
        struct trial_result r = {.requested_per_s = t->phase.rate_per_s, .achieved_per_s = NAN,
                                 .success = NAN, .objective = TRIAL_OPEN,
                                 .objective_why = "p99: 3 samples"};
        search_take(&t->search, &r);
    }
    search_findings(&t->search, &t->found);
    ck_assert_int_eq(next, SUITE_UNDECIDED);
    ck_assert_uint_eq(t->search.count, 3);
    const struct suite_finding *row = found(t, "max_rate_per_s");
    ck_assert(isnan(row->value) && isnan(row->high));
    ck_assert_msg(!strcmp(row->reason, "not found: trials decided nothing"), "%s", row->reason);
    free(t);
}
END_TEST

/* Rules that hold are not enough where the rate itself was not achieved. */
START_TEST(test_what_was_not_achieved_holds_nothing)
{
    struct test_search *t = open_search("find_max");
    struct trial_result r = {.requested_per_s = 1000, .achieved_per_s = 899,
                             .objective = TRIAL_PASSED};
    ck_assert_int_eq(search_take(&t->search, &r)->passed, TRIAL_FAILED);
    r.achieved_per_s = 900;
    ck_assert_int_eq(search_take(&t->search, &r)->passed, TRIAL_PASSED);
    free(t);
}
END_TEST

/* The whole table of trials may be filled. */
START_TEST(test_as_many_trials_as_there_may_be)
{
    struct test_search *t = open_search("find_max");
    struct fake f = {.capacity = 7000, .noise = 0.3};
    rng_seed(&f.rng, 5);
    t->job.search.find_trials = SUITE_TRIALS_MAX;
    t->job.search.find_resolution = 0.005;
    for (uint32_t i = 0; i < SUITE_TRIALS_MAX; i++) {
        struct job_phase p = {.rate_per_s = 6000 + i * 5, .connections = 1};
        struct trial_result r;
        play(&f, &p, &r);
        search_take(&t->search, &r);
    }
    ck_assert_int_eq(search_next(&t->search, &t->phase), SUITE_UNDECIDED);
    search_findings(&t->search, &t->found);
    ck_assert(!isnan(found(t, "max_rate_per_s")->value));
    free(t);
}
END_TEST

CHECK_MAIN("suite/find_max", test_holds_the_truth_without_noise,
           test_holds_the_truth_with_noise_of_2_in_1000,
           test_holds_the_truth_with_noise_of_1_percent,
           test_holds_the_truth_with_noise_of_3_percent,
           test_holds_the_truth_with_noise_of_10_percent,
           test_holds_the_truth_with_noise_of_30_percent, test_holds_the_truth_with_lapses,
           test_holds_the_truth_with_noise_and_lapses, test_the_lowest_rate_breaks,
           test_the_highest_rate_holds, test_the_generator_is_the_limit,
           test_trials_and_time_bound_it, test_trials_that_decide_nothing,
           test_what_was_not_achieved_holds_nothing, test_as_many_trials_as_there_may_be)
