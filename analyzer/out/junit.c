/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * JUnit XML as CI servers read it: a run is a test suite, the run itself and each rule of its SLA a
 * test case. FAIL is a failure, NOT_MEASURED an error (only PASS and WARN pass), what does not
 * apply is skipped.
 */
#include <math.h>
#include <string.h>

#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/metric.h"
#include "analyzer/out/writer.h"

static bool is(const char *text, const char *what)
{
    return text && strcmp(text, what) == 0;
}

/* The element that a verdict puts into its test case; NULL: it passed. */
static const char *element_of(const char *state)
{
    if (is(state, "PASS") || is(state, "WARN"))
        return NULL;
    if (is(state, "FAIL"))
        return "failure";
    return is(state, "SKIP") || is(state, "NOT_APPLICABLE") ? "skipped" : "error";
}

/* The same of the run as a whole. */
static const char *run_element(const struct run_info *run)
{
    if (run->state != RUN_DONE)
        return "error";
    return run->valid == 0 ? "failure" : NULL;
}

static int count(const struct summary *s, const char *element)
{
    int n = is(run_element(&s->run), element);
    for (size_t i = 0; i < s->verdicts.count; i++)
        n += is(element_of(s->verdicts.rows[i].state), element);
    return n;
}

static void open_case(FILE *out, const struct summary *s, const char *name)
{
    fputs("    <testcase classname=\"", out);
    escape_xml(out, s->run.workload_id);
    fputs("\" name=\"", out);
    escape_xml(out, name);
    fputs("\"", out);
}

static void put_run_case(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    const char *element = run_element(run);
    const char *why = run->state != RUN_DONE ? run->state_reason : run->invalid_reason;
    open_case(out, s, "run");
    if (!element) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, ">\n      <%s type=\"%s\" message=\"", element,
            run->state != RUN_DONE ? run_state_name(run->state) : "invalid");
    escape_xml(out, format_or(why, "no reason is stored"));
    fputs("\"/>\n    </testcase>\n", out);
}

static void put_actual(FILE *out, const struct verdict_info *v)
{
    char actual[40] = "not measured";
    if (!isnan(v->actual))
        format_number(actual, sizeof actual, v->actual);
    escape_xmlf(out, "%s: %s%s%s%s%s", v->rule, actual, isnan(v->actual) ? "" : " ",
                isnan(v->actual) ? "" : format_or(v->unit, ""), v->reason ? ", " : "",
                format_or(v->reason, ""));
}

static void put_verdict(FILE *out, const struct summary *s, const struct verdict_info *v)
{
    char name[300];
    const char *element = element_of(v->state);
    snprintf(name, sizeof name, "%s%s%s", format_or(v->phase, ""), v->phase ? ": " : "", v->rule);
    open_case(out, s, name);
    if (element)
        fprintf(out, ">\n      <%s type=\"%s\" message=\"", element, v->state);
    else
        fprintf(out, ">\n      <system-out>%s ", v->state);
    put_actual(out, v);
    fputs(element ? "\"/>\n    </testcase>\n" : "</system-out>\n    </testcase>\n", out);
}

static void put_properties(FILE *out, const struct summary *s)
{
    fprintf(out, "    <properties>\n      <property name=\"run_id\" value=\"%lld\"/>\n",
            (long long)s->run.id);
    fputs("      <property name=\"run_uuid\" value=\"", out);
    escape_xml(out, s->run.uuid);
    fputs("\"/>\n", out);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        struct metric_value m;
        metric_at(s, i, &m);
        if (m.figure.has)
            fprintf(out, "      <property name=\"%s\" value=\"%.12g\"/>\n", m.name, m.figure.value);
    }
    fputs("    </properties>\n", out);
}

static void put_suite(FILE *out, const struct summary *s, size_t id)
{
    char when[40];
    const struct figure *seconds = &s->figures[FIGURE_ACTUAL_DURATION];
    format_time(when, sizeof when, s->run.started_ns);
    when[strcspn(when, "Z")] = '\0'; /* the format's dates have no zone: UTC */
    fprintf(out, "  <testsuite id=\"%zu\" name=\"", id);
    escape_xml(out, s->run.workload_id);
    fprintf(out, "\" tests=\"%zu\" failures=\"%d\" errors=\"%d\" skipped=\"%d\"",
            s->verdicts.count + 1, count(s, "failure"), count(s, "error"), count(s, "skipped"));
    if (seconds->has)
        fprintf(out, " time=\"%.3f\"", seconds->value);
    fprintf(out, " timestamp=\"%s\" hostname=\"", when);
    escape_xml(out, s->run.host);
    fputs("\">\n", out);
    put_properties(out, s);
    put_run_case(out, s);
    for (size_t i = 0; i < s->verdicts.count; i++)
        put_verdict(out, s, &s->verdicts.rows[i]);
    fputs("  </testsuite>\n", out);
}

int junit_write(FILE *out, const struct report *r, struct err *e)
{
    (void)e;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wirebench\">\n", out);
    for (size_t i = 0; i < r->count; i++)
        put_suite(out, &r->runs[i], i);
    fputs("</testsuites>\n", out);
    return 0;
}
