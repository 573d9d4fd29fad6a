/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench/replay.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "bench/gen_run.h"
#include "db/db.h"
#include "db/extension/extension.h"
#include "db/run_row.h"

/* --- a real run's records -------------------------------------------------------------------- */

static const char all_samples[] =
    "SELECT time_ns, latency_ns, queueing_ns, lateness_ns, size_bytes, connection FROM sample "
    "WHERE run = 1 AND measured AND result = 'ok' ORDER BY time_ns + latency_ns";

bool facts_read(struct facts *f, struct gen_run *run, uint32_t most)
{
    sqlite3_stmt *s;
    f->count = 0;
    f->at = calloc(most, sizeof *f->at);
    if (!f->at || extension_register(run->db) || sqlite3_prepare_v2(run->db, all_samples, -1, &s, NULL))
        return false;
    while (f->count < most && sqlite3_step(s) == SQLITE_ROW)
        f->at[f->count++] = (struct rec_transaction){
            .intended_ns = (uint64_t)sqlite3_column_int64(s, 0),
            .latency_ns = (uint64_t)sqlite3_column_int64(s, 1),
            .queueing_ns = (uint64_t)sqlite3_column_int64(s, 2),
            .lateness_ns = (uint64_t)sqlite3_column_int64(s, 3),
            .size = (uint32_t)sqlite3_column_int64(s, 4),
            .connection = (uint32_t)sqlite3_column_int64(s, 5),
            .measured = true};
    sqlite3_finalize(s);
    return f->count > 0;
}

void facts_free(struct facts *f)
{
    free(f->at);
    f->at = NULL;
}

/* --- a recorder ------------------------------------------------------------------------------ */

bool recording_begin(struct recording *r, const char *path, struct err *e)
{
    struct run_row run = {.uuid = "bench", .workload_id = "bench", .job = "", .history_key = "",
                          .tool_version = "", .wire = "lab", .timestamp_source = "tsc",
                          .protocol = "echo", .pattern = "long_lived", .load = "max", .workers = 1,
                          .connections_requested = 1, .interval_ns = 1000000000};
    struct phase_row phase = {.name = "m", .kind = PHASE_MEASURE, .measured = true, .load = "max",
                              .offered_rate_per_s = NAN};
    struct rec_config cfg = {.lanes = 1, .sample_records = RECORDING_RING, .sample_ratio = 1, .seed = 1};
    *r = (struct recording){0};
    snprintf(r->path, sizeof r->path, "%s", path);
    if (process_self(&run.process, e) || db_open(r->path, DB_CREATE, &r->db, e) ||
        db_run_begin(r->db, &run, &r->run_id, e))
        return false;
    cfg.db = r->db;
    cfg.run_id = r->run_id;
    if (rec_open(&cfg, &r->rec, e))
        return false;
    r->phase = (uint32_t)rec_phase_begin(r->rec, &phase, 1);
    return true;
}

int recording_finish(struct recording *r, int64_t from_ns, int64_t to_ns, struct err *e)
{
    char sql[120];
    struct run_end end = {.state = RUN_DONE, .valid = 1, .connections_opened = 1, .ended_ns = to_ns,
                          .lost_intervals = DB_NONE};
    snprintf(sql, sizeof sql, "UPDATE phase SET started_ns = %lld, ended_ns = %lld",
             (long long)from_ns, (long long)to_ns);
    int ret = db_exec(r->db, "end the phase", sql, e);
    return ret ? ret : db_run_end(r->db, r->run_id, &end, e);
}

double recording_figure(struct recording *r, const char *sql)
{
    sqlite3_stmt *s;
    double v = NAN;
    if (sqlite3_prepare_v2(db_sqlite(r->db), sql, -1, &s, NULL))
        return NAN;
    if (sqlite3_step(s) == SQLITE_ROW)
        v = sqlite3_column_double(s, 0);
    sqlite3_finalize(s);
    return v;
}

void recording_close(struct recording *r)
{
    db_close(r->db);
    r->db = NULL;
}

void recording_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};
    char beside[220];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, suffixes[i]);
        unlink(beside);
    }
}
