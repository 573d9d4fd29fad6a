/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions on stored histograms (HdrHistogram V2 blobs). NULL stays NULL; what is not a histogram
 * is an error that names the function. */
#include <math.h>
#include <stdlib.h>

#include "base/hist.h"
#include "db/extension/extension.h"
#include "db/extension/interval.h"
#include "db/histblob.h"

/* Percentiles are counted in 1e-7 percent, so that ranks are exact. */
#define PERCENT_PARTS 10000000.0
#define WHOLE         1000000000u

static void complain(sqlite3_context *c, const char *function, const char *what)
{
    char *message = sqlite3_mprintf("%s: %s", function, what);
    sqlite3_result_error(c, message ? message : what, -1);
    sqlite3_free(message);
}

/* The caller frees with free(); NULL: said why. */
static struct hist_sum *read_hist(sqlite3_context *c, sqlite3_value *blob)
{
    struct hist_sum *s = malloc(sizeof *s);
    if (!s) {
        sqlite3_result_error_nomem(c);
        return NULL;
    }
    hist_sum_reset(s);
    if (!histblob_decode(sqlite3_value_blob(blob), (size_t)sqlite3_value_bytes(blob), s))
        return s;
    complain(c, sqlite3_user_data(c), "not a histogram (HdrHistogram V2, compressed)");
    free(s);
    return NULL;
}

static bool any_null(int n, sqlite3_value **v)
{
    for (int i = 0; i < n; i++)
        if (sqlite3_value_type(v[i]) == SQLITE_NULL)
            return true;
    return false;
}

static void hist_count(sqlite3_context *c, int n, sqlite3_value **v)
{
    struct hist_sum *s = any_null(n, v) ? NULL : read_hist(c, v[0]);
    if (s)
        sqlite3_result_int64(c, (sqlite3_int64)s->count);
    free(s);
}

static void hist_mean(sqlite3_context *c, int n, sqlite3_value **v)
{
    struct hist_sum *s = any_null(n, v) ? NULL : read_hist(c, v[0]);
    if (s && s->count)
        sqlite3_result_double(c, hist_sum_mean_ns(s));
    free(s);
}

/* --- percentiles ----------------------------------------------------------------------------- */

/* Above 0 to 100 as parts of WHOLE; 0: said why not. */
static uint64_t read_percent(sqlite3_context *c, sqlite3_value *v)
{
    double percent = sqlite3_value_double(v);
    uint64_t parts = percent > 0 && percent <= 100 ? (uint64_t)llround(percent * PERCENT_PARTS) : 0;
    if (!parts)
        complain(c, sqlite3_user_data(c), "expected a percentile above 0, up to 100");
    return parts;
}

/* As the stored columns: at least ten samples lie beyond it. */
static bool supported(uint64_t count, uint64_t parts)
{
    return (unsigned __int128)count * (WHOLE - parts) >= (unsigned __int128)10 * WHOLE;
}

static void hist_percentile(sqlite3_context *c, int n, sqlite3_value **v)
{
    uint64_t parts = any_null(n, v) ? 0 : read_percent(c, v[1]);
    struct hist_sum *s = parts ? read_hist(c, v[0]) : NULL;
    if (s && supported(s->count, parts))
        sqlite3_result_int64(c, (sqlite3_int64)hist_sum_percentile_ns(s, parts, WHOLE));
    free(s);
}

/* --- intervals ------------------------------------------------------------------------------- */

struct bounds {
    sqlite3_int64 lo, hi;
};

static double read_confidence(int n, sqlite3_value **v)
{
    double confidence = n > 2 ? sqlite3_value_double(v[2]) : 95;
    return confidence > 0 && confidence < 100 ? confidence / 100 : 0;
}

/* False: NULL (no interval), or said why. */
static bool read_bounds(sqlite3_context *c, int n, sqlite3_value **v, struct bounds *out)
{
    struct ranks ranks;
    double confidence = any_null(n, v) ? 0 : read_confidence(n, v);
    uint64_t parts = any_null(n, v) ? 0 : read_percent(c, v[1]);
    if (parts && confidence <= 0)
        complain(c, sqlite3_user_data(c), "expected a confidence above 0, below 100");
    struct hist_sum *s = parts && confidence > 0 ? read_hist(c, v[0]) : NULL;
    bool there = s && interval_ranks(s->count, (double)parts / WHOLE, confidence, &ranks);
    if (there) {
        out->lo = (sqlite3_int64)hist_sum_percentile_ns(s, ranks.lo, s->count);
        out->hi = (sqlite3_int64)hist_sum_percentile_ns(s, ranks.hi, s->count);
    }
    free(s);
    return there;
}

static void hist_percentile_lo(sqlite3_context *c, int n, sqlite3_value **v)
{
    struct bounds b;
    if (read_bounds(c, n, v, &b))
        sqlite3_result_int64(c, b.lo);
}

static void hist_percentile_hi(sqlite3_context *c, int n, sqlite3_value **v)
{
    struct bounds b;
    if (read_bounds(c, n, v, &b))
        sqlite3_result_int64(c, b.hi);
}

static void percentile_ci(sqlite3_context *c, int n, sqlite3_value **v)
{
    struct bounds b;
    char text[48];
    if (!read_bounds(c, n, v, &b))
        return;
    sqlite3_snprintf(sizeof text, text, "%lld..%lld", b.lo, b.hi);
    sqlite3_result_text(c, text, -1, SQLITE_TRANSIENT);
}

/* --- merging --------------------------------------------------------------------------------- */

struct merged {
    struct hist_sum *sum;
};

static void merge_step(sqlite3_context *c, int n, sqlite3_value **v)
{
    struct merged *m = sqlite3_aggregate_context(c, sizeof *m);
    struct hist_sum *one = any_null(n, v) ? NULL : read_hist(c, v[0]);
    if (!m) {
        sqlite3_result_error_nomem(c);
    } else if (one && m->sum) {
        hist_sum_merge(m->sum, one);
    } else if (one) {
        m->sum = one;
        return;
    }
    free(one);
}

static void merge_final(sqlite3_context *c)
{
    struct merged *m = sqlite3_aggregate_context(c, 0);
    uint8_t *blob;
    size_t len;
    if (!m || !m->sum)
        return;
    if (histblob_encode_sum(m->sum, &blob, &len))
        sqlite3_result_error_nomem(c);
    else
        sqlite3_result_blob64(c, blob, len, free);
    free(m->sum);
}

/* --- all ------------------------------------------------------------------------------------- */

int extension_register_hist(sqlite3 *db)
{
    static const struct {
        const char *name;
        int arguments;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {
        {"hist_count", 1, hist_count},
        {"hist_mean", 1, hist_mean},
        {"hist_percentile", 2, hist_percentile},
        {"hist_percentile_lo", 2, hist_percentile_lo},
        {"hist_percentile_lo", 3, hist_percentile_lo},
        {"hist_percentile_hi", 2, hist_percentile_hi},
        {"hist_percentile_hi", 3, hist_percentile_hi},
        {"percentile_ci", 2, percentile_ci},
        {"percentile_ci", 3, percentile_ci},
    };
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int rc = sqlite3_create_function_v2(db, "hist_merge", 1, flags, (void *)(uintptr_t)"hist_merge",
                                        NULL, merge_step, merge_final, NULL);
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof functions / sizeof *functions; i++)
        rc = sqlite3_create_function_v2(db, functions[i].name, functions[i].arguments, flags,
                                        (void *)(uintptr_t)functions[i].name,
                                        functions[i].function, NULL, NULL, NULL);
    return rc;
}
