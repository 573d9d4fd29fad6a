/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/writer.h"

#include <string.h>

#include "analyzer/out/by.h"
#include "analyzer/out/compare.h"
#include "analyzer/out/trend.h"

#define HTML_RUNS 20 /* each brings its charts */

const struct writer writers[] = {
    {"--text", NULL, "a summary for people (the default)", .each = text_write,
     .compare = compare_text_write, .trend = trend_text_write, .calibrate = calibrate_text_write,
     .by = by_text_write},
    {"--json", NULL, "one JSON object a run, indented", .each = json_write,
     .compare = compare_json_write, .trend = trend_json_write, .calibrate = calibrate_json_write,
     .by = by_json_write},
    {"--json=lines", NULL, "one JSON object a run, each on one line", .each = json_write_line,
     .compare = compare_json_write_line, .trend = trend_json_write_line,
     .calibrate = calibrate_json_write_line, .by = by_json_write_line},
    {"--markdown", "FILE", "tables for a pull-request comment", .all = markdown_write,
     .compare = compare_markdown_write, .trend = trend_markdown_write},
    {"--html", "FILE", "a report in one file, charts inside; compares several runs",
     .all = html_write, .compare = compare_html_write, .runs_max = HTML_RUNS, .histograms = true, .file_only = true},
    {"--csv", "FILE", "every figure of every run, a line each", .all = csv_write},
    {"--openmetrics", "FILE", "OpenMetrics text, for Prometheus", .all = openmetrics_write},
    {"--junit", "FILE", "JUnit XML: every rule of the SLA a test case", .all = junit_write},
    {"--hlog", "FILE", "HdrHistogram interval log V2 of one run", .all = hlog_write, .runs_max = 1},
    {"--hgrm", "FILE", "HdrHistogram percentile distribution of one run's latency, ms",
     .all = hgrm_write, .runs_max = 1, .histograms = true},
    {"--github-benchmark", "FILE",
     "github-action-benchmark, customSmallerIsBetter: latency, errors",
     .all = github_smaller_write},
    {"--github-benchmark-bigger", "FILE", "the same, customBiggerIsBetter: rates",
     .all = github_bigger_write},
    {"--bencher", "FILE", "Bencher Metric Format", .all = bencher_write},
    {"--perfherder", "FILE", "Perfherder performance data", .all = perfherder_write},
};
const size_t writers_count = sizeof writers / sizeof *writers;

static const struct writer *find(const char *name, size_t len)
{
    for (size_t i = 0; i < writers_count; i++)
        if (strlen(writers[i].option) == len && strncmp(writers[i].option, name, len) == 0)
            return &writers[i];
    return NULL;
}

const struct writer *writer_find(const char *arg, const char **file)
{
    const struct writer *w = find(arg, strlen(arg));
    const char *equals = strchr(arg, '=');
    *file = NULL;
    if (w || !equals)
        return w;
    w = find(arg, (size_t)(equals - arg));
    if (!w || !w->file)
        return NULL;
    *file = equals + 1;
    return w;
}
