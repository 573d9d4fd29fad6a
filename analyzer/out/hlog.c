/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HdrHistogram interval log, format 1.3 with V2 histograms: one line an interval of the measured
 * phases, all workers together. Latency has no tag, so that plain readers see it alone; the other
 * times follow under their names as tags. Times of day in s from StartTime, maxima in ms, values
 * inside the histograms in ns.
 */
#include <errno.h>
#include <stdlib.h>

#include "analyzer/out/format.h"
#include "analyzer/out/writer.h"
#include "analyzer/summary.h"
#include "base/err.h"
#include "db/histblob.h"

/* The rows of one piece of time, merged. */
struct line {
    struct hist_sum *sum, *row;
    int64_t from_ns, to_ns;
};

static void put_base64(FILE *out, const uint8_t *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)data[i] << 16 | (n > 1 ? (uint32_t)data[i + 1] << 8 : 0) |
                        (n > 2 ? data[i + 2] : 0);
        for (size_t d = 0; d < 4; d++)
            fputc(d <= n ? digits[bits >> (18 - 6 * d) & 63] : '=', out);
    }
}

static int put_line(FILE *out, const struct summary *s, enum time_kind time, struct line *l,
                    struct err *e)
{
    uint8_t *blob = NULL;
    size_t len;
    if (l->sum->count == 0)
        return 0;
    if (histblob_encode_sum(l->sum, &blob, &len))
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory packing a histogram");
    if (time != TIME_LATENCY)
        fprintf(out, "Tag=%s,", time_name(time));
    fprintf(out, "%.3f,%.3f,%.3f,", (double)ns_between(s->run.started_ns, l->from_ns) / 1e9,
            (double)ns_between(l->from_ns, l->to_ns) / 1e9, (double)l->sum->max_ns / 1e6);
    put_base64(out, blob, len);
    fputc('\n', out);
    free(blob);
    hist_sum_reset(l->sum);
    return 0;
}

static int take(struct line *l, const struct hist_info *row, struct err *e)
{
    int ret = times_decode(row, l->row, e);
    if (ret)
        return ret;
    bool first = l->sum->count == 0;
    if (first || row->started_ns < l->from_ns)
        l->from_ns = row->started_ns;
    if (first || row->ended_ns > l->to_ns)
        l->to_ns = row->ended_ns;
    hist_sum_merge(l->sum, l->row);
    return 0;
}

/* Rows come in order of their middle, so one merged histogram at a time is enough. */
static int put_time(FILE *out, const struct report *r, enum time_kind time, struct line *l,
                    struct err *e)
{
    const struct summary *s = &r->runs[0];
    struct seconds pieces = summary_pieces(s, s->run.interval_ns);
    struct db_stmt *rows = NULL;
    struct hist_info row;
    size_t open = 0;
    hist_sum_reset(l->sum);
    int ret = query_hists(r->db, s->run.id, SCOPE_MEASURED, time, &rows, e);
    while (ret == 0 && (ret = query_hists_next(rows, &row, e)) == 1) {
        size_t i = seconds_index(&pieces, row.started_ns, row.ended_ns);
        ret = i == open ? 0 : put_line(out, s, time, l, e);
        open = i;
        ret = ret ? ret : take(l, &row, e);
    }
    ret = ret ? ret : put_line(out, s, time, l, e);
    db_finish(rows);
    return ret;
}

static void put_head(FILE *out, const struct summary *s)
{
    char when[40];
    fprintf(out,
            "#[Histogram log format version 1.3]\n#[StartTime: %.3f (seconds since epoch), %s]\n"
            "#[run %lld, wirebench %.40s; intervals of the measured phases]\n",
            (double)s->run.started_ns / 1e9, format_time(when, sizeof when, s->run.started_ns),
            (long long)s->run.id, s->run.tool_version);
    for (int t = 0; t < TIME_COUNT; t++)
        if (s->times[t].overflow)
            fprintf(out, "#[%s: %llu values above %.0f s are in no bucket]\n",
                    time_name((enum time_kind)t), (unsigned long long)s->times[t].overflow,
                    (double)HIST_MAX_NS / 1e9);
    fputs("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
          "\"Interval_Compressed_Histogram\"\n",
          out);
}

int hlog_write(FILE *out, const struct report *r, struct err *e)
{
    struct line l = {malloc(sizeof *l.sum), malloc(sizeof *l.row), 0, 0};
    int ret = l.sum && l.row ? query_begin(r->db, e)
                             : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory");
    if (ret == 0) {
        put_head(out, &r->runs[0]);
        for (int t = 0; t < TIME_COUNT && ret == 0; t++)
            ret = put_time(out, r, (enum time_kind)t, &l, e);
        query_end(r->db);
    }
    free(l.sum);
    free(l.row);
    return ret;
}
