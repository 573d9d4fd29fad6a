/* SPDX-License-Identifier: BSD-3-Clause */
/* The grammar of rules: every metric, operator and unit, and every way to be wrong. */
#include "run/sla.h"

#include <math.h>
#include <string.h>

#include "base/drop.h"
#include "base/err.h"
#include "tests/lib/check_main.h"

static struct sla_rule rules[SLA_RULES_MAX];
static struct err e;

static int parsed(const char *text)
{
    e = (struct err){0};
    return sla_parse(text, rules, &e);
}

static void reads(const char *text, const char *metric, enum sla_op op, double target,
                  const char *unit)
{
    ck_assert_msg(parsed(text) == 1, "%s: %s", text, e.message);
    ck_assert_str_eq(rules[0].text, text);
    ck_assert_str_eq(rules[0].metric.name, metric);
    ck_assert_int_eq(rules[0].op, op);
    ck_assert_double_eq_tol(rules[0].target, target, 1e-9 * target + 1e-12);
    ck_assert_str_eq(figure_unit_text(rules[0].metric.unit), unit);
}

static void refused(const char *text, const char *message)
{
    ck_assert_msg(parsed(text) < 0, "%s was taken", text);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    ck_assert_msg(strstr(e.message, message), "%s: found \"%s\", expected \"%s\"", text, e.message,
                  message);
}

START_TEST(each_unit)
{
    reads("latency_p95<100ms", "latency_p95", SLA_LT, 1e5, "us");
    reads("p999<=40us", "latency_p999", SLA_LE, 40, "us");
    reads("latency_p99_us<1.5s", "latency_p99", SLA_LT, 1.5e6, "us");
    reads("service_mean<7ns", "service_mean", SLA_LT, 0.007, "us");
    reads("connect_max < 2 s", "connect_max", SLA_LT, 2e6, "us");
    reads("errors<0.05%", "errors", SLA_LT, 0.05, "%");
    reads("errors_percent=0%", "errors", SLA_EQ, 0, "%");
    reads("in_order>99.99%", "in_order", SLA_GT, 99.99, "%");
    reads("cpu_percent<250%", "cpu_percent", SLA_LT, 250, "%");
    reads("msg_per_s>=50,000", "msg_per_s", SLA_GE, 50000, "1/s");
    reads("throughput>60k/s", "msg_per_s", SLA_GT, 60000, "1/s");
    reads("transactions_per_s>=600/min", "transactions_per_s", SLA_GE, 10, "1/s");
    reads("wire_gbit_per_s>=9.5", "wire_gbit_per_s", SLA_GE, 9.5, "Gbit/s");
    reads("bandwidth>=100MiB/s", "bandwidth", SLA_GE, 100, "MiB/s");
    reads("bandwidth_in>512KiB", "bandwidth_in", SLA_GT, 0.5, "MiB/s");
    reads("memory_rss<1GiB", "memory_rss", SLA_LT, 1024, "MiB");
    reads("memory_bytes_per_conn<2KiB", "memory_bytes_per_conn", SLA_LT, 2048, "B");
    reads("connections>=100k", "connections", SLA_GE, 100000, "");
    reads("memory_growth<50MiB/30s", "memory_growth", SLA_LT, 50, "MiB");
    ck_assert_uint_eq(rules[0].window_ns, 30000000000ull);
}
END_TEST

/* Whatever can be named can be read, and reads back under its own name. */
START_TEST(each_metric)
{
    static const char *const parts[] = {"p50", "p90", "p95", "p99", "p999", "p9999", "max", "mean"};
    char text[80], names[2000] = "", *rest = names;
    struct figure_name f;
    for (enum time_kind t = 0; t < TIME_COUNT; t++)
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            snprintf(text, sizeof text, "%s_%s", time_name(t), parts[i]);
            ck_assert_msg(figure_find(text, &f), "%s", text);
            ck_assert_str_eq(f.name, text);
            ck_assert_int_eq(f.time, t);
        }
    for (int k = RESULT_OK + 1; k < RESULT_COUNT; k++) {
        snprintf(text, sizeof text, "error.%s<1%%", result_name((enum result)k));
        ck_assert_msg(parsed(text) == 1, "%s", e.message);
        ck_assert_str_eq(rules[0].metric.key, result_name((enum result)k));
        snprintf(text, sizeof text, "connect_error.%s", result_name((enum result)k));
        ck_assert(figure_find(text, &f));
    }
    for (int k = 0; k < COUNTER_COUNT; k++) {
        snprintf(text, sizeof text, "counter.%s", counter_name((enum counter)k));
        ck_assert_msg(figure_find(text, &f), "%s", text);
    }
    for (int k = 1; k < DROP_COUNT; k++) {
        snprintf(text, sizeof text, "drop.%s", drop_name((enum drop)k));
        ck_assert_msg(figure_find(text, &f), "%s", text);
    }
    FILE *out = fmemopen(names, sizeof names, "w");
    figure_list(out);
    fclose(out);
    for (char *name; (name = strsep(&rest, ",")) && !strchr(name, '[');) {
        name += strspn(name, " ");
        ck_assert_msg(figure_find(name, &f) && !strcmp(f.name, name), "%s", name);
    }
}
END_TEST

START_TEST(each_operator)
{
    static const struct {
        const char *rule;
        bool below, at, above;
    } rows[] = {{"p50<2us", true, false, false},
                {"p50<=2us", true, true, false},
                {"p50>2us", false, false, true},
                {"p50>=2us", false, true, true},
                {"p50=2us", false, true, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(parsed(rows[i].rule), 1);
        ck_assert_int_eq(sla_holds(&rules[0], 1.999), rows[i].below);
        ck_assert_int_eq(sla_holds(&rules[0], 2), rows[i].at);
        ck_assert_int_eq(sla_holds(&rules[0], 2.001), rows[i].above);
        ck_assert(!sla_holds(&rules[0], NAN));
    }
}
END_TEST

START_TEST(several_rules)
{
    ck_assert_int_eq(parsed(""), 0);
    ck_assert_int_eq(parsed("  "), 0);
    ck_assert_int_eq(parsed("latency_p95<100ms, errors<0.05%, msg_per_s>=10,000,in_order>99.99%, "
                            "memory_growth<50MiB/30s, error.timeout<0.02%"),
                     6);
    ck_assert_double_eq(rules[2].target, 10000);
    ck_assert_int_eq(parsed("p95>1ms, p95<2ms"), 2);
    ck_assert_int_eq(parsed("p95<2ms, p95<1ms, p99<1ms"), 3);
    ck_assert_int_eq(parsed("p95>=1ms, p95<=1ms"), 2);
    ck_assert_int_eq(parsed("memory_growth<5MiB/1min, memory_growth>50MiB/30s"), 2);
}
END_TEST

START_TEST(wrong_metrics)
{
    refused("latncy_p95<1ms",
            "latncy_p95<1ms: no metric \"latncy_p95\": expected one of msg_per_s");
    refused("p98<1ms", "no metric \"p98\"");
    refused("jitter_p99<1ms", "no metric \"jitter_p99\"");
    refused("latency_<1ms", "no metric \"latency_\"");
    refused("error.bad<1%", "no metric \"error.bad\"");
    refused("error.ok<1%", "no metric \"error.ok\"");
    refused("counter.nothing=0", "no metric \"counter.nothing\"");
    refused("drop.none=0", "no metric \"drop.none\"");
    refused("<1ms", "no metric \"\"");
}
END_TEST

START_TEST(wrong_values_and_units)
{
    refused("p95<100", "p95<100: expected a time with its unit (100ms) behind <");
    refused("p95<fast", "expected a time");
    refused("p95<-1ms", "expected a time");
    refused("p95<5%", "expected a time");
    refused("errors<5", "expected percent from 0% to 100% (0.05%) behind <");
    refused("errors<101%", "expected percent from 0% to 100%");
    refused("errors<-1%", "expected percent");
    refused("errors<nan%", "expected percent");
    refused("errors<few", "expected percent");
    refused("cpu_percent<1", "expected percent of a core (90%) behind <");
    refused("msg_per_s>=10ms", "expected a rate (10000, 60k/s) behind >=");
    refused("msg_per_s>=", "expected a rate");
    refused("wire_gbit_per_s>=10%", "expected a number of Gbit/s (9.5)");
    refused("memory_rss<5ms", "expected bytes (64MiB) behind <");
    refused("memory_bytes_per_conn<2k", "expected bytes (2KiB)");
    refused("bandwidth>9Gbit/s", "expected bytes a second (100MiB/s)");
    refused("connections>=1.5", "expected a whole number (1000)");
    refused("memory_growth<50MiB", "expected bytes and a time (50MiB/30s) behind <");
    refused("memory_growth<50MiB/0s", "expected bytes and a time");
    refused("memory_growth<50MiB/30MiB", "expected bytes and a time");
}
END_TEST

START_TEST(wrong_forms)
{
    refused("p95", "p95: expected METRIC OP VALUE[UNIT], as in p95<100ms");
    refused("p95!1ms", "expected METRIC OP VALUE[UNIT]");
    refused("p95==1ms", "expected a time");
    refused("p95<1ms,", "expected METRIC OP VALUE[UNIT]");
    refused("p95<1ms,,p50<1ms", "expected METRIC OP VALUE[UNIT]");
    refused("p95<1ms p50<1ms", "expected a time");
    char many[600] = "p95<1ms";
    for (int i = 0; i < SLA_RULES_MAX; i++)
        strcat(many, ",p95<1ms");
    refused(many, "expected at most 16 rules");
    memset(many, 'a', 120);
    strcpy(many + 120, "<1ms");
    refused(many, "expected METRIC OP VALUE[UNIT]");
}
END_TEST

START_TEST(contradictions)
{
    refused("errors<0%", "errors<0%: it never holds: expected another value");
    refused("success>100%", "it never holds");
    refused("msg_per_s>=0", "it always holds");
    refused("errors<=100%", "it always holds");
    refused("p95<1ms, p95>1ms", "p95<1ms and p95>1ms exclude each other: expected one of them");
    refused("p95>=2ms, errors<1%, latency_p95<2ms", "p95>=2ms and latency_p95<2ms exclude");
    refused("connections=5, connections=6", "exclude each other");
    refused("connections=5, connections<5", "exclude each other");
}
END_TEST

START_TEST(the_table_of_metrics_is_that_of_the_program)
{
    static char table[20000], docs[200000];
    FILE *out = fmemopen(table, sizeof table, "w"), *in = fopen(DOCS_DIR "/JOBS.md", "r");
    ck_assert(out && in);
    figure_print_markdown(out);
    fclose(out);
    ck_assert_uint_lt(fread(docs, 1, sizeof docs - 1, in), sizeof docs - 1);
    fclose(in);
    ck_assert_msg(strstr(docs, table), "docs/JOBS.md lacks what tests/unit/run/print_figures prints");
}
END_TEST

CHECK_MAIN("run/sla", the_table_of_metrics_is_that_of_the_program, each_unit, each_metric, each_operator, several_rules, wrong_metrics,
           wrong_values_and_units, wrong_forms, contradictions)
