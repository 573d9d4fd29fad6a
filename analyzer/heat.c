/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/heat.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/summary.h"
#include "base/err.h"

static size_t row_of(uint64_t ns, size_t rows)
{
    double row = ns ? floor(log10((double)ns) * HEAT_PER_DECADE) : 0;
    return row < (double)rows ? (size_t)row : rows - 1;
}

/* The map from buckets to rows, looked up once for each bucket instead of once a histogram. */
static uint16_t *row_map(size_t rows)
{
    uint16_t *map = malloc(HIST_COUNTS * sizeof *map);
    for (uint32_t i = 0; map && i < HIST_COUNTS; i++)
        map[i] = (uint16_t)row_of((hist_lowest_ns(i) + hist_highest_ns(i)) / 2, rows);
    return map;
}

static void take(struct heat *h, size_t column, const struct hist_sum *sum, const uint16_t *map)
{
    double *cells = h->cells + column * h->rows;
    for (uint32_t i = 0; i < HIST_COUNTS; i++)
        cells[map[i]] += (double)sum->counts[i];
}

static void find_ends(struct heat *h)
{
    h->first = h->rows;
    h->last = h->end = 0;
    h->begin = h->columns;
    for (size_t i = 0; i < h->columns * h->rows; i++)
        if (h->cells[i] > 0) {
            size_t row = i % h->rows, column = i / h->rows;
            h->begin = column < h->begin ? column : h->begin;
            h->end = column + 1;
            h->first = row < h->first ? row : h->first;
            h->last = row > h->last ? row : h->last;
        }
}

static int read_rows(struct db *db, const struct summary *s, const struct seconds *pieces,
                     const uint16_t *map, struct hist_sum *sum, struct heat *out, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct hist_info row;
    int ret = query_hists(db, s->run.id, SCOPE_ALL, TIME_LATENCY, &rows, e);
    while (ret == 0 && (ret = query_hists_next(rows, &row, e)) == 1) {
        ret = times_decode(&row, sum, e);
        if (ret == 0)
            take(out, seconds_index(pieces, row.started_ns, row.ended_ns), sum, map);
    }
    db_finish(rows);
    return ret;
}

static struct seconds choose_pieces(const struct summary *s)
{
    struct seconds pieces = summary_pieces(s, s->run.interval_ns);
    int64_t together = (int64_t)((pieces.count + HEAT_COLUMNS - 1) / HEAT_COLUMNS);
    return together > 1 ? summary_pieces(s, s->run.interval_ns * together) : pieces;
}

int heat_build(struct db *db, const struct summary *s, struct heat *out, struct err *e)
{
    struct seconds pieces = choose_pieces(s);
    *out = (struct heat){
        .columns = pieces.count,
        .rows = HEAT_PER_DECADE * 12,
        .from_s = (double)ns_between(s->run.started_ns, pieces.from_ns) / 1e9,
        .each_s = (double)pieces.length_ns / 1e9,
    };
    out->cells = calloc(out->columns * out->rows, sizeof *out->cells);
    uint16_t *map = row_map(out->rows);
    struct hist_sum *sum = malloc(sizeof *sum);
    int ret = out->cells && map && sum ? query_begin(db, e)
                                       : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory");
    if (ret == 0) {
        ret = read_rows(db, s, &pieces, map, sum, out, e);
        query_end(db);
        find_ends(out);
    }
    free(map);
    free(sum);
    return ret;
}

void heat_fini(struct heat *h)
{
    free(h->cells);
    h->cells = NULL;
}
