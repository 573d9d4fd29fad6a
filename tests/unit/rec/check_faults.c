/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every write, sync and truncate of a recorder's session fails in turn. Whichever it is: the file
 * opens and is whole, holds the run that was there before and every batch that was committed,
 * holds each interval whole or not at all, takes the next run, and the message names the file and
 * says what was kept.
 */
#include <fcntl.h>

#include "tests/lib/check_main.h"
#include "tests/lib/fault_vfs.h"
#include "tests/lib/strike.h"
#include "tests/unit/db/opening.h"
#include "tests/unit/rec/recorded.h"

#ifndef STEP
#define STEP 1 /* a sanitized build is slow and takes each STEP-th operation only */
#endif
#define INTERVALS 3
#define AT_ONCE   12

struct session {
    struct tmp_dir dir;
    struct err e;
    bool begun, recording, ended, kept[INTERVALS];
};

/* --- the session ----------------------------------------------------------------------- */

static void fill(struct rec_interval *b)
{
    for (int t = 0; t < TIME_COUNT; t++)
        for (uint64_t i = 1; i <= 50; i++)
            hist_record(&b->times[t], i * 1000);
    b->counters[COUNTER_STARTED] = b->counters[COUNTER_COMPLETED] = 50;
    b->results[RESULT_OK] = 50;
}

/* Hands over one interval; whether the recorder, when it is through with it, has it stored. */
static bool hand_over(struct rec *r, struct rec_interval **b, int n, uint32_t phase)
{
    static struct rec_totals totals;
    uint64_t lost_before;
    rec_totals(r, &totals);
    lost_before = totals.lost;
    fill(*b);
    *b = rec_lane_next(rec_lane(r, 0), FED_START_NS + (uint64_t)(n + 1) * NS_PER_S, phase);
    rec_sync(r);
    rec_totals(r, &totals);
    must(totals.intervals > (uint64_t)n, "interval %d was not looked at", n);
    return totals.lost == lost_before;
}

static int record(struct session *s, struct db *db, int64_t id)
{
    static const struct phase_row row = {.name = "m",
                                         .kind = PHASE_MEASURE,
                                         .measured = true,
                                         .load = "max",
                                         .offered_rate_per_s = NAN,
                                         .requested_ns = DB_NONE,
                                         .connections = 1,
                                         .depth = 1};
    struct rec *r;
    struct rec_config cfg = {
        .db = db, .run_id = id, .lanes = 1, .mono_to_real_ns = FED_UNIX_NS - FED_START_NS};
    int ret = rec_open(&cfg, &r, &s->e);
    if (ret)
        return ret;
    s->recording = true;
    int phase = rec_phase_begin(r, &row, FED_START_NS);
    struct rec_interval *b = rec_lane_next(rec_lane(r, 0), FED_START_NS, (uint32_t)phase);
    for (int n = 0; n < INTERVALS; n++)
        s->kept[n] = hand_over(r, &b, n, (uint32_t)phase);
    rec_phase_end(r, (uint32_t)phase, FED_START_NS + INTERVALS * NS_PER_S, PHASE_EXIT_TIME);
    ret = rec_close(r, &s->e);
    must(!ret || strstr(s->e.message, "what was stored before is kept"), "%s", s->e.message);
    return ret;
}

static int run_session(struct session *s)
{
    struct db *db;
    int64_t id;
    int ret = db_open(s->dir.file, DB_CREATE, &db, &s->e);
    if (!ret) /* so that pages go into the file all the time, not only at the end */
        ret = db_exec(db, "test", "PRAGMA wal_autocheckpoint = 8; UPDATE run SET uuid = 'before'",
                      &s->e);
    if (!ret)
        ret = fed_run(db, &id, &s->e);
    s->begun = !ret;
    if (!ret)
        ret = record(s, db, id);
    if (!ret) {
        struct run_end end = {.state = RUN_DONE,
                              .valid = 1,
                              .connections_opened = 1,
                              .ended_ns = FED_UNIX_NS,
                              .lost_intervals = DB_NONE};
        ret = db_run_end(db, id, &end, &s->e);
        s->ended = !ret;
    }
    db_close(db);
    return ret;
}

/* --- what is left ---------------------------------------------------------------------- */

static void check_intervals(const struct session *s, struct db *db)
{
    char sql[200];
    for (int n = 0; n < INTERVALS; n++) {
        snprintf(sql, sizeof sql,
                 "SELECT count(*) AS n FROM interval WHERE run_id = 2 AND seq = %d", n);
        must(!s->kept[n] || number(db, sql) == 1, "interval %d was committed and is gone", n);
    }
    int64_t rows = number(db, "SELECT count(*) AS n FROM interval WHERE run_id = 2");
    must(number(db, "SELECT count(*) AS n FROM interval i JOIN hist h ON h.interval_id = i.id "
                    "WHERE run_id = 2") == rows * TIME_COUNT,
         "an interval is there in part");
    must(number(db, "SELECT count(*) AS n FROM interval i JOIN counter c ON c.interval_id = i.id "
                    "WHERE run_id = 2") == rows * 3,
         "an interval is there in part");
}

static void check_file(const struct session *s)
{
    struct db *db = NULL;
    struct err e = {0};
    must(!db_open(s->dir.file, DB_READ, &db, &e), "%s", e.message);
    must(number(db, "SELECT integrity_check = 'ok' AS n FROM pragma_integrity_check") == 1,
         "corrupt");
    must(number(db, "SELECT count(*) AS n FROM pragma_foreign_key_check") == 0, "references");
    must(number(db, "SELECT count(*) AS n FROM run WHERE id = 1 AND state = 'done'") == 1,
         "the run before");
    must(number(db, "SELECT count(*) AS n FROM run WHERE id = 2") == 1 || !s->begun, "the run");
    must(number(db, "SELECT count(*) AS n FROM run WHERE id = 2 AND state = 'done'") == 1 ||
             !s->ended,
         "the run's end");
    check_intervals(s, db);
    db_close(db);
}

static void check_next_run(const struct session *s)
{
    struct err e = {0};
    struct db *db = NULL;
    int64_t id;
    must(!db_open(s->dir.file, DB_CREATE, &db, &e), "%s", e.message);
    must(!db_exec(db, "test", "UPDATE run SET uuid = 'earlier' || id", &e), "%s", e.message);
    must(!fed_run(db, &id, &e), "%s", e.message);
    db_close(db);
}

/* --- one session a process ------------------------------------------------------------- */

struct fault {
    enum fault_kind kind;
    bool stays;
};

struct strike {
    const char *before; /* the file that each session finds */
    struct fault fault;
};

static void copy_file(const char *from, const char *to)
{
    char buf[65536];
    ssize_t n;
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0666);
    while ((n = read(in, buf, sizeof buf)) > 0)
        must(write(out, buf, (size_t)n) == n, "copy");
    close(in);
    close(out);
}

static _Noreturn void one_session(const void *ctx, int n)
{
    const struct strike *strike = ctx;
    struct session s = {.dir = tmp_dir_make()};
    struct fault_vfs vfs;
    copy_file(strike->before, s.dir.file);
    fault_vfs_install(&vfs, strike->fault.kind, n, strike->fault.stays);
    int ret = run_session(&s);
    fault_vfs_remove(&vfs);
    must(!ret || strstr(s.e.message, s.dir.file), "no file is named: %s", s.e.message);
    must(!ret || s.e.exit_code == EXIT_ENVIRONMENT, "exit code %d: %s", s.e.exit_code, s.e.message);
    must(!ret || !s.recording || strstr(s.e.message, "kept"),
         "nothing is said of what was kept: %s", s.e.message);
    check_file(&s);
    check_next_run(&s);
    tmp_dir_remove(&s.dir);
    _exit(vfs.seen < n ? NOT_STRUCK : 0);
}

static void every_operation_in_turn(struct fault fault)
{
    struct session s = {.dir = tmp_dir_make()};
    struct db *db = open_well(s.dir.file, DB_CREATE);
    int64_t id;
    ck_assert_int_eq(fed_run(db, &id, &s.e), 0);
    ck_assert_int_eq(fed_end(db, id, &s.e), 0);
    db_close(db);
    const struct strike strike = {s.dir.file, fault};
    const struct strikes strikes = {one_session, &strike, STEP, AT_ONCE};
    int operations = strike_in_turn(&strikes) * STEP;
    printf("each of %d operations in steps of %d failed in turn\n", operations, STEP);
    ck_assert_int_ge(operations, 40);
    tmp_dir_remove(&s.dir);
}

START_TEST(an_io_error_once)
{
    every_operation_in_turn((struct fault){FAULT_IO, false});
}
END_TEST

START_TEST(a_disk_that_dies)
{
    every_operation_in_turn((struct fault){FAULT_IO, true});
}
END_TEST

START_TEST(a_disk_that_is_full_for_a_moment)
{
    every_operation_in_turn((struct fault){FAULT_FULL, false});
}
END_TEST

START_TEST(a_disk_that_fills_up)
{
    every_operation_in_turn((struct fault){FAULT_FULL, true});
}
END_TEST

/* A file that is being made: afterwards it is whole, or it is not there. */
static _Noreturn void one_making(const void *ctx, int n)
{
    const struct fault *fault = ctx;
    struct tmp_dir t = tmp_dir_make();
    struct fault_vfs vfs;
    struct err e = {0};
    struct db *db;
    fault_vfs_install(&vfs, fault->kind, n, fault->stays);
    int ret = db_open(t.file, DB_CREATE, &db, &e);
    db_close(db);
    fault_vfs_remove(&vfs);
    must(!ret || (strstr(e.message, t.file) && e.exit_code == EXIT_ENVIRONMENT), "%s", e.message);
    must(!ret || (!exists(&t, "") && !exists(&t, "-wal") && !exists(&t, "-lock")), "left: %s",
         e.message);
    must(ret || !db_open(t.file, DB_READ, &db, &e), "%s", e.message);
    must(ret || number(db, "SELECT count(*) AS n FROM run") == 0, "no schema");
    db_close(db);
    tmp_dir_remove(&t);
    _exit(vfs.seen < n ? NOT_STRUCK : 0);
}

static void making_fails_in_turn(struct fault fault)
{
    const struct strikes strikes = {one_making, &fault, STEP, AT_ONCE};
    ck_assert_int_ge(strike_in_turn(&strikes) * STEP, 40);
}

START_TEST(a_file_is_made_whole_or_not_at_all)
{
    making_fails_in_turn((struct fault){FAULT_IO, false});
    making_fails_in_turn((struct fault){FAULT_IO, true});
    making_fails_in_turn((struct fault){FAULT_FULL, false});
    making_fails_in_turn((struct fault){FAULT_FULL, true});
}
END_TEST

CHECK_MAIN("rec/faults", an_io_error_once, a_disk_that_dies, a_disk_that_is_full_for_a_moment,
           a_disk_that_fills_up, a_file_is_made_whole_or_not_at_all)
