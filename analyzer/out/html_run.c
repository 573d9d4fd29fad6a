/* SPDX-License-Identifier: BSD-3-Clause */
/* One run in the HTML report: verdict, what limits it, figures, errors, environment, job. */
#include <math.h>
#include <string.h>

#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/headline.h"
#include "analyzer/out/html.h"

#define US 1e3

/* --- pieces ---------------------------------------------------------------------------- */

void html_badge(FILE *out, const struct summary *s)
{
    static const char *const classes[] = {
        [TONE_GOOD] = "good", [TONE_NEUTRAL] = "even", [TONE_BAD] = "bad"};
    fprintf(out, "<span class=\"badge %s\">%s ", classes[headline_tone(s)], headline_mark(s));
    escape_xml(out, headline(s));
    fputs("</span>", out);
}

void html_name(FILE *out, const char *text)
{
    fputs("<bdi>", out);
    escape_xml(out, text);
    fputs("</bdi>", out);
}

void html_interval(FILE *out, const struct figure *f, double scale)
{
    char lo[HTML_NUMBER], hi[HTML_NUMBER];
    if (f->has_interval)
        fprintf(out, "<span>%s to %s</span>", format_number(lo, sizeof lo, f->lo / scale),
                format_number(hi, sizeof hi, f->hi / scale));
}

void html_figure_cell(FILE *out, const struct figure *f, double scale)
{
    char value[HTML_NUMBER];
    if (f->has) {
        fprintf(out, "<td class=\"n\">%s", format_number(value, sizeof value, f->value / scale));
        html_interval(out, f, scale);
        fputs("</td>", out);
    } else {
        fputs("<td class=\"n quiet\" title=\"", out);
        escape_xml(out, f->reason);
        fputs("\">–</td>", out);
    }
}

static void open_sheet(FILE *out, const char *title)
{
    fprintf(out, "<h3>%s</h3>\n<div class=\"sheet\"><table>\n", title);
}

static void close_sheet(FILE *out)
{
    fputs("</tbody></table></div>\n", out);
}

static void put_row(FILE *out, const char *name, const char *value)
{
    fputs("<tr><th>", out);
    html_name(out, name);
    fputs("</th><td class=\"any\">", out);
    html_name(out, value);
    fputs("</td></tr>\n", out);
}

/* --- what became of it ----------------------------------------------------------------- */

static void put_note(FILE *out, const char *class, const char *label, const char *text)
{
    fprintf(out, "<p class=\"note %s\"><b>%s</b> ", class, label);
    html_name(out, text);
    fputs("</p>\n", out);
}

static void put_limit(FILE *out, const struct summary *s)
{
    if (!s->limited_by)
        return;
    fputs("<p class=\"note\"><b>Limited by ", out);
    html_name(out, s->limited_by_words);
    fputs(s->limited_by_evidence ? ":</b> " : "</b>", out);
    html_name(out, format_or(s->limited_by_evidence, ""));
    if (s->limited_by_remedy) {
        fputs(".<br><b>To raise it:</b> ", out);
        html_name(out, s->limited_by_remedy);
    }
    fputs(".</p>\n", out);
}

static void put_notes(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    if (run->state_reason)
        put_note(out, "warn", run_state_name(run->state), run->state_reason);
    if (run->valid == 0)
        put_note(out, "warn", "Invalid:", format_or(run->invalid_reason, "no reason is stored"));
    put_limit(out, s);
    if (s->under_saturation)
        put_note(
            out, "", "Under saturation:",
            "rate = max keeps every connection busy, so latency shows how deep the queues are");
}

static void put_card(FILE *out, const char *label, const struct figure *f, double scale,
                     const char *unit)
{
    char value[HTML_NUMBER] = "–";
    if (f->has)
        format_number(value, sizeof value, f->value / scale);
    fprintf(out, "<div class=\"card\">%s<b>%s <small>%s</small></b>", label, value, unit);
    if (f->has_interval) {
        html_interval(out, f, scale);
    } else {
        fputs("<span>", out);
        escape_xml(out, f->reason);
        fputs("</span>", out);
    }
    fputs("</div>\n", out);
}

static void put_cards(FILE *out, const struct summary *s)
{
    const struct figure *latency = s->times[TIME_LATENCY].quantiles;
    fputs("<div class=\"cards\">\n", out);
    put_card(out, "Messages sent", &s->figures[FIGURE_MSG_PER_S], 1, "/s");
    put_card(out, "Latency p50", &latency[QUANTILE_P50], US, "µs");
    put_card(out, "Latency p99", &latency[QUANTILE_P99], US, "µs");
    put_card(out, "Errors", &s->figures[FIGURE_ERRORS_PERCENT], 1, "%");
    fputs("</div>\n", out);
}

static void put_verdicts(FILE *out, const struct summary *s)
{
    if (s->verdicts.count == 0)
        return;
    open_sheet(out, "Verdicts");
    fputs("<thead><tr><th>Rule</th><th class=\"n\">Measured</th><th>Verdict</th></tr></thead>"
          "<tbody>\n",
          out);
    for (size_t i = 0; i < s->verdicts.count; i++) {
        const struct verdict_info *v = &s->verdicts.rows[i];
        char actual[HTML_NUMBER] = "–";
        bool passed = strcmp(v->state, "PASS") == 0 || strcmp(v->state, "WARN") == 0;
        bool asked = strcmp(v->state, "SKIP") && strcmp(v->state, "NOT_APPLICABLE");
        if (!isnan(v->actual))
            format_number(actual, sizeof actual, v->actual);
        fputs("<tr><td><code>", out);
        escape_xmlf(out, "%s%s%s", format_or(v->phase, ""), v->phase ? ": " : "", v->rule);
        fprintf(out, "</code></td><td class=\"n\">%s ", actual);
        escape_xml(out, isnan(v->actual) ? "" : format_or(v->unit, ""));
        fprintf(out, "</td><td><span class=\"badge %s\">", passed ? "good" : asked ? "bad" : "even");
        escape_xml(out, v->state);
        fputs("</span> ", out);
        html_name(out, format_or(v->reason, ""));
        fputs("</td></tr>\n", out);
    }
    close_sheet(out);
}

void html_run_top(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    char when[40];
    fputs("<p class=\"quiet\">Run ", out);
    fprintf(out, "%lld, ", (long long)run->id);
    escape_xmlf(out, "%s, %s. %s on %s, requests of %s B, replies of %s B, %s, rate %s.", run->uuid,
                format_time(when, sizeof when, run->started_ns), run->protocol, run->wire,
                format_or(run->payload, "?"), format_or(run->reply, "?"), run->pattern, run->load);
    fputs("</p>\n", out);
    put_notes(out, s);
    put_cards(out, s);
    put_verdicts(out, s);
}

/* --- tables ---------------------------------------------------------------------------- */

static void put_times(FILE *out, const struct summary *s)
{
    open_sheet(out, "Times, µs");
    fputs("<thead><tr><th></th>", out);
    for (int t = 0; t < TIME_COUNT; t++)
        fprintf(out, "<th class=\"n\">%s</th>", time_name((enum time_kind)t));
    fputs("</tr></thead><tbody>\n<tr><th>samples</th>", out);
    for (int t = 0; t < TIME_COUNT; t++) {
        char n[HTML_NUMBER];
        fprintf(out, "<td class=\"n\">%s</td>",
                format_number(n, sizeof n, (double)s->times[t].max.count));
    }
    for (int q = 0; q < QUANTILE_COUNT + 2; q++) {
        fprintf(out, "</tr>\n<tr><th>%s</th>",
                q < QUANTILE_COUNT    ? quantiles[q].text
                : q == QUANTILE_COUNT ? "max"
                                      : "mean");
        for (int t = 0; t < TIME_COUNT; t++) {
            const struct time_summary *time = &s->times[t];
            html_figure_cell(out,
                             q < QUANTILE_COUNT    ? &time->quantiles[q]
                             : q == QUANTILE_COUNT ? &time->max
                                                   : &time->mean,
                             US);
        }
    }
    fputs("</tr>\n", out);
    close_sheet(out);
    fputs(
        "<p class=\"quiet small\">Below figures: 95 % intervals that take the seconds of the run as "
        "dependent clusters, where these are surely worth ten independent ones. A dash "
        "is a figure that too few samples support. Latency counts from the intended start, "
        "service time from sending; queueing is waiting for a free connection, lateness the "
        "generator's own error.</p>\n",
        out);
}

static void put_basis(FILE *out, const struct figure *f)
{
    char number[HTML_NUMBER];
    if (!f->has)
        escape_xml(out, f->reason);
    else if (f->duration_s > 0)
        fprintf(out, "over %s s", format_number(number, sizeof number, f->duration_s));
    else if (f->count)
        fprintf(out, "of %s", format_number(number, sizeof number, (double)f->count));
}

static void put_figures(FILE *out, const struct summary *s)
{
    open_sheet(out, "Figures");
    fputs("<thead><tr><th>Figure</th><th class=\"n\">Value</th><th>Unit</th><th>Scope</th>"
          "<th>Basis</th></tr></thead><tbody>\n",
          out);
    for (int i = 0; i < FIGURE_COUNT; i++) {
        fprintf(out, "<tr><td>%s</td>", figure_kinds[i].meaning);
        html_figure_cell(out, &s->figures[i], 1);
        fprintf(out, "<td>%s</td><td>%s</td><td class=\"quiet\">", figure_kinds[i].unit,
                figure_kinds[i].scope);
        put_basis(out, &s->figures[i]);
        fputs("</td></tr>\n", out);
    }
    close_sheet(out);
}

static bool is_loss(const struct tally *t)
{
    return t->value && strcmp(t->kind, "counter") && strcmp(t->name, "ok");
}

static void put_losses(FILE *out, const struct summary *s)
{
    char number[HTML_NUMBER];
    size_t any = 0;
    for (size_t i = 0; i < s->whole.count; i++)
        any += is_loss(&s->whole.rows[i]);
    if (any == 0) {
        fprintf(out, "<h3>Errors and drops</h3><p>%s</p>\n",
                s->whole.count ? "None, in the whole run." : "No interval was recorded.");
        return;
    }
    open_sheet(out, "Errors and drops, whole run");
    fputs("<thead><tr><th>Kind</th><th>Name</th><th class=\"n\">Count</th><th>Meaning</th></tr>"
          "</thead><tbody>\n",
          out);
    for (size_t i = 0; i < s->whole.count; i++) {
        const struct tally *t = &s->whole.rows[i];
        if (!is_loss(t))
            continue;
        fputs("<tr><td>", out);
        html_name(out, t->kind);
        fputs("</td><td><code>", out);
        html_name(out, t->name);
        fprintf(out, "</code></td><td class=\"n\">%s</td><td>",
                format_number(number, sizeof number, (double)t->value));
        html_name(out, t->meaning);
        fputs("</td></tr>\n", out);
    }
    close_sheet(out);
}

static void put_environment(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    open_sheet(out, "Environment");
    fputs("<tbody>\n", out);
    put_row(out, "wirebench", format_or(run->tool_commit, run->tool_version));
    put_row(out, "host", run->host);
    put_row(out, "wire", format_or(run->wire_detail, run->wire));
    put_row(out, "timestamps", run->timestamp_source);
    for (size_t i = 0; i < s->environment.count; i++)
        put_row(out, s->environment.rows[i].name,
                format_or(s->environment.rows[i].value, "not known"));
    close_sheet(out);
}

void html_run_tables(FILE *out, const struct summary *s)
{
    put_times(out, s);
    put_figures(out, s);
    put_losses(out, s);
    put_environment(out, s);
    fputs("<details open><summary>The resolved job</summary><pre>", out);
    escape_xml(out, s->run.job);
    fputs("</pre></details>\n", out);
}
