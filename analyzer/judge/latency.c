/* SPDX-License-Identifier: BSD-3-Clause */
/* The latency of both sides as two distributions. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/compare_build.h"
#include "analyzer/query_compare.h"
#include "base/err.h"
#include "db/histblob.h"

/* The exact columns over the buckets' estimates, as times_decode() does. */
static int decode(struct db_stmt *s, struct hist_sum *out, struct err *e)
{
    size_t len = 0;
    const void *blob = db_col_blob(s, "blob", &len);
    uint64_t count = (uint64_t)db_col_i64(s, "count"), over = (uint64_t)db_col_i64(s, "overflow");
    hist_sum_reset(out);
    int ret = blob ? histblob_decode(blob, len, out) : -EBADMSG;
    if (ret == 0 && out->count + over != count)
        ret = -EBADMSG;
    if (ret)
        return err_set(e, EXIT_USAGE, ret, "the latency histogram of run %lld is damaged: %s",
                       (long long)db_col_i64(s, "run_id"), strerror(-ret));
    out->count = count;
    out->overflow = over;
    out->min_ns = (uint64_t)db_col_i64(s, "min_ns");
    out->max_ns = (uint64_t)db_col_i64(s, "max_ns");
    return 0;
}

/* The quantiles of one run, where it belongs among those of its side. */
static void keep_parts(struct comparison_side *side, int64_t run_id, const struct hist_sum *h)
{
    struct shift_point points[EFFECT_SHIFTS];
    effect_shift_hist(h, h, points);
    for (size_t i = 0; i < side->values.count; i++)
        for (size_t p = 0; p < EFFECT_SHIFTS && side->values.runs[i].id == run_id; p++)
            side->parts[i * EFFECT_SHIFTS + p] = points[p].a;
}

static int merge_side(struct db *db, const struct id_list *ids, struct hist_sum *scratch,
                      struct comparison_side *side, struct err *e)
{
    struct hist_sum *out = side->latency;
    struct db_stmt *s = NULL;
    char *runs = plan_json(ids);
    hist_sum_reset(out);
    int ret = runs ? query_latencies(db, runs, &s, e) : -ENOMEM;
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        ret = decode(s, scratch, e);
        if (ret == 0) {
            hist_sum_merge(out, scratch);
            keep_parts(side, db_col_i64(s, "run_id"), scratch);
        }
    }
    db_finish(s);
    free(runs);
    return ret;
}

static int make_side(struct comparison *c, struct comparison_side *side)
{
    size_t cells = side->values.count * EFFECT_SHIFTS;
    side->latency = malloc(sizeof *side->latency);
    side->parts = keep_bytes(&c->keep, (cells + 1) * sizeof *side->parts);
    for (size_t i = 0; side->parts && i < cells; i++)
        side->parts[i] = NAN;
    return side->latency && side->parts ? 0 : -ENOMEM;
}

int comparison_latency(struct db *db, const struct plan *plan, struct comparison *c, struct err *e)
{
    struct hist_sum *scratch = malloc(sizeof *scratch);
    int ret = scratch ? 0 : -ENOMEM;
    ret = ret ? ret : make_side(c, &c->a);
    ret = ret ? ret : make_side(c, &c->b);
    ret = ret ? ret : merge_side(db, &plan->a, scratch, &c->a, e);
    ret = ret ? ret : merge_side(db, &plan->b, scratch, &c->b, e);
    if (ret == 0)
        effect_shift_hist(c->a.latency, c->b.latency, c->shift);
    free(scratch);
    return ret ? err_set(e, EXIT_ENVIRONMENT, ret, "out of memory for histograms") : 0;
}
