/* SPDX-License-Identifier: BSD-3-Clause */
/* Watching a run, and what main has to say to its file. */
#include <stdbool.h>

#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"
#include "tests/unit/rec/recorded.h"

struct watched {
    uint64_t blocks, merged, completed, last_seq, count[TIME_COUNT];
    bool any;
};

static void take(struct rec *r, struct watched *sum)
{
    const struct rec_watch *w;
    while ((w = rec_watch_next(r)) != NULL) {
        ck_assert(!sum->any || w->seq > sum->last_seq);
        ck_assert_uint_le(w->workers, FED_WORKERS);
        ck_assert_uint_gt(w->end_ns, w->start_ns);
        sum->any = true;
        sum->last_seq = w->seq;
        sum->blocks += w->workers;
        sum->merged += w->merged;
        sum->completed += w->counters[COUNTER_COMPLETED];
        for (int t = 0; t < TIME_COUNT; t++)
            sum->count[t] += w->times[t].count;
        rec_watch_done(r);
    }
}

struct feeding {
    struct rec *rec;
    struct feeder *feeders;
    _Atomic bool done;
};

static void *feed_run(void *arg)
{
    struct feeding *f = arg;
    feed_all(f->rec, f->feeders);
    f->done = true;
    return NULL;
}

static int64_t one(struct db *db, const char *sql)
{
    struct err e = {0};
    struct db_stmt *s;
    ck_assert_int_eq(db_prepare(db, "look", sql, &s, &e), 0);
    ck_assert_int_eq(db_step(s, &e), 1);
    int64_t n = db_col_i64(s, "n");
    db_finish(s);
    return n;
}

static void check_sums(const struct watched *sum, const struct feeder *feeders)
{
    uint64_t completed = 0, latencies = 0;
    for (int w = 0; w < FED_WORKERS; w++)
        for (int p = 0; p < FED_PHASES; p++) {
            completed += feeders[w].fed.counters[p][COUNTER_COMPLETED];
            latencies += feeders[w].fed.times[p][TIME_LATENCY].count;
        }
    ck_assert_uint_eq(sum->blocks + sum->merged, FED_WORKERS * FED_PHASES * FED_INTERVALS);
    ck_assert_uint_eq(sum->completed, completed);
    ck_assert_uint_eq(sum->count[TIME_LATENCY], latencies);
}

START_TEST(every_interval_is_seen_once)
{
    static struct feeder feeders[FED_WORKERS];
    struct err e = {0};
    struct db *db;
    struct feeding f = {.feeders = feeders};
    struct watched sum = {0};
    pthread_t thread;
    int64_t id;
    struct tmp_dir dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(fed_run(db, &id, &e), 0);
    struct rec_config cfg = fed_config(db, id);
    cfg.watched = true;
    ck_assert_int_eq(rec_open(&cfg, &f.rec, &e), 0);
    pthread_create(&thread, NULL, feed_run, &f);
    while (!f.done)
        take(f.rec, &sum);
    pthread_join(thread, NULL);
    rec_watch_end(f.rec);
    take(f.rec, &sum);
    uint64_t lost = rec_watch_lost(f.rec);
    ck_assert_int_eq(rec_close(f.rec, &e), 0);
    ck_assert_uint_eq(sum.blocks + lost, (uint64_t)one(db, "SELECT count(*) AS n FROM interval"));
    if (!lost) /* a machine that keeps the watcher away loses whole blocks */
        check_sums(&sum, feeders);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

START_TEST(nobody_watches)
{
    static struct feeder feeders[FED_WORKERS];
    struct err e = {0};
    struct db *db;
    struct rec *r;
    int64_t id;
    struct tmp_dir dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(fed_run(db, &id, &e), 0);
    struct rec_config cfg = fed_config(db, id);
    ck_assert_int_eq(rec_open(&cfg, &r, &e), 0);
    feed_all(r, feeders);
    ck_assert_ptr_null(rec_watch_next(r));
    ck_assert_uint_eq(rec_watch_lost(r), 0);
    ck_assert_int_eq(rec_close(r, &e), 0);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

/* Rows come in the order of the calls, with the phase's id; what was offered is the mean. */
START_TEST(commands_notes_and_a_changed_rate)
{
    static struct feeder feeders[FED_WORKERS];
    struct err e = {0};
    struct db *db;
    struct rec *r;
    int64_t id;
    uint64_t started_ns;
    struct tmp_dir dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(fed_run(db, &id, &e), 0);
    struct rec_config cfg = fed_config(db, id);
    ck_assert_int_eq(rec_open(&cfg, &r, &e), 0);
    feed_all(r, feeders);
    ck_assert_str_eq(rec_phase_row(r, 2, &started_ns)->name, "second");
    ck_assert_int_eq(rec_phase_at(r, started_ns), 2);
    ck_assert_int_eq(rec_phase_at(r, started_ns - 1), 1);
    ck_assert_int_eq(rec_phase_at(r, FED_START_NS - 1), -1);
    struct command_row row = {
        .name = "fault", .argument = "loss=1%", .result = "done", .injected = "loss=1%"};
    ck_assert_int_eq(rec_command(r, &row, 2, started_ns), 0);
    row = (struct command_row){.name = "next", .result = "refused: no"};
    ck_assert_int_eq(rec_command(r, &row, -1, started_ns + 1), 0);
    row = (struct command_row){.name = "rate", .result = "done", .history_key = "steered"};
    for (int i = 0; i < 2; i++) /* the mark stays one */
        ck_assert_int_eq(rec_command(r, &row, -1, started_ns + 1), 0);
    ck_assert_int_eq(rec_note(r, "warn", "said so", started_ns + 2), 0);
    const uint64_t counted[COUNTER_COUNT] = {[COUNTER_CYCLES_IDLE] = 7};
    ck_assert_int_eq(rec_peer(r, counted, started_ns + 3), 0);
    struct phase_row last = {.name = "third",
                             .kind = PHASE_MEASURE,
                             .measured = true,
                             .load = "1000/s",
                             .offered_rate_per_s = 1000,
                             .requested_ns = NS_PER_S,
                             .connections = 1,
                             .depth = 1};
    int phase = rec_phase_begin(r, &last, FED_START_NS);
    rec_phase_rate(r, (uint32_t)phase, 500, 3000, FED_START_NS + NS_PER_S / 2);
    rec_phase_end(r, (uint32_t)phase, FED_START_NS + NS_PER_S, PHASE_EXIT_TIME);
    ck_assert_int_eq(rec_close(r, &e), 0);
    ck_assert_int_eq(
        one(db,
            "SELECT count(*) AS n FROM command c JOIN phase p ON p.id = c.phase_id WHERE p.name = "
            "'second' AND c.name = 'fault' AND c.argument = 'loss=1%' AND c.result = 'done'"),
        1);
    ck_assert_int_eq(
        one(db, "SELECT count(*) AS n FROM command WHERE phase_id IS NULL AND argument IS NULL AND "
                "result = 'refused: no'"),
        1);
    ck_assert_int_eq(
        one(db,
            "SELECT count(*) AS n FROM fault_event WHERE name = 'frames' AND detail = 'loss=1%'"),
        1);
    ck_assert_int_eq(one(db, "SELECT count(*) AS n FROM note WHERE text = 'said so'"), 1);
    ck_assert_int_eq(one(db, "SELECT count(*) AS n FROM run WHERE history_key = 'steered' AND "
                             "workload_id LIKE '%_+' AND workload_id NOT LIKE '%++'"), 1);
    char peer[200]; /* with its moment; zeros are not stored */
    snprintf(peer, sizeof peer,
             "SELECT count(*) = 1 AND min(name) = 'cycles_idle' AND min(value) = 7 AND min(at_ns) = "
             "%llu AS n FROM iface_counter WHERE iface = 'peer'",
             (unsigned long long)(started_ns + 3 + cfg.mono_to_real_ns));
    ck_assert_int_eq(one(db, peer), 1);
    ck_assert_int_eq(one(db, "SELECT offered_rate_per_s AS n FROM phase WHERE name = 'third'"),
                     2000);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

CHECK_MAIN("rec/watch", every_interval_is_seen_once, nobody_watches,
           commands_notes_and_a_changed_rate)
