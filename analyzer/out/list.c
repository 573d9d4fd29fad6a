/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/format.h"
#include "analyzer/out/writer.h"
#include "analyzer/query.h"

#include <errno.h>
#include <math.h>

#include "base/err.h"

#define TEXT 32

static const char *number(char *buf, double value)
{
    return isnan(value) ? "-" : format_number(buf, TEXT, value);
}

/* A percentage in five columns, small ones not rounded to 0. */
static const char *percentage(char *buf, double value)
{
    if (isnan(value))
        return "-";
    if (value > 0 && value < 0.01)
        return "<0.01";
    snprintf(buf, TEXT, value < 100 ? "%.2f" : "%.0f", value);
    return buf;
}

static const char *validity(int64_t valid)
{
    if (valid == QUERY_NONE)
        return "-";
    return valid ? "yes" : "NO";
}

static void write_run(FILE *out, const struct run_line *r)
{
    char when[40], rate[TEXT], p50[TEXT], p99[TEXT], errors[TEXT];
    format_line(out, "%4lld %-6.6s %-16.16s %-21.21s %-11s %-5s %9s %7s %7s %5s", (long long)r->id,
                r->uuid, format_time(when, sizeof when, r->started_ns), r->workload_id,
                run_state_name(r->state), validity(r->valid), number(rate, r->msg_per_s),
                number(p50, r->latency_p50_us), number(p99, r->latency_p99_us),
                percentage(errors, r->errors_percent));
}

int list_write(FILE *out, struct db *db, uint64_t most, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct run_line line;
    int64_t left_out = 0;
    int ret = query_begin(db, e);
    if (ret)
        return ret;
    ret = query_runs(db, most, &left_out, &rows, e);
    if (ret == 0)
        format_line(out, "%4s %-6s %-16s %-21s %-11s %-5s %9s %7s %7s %5s", "id", "uuid",
                    "started (UTC)", "workload", "state", "valid", "msg/s", "p50 us", "p99 us",
                    "err%");
    while (ret == 0 && (ret = query_runs_next(db, rows, &line, e)) == 1) {
        write_run(out, &line);
        ret = 0;
    }
    if (ret == 0 && left_out)
        format_line(out, "%lld older runs are not shown: --limit=N shows the newest N, --limit=0 all",
                    (long long)left_out);
    db_finish(rows);
    query_end(db);
    if (ret == 0 && (fflush(out) || ferror(out)))
        ret = err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write the list of runs");
    return ret;
}
