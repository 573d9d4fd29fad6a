/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --follow: a line for each interval of a run, as the generator stores them. Every look is a short
 * read transaction of its own; between them nothing is held, so the generator's checkpoints are
 * never in the way. It ends with the run, with the exit code that the run deserves.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analyzer/beside.h"
#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/out/format.h"
#include "analyzer/query_file.h"
#include "analyzer/summary.h"
#include "base/err.h"
#include "base/units.h"

#define LOOK_MIN_NS (50 * (int64_t)NS_PER_MS)
#define LOOK_MAX_NS (2 * (int64_t)NS_PER_S)
#define NO_LIMIT    UINT64_MAX

struct follow {
    struct db *db;
    struct run_info run;
    int64_t last; /* number of the last period shown; -1: none */
    uint64_t lines, limit;
    struct hist_sum *period, *row; /* scratch */
};

/* --- a line ---------------------------------------------------------------------------- */

static int read_latency(struct follow *f, int64_t seq, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct hist_info hist;
    hist_sum_reset(f->period);
    int ret = query_period_hists(f->db, f->run.id, seq, &rows, e);
    while (ret == 0 && (ret = query_hists_next(rows, &hist, e)) == 1) {
        ret = times_decode(&hist, f->row, e);
        if (ret == 0)
            hist_sum_merge(f->period, f->row);
    }
    db_finish(rows);
    return ret;
}

static const char *percentile_us(char *buf, size_t size, const struct hist_sum *h,
                                 enum quantile_id id)
{
    const struct quantile *q = &quantiles[id];
    if (!percentile_is_shown(h->count, q))
        return "-";
    return format_plain(buf, size, (double)hist_sum_percentile_ns(h, q->num, q->den) / 1e3);
}

static void write_period(const struct follow *f, const struct period_info *p)
{
    char p50[32], p99[32], max[32] = "-", rate[32];
    if (f->period->count)
        format_plain(max, sizeof max, (double)f->period->max_ns / 1e3);
    format_line(
        stdout, "%8.2f %-12.12s %9" PRId64 " %12s %9s %9s %9s %9" PRId64 " %9" PRId64,
        (double)ns_between(f->run.started_ns, p->started_ns) / 1e9, format_or(p->phase, "?"),
        p->open_connections, format_plain(rate, sizeof rate, p->transactions_per_s),
        percentile_us(p50, sizeof p50, f->period, QUANTILE_P50),
        percentile_us(p99, sizeof p99, f->period, QUANTILE_P99), max, p->failed, p->retransmits);
}

static void write_head(const struct follow *f)
{
    format_line(stdout, "run %" PRId64 "  %s over %s, a line every %.3g s", f->run.id,
                f->run.workload_id, f->run.wire, (double)f->run.interval_ns / 1e9);
    format_line(stdout, "%8s %-12s %9s %12s %9s %9s %9s %9s %9s", "at s", "phase", "open",
                "trans/s", "p50 us", "p99 us", "max us", "failed", "retrans");
}

/* --- a look ---------------------------------------------------------------------------- */

static bool enough(const struct follow *f)
{
    return f->lines >= f->limit;
}

static int show_periods(struct follow *f, bool all, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct period_info p;
    int ret = query_periods(f->db, f->run.id, f->last, all, &rows, e);
    while (ret == 0 && !enough(f) && (ret = query_periods_next(rows, &p, e)) == 1) {
        ret = read_latency(f, p.seq, e);
        if (ret)
            break;
        write_period(f, &p);
        f->last = p.seq;
        f->lines++;
    }
    db_finish(rows);
    return ret;
}

static int look(struct follow *f, struct err *e)
{
    int ret = query_begin(f->db, e);
    if (ret)
        return ret;
    ret = db_run_state(f->db, f->run.id, &f->run.state, e);
    ret = ret ? ret : show_periods(f, f->run.state != RUN_RUNNING, e);
    query_end(f->db);
    if (ret == 0 && (fflush(stdout) || ferror(stdout)))
        ret = err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write to the standard output");
    return ret;
}

static void wait_for_more(const struct follow *f)
{
    int64_t ns = f->run.interval_ns / 2;
    ns = ns < LOOK_MIN_NS ? LOOK_MIN_NS : ns > LOOK_MAX_NS ? LOOK_MAX_NS : ns;
    nanosleep(&(struct timespec){ns / (int64_t)NS_PER_S, ns % (int64_t)NS_PER_S}, NULL);
}

static int look_until_it_ends(struct follow *f, struct err *e)
{
    write_head(f);
    int ret = look(f, e);
    while (ret == 0 && f->run.state == RUN_RUNNING && !enough(f)) {
        wait_for_more(f);
        ret = look(f, e);
    }
    return ret;
}

/* --- the whole ------------------------------------------------------------------------- */

static int say_how_it_ended(const struct follow *f, int *code, struct err *e)
{
    struct summary s = {0};
    int ret = summary_build(f->db, f->run.id, &s, e);
    if (ret == 0) {
        *code = summary_exit_code(&s);
        format_line(stdout, "run %" PRId64 " is %s%s%s; `analyze --run %" PRId64 "` explains it",
                    f->run.id, run_state_name(s.run.state), s.verdict ? ", verdict " : "",
                    s.verdict ? s.verdict : "", f->run.id);
    }
    summary_fini(&s);
    return ret;
}

static int follow_all(struct follow *f, const struct options *o, int *code, struct err *e)
{
    int64_t id;
    int ret = query_run_find(f->db, o->runs_count ? o->runs[0] : NULL, &id, e);
    ret = ret ? ret : query_run_load(f->db, id, &f->run, e);
    ret = ret ? ret : look_until_it_ends(f, e);
    ret = ret ? ret : say_how_it_ended(f, code, e);
    run_info_fini(&f->run);
    return ret;
}

static int check_options(const struct options *o, uint64_t *limit, struct err *e)
{
    if (o->runs_count > 1)
        return err_set(e, EXIT_USAGE, -EINVAL, "--follow shows one run: expected --run once");
    if (o->follow_limit && (units_parse_count(o->follow_limit, limit) || !*limit))
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "--follow-limit \"%.40s\": expected a number of lines from 1",
                       o->follow_limit);
    return 0;
}

int follow_run(const struct options *o, int *code, struct err *e)
{
    struct follow f = {.last = -1,
                       .limit = NO_LIMIT,
                       .period = malloc(sizeof *f.period),
                       .row = malloc(sizeof *f.row)};
    int ret = f.period && f.row ? check_options(o, &f.limit, e)
                                : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory");
    ret = ret ? ret : open_beside_run(o->db, &f.db, e);
    ret = ret ? ret : follow_all(&f, o, code, e);
    db_close(f.db);
    free(f.period);
    free(f.row);
    return ret;
}
