/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The five times as a table: of the latency each percentile with its interval, of the others the
 * figures alone. Rows that nothing carries are left out and named below.
 */
#include <stdio.h>
#include <string.h>

#include "analyzer/out/format.h"
#include "analyzer/out/text.h"
#include "analyzer/summary.h"

#define CELL 40
#define ROWS (QUANTILE_COUNT + 2)

/* Microseconds, or milliseconds where those would not fit the column. */
static double column_scale(const struct time_summary *t)
{
    return t->max.has && t->max.value >= 1e8 ? 1e6 : 1e3;
}

static const struct figure *row_figure(const struct time_summary *t, int row)
{
    if (row < QUANTILE_COUNT)
        return &t->quantiles[row];
    return row == QUANTILE_COUNT ? &t->max : &t->mean;
}

static const char *row_label(int row)
{
    return row < QUANTILE_COUNT ? quantiles[row].text : row == QUANTILE_COUNT ? "max" : "mean";
}

static bool any_in_row(const struct summary *s, int row)
{
    for (int t = 0; t < TIME_COUNT; t++)
        if (row_figure(&s->times[t], row)->has)
            return true;
    return false;
}

/* --- the table ------------------------------------------------------------------------- */

/* Label, latency, its interval, the other four. */
static void put_line(FILE *out, const char *label, const char *interval, char cells[][CELL])
{
    format_line(out, "%-8s %11s  %-22s %11s %11s %11s %11s", label, cells[TIME_LATENCY], interval,
                cells[TIME_SERVICE], cells[TIME_QUEUEING], cells[TIME_LATENESS],
                cells[TIME_CONNECT]);
}

static void put_titles(FILE *out, const struct summary *s)
{
    char titles[TIME_COUNT][CELL], counts[TIME_COUNT][CELL];
    for (int t = 0; t < TIME_COUNT; t++) {
        snprintf(titles[t], CELL, "%s %s", time_name((enum time_kind)t),
                 column_scale(&s->times[t]) > 1e3 ? "ms" : "us");
        format_number(counts[t], CELL, (double)s->times[t].max.count);
    }
    put_line(out, "", "95 % interval", titles);
    put_line(out, "samples", "", counts);
}

static void put_row(FILE *out, const struct summary *s, int row)
{
    char cells[TIME_COUNT][CELL], interval[CELL * 3] = "-", lo[CELL], hi[CELL];
    for (int t = 0; t < TIME_COUNT; t++) {
        const struct figure *f = row_figure(&s->times[t], row);
        if (f->has)
            format_plain(cells[t], CELL, f->value / column_scale(&s->times[t]));
        else
            strcpy(cells[t], "-");
    }
    const struct figure *f = row_figure(&s->times[TIME_LATENCY], row);
    double scale = column_scale(&s->times[TIME_LATENCY]);
    if (row == QUANTILE_COUNT)
        interval[0] = '\0'; /* the largest of what was seen has none */
    else if (f->has_interval)
        snprintf(interval, sizeof interval, "%s to %s", format_plain(lo, CELL, f->lo / scale),
                 format_plain(hi, CELL, f->hi / scale));
    put_line(out, row_label(row), interval, cells);
}

/* --- what it means --------------------------------------------------------------------- */

static void add_note(char *line, size_t size, bool applies, const char *note)
{
    size_t at = strlen(line);
    if (applies)
        snprintf(line + at, size - at, "%s%s", at ? "; " : "", note);
}

static bool is_weak(const struct figure *f)
{
    return f->has_band && !f->has_interval;
}

static void put_marks(FILE *out, const struct summary *s)
{
    bool weak = is_weak(&s->figures[FIGURE_MSG_PER_S]), few = false;
    char line[512] = "";
    for (int row = 0; row < ROWS; row++) {
        const struct figure *f = row_figure(&s->times[TIME_LATENCY], row);
        weak |= is_weak(f);
        for (int t = 0; t < TIME_COUNT && row < QUANTILE_COUNT; t++)
            few |= !row_figure(&s->times[t], row)->has && any_in_row(s, row);
        few |= f->has && !f->has_band && row != QUANTILE_COUNT;
    }
    add_note(line, sizeof line, s->under_saturation, "latency under saturation (rate = max)");
    add_note(line, sizeof line, weak && few, "-: too few samples, or independent seconds (ten)");
    add_note(line, sizeof line, weak && !few, "-: not surely ten independent seconds");
    add_note(line, sizeof line, few && !weak, "-: too few samples");
    if (line[0])
        format_line(out, "%s", line);
}

static void put_source(FILE *out, const struct summary *s)
{
    if (s->source.exact)
        format_line(out, "percentiles: exact, from all %s samples%s",
                    format_number((char[CELL]){0}, CELL, (double)s->times[TIME_LATENCY].max.count),
                    s->times[TIME_CONNECT].max.has ? " (connect: histograms, +0.1 %)" : "");
    else
        format_lines(out, 13, "percentiles: from histograms, at most 0.1 %% above the sample: %s",
                     s->source.reason);
}

static void put_missing_rows(FILE *out, const struct summary *s)
{
    char names[200] = "";
    for (int row = 0; row < QUANTILE_COUNT; row++)
        if (!any_in_row(s, row))
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                     names[0] ? ", " : "", row_label(row));
    if (names[0])
        format_line(out, "%s: too few samples, ten must lie beyond a percentile", names);
}

/* Where no transaction completed, connections may have opened all the same. */
static void put_nothing(FILE *out, const struct summary *s)
{
    const struct time_summary *connect = &s->times[TIME_CONNECT];
    char mean[CELL] = "", max[CELL], count[CELL];
    if (connect->max.has)
        format_line(out,
                    "times       no transaction completed; connect: mean %s us, max %s us of %s",
                    format_number(mean, CELL, connect->mean.value / 1e3),
                    format_number(max, CELL, connect->max.value / 1e3),
                    format_number(count, CELL, (double)connect->max.count));
    else
        format_line(out, "times       none: no transaction completed, no connection opened");
}

void text_times_write(FILE *out, const struct summary *s)
{
    if (!s->times[TIME_LATENCY].max.has) {
        put_nothing(out, s);
        return;
    }
    put_titles(out, s);
    for (int row = 0; row < ROWS; row++)
        if (any_in_row(s, row))
            put_row(out, s, row);
    put_missing_rows(out, s);
    format_line(out, "latency: since it was due; service: since sending; queueing: for a connection; "
                     "lateness: gen's own");
    put_source(out, s);
    put_marks(out, s);
}
