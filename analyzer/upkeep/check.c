/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --db-check: is what the file says about itself true? SQLite's own structure, references, every
 * histogram against its columns, checksums of raw samples, and sums that must agree. Each run is
 * read in a transaction of its own, so that a run that goes on is not held up. What is wrong is
 * named by run and interval, a line each; the file is never written.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/beside.h"
#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/out/format.h"
#include "analyzer/query.h"
#include "base/err.h"
#include "db/histblob.h"
#include "db/sample_block.h"
#include "db/schema.h"

#define QUERIES_MAX 16

struct check {
    struct db *db;
    struct hist_sum *sum; /* scratch */
    struct sample_reader *reader;
    struct query {
        const char *sql;
        struct db_stmt *s;
    } queries[QUERIES_MAX]; /* prepared once: there may be a million runs */
    uint64_t found, runs, hists, blocks;
};

static void tell(struct check *c, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    format_lines(stdout, 4, "%s", text);
    c->found++;
}

/* A query about one run, ready to step; db_reset it afterwards. */
static int ask(struct check *c, const char *purpose, const char *sql, int64_t run_id,
               struct db_stmt **out, struct err *e)
{
    struct query *q = c->queries;
    while (q->sql && q->sql != sql)
        q++;
    if (!q->sql) {
        int ret = db_prepare(c->db, purpose, sql, &q->s, e);
        if (ret)
            return ret;
        q->sql = sql;
    }
    *out = q->s;
    db_bind_i64(q->s, ":run", run_id);
    return 0;
}

/* --- the file -------------------------------------------------------------------------- */

static int check_pages(struct check *c, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(c->db, "check the pages",
                         "SELECT integrity_check AS said FROM pragma_integrity_check(20) "
                         "WHERE integrity_check <> 'ok'",
                         &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        tell(c, "the database's structure: %s", format_or(db_col_text(s, "said"), "?"));
        ret = 0;
    }
    db_finish(s);
    return ret;
}

static int check_references(struct check *c, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(c->db, "check the references",
                         "SELECT \"table\" AS child, rowid AS row, parent "
                         "FROM pragma_foreign_key_check LIMIT 20",
                         &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        tell(c, "table %s, row %" PRId64 ": refers to a row of %s that is not there",
             format_or(db_col_text(s, "child"), "?"), db_col_i64(s, "row"),
             format_or(db_col_text(s, "parent"), "?"));
        ret = 0;
    }
    db_finish(s);
    return ret;
}

/* --- histograms ------------------------------------------------------------------------ */

/* What is wrong with the current row's histogram, or NULL; `buf` holds the text. */
static const char *hist_fault(struct check *c, struct db_stmt *s, char *buf, size_t size)
{
    size_t len;
    const void *blob = db_col_blob(s, "blob", &len);
    int64_t count = db_col_i64(s, "count"), overflow = db_col_i64(s, "overflow");
    hist_sum_reset(c->sum);
    if (!blob)
        return count ? "has no data" : NULL;
    if (histblob_decode(blob, len, c->sum))
        return "is damaged: not a whole HdrHistogram V2";
    int64_t held = (int64_t)(c->sum->count + c->sum->overflow);
    snprintf(buf, size,
             "holds %" PRId64 " samples, its columns say %" PRId64 " (%" PRId64
             " of them beyond its range)",
             held, count, overflow);
    return held + overflow == count && overflow >= 0 ? NULL : buf;
}

static const char interval_hists[] =
    "SELECT i.worker, i.seq, p.name AS phase, h.time, h.count, h.overflow, h.blob FROM interval i "
    "JOIN hist h ON h.interval_id = i.id LEFT JOIN phase p ON p.id = i.phase_id "
    "WHERE i.run_id = :run ORDER BY i.id, h.id";
static const char summary_hists[] =
    "SELECT NULL AS worker, NULL AS seq, p.name AS phase, s.time, s.count, s.overflow, s.blob "
    "FROM summary s LEFT JOIN phase p ON p.id = s.phase_id WHERE s.run_id = :run ORDER BY s.id";

static void tell_hist(struct check *c, int64_t run_id, struct db_stmt *s, const char *fault)
{
    char where[64] = "summary";
    if (!db_col_is_null(s, "seq"))
        snprintf(where, sizeof where, "interval %" PRId64 " of worker %" PRId64,
                 db_col_i64(s, "seq"), db_col_i64(s, "worker"));
    tell(c, "run %" PRId64 ", %s (phase %s): the histogram of %s %s", run_id, where,
         format_or(db_col_text(s, "phase"), "all"), format_or(db_col_text(s, "time"), "?"), fault);
}

static int check_hists(struct check *c, int64_t run_id, const char *sql, struct err *e)
{
    char buf[160];
    struct db_stmt *s = NULL;
    int ret = ask(c, "check the histograms", sql, run_id, &s, e);
    if (ret)
        return ret;
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        const char *fault = hist_fault(c, s, buf, sizeof buf);
        if (fault)
            tell_hist(c, run_id, s, fault);
        c->hists++;
        ret = 0;
    }
    db_reset(s);
    return ret;
}

/* --- raw samples ----------------------------------------------------------------------- */

static const char raw_blocks[] =
    "SELECT id, worker, started_ns, ended_ns, count, format, crc, data FROM sample_block "
    "WHERE run_id = :run ORDER BY id";

/* Of a block that could be unpacked: ordered by start, within its columns' times. */
static const char *order_fault(struct check *c, uint32_t count, uint64_t first, uint64_t last)
{
    const uint64_t *start = sample_reader_column(c->reader, SAMPLE_START);
    const uint64_t *latency = sample_reader_column(c->reader, SAMPLE_LATENCY);
    uint64_t latest = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i && start[i] < start[i - 1])
            return "they are not in the order of their starts";
        latest = start[i] + latency[i] > latest ? start[i] + latency[i] : latest;
    }
    return start[0] == first && latest == last ? NULL : "their times are not those of its columns";
}

/* What is wrong with the current row's block, or NULL. */
static const char *block_fault(struct check *c, struct db_stmt *s)
{
    size_t len;
    const void *data = db_col_blob(s, "data", &len);
    int64_t count = db_col_i64(s, "count");
    if (!count && !len)
        return NULL; /* seconds of which nothing was kept */
    const char *why = sample_reader_damage(c->reader, db_col_i64(s, "format"), count,
                                           db_col_i64(s, "crc"), data, len);
    return why ? why
               : order_fault(c, (uint32_t)count, (uint64_t)db_col_i64(s, "started_ns"),
                             (uint64_t)db_col_i64(s, "ended_ns"));
}

static int check_blocks(struct check *c, int64_t run_id, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = ask(c, "check the raw samples", raw_blocks, run_id, &s, e);
    if (ret)
        return ret;
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        const char *fault = block_fault(c, s);
        if (fault)
            tell(c, "run %" PRId64 ", raw samples %" PRId64 " of worker %" PRId64 ": %s", run_id,
                 db_col_i64(s, "id"), db_col_i64(s, "worker"), fault);
        c->blocks++;
        ret = 0;
    }
    db_reset(s);
    return ret;
}

/* --- sums ------------------------------------------------------------------------------ */

/* Two figures that must be equal. whole: only of a run that ended in order and lost nothing. */
static const struct {
    const char *a_name, *b_name, *sql;
    bool whole;
} sums[] = {
    {"transactions started", "completed + failed",
     "SELECT sum(started) AS a, sum(completed) + sum(failed) AS b FROM interval "
     "WHERE run_id = :run",
     true},
    {"failed transactions", "failures by kind",
     "SELECT (SELECT sum(failed) FROM interval WHERE run_id = :run) AS a, (SELECT sum(c.value) "
     "FROM "
     "interval i JOIN counter c ON c.interval_id = i.id JOIN counter_name n ON n.id = c.name_id "
     "WHERE i.run_id = :run AND n.kind = 'result' AND n.name <> 'ok') AS b",
     true},
    {"completed transactions", "the counter of that name",
     "SELECT (SELECT sum(completed) FROM interval WHERE run_id = :run) AS a, (SELECT sum(c.value) "
     "FROM interval i JOIN counter c ON c.interval_id = i.id JOIN counter_name n ON n.id = "
     "c.name_id WHERE i.run_id = :run AND n.kind = 'counter' AND n.name = 'completed') AS b",
     false},
    {"latencies of the intervals", "those in their histograms",
     "SELECT (SELECT sum(latency_count) FROM interval WHERE run_id = :run) AS a, (SELECT "
     "sum(h.count) FROM interval i JOIN hist h ON h.interval_id = i.id WHERE i.run_id = :run AND "
     "h.time = 'latency') AS b",
     false},
    {"latencies of the measured intervals and their drains", "those of the run's summary",
     "SELECT (SELECT sum(i.latency_count) FROM interval i JOIN phase p ON p.id = i.phase_id WHERE "
     "i.run_id = :run AND (p.measured OR p.kind = 'drain')) AS a, "
     "(SELECT count FROM summary WHERE run_id = :run AND phase_id IS NULL AND time = 'latency') AS b",
     true},
    {"transactions ended, all of which were kept", "raw samples",
     "SELECT (SELECT sum(completed) + sum(failed) FROM interval WHERE run_id = :run AND "
     "(SELECT min(ratio) FROM sample_block WHERE run_id = :run) = 1) AS a, "
     "(SELECT sum(count) FROM sample_block WHERE run_id = :run HAVING min(ratio) = 1) AS b",
     true},
};

static int check_sum(struct check *c, int64_t run_id, size_t i, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = ask(c, "check the sums", sums[i].sql, run_id, &s, e);
    if (ret)
        return ret;
    ret = db_step(s, e);
    if (ret == 1 && db_col_i64(s, "a") != db_col_i64(s, "b"))
        tell(c, "run %" PRId64 ": %s: %" PRId64 ", %s: %" PRId64, run_id, sums[i].a_name,
             db_col_i64(s, "a"), sums[i].b_name, db_col_i64(s, "b"));
    db_reset(s);
    return ret < 0 ? ret : 0;
}

static int check_sums(struct check *c, int64_t run_id, bool whole, struct err *e)
{
    int ret = 0;
    for (size_t i = 0; i < sizeof sums / sizeof *sums && ret == 0; i++)
        if (whole || !sums[i].whole)
            ret = check_sum(c, run_id, i, e);
    return ret;
}

/* --- runs ------------------------------------------------------------------------------ */

/* No fault of the file's, yet what a copy of it may lack. */
static int tell_unended(struct check *c, int64_t run_id, struct err *e)
{
    struct run_info run = {0};
    int ret = query_run_load(c->db, run_id, &run, e);
    if (ret == 0 && run.died)
        format_lines(stdout, 4, "run %" PRId64 ": %s", run_id, run.state_reason);
    run_info_fini(&run);
    return ret;
}

static int check_run(struct check *c, int64_t run_id, bool running, bool whole, struct err *e)
{
    int ret = query_begin(c->db, e);
    if (ret)
        return ret;
    ret = running ? tell_unended(c, run_id, e) : 0;
    ret = ret ? ret : check_hists(c, run_id, interval_hists, e);
    ret = ret ? ret : check_hists(c, run_id, summary_hists, e);
    ret = ret ? ret : check_blocks(c, run_id, e);
    ret = ret ? ret : check_sums(c, run_id, whole, e);
    query_end(c->db);
    c->runs++;
    return ret;
}

static const char run_after[] =
    "SELECT id, state = 'running' AS running, state = 'done' AND lost_intervals = 0 AS whole "
    "FROM run WHERE id > :run ORDER BY id LIMIT 1";

/* The run after `id`: 1, 0 when there is none, -errno. */
static int check_next(struct check *c, int64_t *id, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = ask(c, "list the runs", run_after, *id, &s, e);
    ret = ret ? ret : db_step(s, e);
    if (ret != 1)
        return ret;
    bool running = db_col_i64(s, "running"), whole = db_col_i64(s, "whole");
    *id = db_col_i64(s, "id");
    db_reset(s);
    ret = check_run(c, *id, running, whole, e);
    return ret ? ret : 1;
}

static int check_all(struct check *c, struct err *e)
{
    int64_t id = INT64_MIN;
    int ret = check_pages(c, e);
    ret = ret ? ret : check_references(c, e);
    int more = ret ? ret : 1;
    while (more == 1)
        more = check_next(c, &id, e);
    for (size_t i = 0; i < QUERIES_MAX; i++)
        db_finish(c->queries[i].s);
    return more;
}

int upkeep_check(const struct options *o, int *code, struct err *e)
{
    struct check c = {.sum = malloc(sizeof *c.sum), .reader = sample_reader_new()};
    int ret = c.sum && c.reader ? open_beside_run(o->db, &c.db, e)
                    : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory");
    ret = ret ? ret : check_all(&c, e);
    db_close(c.db);
    free(c.sum);
    sample_reader_free(c.reader);
    if (ret)
        return ret;
    printf("%s: %s: schema %d, %" PRIu64 " runs, %" PRIu64 " histograms, %" PRIu64
           " blocks of raw samples, %" PRIu64 " faults\n",
           o->db, c.found ? "DAMAGED" : "whole", db_migration_count, c.runs, c.hists, c.blocks,
           c.found);
    *code = c.found ? EXIT_USAGE : EXIT_WELL;
    return 0;
}
