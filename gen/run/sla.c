/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/sla.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"

static const struct sla_metric metrics[] = {
    {"msg_per_s", "msg_per_s", "1/s"},
    {"transactions_per_s", "transactions_per_s", "1/s"},
    {"frames_per_s", "frames_per_s", "1/s"},
    {"errors", "errors_percent", "%"},
    {"p50", "latency_p50_us", "us"},
    {"p90", "latency_p90_us", "us"},
    {"p95", "latency_p95_us", "us"},
    {"p99", "latency_p99_us", "us"},
    {"p999", "latency_p999_us", "us"},
    {"p9999", "latency_p9999_us", "us"},
    {"max", "latency_max_us", "us"},
    {"mean", "latency_mean_us", "us"},
};

static const struct {
    const char *text;
    enum sla_op op;
} ops[] = {{"<=", SLA_LE}, {">=", SLA_GE}, {"<", SLA_LT}, {">", SLA_GT}, {"=", SLA_EQ}};

const char *sla_op_text(enum sla_op op)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (ops[i].op == op)
            return ops[i].text;
    return "?";
}

/* latency_p95 and p95 are the same metric. */
static const struct sla_metric *find_metric(const char *name)
{
    if (!strncmp(name, "latency_", 8))
        name += 8;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (!strcmp(metrics[i].name, name))
            return &metrics[i];
    return NULL;
}

static int parse_value(const struct sla_metric *m, const char *text, double *out)
{
    uint64_t n;
    char *end;
    if (!strcmp(m->unit, "us")) {
        /* A bare number would be seconds elsewhere; here it is most likely a forgotten unit. */
        if (!isalpha((unsigned char)text[strlen(text) ? strlen(text) - 1 : 0]) ||
            units_parse_ns(text, &n))
            return -EINVAL;
        *out = (double)n / 1e3;
        return 0;
    }
    if (!strcmp(m->unit, "%")) {
        *out = strtod(text, &end);
        return end != text && !strcmp(end, "%") ? 0 : -EINVAL;
    }
    return units_parse_rate(text, out);
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    return text;
}

static int parse_rule(char *text, struct sla_rule *rule, struct err *e)
{
    snprintf(rule->text, sizeof rule->text, "%s", text);
    char *at = strpbrk(text, "<>=");
    for (size_t i = 0; at && i < sizeof ops / sizeof *ops; i++) {
        size_t n = strlen(ops[i].text);
        if (strncmp(at, ops[i].text, n))
            continue;
        rule->op = ops[i].op;
        *at = '\0';
        rule->metric = find_metric(trim(text));
        if (!rule->metric)
            return err_set(e, EXIT_USAGE, -EINVAL,
                           "sla = \"%s\": no metric \"%s\" in this version: expected msg_per_s, "
                           "transactions_per_s, frames_per_s, errors, p50 ... p9999, max or mean",
                           rule->text, trim(text));
        if (!parse_value(rule->metric, trim(at + n), &rule->target))
            return 0;
        break;
    }
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "sla = \"%s\": expected METRIC OP VALUE[UNIT], as in p95<100ms, errors<0.05%%, "
                   "msg_per_s>=10000", rule->text);
}

/* A comma inside a number (50,000) does not end a rule: the next piece must hold an operator. */
static char *next_rule(char **rest)
{
    char *rule = *rest, *at = rule;
    if (!rule)
        return NULL;
    for (; (at = strchr(at, ',')); at++) {
        const char *after = at + 1;
        while (isspace((unsigned char)*after))
            after++;
        if (isalpha((unsigned char)*after))
            break;
    }
    if (at)
        *at++ = '\0';
    *rest = at;
    return trim(rule);
}

int sla_parse(const char *text, struct sla_rule rules[SLA_RULES_MAX], struct err *e)
{
    char copy[512], *rest = copy, *rule;
    int n = 0;
    snprintf(copy, sizeof copy, "%s", text);
    while ((rule = next_rule(&rest))) {
        if (!*rule)
            continue;
        if (n == SLA_RULES_MAX)
            return err_set(e, EXIT_USAGE, -EINVAL, "sla: more than %d rules", SLA_RULES_MAX);
        int rc = parse_rule(rule, &rules[n], e);
        if (rc)
            return rc;
        n++;
    }
    return n;
}

bool sla_holds(const struct sla_rule *rule, double actual)
{
    switch (rule->op) {
    case SLA_LT:
        return actual < rule->target;
    case SLA_LE:
        return actual <= rule->target;
    case SLA_GT:
        return actual > rule->target;
    case SLA_GE:
        return actual >= rule->target;
    case SLA_EQ:
        return actual <= rule->target && actual >= rule->target;
    }
    return false;
}
