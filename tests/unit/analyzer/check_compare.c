/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/compare.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "tests/lib/check_main.h"

#define NEAR(got, want) ck_assert_double_eq_tol(got, want, 1e-9 * fmax(1, fabs((double)(want))))

static const struct metric metrics[] = {
    {"throughput_msg_per_s", BAD_DOWN, SCALE_LOG, 0.03, true},
    {"latency_p99_us", BAD_UP, SCALE_LOG, 0.03, true},
    {"error_count", BAD_UP, SCALE_COUNT, 0.10, true},
};
enum { RATE, P99, ERRORS, METRICS };

/* Runs that scatter evenly: run i of n lies (i - (n-1)/2) steps of 0.2 % from the centre. */
static void fill(double *values, size_t runs, double rate, double p99, double errors)
{
    for (size_t i = 0; i < runs; i++) {
        double off = 1 + 0.002 * ((double)i - (double)(runs - 1) / 2);
        values[i * METRICS + RATE] = rate * off;
        values[i * METRICS + P99] = p99 / off;
        values[i * METRICS + ERRORS] = errors;
    }
}

struct scene {
    double a[20 * METRICS], b[20 * METRICS], history[40 * METRICS];
    struct compare_input in;
    struct compare_result results[METRICS];
    struct compare_gate gate;
};

static void stage(struct scene *s, size_t a, size_t b, size_t history)
{
    *s = (struct scene){0};
    fill(s->a, a, 50000, 800, 0);
    fill(s->b, b, 50000, 800, 0);
    fill(s->history, history, 50000, 800, 0);
    s->in = (struct compare_input){
        .metrics = metrics,
        .metric_count = METRICS,
        .a = {.values = s->a, .runs = a},
        .b = {.values = s->b, .runs = b},
        .history = {.values = s->history, .runs = history},
        .seed = 1,
    };
}

static void judge(struct scene *s)
{
    ck_assert_int_eq(compare_runs(&s->in, s->results, &s->gate), 0);
}

static void expect(const struct scene *s, size_t metric, enum change change)
{
    const struct compare_result *r = &s->results[metric];
    ck_assert_msg(r->change == change, "%s: %s, expected %s (p %g, shift %g)", metrics[metric].name,
                  verdict_name(r->change), verdict_name(change), r->p_adjusted, r->evidence.shift);
}

START_TEST(same_runs_are_the_same)
{
    static const size_t runs[] = {3, 5, 10};
    for (size_t i = 0; i < 3; i++) {
        struct scene s;
        stage(&s, runs[i], runs[i], 12);
        judge(&s);
        for (size_t j = 0; j < METRICS; j++)
            expect(&s, j, CHANGE_SAME);
        ck_assert_int_eq(s.gate.change, CHANGE_SAME);
        ck_assert_str_eq(s.results[ERRORS].reason, "every run measured the same");
        ck_assert(isnan(s.results[ERRORS].p));
    }
}
END_TEST

START_TEST(a_slower_side_is_a_regression)
{
    static const size_t runs[][2] = {{1, 1}, {5, 1}, {3, 3}, {5, 5}, {10, 10}};
    for (size_t i = 0; i < 5; i++) {
        struct scene s;
        stage(&s, runs[i][0], runs[i][1], 12);
        fill(s.b, runs[i][1], 42000, 800, 0);
        judge(&s);
        expect(&s, RATE, CHANGE_REGRESSION);
        expect(&s, P99, CHANGE_SAME);
        ck_assert(s.results[RATE].strong);
        ck_assert_double_eq_tol(s.results[RATE].ratio, 0.84, 1e-3);
        ck_assert_int_eq(s.gate.change, CHANGE_REGRESSION);
        ck_assert_uint_eq(s.gate.counts[CHANGE_REGRESSION], 1);
        ck_assert_int_eq(s.gate.joint, runs[i][0] >= 5 && runs[i][1] >= 5);
    }
}
END_TEST

/* Ten runs with one error each against ten with two: the labels are as far apart as they can be, and
 * 10 events against 20 may be chance. A burst turns the ratio round, and the ranks not at all. */
START_TEST(counts_are_told_where_ranks_and_rates_agree)
{
    struct scene s;
    stage(&s, 10, 10, 0);
    fill(s.a, 10, 50000, 800, 1);
    fill(s.b, 10, 50000, 800, 2);
    judge(&s);
    const struct compare_result *r = &s.results[ERRORS];
    ck_assert(r->p_adjusted < 0.001 && r->evidence.lo < 0 && r->evidence.hi > 0);
    expect(&s, ERRORS, CHANGE_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(r->reason, "ranks differ"));
    s.a[ERRORS] = 100;
    judge(&s);
    ck_assert(r->evidence.shift < 0 && r->cliff > 0);
    expect(&s, ERRORS, CHANGE_INCONCLUSIVE);
    fill(s.a, 10, 50000, 800, 10);
    fill(s.b, 10, 50000, 800, 20);
    judge(&s);
    expect(&s, ERRORS, CHANGE_REGRESSION);
}
END_TEST

START_TEST(swapped_sides_flip_the_sign)
{
    struct scene s, t;
    stage(&s, 5, 5, 0);
    fill(s.b, 5, 55000, 700, 0);
    stage(&t, 5, 5, 0);
    memcpy(t.a, s.b, sizeof t.a);
    memcpy(t.b, s.a, sizeof t.b);
    judge(&s);
    judge(&t);
    expect(&s, RATE, CHANGE_IMPROVEMENT);
    expect(&t, RATE, CHANGE_REGRESSION);
    ck_assert_int_eq(s.gate.change, CHANGE_IMPROVEMENT);
    for (size_t j = 0; j < ERRORS; j++) {
        NEAR(s.results[j].evidence.shift, -t.results[j].evidence.shift);
        NEAR(s.results[j].evidence.lo, -t.results[j].evidence.hi);
        NEAR(s.results[j].p_adjusted, t.results[j].p_adjusted);
        NEAR(s.results[j].cliff, -t.results[j].cliff);
    }
}
END_TEST

START_TEST(units_do_not_matter)
{
    struct scene s, t;
    stage(&s, 4, 4, 12);
    fill(s.b, 4, 51000, 815, 0);
    t = s;
    t.in.a.values = t.a;
    t.in.b.values = t.b;
    t.in.history.values = t.history;
    for (size_t i = 0; i < 20 * METRICS; i++) {
        t.a[i] *= 1000;
        t.b[i] *= 1000;
    }
    for (size_t i = 0; i < 40 * METRICS; i++)
        t.history[i] *= 1000;
    judge(&s);
    judge(&t);
    for (size_t j = 0; j < ERRORS; j++) {
        ck_assert_double_eq_tol(s.results[j].p, t.results[j].p, 1e-9);
        ck_assert_double_eq_tol(s.results[j].ratio, t.results[j].ratio, 1e-12);
    }
}
END_TEST

START_TEST(one_against_one_without_history_is_open)
{
    struct scene s;
    stage(&s, 1, 1, 0);
    fill(s.b, 1, 20000, 3000, 0);
    judge(&s);
    expect(&s, RATE, CHANGE_INCONCLUSIVE);
    ck_assert(strstr(s.results[RATE].reason, "history") != NULL);
    ck_assert_int_eq(s.gate.change, CHANGE_INCONCLUSIVE);
    ck_assert(isnan(s.gate.p));
}
END_TEST

START_TEST(too_few_runs_say_how_many)
{
    struct scene s;
    stage(&s, 3, 3, 12);
    for (size_t i = 0; i < 12; i++) /* +-15 % from run to run */
        s.history[i * METRICS + RATE] *= i % 2 ? 0.85 : 1.15;
    fill(s.b, 3, 50010, 800.1, 0);
    judge(&s);
    expect(&s, RATE, CHANGE_INCONCLUSIVE);
    ck_assert_double_gt(s.results[RATE].runs_needed, 100);
    NEAR(s.results[RATE].p_min, 0.1); /* Mann-Whitney could not have told either */
    expect(&s, P99, CHANGE_SAME);
}
END_TEST

START_TEST(errors_appear)
{
    static const size_t runs[] = {1, 3, 5};
    for (size_t i = 0; i < 3; i++) {
        struct scene s;
        stage(&s, runs[i], runs[i], 12);
        fill(s.b, runs[i], 50000, 800, 40);
        judge(&s);
        expect(&s, ERRORS, CHANGE_REGRESSION);
        ck_assert_int_eq(s.results[ERRORS].method, runs[i] < 5 ? COMPARE_COUNTS : COMPARE_JOINT);
        ck_assert(isinf(s.results[ERRORS].ratio));
    }
}
END_TEST

/* How much errors vary from run to run, one run against one cannot know: 0 and 40 is a regression
 * after 12 runs without any, nothing at all without a history, and a burst after runs of which some
 * had one as well. */
START_TEST(one_burst_of_errors_is_judged_by_the_history)
{
    struct scene s;
    stage(&s, 1, 1, 0);
    fill(s.b, 1, 50000, 800, 40);
    judge(&s);
    expect(&s, ERRORS, CHANGE_INCONCLUSIVE);
    ck_assert_int_eq(s.results[ERRORS].method, COMPARE_NONE);
    ck_assert(strstr(s.results[ERRORS].reason, "history") != NULL);
    stage(&s, 1, 1, 20);
    fill(s.b, 1, 50000, 800, 40);
    s.history[3 * METRICS + ERRORS] = 45;
    s.history[11 * METRICS + ERRORS] = 60;
    judge(&s);
    expect(&s, ERRORS, CHANGE_INCONCLUSIVE);
    ck_assert_double_ge(s.results[ERRORS].p,
                        (2 * 18.0 + 2) / (190 + 20)); /* pairs of one with and one without */
}
END_TEST

/* Twice the exposure in the history is twice the events, not a burst. */
START_TEST(history_has_its_exposure)
{
    struct scene s;
    double exposure[20], p[2];
    stage(&s, 1, 1, 20);
    for (size_t i = 0; i < 20; i++) {
        exposure[i] = i % 2 ? 2 : 1;
        s.history[i * METRICS + ERRORS] = 50 * exposure[i];
    }
    s.a[ERRORS] = 50;
    s.b[ERRORS] = 100;
    for (int known = 0; known < 2; known++) {
        s.in.history.exposure = known ? exposure : NULL;
        judge(&s);
        p[known] = s.results[ERRORS].p;
    }
    ck_assert_double_lt(p[1], 1e-3);
    ck_assert_double_gt(p[0], 0.05);
}
END_TEST

/* Two runs of the history as far apart as the two that are compared: no surprise, whatever t says;
 * the interval says the same. */
START_TEST(one_against_one_is_no_surer_than_history)
{
    struct scene s;
    stage(&s, 1, 1, 40);
    s.history[7 * METRICS + P99] = 800 * 1.2;
    s.history[23 * METRICS + P99] = 800 * 1.2;
    fill(s.b, 1, 50000, 800 * 1.15, 0);
    judge(&s);
    ck_assert_double_ge(s.results[P99].p, (2 * 38.0 + 2) / (780 + 40) - 1e-12);
    expect(&s, P99, CHANGE_INCONCLUSIVE);
    ck_assert_double_lt(s.results[P99].evidence.lo, 0);
    fill(s.b, 1, 50000, 800 * 1.5, 0);
    judge(&s);
    expect(&s, P99, CHANGE_REGRESSION);
}
END_TEST

/* One pair of eight with a burst says as little as one pair that is slower; all eight are enough.
 */
START_TEST(paired_counts_go_by_pairs)
{
    struct scene s;
    stage(&s, 8, 8, 0);
    s.in.paired = true;
    s.b[5 * METRICS + ERRORS] = 5000;
    judge(&s);
    expect(&s, ERRORS, CHANGE_INCONCLUSIVE);
    ck_assert_int_eq(s.results[ERRORS].method, COMPARE_PAIRED);
    NEAR(s.results[ERRORS].p, 1);
    for (size_t i = 0; i < 8; i++)
        s.b[i * METRICS + ERRORS] = 20 + (double)i;
    judge(&s);
    expect(&s, ERRORS, CHANGE_REGRESSION);
    NEAR(s.results[ERRORS].p, 2.0 / 256);
}
END_TEST

START_TEST(interleaved_pairs_share_what_drifts)
{
    struct scene s;
    stage(&s, 8, 8, 0);
    s.in.paired = true;
    for (size_t i = 0; i < 8; i++) { /* the machine drifts by 20 %, b is always 5 % slower */
        s.a[i * METRICS + RATE] = 50000 * (1 + 0.03 * (double)i);
        s.b[i * METRICS + RATE] = s.a[i * METRICS + RATE] * (0.95 + 0.0005 * (double)i);
    }
    judge(&s);
    expect(&s, RATE, CHANGE_REGRESSION);
    ck_assert_int_eq(s.results[RATE].method, COMPARE_PAIRED);
    NEAR(s.results[RATE].p, 2.0 / 256);
    s.in.b.runs = 7;
    ck_assert_int_eq(compare_runs(&s.in, s.results, &s.gate), -EINVAL);
}
END_TEST

START_TEST(five_pairs_cannot_tell)
{
    struct scene s;
    stage(&s, 5, 5, 0);
    s.in.paired = true;
    fill(s.b, 5, 40000, 800, 0);
    judge(&s);
    expect(&s, RATE, CHANGE_INCONCLUSIVE);
    NEAR(s.results[RATE].p_min, 2.0 / 32);
    ck_assert(strstr(s.results[RATE].reason, "pairs") != NULL);
}
END_TEST

START_TEST(stretches_do_not_mix)
{
    struct scene s;
    uint32_t stretch[12] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
    stage(&s, 1, 1, 12);
    fill(s.history, 6, 30000, 800, 0); /* before a change the level was another */
    fill(s.history + 6 * METRICS, 6, 50000, 800, 0);
    s.in.history.stretch = stretch;
    judge(&s);
    ck_assert_double_lt(s.results[RATE].prior.s0, 0.01);
    NEAR(s.results[RATE].prior.d0, 10);
    s.in.history.stretch = NULL;
    judge(&s);
    ck_assert_double_gt(s.results[RATE].prior.s0, 0.2);
}
END_TEST

START_TEST(what_has_no_logarithm_is_refused)
{
    struct scene s;
    stage(&s, 5, 5, 0);
    s.b[P99] = 0;
    judge(&s);
    expect(&s, P99, CHANGE_INCONCLUSIVE);
    ck_assert_int_eq(s.results[P99].method, COMPARE_NONE);
    ck_assert(isnan(s.results[P99].p_adjusted));
    stage(&s, 5, 5, 0);
    for (size_t i = 0; i < 5; i++)
        s.b[i * METRICS + P99] = NAN;
    judge(&s);
    ck_assert_str_eq(s.results[P99].reason, "a side has no value");
    s.in.a.runs = 0;
    ck_assert_int_eq(compare_runs(&s.in, s.results, &s.gate), -EINVAL);
}
END_TEST

/* Forty metrics and no difference: the same answer twice, and no verdict out of rounding. */
START_TEST(forty_metrics_repeat)
{
    static double a[10 * 40], b[10 * 40];
    static struct compare_result results[40], again[40];
    struct metric many[40];
    struct compare_gate gate, other;
    struct rng rng;
    rng_seed(&rng, 4);
    for (size_t i = 0; i < 400; i++) {
        a[i] = 100 + rng_f64(&rng);
        b[i] = 100 + rng_f64(&rng);
    }
    for (size_t j = 0; j < 40; j++)
        many[j] = metrics[RATE];
    struct compare_input in = {
        .metrics = many, .metric_count = 40, .a = {a, 10}, .b = {b, 10}, .seed = 9};
    ck_assert_int_eq(compare_runs(&in, results, &gate), 0);
    ck_assert_int_eq(compare_runs(&in, again, &other), 0);
    ck_assert(gate.exact && gate.joint);
    ck_assert_double_eq(gate.p, other.p);
    ck_assert_int_eq(gate.change, CHANGE_SAME);
    for (size_t j = 0; j < 40; j++)
        ck_assert_double_eq(results[j].p_adjusted, again[j].p_adjusted);
}
END_TEST

CHECK_MAIN("analyzer/compare", same_runs_are_the_same, a_slower_side_is_a_regression,
           counts_are_told_where_ranks_and_rates_agree,
           swapped_sides_flip_the_sign, units_do_not_matter,
           one_against_one_without_history_is_open, too_few_runs_say_how_many, errors_appear,
           one_burst_of_errors_is_judged_by_the_history, history_has_its_exposure,
           one_against_one_is_no_surer_than_history, paired_counts_go_by_pairs,
           interleaved_pairs_share_what_drifts, five_pairs_cannot_tell, stretches_do_not_mix,
           what_has_no_logarithm_is_refused, forty_metrics_repeat)
