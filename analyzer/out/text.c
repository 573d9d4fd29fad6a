/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run for people, on one screen: what became of it, what limited it, then figures. Intervals are
 * 95 %, two-sided; "a~b" marks one that rests on fewer than ten independent seconds.
 */
#include "analyzer/out/format.h"
#include "analyzer/out/headline.h"
#include "analyzer/out/writer.h"
#include "analyzer/summary.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define TEXT 128

static const struct figure *figure(const struct summary *s, enum figure_id id)
{
    return &s->figures[id];
}

/* A figure with thousands separators, or "-". */
static const char *shown(char *buf, const struct figure *f)
{
    return f->has ? format_number(buf, TEXT, f->value) : "-";
}
#define SHOWN(id) shown((char[TEXT]){0}, figure(s, id))

/* --- what became of it ----------------------------------------------------------------- */

static void write_head(FILE *out, const struct summary *s)
{
    char when[40];
    const struct run_info *run = &s->run;
    format_line(out, "%s  %s  run %lld (%.8s)  %s", headline(s), run->workload_id,
                (long long)run->id, run->uuid, format_time(when, sizeof when, run->started_ns));
    if (run->state_reason)
        format_lines(out, 4, "  %s: %s", run_state_name(run->state), run->state_reason);
    else if (run->state == RUN_RUNNING)
        format_line(out, "  still going on (pid lives); figures up to the last interval");
    if (run->valid == 0)
        format_lines(out, 4, "  invalid: %s",
                     format_or(run->invalid_reason, "no reason is stored"));
}

static void write_verdicts(FILE *out, const struct summary *s)
{
    for (size_t i = 0; i < s->verdicts.count; i++) {
        const struct verdict_info *v = &s->verdicts.rows[i];
        char actual[TEXT] = "not measured";
        if (!isnan(v->actual))
            format_number(actual, sizeof actual, v->actual);
        format_lines(out, 15, "  %-12s %s%s%s: %s%s%s%s%s", v->state, v->phase ? v->phase : "",
                     v->phase ? ": " : "", v->rule, actual, isnan(v->actual) ? "" : " ",
                     isnan(v->actual) ? "" : format_or(v->unit, ""), v->reason ? ", " : "",
                     format_or(v->reason, ""));
    }
}

static void write_limit(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    if (run->limited_by)
        format_lines(out, 12, "limited by  %s%s%s", run->limited_by,
                     run->limited_by_evidence ? ": " : "", format_or(run->limited_by_evidence, ""));
}

static void write_load(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    format_lines(out, 12,
                 "load        %s on %s, %s B requests, %s B replies, depth %lld, %s, rate %s",
                 run->protocol, run->wire, format_or(run->payload, "?"), format_or(run->reply, "?"),
                 (long long)(run->depth == QUERY_NONE ? 0 : run->depth), run->pattern, run->load);
    format_lines(
        out, 12, "measured    %s s of %s s requested, phase %s; %s of %s connections opened",
        SHOWN(FIGURE_ACTUAL_DURATION), SHOWN(FIGURE_DURATION), format_or(s->measured_phase, "none"),
        SHOWN(FIGURE_CONNECTIONS), SHOWN(FIGURE_CONNECTIONS_REQUESTED));
}

/* --- the five times -------------------------------------------------------------------- */

/* Microseconds, or milliseconds where those would not fit the column. */
static double column_scale(const struct time_summary *t)
{
    return t->max.has && t->max.value >= 1e8 ? 1e6 : 1e3;
}

static const char *cell(char *buf, size_t size, const struct figure *f, double scale)
{
    char value[TEXT], lo[TEXT], hi[TEXT];
    if (!f->has)
        return "-";
    format_plain(value, sizeof value, f->value / scale);
    if (!f->has_interval)
        snprintf(buf, size, "%s", value);
    else
        snprintf(buf, size, "%s %s%c%s", value, format_plain(lo, sizeof lo, f->lo / scale),
                 f->reliable ? '-' : '~', format_plain(hi, sizeof hi, f->hi / scale));
    return buf;
}

static const struct figure *row_figure(const struct time_summary *t, int row)
{
    if (row < QUANTILE_COUNT)
        return &t->quantiles[row];
    return row == QUANTILE_COUNT ? &t->max : &t->mean;
}

static void write_time_row(FILE *out, const struct summary *s, int row)
{
    char line[1024], buf[3 * TEXT];
    const char *label = row < QUANTILE_COUNT    ? quantiles[row].text
                        : row == QUANTILE_COUNT ? "max"
                                                : "mean";
    int at = snprintf(line, sizeof line, "%-8s", label);
    for (int t = 0; t < TIME_COUNT; t++) {
        const struct time_summary *time = &s->times[t];
        at += snprintf(line + at, sizeof line - (size_t)at, " %-18.40s",
                       cell(buf, sizeof buf, row_figure(time, row), column_scale(time)));
    }
    format_line(out, "%s", line);
}

static void write_times(FILE *out, const struct summary *s)
{
    char names[1024] = "        ", counts[1024] = "samples ";
    int at = (int)strlen(names), too = at;
    for (int t = 0; t < TIME_COUNT; t++) {
        const struct time_summary *time = &s->times[t];
        char title[40], count[TEXT];
        snprintf(title, sizeof title, "%s %s", time_name((enum time_kind)t),
                 column_scale(time) > 1e3 ? "ms" : "us");
        at += snprintf(names + at, sizeof names - (size_t)at, " %-18s", title);
        too += snprintf(counts + too, sizeof counts - (size_t)too, " %-18s",
                        format_number(count, sizeof count, (double)time->max.count));
    }
    format_line(out, "%s", "");
    format_line(out, "%s", names);
    format_line(out, "%s", counts);
    for (int row = 0; row < QUANTILE_COUNT + 2; row++)
        write_time_row(out, s, row);
}

static void add_note(char *line, size_t size, bool applies, const char *note)
{
    size_t at = strlen(line);
    if (applies)
        snprintf(line + at, size - at, "%s%s", at ? "; " : "", note);
}

/* Says why cells are missing and what their marks mean, once each. */
static void write_notes(FILE *out, const struct summary *s)
{
    bool weak = false;
    bool few = false, open = false;
    for (int t = 0; t < TIME_COUNT; t++)
        for (int row = 0; row < QUANTILE_COUNT; row++) {
            const struct figure *f = &s->times[t].quantiles[row];
            weak |= f->has_interval && !f->reliable;
            few |= !f->has && f->count;
            open |= f->has && !f->has_interval;
        }
    char line[512] = "";
    add_note(line, sizeof line, s->under_saturation,
             "latency is under saturation: rate = max keeps every connection busy");
    add_note(line, sizeof line, weak,
             "a~b: unreliable interval, fewer than ten independent seconds");
    add_note(line, sizeof line, open, "a alone: the interval ends beyond the samples");
    add_note(line, sizeof line, few, "-: fewer than ten samples beyond the percentile");
    if (line[0])
        format_lines(out, 0, "%s", line);
}

/* --- rates and counts ------------------------------------------------------------------ */

static void write_rates(FILE *out, const struct summary *s)
{
    format_line(out, "%s", "");
    const struct figure *rate = figure(s, FIGURE_MSG_PER_S);
    char bounds[3 * TEXT] = "", lo[TEXT], hi[TEXT];
    if (rate->has_interval)
        snprintf(bounds, sizeof bounds, " (%s%c%s)", format_number(lo, sizeof lo, rate->lo),
                 rate->reliable ? '-' : '~', format_number(hi, sizeof hi, rate->hi));
    format_line(out, "rates       %s messages/s%s, %s transactions/s, %s frames/s",
                SHOWN(FIGURE_MSG_PER_S), bounds, SHOWN(FIGURE_TRANSACTIONS_PER_S),
                SHOWN(FIGURE_FRAMES_PER_S));
    format_line(out, "            payload %s MiB/s out, %s in; wire %s Gbit/s out, %s in",
                SHOWN(FIGURE_BANDWIDTH_OUT), SHOWN(FIGURE_BANDWIDTH_IN), SHOWN(FIGURE_WIRE_OUT),
                SHOWN(FIGURE_WIRE_IN));
}

/* Appends "name value, name value" of a kind; returns whether there was any. */
static bool join(char *buf, size_t size, const struct tally_list *list, const char *kind)
{
    size_t at = strlen(buf);
    bool any = false;
    for (size_t i = 0; i < list->count && at < size; i++) {
        const struct tally *t = &list->rows[i];
        char value[TEXT];
        if (strcmp(t->kind, kind) || t->value == 0 || strcmp(t->name, "ok") == 0)
            continue;
        at += (size_t)snprintf(buf + at, size - at, "%s%s %s", any ? ", " : "", t->name,
                               format_number(value, sizeof value, (double)t->value));
        any = true;
    }
    return any;
}

static void write_counts(FILE *out, const struct summary *s)
{
    char kinds[512] = "";
    format_lines(out, 12, "ended       %s completed, %s failed (%s %%)%s%s",
                 SHOWN(FIGURE_TRANSACTIONS), SHOWN(FIGURE_ERRORS), SHOWN(FIGURE_ERRORS_PERCENT),
                 join(kinds, sizeof kinds, &s->outcome, "result") ? ": " : "", kinds);
    kinds[0] = '\0';
    if (join(kinds, sizeof kinds, &s->whole, "connect_error"))
        format_lines(out, 12, "connects    failed: %s", kinds);
    kinds[0] = '\0';
    if (!join(kinds, sizeof kinds, &s->whole, "drop"))
        strcpy(kinds, figure(s, FIGURE_DROPS)->has ? "none" : "-");
    format_lines(out, 12, "dropped     %s; sent again: %s of %s segments", kinds,
                 SHOWN(FIGURE_RETRANSMISSIONS), SHOWN(FIGURE_SEGMENTS));
}

static void write_use(FILE *out, const struct summary *s)
{
    char peer[TEXT * 3] = "";
    if (figure(s, FIGURE_CPU_PEER)->has || figure(s, FIGURE_RSS_PEER)->has)
        snprintf(peer, sizeof peer, "; peer %s %% CPU, %s MiB", SHOWN(FIGURE_CPU_PEER),
                 SHOWN(FIGURE_RSS_PEER));
    format_line(out, "used        gen %s %% CPU (100 = one core), %s MiB resident%s",
                SHOWN(FIGURE_CPU_GEN), SHOWN(FIGURE_RSS_GEN), peer);
}

static void write_machine(FILE *out, const struct summary *s)
{
    char line[512] = "";
    size_t at = 0;
    for (size_t i = 0; i < s->environment.count && at < sizeof line; i++) {
        const struct environment_info *v = &s->environment.rows[i];
        if (strcmp(v->class, "info") && v->value && v->value[0])
            at += (size_t)snprintf(line + at, sizeof line - at, "%s%s %s", at ? ", " : "", v->name,
                                   v->value);
    }
    format_lines(out, 12, "machine     %s", at ? line : "no environment record");
}

int text_write(FILE *out, const struct summary *s)
{
    write_head(out, s);
    write_verdicts(out, s);
    write_limit(out, s);
    write_load(out, s);
    write_times(out, s);
    write_notes(out, s);
    write_rates(out, s);
    write_counts(out, s);
    write_use(out, s);
    write_machine(out, s);
    return fflush(out) || ferror(out) ? -EIO : 0;
}
