/* SPDX-License-Identifier: BSD-3-Clause */
/* The latency of both sides as two distributions. */
#include <errno.h>
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

static int merge_side(struct db *db, const struct id_list *ids, struct hist_sum *scratch,
                      struct hist_sum *out, struct err *e)
{
    struct db_stmt *s = NULL;
    char *runs = plan_json(ids);
    hist_sum_reset(out);
    int ret = runs ? query_latencies(db, runs, &s, e) : -ENOMEM;
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        ret = decode(s, scratch, e);
        if (ret == 0)
            hist_sum_merge(out, scratch);
    }
    db_finish(s);
    free(runs);
    return ret;
}

int comparison_latency(struct db *db, const struct plan *plan, struct comparison *c, struct err *e)
{
    struct hist_sum *scratch = malloc(sizeof *scratch);
    c->a.latency = malloc(sizeof *scratch);
    c->b.latency = malloc(sizeof *scratch);
    int ret = -ENOMEM;
    if (scratch && c->a.latency && c->b.latency) {
        ret = merge_side(db, &plan->a, scratch, c->a.latency, e);
        ret = ret ? ret : merge_side(db, &plan->b, scratch, c->b.latency, e);
    }
    if (ret == 0)
        effect_shift_hist(c->a.latency, c->b.latency, c->shift);
    free(scratch);
    return ret ? err_set(e, EXIT_ENVIRONMENT, ret, "out of memory for histograms") : 0;
}
