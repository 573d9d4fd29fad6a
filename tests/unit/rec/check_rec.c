/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "db/histblob.h"
#include "tests/lib/check_main.h"
#include "tests/unit/rec/overfill.h"

static struct feeder feeders[FED_WORKERS];
static void record_all(void)
{
    struct rec *r;
    int64_t id;
    dir = tmp_dir_make();
    ck_assert_msg(db_open(dir.file, DB_CREATE, &db, &e) == 0, "%s", e.message);
    ck_assert_msg(fed_run(db, &id, &e) == 0, "%s", e.message);
    struct rec_config cfg = fed_config(db, id);
    ck_assert_msg(rec_open(&cfg, &r, &e) == 0, "%s", e.message);
    feed_all(r, feeders);
    ck_assert_msg(rec_close(r, &e) == 0, "%s", e.message);
    ck_assert_msg(fed_end(db, id, &e) == 0, "%s", e.message);
}

static void forget_all(void)
{
    db_close(db);
    tmp_dir_remove(&dir);
}

static int64_t stored(const char *kind, const char *name, int phase)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "SELECT ifnull(sum(value), 0) AS n FROM total WHERE kind = '%s' AND name = '%s' AND "
             "seq = %d", kind, name, phase);
    return number(sql);
}

static void compare_counts(int phase)
{
    const struct fed *a = &feeders[0].fed, *b = &feeders[1].fed;
    for (enum counter c = 0; c < COUNTER_COUNT; c++) {
        bool max = strstr(counter_name(c), "max");
        uint64_t x = a->counters[phase][c], y = b->counters[phase][c];
        ck_assert_int_eq(stored("counter", counter_name(c), phase),
                         (int64_t)(max ? max_u64(x, y) : x + y));
    }
    for (enum result i = 0; i < RESULT_COUNT; i++) {
        ck_assert_int_eq(stored("result", result_name(i), phase),
                         (int64_t)(a->results[phase][i] + b->results[phase][i]));
        ck_assert_int_eq(stored("connect_error", result_name(i), phase),
                         (int64_t)(a->connect_errors[phase][i] + b->connect_errors[phase][i]));
    }
    for (enum drop i = 0; i < DROP_COUNT; i++)
        ck_assert_int_eq(stored("drop", drop_name(i), phase),
                         (int64_t)(a->drops[phase][i] + b->drops[phase][i]));
}

START_TEST(every_count_arrives_in_its_phase)
{
    record_all();
    ck_assert_int_eq(db_exec(db, "test", "CREATE TEMP TABLE total AS SELECT t.*, p.seq FROM "
                             "counter_total t JOIN phase p ON p.id = t.phase_id", &e), 0);
    for (int p = 0; p < FED_PHASES; p++)
        compare_counts(p);
    ck_assert_int_eq(number("SELECT sum(1 + merged) AS n FROM interval"),
                     FED_WORKERS * FED_PHASES * FED_INTERVALS);
    ck_assert_int_eq(number("SELECT sum(started) AS n FROM interval"),
                     number("SELECT sum(value) AS n FROM counter_total WHERE name = 'started'"));
    ck_assert_int_eq(number("SELECT lost_intervals AS n FROM run"), 0);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM note"), 0);
    ck_assert_int_gt(number("SELECT count(*) AS n FROM resource WHERE role = 'gen'"), 0);
    forget_all();
}
END_TEST

/* Intervals of a worker follow one another without gap or overlap, merged or not. */
START_TEST(intervals_cover_the_whole_time)
{
    record_all();
    ck_assert_int_eq(number("SELECT count(*) AS n FROM (SELECT started_ns, seq, "
                            "lag(ended_ns) OVER w AS before, lag(seq + merged + 1) OVER w AS due "
                            "FROM interval WINDOW w AS (PARTITION BY worker ORDER BY seq)) "
                            "WHERE started_ns <> before OR seq <> due"), 0);
    ck_assert_int_eq(number("SELECT max(ended_ns) - min(started_ns) AS n FROM interval"),
                     FED_PHASES * FED_INTERVALS * (int64_t)NS_PER_S);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM interval i JOIN phase p ON p.id = i.phase_id "
                            "WHERE i.started_ns < p.started_ns OR i.ended_ns > p.ended_ns"), 0);
    ck_assert_int_eq(number("SELECT min(started_ns) AS n FROM interval"), FED_UNIX_NS);
    forget_all();
}
END_TEST

static void merge_blobs(const char *sql, struct hist_sum *out)
{
    struct db_stmt *s;
    size_t len;
    hist_sum_reset(out);
    ck_assert_msg(db_prepare(db, "test", sql, &s, &e) == 0, "%s", e.message);
    while (db_step(s, &e) == 1) {
        const void *blob = db_col_blob(s, "blob", &len);
        ck_assert_int_eq(histblob_decode(blob, len, out), 0);
    }
    db_finish(s);
}

static void expect_measured(int time, struct hist_sum *out)
{
    hist_sum_reset(out);
    for (int w = 0; w < FED_WORKERS; w++)
        for (int p = 1; p < FED_PHASES; p++)
            hist_sum_merge(out, &feeders[w].fed.times[p][time]);
}

static void compare_time(int time)
{
    static struct hist_sum fed, intervals, summary;
    char sql[300];
    expect_measured(time, &fed);
    snprintf(sql, sizeof sql,
             "SELECT h.blob FROM hist h JOIN interval i ON i.id = h.interval_id JOIN phase p ON "
             "p.id = i.phase_id WHERE p.measured AND h.time = '%s'", time_name((enum time_kind)time));
    merge_blobs(sql, &intervals);
    snprintf(sql, sizeof sql, "SELECT blob FROM summary WHERE phase_id IS NULL AND time = '%s'",
             time_name((enum time_kind)time));
    merge_blobs(sql, &summary);
    ck_assert_mem_eq(intervals.counts, fed.counts, sizeof fed.counts);
    ck_assert_mem_eq(summary.counts, fed.counts, sizeof fed.counts);
    for (int i = 0; i < STORED_PERCENTILES; i++) {
        const struct stored_percentile *p = &stored_percentiles[i];
        snprintf(sql, sizeof sql, "SELECT %s AS n FROM summary WHERE phase_id IS NULL AND "
                 "time = '%s'", p->column, time_name((enum time_kind)time));
        int64_t want = percentile_supported(fed.count, p->num, p->den)
                           ? (int64_t)hist_sum_percentile_ns(&fed, p->num, p->den) : -1;
        ck_assert_int_eq(number(sql), want);
    }
    snprintf(sql, sizeof sql, "SELECT count = %llu AND overflow = %llu AND min_ns = %llu AND "
             "max_ns = %llu AS n FROM summary WHERE phase_id IS NULL AND time = '%s'",
             (unsigned long long)fed.count, (unsigned long long)fed.overflow,
             (unsigned long long)fed.min_ns, (unsigned long long)fed.max_ns,
             time_name((enum time_kind)time));
    ck_assert_int_eq(number(sql), 1);
}

START_TEST(histograms_merge_to_the_same_percentiles)
{
    record_all();
    for (int t = 0; t < TIME_COUNT; t++)
        compare_time(t);
    ck_assert_int_gt(number("SELECT overflow AS n FROM summary WHERE time = 'latency' AND "
                            "phase_id IS NULL"), 0);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM summary"), TIME_COUNT * (FED_PHASES + 1));
    ck_assert_int_eq(number("SELECT censored AS n FROM summary WHERE time = 'latency' AND "
                            "phase_id IS NULL"),
                     number("SELECT sum(value) AS n FROM counter_total WHERE kind = 'result' AND "
                            "name = 'timeout' AND measured"));
    forget_all();
}
END_TEST

START_TEST(totals_show_what_was_handed_over)
{
    static struct rec_totals totals;
    struct rec *r;
    int64_t id;
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(fed_run(db, &id, &e), 0);
    struct rec_config cfg = fed_config(db, id);
    ck_assert_int_eq(rec_open(&cfg, &r, &e), 0);
    struct phase_row row = {.name = "m", .kind = PHASE_MEASURE, .measured = true, .load = "max",
                            .offered_rate_per_s = NAN};
    uint32_t phase = (uint32_t)rec_phase_begin(r, &row, 1);
    for (uint32_t w = 0; w < FED_WORKERS; w++) {
        struct rec_interval *b = rec_lane_next(rec_lane(r, w), 1, phase);
        b->counters[COUNTER_COMPLETED] = 10 + w;
        b->counters[COUNTER_GAP_MAX] = 7 - w;
        b->open_connections = 5;
        hist_record(&b->times[TIME_LATENCY], 1000 * (w + 1));
        rec_lane_next(rec_lane(r, w), 2, phase);
    }
    do
        wait_a_little(), rec_totals(r, &totals);
    while (totals.intervals < FED_WORKERS);
    ck_assert(totals.counters[COUNTER_COMPLETED] == 21 && totals.open_connections == 10);
    ck_assert_uint_eq(totals.counters[COUNTER_GAP_MAX], 7);
    ck_assert(totals.latency.count == 2 && totals.latency.max_ns == 2000 && !totals.error);
    ck_assert_uint_eq(totals.lanes_ns, FED_WORKERS);
    ck_assert_int_eq(rec_close(r, &e), 0);
    forget_all();
}
END_TEST

/* Figures of a phase are read by another connection while the run goes on. */
START_TEST(what_is_handed_over_is_stored_after_a_sync)
{
    struct rec *r;
    int64_t id;
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(fed_run(db, &id, &e), 0);
    struct rec_config cfg = fed_config(db, id);
    ck_assert_int_eq(rec_open(&cfg, &r, &e), 0);
    struct phase_row row = {.name = "m", .kind = PHASE_MEASURE, .measured = true, .load = "max",
                            .offered_rate_per_s = NAN};
    uint32_t phase = (uint32_t)rec_phase_begin(r, &row, 1);
    struct rec_interval *b = rec_lane_next(rec_lane(r, 0), 1, phase);
    struct db *writer = db;
    for (uint64_t i = 1; i <= 20; i++) {
        b->counters[COUNTER_COMPLETED] = 10;
        b = rec_lane_next(rec_lane(r, 0), 1 + i, phase);
        rec_sync(r);
        ck_assert_int_eq(db_open(dir.file, DB_READ, &db, &e), 0);
        ck_assert_int_eq(number("SELECT sum(completed) AS n FROM interval"), 10 * i);
        db_close(db);
    }
    db = writer;
    ck_assert_int_eq(rec_close(r, &e), 0);
    forget_all();
}
END_TEST

/* However much was asked of a run, what it does itself is still told. */
START_TEST(commands_and_notes_leave_room_for_the_rest)
{
    struct rec *r;
    int64_t id;
    static const uint64_t counters[COUNTER_COUNT] = {1};
    struct phase_row row = {.name = "m", .kind = PHASE_MEASURE, .measured = true, .load = "max",
                            .offered_rate_per_s = NAN};
    struct command_row asked = {.name = "next", .result = "refused: too early"};
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(fed_run(db, &id, &e), 0);
    struct rec_config cfg = fed_config(db, id);
    ck_assert_int_eq(rec_open(&cfg, &r, &e), 0);
    int phase = rec_phase_begin(r, &row, FED_START_NS);
    rec_sync(r);
    int64_t phase_id = number("SELECT id AS n FROM phase");
    uint32_t taken = 0;
    while (taken < 10000 && !rec_command(r, &asked, -1, FED_START_NS))
        taken++;
    ck_assert_uint_eq(taken, REC_ASKED_MAX);
    ck_assert_int_eq(rec_note(r, "info", "no room", FED_START_NS), -ENOSPC);
    for (int64_t seq = 1; seq <= 500; seq++) {
        struct trial_row trial = {.phase_id = phase_id, .seq = seq, .requested_per_s = 1,
                                  .achieved_per_s = 1, .passed = 1, .reason = "so", .connections = 1};
        ck_assert_int_eq(rec_fault(r, "loss=1%", phase, FED_START_NS), 0);
        ck_assert_int_eq(rec_fault(r, "loss=2%", phase, FED_START_NS), 0);
        ck_assert_int_eq(rec_peer(r, counters, FED_START_NS + (uint64_t)seq), 0);
        ck_assert_int_eq(rec_peer(r, counters, FED_START_NS + (uint64_t)seq), 0);
        ck_assert_int_eq(rec_trial(r, &trial), 0);
    }
    ck_assert_msg(rec_close(r, &e) == 0, "%s", e.message);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM command"), REC_ASKED_MAX);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM trial"), 500);
    forget_all();
}
END_TEST

/* Ten intervals, each looked at before the next. */
static void feed_slowly(struct rec *r, uint32_t phase)
{
    uint64_t now_ns = FED_START_NS;
    struct rec_interval *b = rec_lane_next(rec_lane(r, 0), now_ns, phase);
    for (uint64_t i = 0; i < 10; i++) {
        for (int t = 0; t < TIME_COUNT; t++)
            hist_record(&b->times[t], 1000);
        b->counters[COUNTER_COMPLETED] = 1;
        b = rec_lane_next(rec_lane(r, 0), now_ns += NS_PER_S, phase);
        rec_sync(r);
    }
}

/* The database refuses the last row of the first three intervals, so their batches fail when
 * nearly all of them, and the phase's row, is written. */
START_TEST(a_batch_that_fails_half_way_leaves_nothing_and_the_next_one_is_whole)
{
    struct rec *r;
    struct err told = {0};
    int64_t id;
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(db_exec(db, "test",
                             "CREATE TRIGGER refuse BEFORE INSERT ON hist WHEN NEW.time = 'connect' "
                             "AND (SELECT seq FROM interval WHERE id = NEW.interval_id) < 3 "
                             "BEGIN SELECT RAISE(ABORT, 'refused by the test'); END", &e), 0);
    ck_assert_int_eq(fed_run(db, &id, &e), 0);
    struct rec_config cfg = fed_config(db, id);
    cfg.lanes = 1;
    ck_assert_int_eq(rec_open(&cfg, &r, &e), 0);
    struct phase_row row = {.name = "m", .kind = PHASE_MEASURE, .measured = true, .load = "max",
                            .offered_rate_per_s = NAN};
    feed_slowly(r, (uint32_t)rec_phase_begin(r, &row, FED_START_NS));
    ck_assert_int_lt(rec_close(r, &told), 0);
    ck_assert_msg(strstr(told.message, "refused by the test; 3 of 10 intervals were lost"), "%s",
                  told.message);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM interval i JOIN phase p ON p.id = "
                            "i.phase_id WHERE i.seq >= 3"), 7);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM interval"), 7);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM hist"), 7 * TIME_COUNT);
    ck_assert_int_eq(number("SELECT sum(value) AS n FROM counter"), 7);
    ck_assert_int_eq(number("SELECT count AS n FROM summary WHERE phase_id IS NULL AND "
                            "time = 'latency'"), 10);
    ck_assert_int_eq(number("SELECT lost_intervals AS n FROM run"), 3);
    forget_all();
}
END_TEST

/* A process that records for ever. */
static pid_t recording_child(const char *path)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    struct rec *r;
    int64_t id;
    if (db_open(path, DB_CREATE, &db, &e) || fed_run(db, &id, &e))
        _exit(1);
    struct rec_config cfg = fed_config(db, id);
    if (rec_open(&cfg, &r, &e))
        _exit(1);
    for (;;)
        feed_all(r, feeders);
}

static bool reads_intervals(const char *path)
{
    struct err none = {0};
    if (db_open(path, DB_READ, &db, &none))
        return false; /* not there yet */
    int64_t rows = number("SELECT count(*) AS n FROM interval");
    db_close(db);
    return rows > 0;
}

START_TEST(a_killed_run_can_be_read_and_is_interrupted)
{
    enum run_state state;
    int64_t next;
    dir = tmp_dir_make();
    pid_t pid = recording_child(dir.file);
    while (!reads_intervals(dir.file))
        wait_a_little();
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    ck_assert_int_eq(db_open(dir.file, DB_READ, &db, &e), 0);
    ck_assert_int_eq(db_run_state(db, 1, &state, &e), 0);
    ck_assert_int_eq(state, RUN_INTERRUPTED);
    ck_assert_int_eq(number("SELECT integrity_check = 'ok' AS n FROM pragma_integrity_check"), 1);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM interval i WHERE (SELECT count(*) FROM hist "
                            "WHERE interval_id = i.id) <> 5"), 0);
    db_close(db);
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(db_exec(db, "test", "UPDATE run SET uuid = 'before'", &e), 0);
    ck_assert_int_eq(fed_run(db, &next, &e), 0);
    ck_assert_int_eq(number("SELECT state = 'interrupted' AND ended_ns = (SELECT max(ended_ns) FROM "
                            "interval) AS n FROM run WHERE id = 1"), 1);
    forget_all();
}
END_TEST

START_TEST(a_file_size_limit_loses_batches_and_nothing_else)
{
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    struct rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    overfill(-EIO);
    tmp_dir_remove(&dir);
}
END_TEST

CHECK_MAIN("rec/rec", every_count_arrives_in_its_phase, intervals_cover_the_whole_time,
           histograms_merge_to_the_same_percentiles, totals_show_what_was_handed_over,
           what_is_handed_over_is_stored_after_a_sync, commands_and_notes_leave_room_for_the_rest,
           a_batch_that_fails_half_way_leaves_nothing_and_the_next_one_is_whole,
           a_killed_run_can_be_read_and_is_interrupted,
           a_file_size_limit_loses_batches_and_nothing_else)
