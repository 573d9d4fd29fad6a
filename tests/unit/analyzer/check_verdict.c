/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/verdict.h"

#include <math.h>
#include <string.h>

#include "tests/lib/check_main.h"

START_TEST(verdicts_of_the_rules)
{
    static const struct {
        struct evidence e; /* p, shift, lo, hi, lo90, hi90 */
        enum bad_direction bad;
        enum change change;
        bool strong;
    } rows[] = {
        {{0.01, 0.05, 0.02, 0.08, 0.03, 0.07}, BAD_UP, CHANGE_REGRESSION, false},
        {{0.01, 0.05, 0.04, 0.06, 0.04, 0.06}, BAD_UP, CHANGE_REGRESSION, true},
        {{0.01, 0.05, 0.04, 0.06, 0.04, 0.06}, BAD_DOWN, CHANGE_IMPROVEMENT, true},
        {{0.01, -0.05, -0.06, -0.04, -0.06, -0.04}, BAD_DOWN, CHANGE_REGRESSION, true},
        {{0.01, 0.02, 0.01, 0.03, 0.015, 0.025}, BAD_UP, CHANGE_SAME, false},
        {{0.01, 0.02, 0.00, 0.04, 0.005, 0.035}, BAD_UP, CHANGE_INCONCLUSIVE, false},
        {{0.01, 0.50, -0.10, 1.10, 0.00, 1.00}, BAD_UP, CHANGE_INCONCLUSIVE, false},
        {{0.01, -0.50, -1.10, 0.10, -1.0, 0.00}, BAD_DOWN, CHANGE_INCONCLUSIVE, false},
        {{0.01, 0.50, 0.10, INFINITY, 0.20, INFINITY}, BAD_UP, CHANGE_REGRESSION, true},
        {{0.20, 0.05, -0.02, 0.12, -0.01, 0.11}, BAD_UP, CHANGE_INCONCLUSIVE, false},
        {{0.90, 0.00, -0.02, 0.02, -0.01, 0.01}, BAD_UP, CHANGE_SAME, false},
        {{NAN, 0.50, NAN, NAN, NAN, NAN}, BAD_UP, CHANGE_INCONCLUSIVE, false},
        {{0.01, 0.50, NAN, NAN, NAN, NAN}, BAD_UP, CHANGE_REGRESSION, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verdict_of v = verdict_decide(&rows[i].e, rows[i].bad, 0.03, 0.05);
        ck_assert_msg(v.change == rows[i].change && v.strong == rows[i].strong, "row %zu: %s", i,
                      verdict_name(v.change));
    }
}
END_TEST

/* 2 ((1.959964 + 0.841621) 0.05 / 0.03)^2 = 43.6 */
START_TEST(runs_that_would_decide)
{
    ck_assert_double_eq(verdict_runs_needed(0.05, 0.03, 0.05, 0.80), 44);
    ck_assert_double_eq(verdict_runs_needed(0.03, 0.03, 0.05, 0.80), 16);
    ck_assert(isnan(verdict_runs_needed(NAN, 0.03, 0.05, 0.80)));
}
END_TEST

START_TEST(table_of_metrics_is_whole)
{
    for (size_t i = 0; i < verdict_metric_count; i++) {
        const struct metric *m = &verdict_metrics[i];
        ck_assert(m->margin > 0);
        ck_assert_ptr_eq(verdict_metric(m->name), m); /* the name stands there once */
        ck_assert(strstr(m->name, "latency") == NULL || m->bad == BAD_UP);
    }
    ck_assert_ptr_null(verdict_metric("latency"));
    ck_assert_double_eq_tol(verdict_margin(verdict_metric("latency_p50_us")), log(1.03), 1e-15);
    ck_assert_double_eq(verdict_margin(verdict_metric("in_order_percent")), 0.01);
}
END_TEST

CHECK_MAIN("analyzer/verdict", verdicts_of_the_rules, runs_that_would_decide,
           table_of_metrics_is_whole)
