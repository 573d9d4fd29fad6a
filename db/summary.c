/* SPDX-License-Identifier: BSD-3-Clause */
/* Which percentiles are plain columns, and when a sample is large enough to have them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "db/histblob.h"
#include "db/row.h"

#define SAMPLES_BEYOND 10 /* samples that must lie beyond a percentile for it to be given */

const struct stored_percentile stored_percentiles[STORED_PERCENTILES] = {
    {"p50_ns", 50, 100},   {"p90_ns", 90, 100},     {"p95_ns", 95, 100},
    {"p99_ns", 99, 100},   {"p999_ns", 999, 1000},  {"p9999_ns", 9999, 10000},
};

bool percentile_supported(uint64_t count, uint64_t num, uint64_t den)
{
    return (unsigned __int128)count * (den - num) >= (unsigned __int128)SAMPLES_BEYOND * den;
}

/* "12 samples: p90 needs 100": the first percentile that is missing. NULL when none is. */
static const char *missing_reason(char *buf, size_t size, uint64_t count)
{
    for (size_t i = 0; i < STORED_PERCENTILES; i++) {
        const struct stored_percentile *p = &stored_percentiles[i];
        if (percentile_supported(count, p->num, p->den))
            continue;
        int name_len = (int)strcspn(p->column, "_");
        snprintf(buf, size, "%llu samples: %.*s needs %llu", (unsigned long long)count, name_len,
                 p->column, (unsigned long long)(SAMPLES_BEYOND * p->den / (p->den - p->num)));
        return buf;
    }
    return NULL;
}

static void bind_percentiles(struct db_stmt *s, const struct hist_sum *h)
{
    char name[16];
    for (size_t i = 0; i < STORED_PERCENTILES; i++) {
        const struct stored_percentile *p = &stored_percentiles[i];
        snprintf(name, sizeof name, ":%s", p->column);
        if (percentile_supported(h->count, p->num, p->den))
            db_bind_u64(s, name, hist_sum_percentile_ns(h, p->num, p->den));
        else
            db_bind_null(s, name);
    }
}

static void bind_extremes(struct db_stmt *s, const struct hist_sum *h)
{
    bind_int(s, ":min_ns", h->count ? (int64_t)h->min_ns : DB_NONE);
    bind_int(s, ":max_ns", h->count ? (int64_t)h->max_ns : DB_NONE);
    db_bind_f64(s, ":mean_ns", hist_sum_mean_ns(h)); /* NAN while empty */
}

static int bind_sum_blob(struct db *db, struct db_stmt *s, const struct hist_sum *h, struct err *e)
{
    uint8_t *blob;
    size_t len;
    if (!h->count)
        return 0; /* stays NULL */
    if (histblob_encode_sum(h, &blob, &len))
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "%s: out of memory", db_path(db));
    db_bind_blob(s, ":blob", blob, len);
    free(blob);
    return 0;
}

int db_summary_add(struct db *db, int64_t run_id, int64_t phase_id, enum time_kind time,
                   const struct hist_sum *h, int64_t censored, struct err *e)
{
    char reason[80];
    struct db_stmt *s;
    int ret = db_prepare(db, "store the summary",
                         "INSERT INTO summary (run_id, phase_id, time, count, overflow, censored, "
                         "min_ns, max_ns, mean_ns, p50_ns, p90_ns, p95_ns, p99_ns, p999_ns, "
                         "p9999_ns, missing_reason, blob) VALUES (:run_id, :phase_id, :time, "
                         ":count, :overflow, :censored, :min_ns, :max_ns, :mean_ns, :p50_ns, "
                         ":p90_ns, :p95_ns, :p99_ns, :p999_ns, :p9999_ns, :missing_reason, :blob)",
                         &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":phase_id", phase_id}, {":count", (int64_t)h->count},
              {":overflow", (int64_t)h->overflow}, {":censored", censored});
    bind_texts(s, {":time", time_name(time)},
               {":missing_reason", missing_reason(reason, sizeof reason, h->count)});
    bind_percentiles(s, h);
    bind_extremes(s, h);
    ret = bind_sum_blob(db, s, h, e);
    if (!ret)
        ret = db_run(s, e);
    db_finish(s);
    return ret;
}
