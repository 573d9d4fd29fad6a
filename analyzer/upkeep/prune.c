/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --db-prune: raw sample blocks go, of whole runs and oldest first; intervals, histograms, counters
 * and summaries stay, so every figure of --text stays. Runs of a baseline keep theirs. VACUUM then
 * gives the space back; it is a transaction like any other: killed or out of space, the file is as
 * it was before.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "analyzer/command.h"
#include "analyzer/options.h"
#include "base/err.h"
#include "base/units.h"
#include "db/db.h"
#include "db/run_row.h"

#define NS_PER_DAY (24 * 3600 * NS_PER_S)

struct prune {
    int64_t before_ns;  /* Unix: of runs begun before; INT64_MIN: of none for their age */
    int64_t keep_bytes; /* INT64_MAX: whatever is there */
    int64_t now_ns;
    int64_t runs, blocks, bytes; /* what went */
};

/* "30d" and all that units_parse_ns takes. */
static int parse_age(const char *text, uint64_t *ns)
{
    size_t len = strlen(text);
    char days[32];
    uint64_t n;
    if (!len || text[len - 1] != 'd' || len > sizeof days)
        return units_parse_ns(text, ns);
    memcpy(days, text, len - 1);
    days[len - 1] = '\0';
    if (units_parse_count(days, &n) || n > INT64_MAX / NS_PER_DAY)
        return -EINVAL;
    *ns = n * NS_PER_DAY;
    return 0;
}

static int parse(const struct options *o, struct prune *p, struct err *e)
{
    uint64_t age_ns = 0, bytes = INT64_MAX;
    if (!o->older_than && !o->keep_size)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "--db-prune needs --older-than=30d, --keep-size=1GiB or both");
    if (o->older_than && parse_age(o->older_than, &age_ns))
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "--older-than \"%.40s\": expected a time such as 30d or 12h", o->older_than);
    if (o->keep_size && (units_parse_bytes(o->keep_size, &bytes) || bytes > INT64_MAX))
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "--keep-size \"%.40s\": expected a size such as 1GiB or 500MiB",
                       o->keep_size);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    p->now_ns = (int64_t)now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec;
    p->keep_bytes = (int64_t)bytes;
    p->before_ns = INT64_MIN;
    if (o->older_than)
        p->before_ns = age_ns < (uint64_t)p->now_ns ? p->now_ns - (int64_t)age_ns : INT64_MIN;
    return 0;
}

/* The runs whose blocks go: too old, or such that they and all newer ones take too much. */
static const char choose[] =
    "CREATE TEMP TABLE pruned AS WITH size AS (SELECT r.id, r.started_ns, count(*) AS blocks, "
    "sum(length(s.data)) AS bytes FROM sample_block s JOIN run r ON r.id = s.run_id GROUP BY "
    "r.id), "
    "newest AS (SELECT *, sum(bytes) OVER (ORDER BY started_ns DESC, id DESC) AS so_far FROM size) "
    "SELECT id, blocks, bytes FROM newest WHERE (started_ns < (SELECT before_ns FROM wanted) OR "
    "so_far > (SELECT keep_bytes FROM wanted)) AND id NOT IN (SELECT run_id FROM baseline)";

static int choose_runs(struct db *db, const struct prune *p, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_exec(db, "choose what to drop",
                      "CREATE TEMP TABLE wanted (before_ns INTEGER, keep_bytes INTEGER)", e);
    ret = ret ? ret
              : db_prepare(db, "choose what to drop",
                           "INSERT INTO wanted VALUES (:before_ns, :keep_bytes)", &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":before_ns", p->before_ns);
    db_bind_i64(s, ":keep_bytes", p->keep_bytes);
    ret = db_run(s, e);
    db_finish(s);
    return ret ? ret : db_exec(db, "choose what to drop", choose, e);
}

static int count_runs(struct db *db, struct prune *p, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(db, "choose what to drop",
                         "SELECT count(*) AS runs, ifnull(sum(blocks), 0) AS blocks, "
                         "ifnull(sum(bytes), 0) AS bytes FROM pruned",
                         &s, e);
    if (ret)
        return ret;
    ret = db_step(s, e);
    if (ret == 1) {
        p->runs = db_col_i64(s, "runs");
        p->blocks = db_col_i64(s, "blocks");
        p->bytes = db_col_i64(s, "bytes");
    }
    db_finish(s);
    return ret < 0 ? ret : 0;
}

/* Each run remembers that its raw samples were there once. */
static int note_runs(struct db *db, const struct prune *p, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(db, "drop raw samples",
                         "INSERT INTO note (run_id, at_ns, level, text) SELECT id, :at_ns, 'info', "
                         "'raw samples dropped by --db-prune: ' || blocks || ' blocks, ' || bytes "
                         "|| ' bytes' FROM pruned",
                         &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":at_ns", p->now_ns);
    ret = db_run(s, e);
    db_finish(s);
    return ret;
}

/* Without secure_delete (on in Debian's SQLite) a deletion needs no room for what it deletes. */
static int drop_blocks(struct db *db, struct prune *p, struct err *e)
{
    int ret = db_exec(db, "drop raw samples", "PRAGMA secure_delete = 0", e);
    ret = ret ? ret : db_begin(db, "drop raw samples", e);
    ret = ret ? ret : choose_runs(db, p, e);
    ret = ret ? ret : count_runs(db, p, e);
    ret = ret ? ret : note_runs(db, p, e);
    ret = ret ? ret
              : db_exec(db, "drop raw samples",
                        "DELETE FROM sample_block WHERE run_id IN (SELECT id FROM pruned)", e);
    ret = ret ? ret : db_commit(db, "drop raw samples", e);
    db_rollback(db);
    return ret;
}

static uint64_t file_bytes(const char *path)
{
    struct stat st;
    return stat(path, &st) ? 0 : (uint64_t)st.st_size;
}

static int give_back(struct db *db, const struct prune *p, struct err *e)
{
    struct err full = {0};
    int ret = p->blocks ? db_exec(db, "give the space back",
                                  "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);", &full)
                        : 0;
    if (ret)
        err_set(
            e, (enum exit_code)full.exit_code, ret,
            "%s; the raw samples of %lld runs are dropped, all else is kept, the file keeps its "
            "size and the next runs fill it",
            full.message, (long long)p->runs);
    return ret;
}

int upkeep_prune(const struct options *o, int *code, struct err *e)
{
    struct prune p = {0};
    struct db *db = NULL;
    char dropped[32], before[32], after[32];
    (void)code;
    int ret = parse(o, &p, e);
    ret = ret ? ret : db_open(o->db, DB_APPEND, &db, e);
    uint64_t size = file_bytes(o->db);
    ret = ret ? ret : drop_blocks(db, &p, e);
    ret = ret ? ret : give_back(db, &p, e);
    db_close(db);
    if (ret)
        return ret;
    printf(
        "%s: dropped the raw samples of %lld runs: %lld blocks, %s; the file went from %s to %s\n",
        o->db, (long long)p.runs, (long long)p.blocks,
        units_format_bytes(dropped, sizeof dropped, (uint64_t)p.bytes),
        units_format_bytes(before, sizeof before, size),
        units_format_bytes(after, sizeof after, file_bytes(o->db)));
    return 0;
}
