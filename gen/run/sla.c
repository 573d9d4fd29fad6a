/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/sla.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"

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

const char *sla_state_name(enum sla_state state)
{
    static const char *const names[SLA_STATES] = {"PASS", "WARN",         "FAIL",
                                                  "SKIP", "NOT_MEASURED", "NOT_APPLICABLE"};
    return names[state];
}

/* --- values ----------------------------------------------------------------------------------- */

/* A bare number would be seconds elsewhere; here it is most likely a forgotten unit. */
static int parse_us(const char *text, double *out)
{
    uint64_t ns;
    size_t len = strlen(text);
    if (!len || !isalpha((unsigned char)text[len - 1]) || units_parse_ns(text, &ns))
        return -EINVAL;
    *out = (double)ns / 1e3;
    return 0;
}

/* A number in plain digits, followed by exactly `unit`. */
static int parse_number(const char *text, const char *unit, double *out)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return -EINVAL;
    *out = strtod(text, &end);
    return !strcmp(end, unit) && isfinite(*out) ? 0 : -EINVAL;
}

static int parse_bytes(const char *text, double scale, double *out)
{
    uint64_t bytes;
    int ret = units_parse_bytes(text, &bytes);
    *out = (double)bytes / scale;
    return ret;
}

/* 100MiB/s; the /s may be left out. */
static int parse_bandwidth(char *text, double *out)
{
    size_t len = strlen(text);
    if (len > 2 && !strcmp(text + len - 2, "/s"))
        text[len - 2] = '\0';
    return parse_bytes(text, 1 << 20, out);
}

static int parse_count(const char *text, double *out)
{
    uint64_t count;
    int ret = units_parse_count(text, &count);
    *out = (double)count;
    return ret;
}

static int parse_value(enum figure_unit unit, char *text, double *out)
{
    switch (unit) {
    case UNIT_US:
        return parse_us(text, out);
    case UNIT_SHARE:
    case UNIT_CPU:
        return parse_number(text, "%", out);
    case UNIT_GBIT_PER_S:
        return parse_number(text, "", out);
    case UNIT_MIB:
        return parse_bytes(text, 1 << 20, out);
    case UNIT_BYTES:
        return parse_bytes(text, 1, out);
    case UNIT_MIB_PER_S:
        return parse_bandwidth(text, out);
    case UNIT_COUNT:
        return parse_count(text, out);
    case UNIT_PER_S:
        return units_parse_rate(text, out);
    }
    return -EINVAL;
}

/* What to write behind the operator. */
static const char *value_example(const struct figure_name *m)
{
    static const char *const examples[] = {
        [UNIT_US] = "a time with its unit (100ms)",
        [UNIT_SHARE] = "percent from 0% to 100% (0.05%)",
        [UNIT_CPU] = "percent of a core (90%)",
        [UNIT_GBIT_PER_S] = "a number of Gbit/s (9.5)",
        [UNIT_MIB] = "bytes (64MiB)",
        [UNIT_BYTES] = "bytes (2KiB)",
        [UNIT_MIB_PER_S] = "bytes a second (100MiB/s)",
        [UNIT_COUNT] = "a whole number (1000)",
        [UNIT_PER_S] = "a rate (10000, 60k/s)",
    };
    return m->windowed ? "bytes and a time (50MiB/30s)" : examples[m->unit];
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

/* --- one rule --------------------------------------------------------------------------------- */

static int parse_target(struct sla_rule *rule, char *text)
{
    char *window = rule->metric.windowed ? strchr(text, '/') : NULL;
    if (rule->metric.windowed && !window)
        return -EINVAL;
    if (window)
        *window++ = '\0';
    int ret = parse_value(rule->metric.unit, trim(text), &rule->target);
    if (!ret && rule->metric.unit == UNIT_SHARE && rule->target > 100)
        ret = -ERANGE;
    if (!ret && window)
        ret = units_parse_ns(trim(window), &rule->window_ns);
    return !ret && window && !rule->window_ns ? -ERANGE : ret;
}

static int refuse_metric(const char *text, const char *name, struct err *e)
{
    char names[450] = "";
    FILE *out = fmemopen(names, sizeof names, "w");
    if (out) {
        figure_list(out);
        fclose(out);
    }
    return err_set(e, EXIT_USAGE, -EINVAL, "%s: no metric \"%s\": expected one of %s", text, name,
                   names);
}

/* No figure is below 0, no share above 100 %. */
static bool can_hold(const struct sla_rule *r)
{
    bool share = r->metric.unit == UNIT_SHARE;
    return !(r->op == SLA_LT && !(r->target > 0)) &&
           !(r->op == SLA_GT && share && r->target >= 100);
}

static bool can_break(const struct sla_rule *r)
{
    bool share = r->metric.unit == UNIT_SHARE;
    return !(r->op == SLA_GE && !(r->target > 0)) &&
           !(r->op == SLA_LE && share && r->target >= 100);
}

static int check_rule(const struct sla_rule *r, struct err *e)
{
    if (can_hold(r) && can_break(r))
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL, "%s: %s: expected another value", r->text,
                   can_hold(r) ? "it always holds" : "it never holds");
}

static int parse_rule(char *text, struct sla_rule *rule, struct err *e)
{
    *rule = (struct sla_rule){.target = NAN};
    snprintf(rule->text, sizeof rule->text, "%s", text);
    char *at = strpbrk(text, "<>=");
    size_t i = 0;
    while (at && i < sizeof ops / sizeof *ops && strncmp(at, ops[i].text, strlen(ops[i].text)))
        i++;
    if (!at || strlen(text) >= sizeof rule->text)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "%s: expected METRIC OP VALUE[UNIT], as in p95<100ms, errors<0.05%%, "
                       "msg_per_s>=10000",
                       rule->text);
    char *value = at + strlen(ops[i].text);
    rule->op = ops[i].op;
    *at = '\0';
    if (!figure_find(trim(text), &rule->metric))
        return refuse_metric(rule->text, trim(text), e);
    if (parse_target(rule, trim(value)))
        return err_set(e, EXIT_USAGE, -EINVAL, "%s: expected %s behind %s", rule->text,
                       value_example(&rule->metric), sla_op_text(rule->op));
    return check_rule(rule, e);
}

/* --- several ---------------------------------------------------------------------------------- */

static bool below(const struct sla_rule *r)
{
    return r->op != SLA_GT && r->op != SLA_GE;
}

static bool above(const struct sla_rule *r)
{
    return r->op != SLA_LT && r->op != SLA_LE;
}

/* Whether no value is both at most what `high` and at least what `low` says. */
static bool apart(const struct sla_rule *high, const struct sla_rule *low)
{
    bool strict = high->op == SLA_LT || low->op == SLA_GT;
    return below(high) && above(low) &&
           (high->target < low->target || (strict && !(high->target > low->target)));
}

static int check_pair(const struct sla_rule *a, const struct sla_rule *b, struct err *e)
{
    if (strcmp(a->metric.name, b->metric.name) || a->window_ns != b->window_ns ||
        !(apart(a, b) || apart(b, a)))
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL, "%s and %s exclude each other: expected one of them",
                   a->text, b->text);
}

/* A comma inside a number (50,000) does not end a rule: the next piece must begin like a metric. */
static char *next_rule(char **rest)
{
    char *rule = *rest, *at = rule;
    if (!rule)
        return NULL;
    for (; (at = strchr(at, ',')); at++) {
        const char *after = at + 1;
        while (isspace((unsigned char)*after))
            after++;
        if (!isdigit((unsigned char)*after))
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
    if (!*trim(copy))
        return 0;
    while ((rule = next_rule(&rest))) {
        if (n == SLA_RULES_MAX)
            return err_set(e, EXIT_USAGE, -EINVAL, "expected at most %d rules", SLA_RULES_MAX);
        int rc = parse_rule(rule, &rules[n], e);
        for (int i = 0; i < n && !rc; i++)
            rc = check_pair(&rules[i], &rules[n], e);
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
