/* SPDX-License-Identifier: BSD-3-Clause */
/* Axes and words of relative changes. */
#include "analyzer/charts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/check_main.h"

static const char *words(double ratio)
{
    static char buf[40];
    return chart_change_words(buf, sizeof buf, log(ratio));
}

START_TEST(test_words)
{
    ck_assert_str_eq(words(1), "0 %");
    ck_assert_str_eq(words(1.0004), "0 %");
    ck_assert_str_eq(words(1.042), "+4.2 %");
    ck_assert_str_eq(words(0.9), "-10.0 %");
    ck_assert_str_eq(words(0.005), "-99.50 %");
    ck_assert_str_eq(words(12.34), "\303\227 12.3");
    ck_assert_str_eq(words(4321), "\303\227 4.32e+03");
    ck_assert_str_eq(words(INFINITY), "only now");
    ck_assert_str_eq(words(0), "only before");
}
END_TEST

static struct chart_change_axis drawn;

/* What gnuplot is told of an axis; the caller frees. */
static char *axis_text(struct chart_change_axis a, char axis)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    chart_put_change_axis(out, &a, axis);
    fclose(out);
    drawn = a;
    return text;
}

START_TEST(test_axis_holds_points_and_margins)
{
    struct chart_change_axis a = {0};
    chart_change_hold(&a, log(1.5));
    chart_change_hold(&a, NAN);
    chart_change_hold_margin(&a, log(1.1));
    char *text = axis_text(a, 'x');
    ck_assert_double_gt(drawn.hi, log(1.5));
    ck_assert_double_lt(drawn.lo, -log(1.1));
    ck_assert_double_gt(drawn.lo, -log(1.5)); /* nothing lies there */
    ck_assert_ptr_nonnull(strstr(text, "set xtics"));
    ck_assert_ptr_nonnull(strstr(text, "'0 %%' 0"));
    ck_assert_ptr_nonnull(strstr(text, "'+20 %%' 0.18"));
    free(text);
}
END_TEST

/* One metric that nothing is known of does not squeeze the others into a line. */
START_TEST(test_wide_intervals_are_cut)
{
    struct chart_change_axis a = {0};
    chart_change_hold(&a, log(1.1));
    chart_change_reach(&a, log(1000));
    chart_change_reach(&a, -INFINITY);
    free(axis_text(a, 'x'));
    ck_assert_double_lt(drawn.hi, log(2));
    ck_assert_double_gt(drawn.lo, log(0.5));
    ck_assert_double_eq(chart_change_within(&drawn, log(1000)), drawn.hi);
    ck_assert_double_eq(chart_change_within(&drawn, -INFINITY), drawn.lo);
    ck_assert_double_eq(chart_change_within(&drawn, 0.01), 0.01);
    ck_assert(isnan(chart_change_within(&drawn, NAN)));
}
END_TEST

START_TEST(test_axis_of_nothing_and_of_everything)
{
    struct chart_change_axis a = {0};
    char *text = axis_text(a, 'y');
    ck_assert_double_lt(drawn.lo, 0);
    ck_assert_double_gt(drawn.hi, 0);
    free(text);
    chart_change_hold(&a, INFINITY);
    chart_change_hold(&a, log(0.02));
    text = axis_text(a, 'x');
    ck_assert(isfinite(drawn.hi));
    ck_assert_ptr_nonnull(strstr(text, "'\303\227 100'"));
    ck_assert_ptr_null(strstr(text, "'+5 %%'")); /* no room */
    free(text);
}
END_TEST

CHECK_MAIN("analyzer/chart_change", test_words, test_axis_holds_points_and_margins,
           test_wide_intervals_are_cut, test_axis_of_nothing_and_of_everything)
