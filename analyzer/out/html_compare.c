/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A comparison as one HTML file: the sentence, what stands against it, the charts, every metric,
 * the runs.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/charts.h"
#include "analyzer/judge/words.h"
#include "analyzer/out/compare.h"
#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/html.h"

static const char *class_of(enum change change)
{
    switch (change) {
    case CHANGE_REGRESSION:
        return "bad";
    case CHANGE_IMPROVEMENT:
    case CHANGE_SAME:
        return "good";
    case CHANGE_INCONCLUSIVE:
        return "even";
    }
    return "even";
}

static void put_note(FILE *out, const char *class, const char *label, const char *text)
{
    fprintf(out, "<p class=\"note %s\"><b>%s</b> ", class, label);
    html_name(out, text);
    fputs("</p>\n", out);
}

static void put_head(FILE *out, const struct comparison *c)
{
    const struct values *b = &c->b.values;
    char runs[WORDS_BYTES];
    fprintf(out, "<h1><span class=\"badge %s\">%s</span> ",
            c->compared ? class_of(c->gate.change) : "even", comparison_verdict(c));
    html_name(out, b->runs[b->count - 1].workload_id);
    fputs("</h1>\n<p class=\"quiet\">", out);
    escape_xmlf(out, "%s, baseline “%s”.", words_runs(runs, c), c->name);
    fputs("</p>\n", out);
    if (c->forced && !c->comparable)
        put_note(out, "warn",
                 "Forced:", "these runs are not comparable, the figures prove nothing");
    put_note(out, c->compared && c->gate.change == CHANGE_REGRESSION ? "warn" : "",
             "Conclusion:", c->conclusion);
    if (c->machine_moved)
        put_note(out, "warn", "The machine:", c->machine_moved);
    for (size_t i = 0; i < c->obstacle_count; i++)
        put_note(out, "warn", "Against it:", c->obstacles[i]);
    for (size_t i = 0; i < c->note_count; i++)
        put_note(out, "", "Note:", c->notes[i]);
}

static void put_differences(FILE *out, const struct comparison *c)
{
    fputs("<h3>Environment</h3>\n", out);
    if (c->difference_count == 0) {
        fputs("<p>The same on both sides, as far as it is recorded.</p>\n", out);
        return;
    }
    fputs("<div class=\"sheet\"><table><thead><tr><th>Field</th><th>Class</th><th>Baseline</th>"
          "<th>Now</th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < c->difference_count; i++) {
        const struct comparison_difference *d = &c->differences[i];
        const char *const cells[] = {d->name, d->class, d->a, d->b};
        fputs("<tr>", out);
        for (size_t j = 0; j < 4; j++) {
            fputs("<td class=\"any\">", out);
            html_name(out, cells[j]);
            fputs("</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

/* --- metrics --------------------------------------------------------------------------- */

static void put_number(FILE *out, double value)
{
    char buf[HTML_NUMBER];
    fprintf(out, "<td class=\"n\">%s</td>",
            isnan(value) ? "–" : format_number(buf, sizeof buf, value));
}

static void put_row(FILE *out, const struct comparison *c, size_t j)
{
    const struct metric *m = &c->metrics[j];
    const struct compare_result *r = &c->results[j];
    char ratio[WORDS_BYTES], interval[WORDS_BYTES], margin[WORDS_BYTES], p[WORDS_BYTES];
    fprintf(out, "<tr><td>%s</td>", m->name);
    put_number(out, c->a.typical[j]);
    put_number(out, c->b.typical[j]);
    fprintf(out, "<td class=\"n\">%s", words_ratio(ratio, m, r->evidence.shift));
    if (!isnan(r->evidence.lo))
        fprintf(out, "<span>%s</span>", words_interval(interval, m, &r->evidence));
    fprintf(out, "</td><td class=\"n\">%s</td><td class=\"n\">", words_margin(margin, m));
    escape_xml(out, words_p(p, r->p_adjusted));
    fprintf(out, "</td><td><span class=\"badge %s\">%s</span> ", class_of(r->change),
            r->change == CHANGE_INCONCLUSIVE && r->method == COMPARE_NONE
                ? "not judged"
                : verdict_name(r->change));
    fputs("<span class=\"quiet small\">", out);
    escape_xml(out, r->reason);
    fputs("</span></td></tr>\n", out);
}

static void open_metrics(FILE *out, const struct comparison *c)
{
    fprintf(out,
            "<div class=\"sheet\"><table><thead><tr><th>Metric (median)</th>"
            "<th class=\"n\">%s</th><th class=\"n\">%s</th><th class=\"n\">Ratio</th>"
            "<th class=\"n\">Margin</th><th class=\"n\">p</th><th>Verdict</th></tr></thead>"
            "<tbody>\n",
            c->paired ? "Side A" : "Baseline", c->paired ? "Side B" : "Now");
}

static int put_metrics(FILE *out, const struct comparison *c)
{
    char p[WORDS_BYTES];
    size_t *order = malloc((c->metric_count + 1) * sizeof *order);
    if (!order)
        return -ENOMEM;
    words_order(c, order);
    fputs("<h3>What moved or decides</h3>\n", out);
    for (int shown = 1; shown >= 0; shown--) {
        fputs(shown ? "" : "<details><summary>Every other metric</summary>\n", out);
        open_metrics(out, c);
        for (size_t i = 0; i < c->metric_count; i++)
            if (words_is_shown(c, order[i]) == (shown == 1))
                put_row(out, c, order[i]);
        fputs(shown ? "</tbody></table></div>\n" : "</tbody></table></div></details>\n", out);
    }
    fputs("<p class=\"quiet small\">Ratio: now to the baseline, below it the 95 % interval between "
          "runs. p: adjusted for the number of metrics; over all of them ",
          out);
    escape_xmlf(out, "%s (%s), level %g.", words_p(p, c->gate.p),
                c->gate.joint ? "joint permutation" : "Holm", c->alpha);
    fputs("</p>\n", out);
    free(order);
    return 0;
}

/* --- runs ------------------------------------------------------------------------------ */

static void put_runs(FILE *out, const char *side, const struct values *v)
{
    char when[40];
    for (size_t i = 0; i < v->count; i++) {
        const struct values_run *r = &v->runs[i];
        fprintf(out, "<tr><td>%s</td><td class=\"n\">%lld</td><td><code>", side, (long long)r->id);
        escape_xml(out, r->uuid);
        fprintf(out, "</code></td><td>%s</td><td><code>",
                format_time(when, sizeof when, r->started_ns));
        escape_xml(out, format_or(r->subject_commit, "–"));
        fputs("</code></td><td><code>", out);
        escape_xml(out, format_or(r->tool_commit, "–"));
        fputs("</code></td></tr>\n", out);
    }
}

static void put_sides(FILE *out, const struct comparison *c)
{
    fputs("<h3>Runs</h3>\n<div class=\"sheet\"><table><thead><tr><th>Side</th>"
          "<th class=\"n\">Run</th><th>Uuid</th><th>Started</th><th>Commit</th><th>Generator</th>"
          "</tr></thead><tbody>\n",
          out);
    put_runs(out, c->paired ? "A" : "baseline", &c->a.values);
    put_runs(out, c->paired ? "B" : "now", &c->b.values);
    fputs("</tbody></table></div>\n<p class=\"quiet\">", out);
    if (c->stored.id)
        fprintf(out, "Stored as verdict %lld: <code>analyze --replay %lld</code> repeats it.",
                (long long)c->stored.id, (long long)c->stored.id);
    else
        escape_xmlf(out, "Not stored: %s", format_or(c->not_stored, "not asked for"));
    fputs("</p>\n", out);
}

int compare_html_write(FILE *out, const struct comparison *c)
{
    struct plot_input in = {.comparison = c, .count = chart_forest_rows(c)};
    char title[300];
    int ret = 0;
    snprintf(title, sizeof title, "%.200s: %s", c->b.values.runs[c->b.values.count - 1].workload_id,
             comparison_verdict(c));
    html_open(out, title);
    put_head(out, c);
    put_differences(out, c);
    if (c->compared) {
        ret = put_metrics(out, c);
        html_charts(out, &in, CHART_COMPARISON, 0, stderr);
    }
    put_sides(out, c);
    html_close(out);
    return ret ? ret : ferror(out) ? -EIO : 0;
}
