/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A comparison for people: the verdict, what was compared with what, what stands against it, the
 * metrics that moved or decide, and one sentence.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/words.h"
#include "analyzer/out/compare.h"
#include "analyzer/out/format.h"

#define COMMIT_CHARS 12
#define RUNS_SHOWN   6

/* --- what with what -------------------------------------------------------------------- */

static const char *headline(const struct comparison *c)
{
    if (!c->compared)
        return "NOT COMPARABLE";
    switch (c->gate.change) {
    case CHANGE_REGRESSION:
        return "REGRESSION";
    case CHANGE_IMPROVEMENT:
        return "IMPROVEMENT";
    case CHANGE_SAME:
        return "SAME";
    case CHANGE_INCONCLUSIVE:
        return "INCONCLUSIVE";
    }
    return "?";
}

/* "run 7", "runs 3, 4, 5 and 12 more" */
static void join_runs(char *out, size_t size, const struct values *v)
{
    size_t at = (size_t)snprintf(out, size, "run%s ", v->count == 1 ? "" : "s");
    size_t shown = v->count > RUNS_SHOWN + 1 ? RUNS_SHOWN : v->count;
    for (size_t i = 0; i < shown && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%lld", i ? ", " : "",
                               (long long)v->runs[i].id);
    if (shown < v->count && at < size)
        snprintf(out + at, size - at, " and %zu more", v->count - shown);
}

/* The commits of what was measured, or where none is given those of the generator; each once. */
static void join_commits(char *out, size_t size, const struct values *v)
{
    out[0] = '\0';
    size_t at = 0;
    for (size_t i = 0; i < v->count && at < size; i++) {
        const struct values_run *r = &v->runs[i];
        char commit[COMMIT_CHARS + 20];
        snprintf(commit, sizeof commit, "%s%.*s", r->subject_commit ? "" : "gen ", COMMIT_CHARS,
                 format_or(r->subject_commit, format_or(r->tool_commit, "?")));
        if (!strstr(out, commit))
            at += (size_t)snprintf(out + at, size - at, "%s%s", at ? ", " : "", commit);
    }
}

static void write_side(FILE *out, const char *label, const char *name, const struct values *v)
{
    char ids[200], commits[200], first[40], last[40];
    join_runs(ids, sizeof ids, v);
    join_commits(commits, sizeof commits, v);
    format_time(first, sizeof first, v->runs[0].started_ns);
    format_time(last, sizeof last, v->runs[v->count - 1].started_ns);
    format_lines(out, 12, "%-11s %s%s%s%s, commit %s, %s%s%s", label, name ? "\"" : "",
                 name ? name : "", name ? "\", " : "", ids, commits, first,
                 v->count > 1 ? " to " : "", v->count > 1 ? last : "");
}

static void write_head(FILE *out, const struct comparison *c)
{
    const struct values_run *b = &c->b.values.runs[c->b.values.count - 1];
    char ids[200];
    join_runs(ids, sizeof ids, &c->b.values);
    if (c->forced && !c->comparable)
        format_line(out,
                    "FORCED: these runs are not comparable, see below; the figures prove nothing");
    format_line(out, "%s  %s  %s against %s", headline(c), b->workload_id, ids, c->name);
    write_side(out, c->paired ? "side A" : "baseline", c->paired ? NULL : c->name, &c->a.values);
    write_side(out, c->paired ? "side B" : "judged", NULL, &c->b.values);
}

static void write_strip(FILE *out, const struct comparison *c)
{
    for (size_t i = 0; i < c->obstacle_count; i++)
        format_lines(out, 12, "%-11s %s", "against it", c->obstacles[i]);
    for (size_t i = 0; i < c->difference_count; i++) {
        const struct comparison_difference *d = &c->differences[i];
        if (strcmp(d->class, "must"))
            format_lines(out, 12, "%-11s %s: %s in the baseline, %s now", "differs", d->name, d->a,
                         d->b);
    }
}

/* --- the table ------------------------------------------------------------------------- */

static void put_value(char *buf, size_t size, double value)
{
    char full[60];
    if (isnan(value)) {
        snprintf(buf, size, "-");
        return;
    }
    format_number(full, sizeof full, value);
    if (strlen(full) > 11)
        snprintf(full, sizeof full, "%.4g", value);
    snprintf(buf, size, "%s", full);
}

static const char *word_of(const struct compare_result *r)
{
    switch (r->change) {
    case CHANGE_REGRESSION:
        return r->strong ? "REGRESSION!" : "REGRESSION";
    case CHANGE_IMPROVEMENT:
        return r->strong ? "improvement!" : "improvement";
    case CHANGE_SAME:
        return "same";
    case CHANGE_INCONCLUSIVE:
        return r->method == COMPARE_NONE ? "not judged" : "open";
    }
    return "?";
}

static void write_row(FILE *out, const struct comparison *c, size_t j)
{
    const struct metric *m = &c->metrics[j];
    const struct compare_result *r = &c->results[j];
    char a[20], b[20], cliff[20] = "-", ratio[WORDS_BYTES], interval[WORDS_BYTES], p[WORDS_BYTES];
    put_value(a, sizeof a, c->a.typical[j]);
    put_value(b, sizeof b, c->b.typical[j]);
    words_ratio(ratio, m, r->evidence.shift);
    words_interval(interval, m, &r->evidence);
    words_p(p, r->p_adjusted);
    if (!isnan(r->cliff))
        snprintf(cliff, sizeof cliff, "%+.2f", r->cliff);
    format_line(out, "%-22.27s %11s %11s %7.9s %15.20s %8s %5s %s", m->name, a, b, ratio, interval,
                p, cliff, word_of(r));
}

/* What is not shown, counted: silence is not "same". */
static void write_rest(FILE *out, const struct comparison *c)
{
    size_t counts[CHANGES] = {0}, unjudged = 0, rest = 0;
    for (size_t j = 0; j < c->metric_count; j++) {
        if (words_is_shown(c, j))
            continue;
        const struct compare_result *r = &c->results[j];
        bool open = r->change == CHANGE_INCONCLUSIVE;
        unjudged += open && r->method == COMPARE_NONE;
        counts[r->change] += !(open && r->method == COMPARE_NONE);
        rest++;
    }
    if (rest)
        format_lines(out, 0,
                     "%zu other metrics: %zu same, %zu open, %zu not measured or not "
                     "judged (--json lists them)",
                     rest, counts[CHANGE_SAME], counts[CHANGE_INCONCLUSIVE], unjudged);
}

static int write_table(FILE *out, const struct comparison *c)
{
    size_t *order = malloc((c->metric_count + 1) * sizeof *order);
    if (!order)
        return -ENOMEM;
    words_order(c, order);
    format_line(out, "%s", "");
    format_line(out, "%-22s %11s %11s %7s %15s %8s %5s %s", "metric (median)",
                c->paired ? "side A" : "baseline", c->paired ? "side B" : "now", "ratio",
                "95 % interval", "p", "cliff", "verdict");
    for (size_t i = 0; i < c->metric_count; i++)
        if (words_is_shown(c, order[i]))
            write_row(out, c, order[i]);
    free(order);
    write_rest(out, c);
    return 0;
}

/* p10 and so on: how each part of the distribution moved. */
static void write_shift(FILE *out, const struct comparison *c)
{
    char line[300] = "";
    size_t at = 0;
    for (size_t i = 0; i < EFFECT_SHIFTS; i++) {
        const struct shift_point *s = &c->shift[i];
        double percent = 100 * (double)s->num / (double)s->den;
        if (!isnan(s->a) && !isnan(s->b) && s->a > 0 && at < sizeof line)
            at += (size_t)snprintf(line + at, sizeof line - at, "%sp%g %.3f", at ? ", " : "",
                                   percent, s->b / s->a);
    }
    if (at)
        format_lines(out, 12, "%-11s %s", "latency x", line);
}

/* --- the whole ------------------------------------------------------------------------- */

static void write_end(FILE *out, const struct comparison *c)
{
    char p[WORDS_BYTES];
    format_line(out, "%s", "");
    for (size_t i = 0; i < c->note_count; i++)
        format_lines(out, 12, "%-11s %s", "note", c->notes[i]);
    if (c->compared)
        format_lines(out, 12, "%-11s p %s over all metrics (%s), level %g", "gate",
                     words_p(p, c->gate.p),
                     !c->gate.joint  ? "Holm"
                     : c->gate.exact ? "joint permutation, exact"
                                     : "joint permutation, drawn",
                     c->alpha);
    if (c->stored.id)
        format_lines(out, 12, "%-11s as verdict %lld: analyze --replay %lld", "stored",
                     (long long)c->stored.id, (long long)c->stored.id);
    else if (c->not_stored)
        format_lines(out, 12, "%-11s %s", "not stored", c->not_stored);
    if (c->machine_moved)
        format_lines(out, 0, "%s", c->machine_moved);
    format_lines(out, 0, "%s", c->conclusion);
}

int compare_text_write(FILE *out, const struct comparison *c)
{
    write_head(out, c);
    write_strip(out, c);
    if (c->compared && write_table(out, c))
        return -ENOMEM;
    if (c->compared)
        write_shift(out, c);
    write_end(out, c);
    return fflush(out) || ferror(out) ? -EIO : 0;
}
