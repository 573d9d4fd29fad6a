/* SPDX-License-Identifier: BSD-3-Clause */
/* Percentile rules on few samples. The numbers are those of the binomial bound: 0.95^58 = 0.0510,
 * 0.95^59 = 0.0485; of 20 samples P(X >= 3) = 0.0755, P(X >= 4) = 0.0159 at 5 % each. */
#include "run/sla_few.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "tests/lib/check_main.h"

static struct hist h;
static struct hist_sum sum;
static struct sla_few few;
static char reason[200];

static struct sla_rule rule_of(const char *text)
{
    struct sla_rule rules[SLA_RULES_MAX];
    struct err e = {0};
    ck_assert_msg(sla_parse(text, rules, &e) == 1, "%s", e.message);
    return rules[0];
}

/* `kept` samples of 1 ms, `broke` of `broke_ns`. */
static void samples(uint32_t kept, uint32_t broke, uint64_t broke_ns)
{
    hist_reset(&h);
    for (uint32_t i = 0; i < kept; i++)
        hist_record(&h, 1000000);
    for (uint32_t i = 0; i < broke; i++)
        hist_record(&h, broke_ns);
    hist_sum_reset(&sum);
    hist_sum_add(&sum, &h);
}

static void judged(const char *text, uint64_t num, uint64_t den, enum binomial_ruling want)
{
    struct sla_rule rule = rule_of(text);
    sla_few_judge(&rule, num, den, &sum, &few);
    ck_assert_msg(few.ruling == want, "%s: %s", text, sla_few_reason(&few, reason, sizeof reason));
}

START_TEST(samples_support_refute_or_leave_open)
{
    samples(58, 0, 0);
    judged("p95<100ms", 95, 100, RULING_OPEN);
    ck_assert_str_eq(
        sla_few_reason(&few, reason, sizeof reason),
        "few samples: 0 of 58 at or beyond the value, which decides nothing (one-sided "
        "binomial, 95 %); 59 with none there would");
    samples(59, 0, 0);
    judged("p95<100ms", 95, 100, RULING_SUPPORTED);
    samples(17, 3, 200000000);
    judged("p95<100ms", 95, 100, RULING_OPEN);
    samples(16, 4, 200000000);
    judged("p95<100ms", 95, 100, RULING_REFUTED);
    ck_assert_ptr_nonnull(strstr(sla_few_reason(&few, reason, sizeof reason), "4 of 20"));
    samples(16, 4, 1ull << 40); /* beyond all buckets */
    judged("p95<100ms", 95, 100, RULING_REFUTED);
    samples(0, 0, 0);
    judged("p95<100ms", 95, 100, RULING_OPEN);
    ck_assert_ptr_nonnull(strstr(sla_few_reason(&few, reason, sizeof reason), "no sample"));
}
END_TEST

START_TEST(more_than_is_the_other_way_round)
{
    samples(59, 0, 0);
    judged("p95>100ms", 95, 100, RULING_REFUTED);
    judged("p95>=100ms", 95, 100, RULING_REFUTED);
    samples(16, 4, 200000000);
    judged("p95>100ms", 95, 100, RULING_SUPPORTED);
    judged("p95=100ms", 95, 100, RULING_OPEN);
    samples(58, 0, 0);
    judged("p95>100ms", 95, 100, RULING_OPEN);
    ck_assert(isnan(few.needs));
}
END_TEST

/* Buckets are 1 ns wide here: a sample at the value breaks < and keeps <=. */
START_TEST(operators_are_strict_as_written)
{
    hist_reset(&h);
    for (int i = 0; i < 59; i++)
        hist_record(&h, 1000);
    hist_sum_reset(&sum);
    hist_sum_add(&sum, &h);
    judged("p95<1us", 95, 100, RULING_REFUTED);
    judged("p95<=1us", 95, 100, RULING_SUPPORTED);
    judged("p95>=1us", 95, 100, RULING_SUPPORTED);
    judged("p95>1us", 95, 100, RULING_REFUTED);
}
END_TEST

/* 100,000,001 ns shares a bucket with the value: nobody can tell on which side it lies. */
START_TEST(what_the_bucket_hides_decides_nothing)
{
    samples(0, 59, 100000001);
    judged("p95<100ms", 95, 100, RULING_OPEN);
    ck_assert_uint_eq(few.broke, 0);
    ck_assert_uint_eq(few.broke_max, 59);
    ck_assert_ptr_nonnull(strstr(sla_few_reason(&few, reason, sizeof reason), "0 to 59 of 59"));
    samples(0, 59, 101000000);
    judged("p95<100ms", 95, 100, RULING_REFUTED);
}
END_TEST

CHECK_MAIN("run/sla_few", samples_support_refute_or_leave_open, more_than_is_the_other_way_round,
           operators_are_strict_as_written, what_the_bucket_hides_decides_nothing)
