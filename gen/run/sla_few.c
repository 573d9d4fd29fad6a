/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/sla_few.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How the samples lie to a value: surely below it (or at it), surely above; the rest may be either.
 */
struct split {
    uint64_t below, above;
};

/* `at_is_below`: a sample that equals the value counts as below. */
static struct split split_at(const struct hist_sum *h, uint64_t value_ns, bool at_is_below)
{
    struct split s = {0, 0};
    uint64_t first_above_ns = value_ns + at_is_below;
    for (uint32_t i = 0; i < HIST_COUNTS; i++) {
        if (hist_highest_ns(i) < first_above_ns)
            s.below += h->counts[i];
        else if (hist_lowest_ns(i) >= first_above_ns)
            s.above += h->counts[i];
    }
    if (first_above_ns <= HIST_MAX_NS)
        s.above += h->overflow;
    return s;
}

static enum binomial_ruling negated(enum binomial_ruling r)
{
    switch (r) {
    case RULING_SUPPORTED:
        return RULING_REFUTED;
    case RULING_REFUTED:
        return RULING_SUPPORTED;
    case RULING_OPEN:
        break;
    }
    return RULING_OPEN;
}

/* "p95 < L": at least 95 % lie below L. */
static void judge_below(double share, const struct hist_sum *h, uint64_t value_ns, bool or_at,
                        struct sla_few *out)
{
    struct split s = split_at(h, value_ns, or_at);
    out->broke = s.above;
    out->broke_max = h->count - s.below;
    enum binomial_ruling best =
        binomial_rule((double)h->count, (double)out->broke, share, SLA_FEW_ALPHA);
    enum binomial_ruling worst =
        binomial_rule((double)h->count, (double)out->broke_max, share, SLA_FEW_ALPHA);
    out->ruling = best == worst ? best : RULING_OPEN;
}

void sla_few_judge(const struct sla_rule *rule, uint64_t num, uint64_t den,
                   const struct hist_sum *h, struct sla_few *out)
{
    double share = (double)num / (double)den;
    uint64_t value_ns = (uint64_t)llround(rule->target * 1e3);
    *out = (struct sla_few){.ruling = RULING_OPEN, .count = h->count, .needs = NAN};
    if (rule->op == SLA_LT || rule->op == SLA_LE)
        out->needs = binomial_rule_needs(share, SLA_FEW_ALPHA);
    switch (rule->op) {
    case SLA_LT:
        judge_below(share, h, value_ns, false, out);
        break;
    case SLA_LE:
        judge_below(share, h, value_ns, true, out);
        break;
    case SLA_GT: /* not (p95 <= L) */
        judge_below(share, h, value_ns, true, out);
        out->ruling = negated(out->ruling);
        break;
    case SLA_GE:
        judge_below(share, h, value_ns, false, out);
        out->ruling = negated(out->ruling);
        break;
    case SLA_EQ: /* no number of samples supports a point */
        judge_below(share, h, value_ns, true, out);
        out->ruling = RULING_OPEN;
        break;
    }
}

char *sla_few_reason(const struct sla_few *f, char *buf, size_t size)
{
    char most[32] = "", needs[48] = "";
    if (!f->count) {
        snprintf(buf, size, "no sample in the measured phases");
        return buf;
    }
    if (f->broke_max != f->broke)
        snprintf(most, sizeof most, " to %llu", (unsigned long long)f->broke_max);
    int n = snprintf(buf, size, "few samples: %llu%s of %llu at or beyond the value, which ",
                     (unsigned long long)f->broke, most, (unsigned long long)f->count);
    switch (f->ruling) {
    case RULING_SUPPORTED:
        snprintf(buf + n, size - (size_t)n, "supports the rule (one-sided binomial, 95 %%)");
        break;
    case RULING_REFUTED:
        snprintf(buf + n, size - (size_t)n, "refutes the rule (one-sided binomial, 95 %%)");
        break;
    case RULING_OPEN:
        snprintf(buf + n, size - (size_t)n, "decides nothing (one-sided binomial, 95 %%)");
        if (!isnan(f->needs))
            snprintf(needs, sizeof needs, "; %.0f with none there would", f->needs);
        break;
    }
    snprintf(buf + strlen(buf), size - strlen(buf), "%s", needs);
    return buf;
}
