/* SPDX-License-Identifier: BSD-3-Clause */
/* Transactions through the sample ring: alone, with the recorder behind it, and past a full disk. */
#include "rec/sample.h"

#include <errno.h>

#include "db/sample_block.h"
#include "tests/lib/check_main.h"
#include "tests/unit/rec/overfill.h"

#define SIZE 4096u

static struct rec_samples lone;

static void make_lone(double share)
{
    memset(&lone, 0, sizeof lone);
    ring_init(&lone.ring, SIZE);
    lone.seed = 11;
    lone.most = (uint64_t)(share * (double)REC_SAMPLE_ALL);
    lone.at = calloc(SIZE, sizeof *lone.at);
    rec_samples_phase(&lone, 3, 1000);
}

static struct rec_transaction fact(uint64_t id)
{
    struct rng rng;
    rng_seed(&rng, id);
    return (struct rec_transaction){
        .intended_ns = FED_START_NS + 1000 * id, .latency_ns = rng_u64(&rng) >> rng_below(&rng, 44) >> 20,
        .queueing_ns = rng_below(&rng, 3) ? 0 : rng_below(&rng, 1u << 30),
        .lateness_ns = rng_below(&rng, 1000), .size = (uint32_t)rng_below(&rng, 100u << 20) + 1,
        .connection = (uint32_t)rng_below(&rng, 20000000),
        .operation = (uint8_t)rng_below(&rng, 16), .target = (uint8_t)rng_below(&rng, 256), .result = (uint8_t)rng_below(&rng, RESULT_COUNT),
        .measured = rng_below(&rng, 2)};
}

static bool same(const struct rec_transaction *a, const struct rec_transaction *b)
{
    return a->intended_ns == b->intended_ns && a->latency_ns == b->latency_ns &&
           a->queueing_ns == b->queueing_ns && a->lateness_ns == b->lateness_ns &&
           a->size == b->size && a->connection == b->connection && a->operation == b->operation && a->target == b->target &&
           a->result == b->result && a->measured == b->measured;
}

START_TEST(a_record_holds_all_of_it)
{
    struct rec_record r;
    struct rec_transaction back;
    for (uint64_t id = 0; id < 20000; id++) {
        struct rec_transaction t = fact(id);
        t.intended_ns = id % 2 ? UINT64_MAX / 7 * (id % 7) + id : t.intended_ns;
        rec_record_make(&r, &t);
        int64_t off = (int64_t)(rng_mix(1, id) >> 12) - (1ll << 51); /* up to 26 days */
        rec_record_read(&r, t.intended_ns + (uint64_t)off, &back);
        ck_assert(same(&t, &back));
    }
    struct rec_transaction longest = {.latency_ns = UINT64_MAX, .result = RESULT_COUNT - 1};
    rec_record_make(&r, &longest);
    rec_record_read(&r, 0, &back);
    ck_assert_uint_eq(back.latency_ns, (1ull << 44) - 1);
    ck_assert_uint_ne(rec_record_result(&r), REC_MARK);
}
END_TEST

/* Feeds until `rounds` are over, nobody reads. */
static void feed_alone(uint64_t *id, int rounds, int each, uint64_t *now_ns)
{
    for (int i = 0; i < rounds; i++) {
        for (int k = 0; k < each; k++, ++*id) {
            struct rec_transaction t = fact(*id);
            rec_sample(&lone, *id, *now_ns, &t);
        }
        rec_samples_tick(&lone, *now_ns += 1000);
    }
}

/* What lies in the ring, by what its marks say. */
static uint32_t read_ring(double *stand_for, uint32_t *marks)
{
    uint64_t keep = 0;
    uint32_t n = ring_ready(&lone.ring, SIZE);
    *stand_for = *marks = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct rec_record *r = &lone.at[ring_slot(&lone.ring, lone.ring.cons.at + i)];
        if (rec_record_result(r) == REC_MARK) {
            ck_assert_uint_eq(r->word[1], 3);
            keep = r->word[2];
            ++*marks;
        } else {
            ck_assert_uint_gt(keep, 0);
            *stand_for += (double)REC_SAMPLE_ALL / (double)keep;
        }
    }
    ring_consume(&lone.ring, n);
    return n;
}

START_TEST(nobody_reads_and_the_share_halves_before_the_ring_is_full)
{
    uint64_t id = 0, now = 1000;
    double stand_for;
    uint32_t marks;
    make_lone(1);
    feed_alone(&id, 40, 200, &now); /* twice what the ring holds */
    ck_assert(!lone.stopped && lone.halved >= 2 && lone.halved <= 6);
    ck_assert_uint_eq(lone.keep, REC_SAMPLE_ALL >> lone.halved);
    ck_assert_uint_lt(read_ring(&stand_for, &marks), SIZE);
    ck_assert_uint_eq(marks, lone.halved + 1);
    ck_assert(stand_for > 0.9 * (double)id && stand_for < 1.1 * (double)id);
    free(lone.at);
}
END_TEST

START_TEST(a_burst_within_one_round_stops_at_the_reserve_and_says_so)
{
    uint64_t id = 0, now = 1000;
    double stand_for;
    uint32_t marks;
    make_lone(1);
    feed_alone(&id, 1, 3 * SIZE, &now);
    ck_assert(lone.stopped && lone.keep == 0);
    ck_assert_uint_eq(read_ring(&stand_for, &marks), SIZE - REC_SAMPLE_RESERVE + 1);
    ck_assert_uint_eq(marks, 2);
    feed_alone(&id, 1, 10, &now); /* too soon to recover */
    ck_assert(lone.stopped);
    now += NS_PER_S;
    feed_alone(&id, 1, 0, &now);
    ck_assert(!lone.stopped && lone.keep == REC_SAMPLE_ALL >> lone.halved);
    free(lone.at);
}
END_TEST

START_TEST(the_share_comes_back)
{
    uint64_t id = 0, now = 1000;
    double stand_for;
    uint32_t marks;
    make_lone(0.5);
    feed_alone(&id, 60, 400, &now);
    ck_assert_uint_gt(lone.halved, 0);
    for (int i = 0; i < 40; i++) {
        read_ring(&stand_for, &marks);
        now += NS_PER_S;
        feed_alone(&id, 1, 0, &now);
    }
    ck_assert_uint_eq(lone.halved, 0);
    ck_assert_uint_eq(lone.keep, REC_SAMPLE_ALL / 2);
    free(lone.at);
}
END_TEST

START_TEST(more_changes_than_slots_are_not_lost)
{
    uint64_t id = 0, now = 1000;
    double stand_for;
    uint32_t marks;
    make_lone(1);
    feed_alone(&id, 1, 2 * SIZE, &now);
    for (uint32_t i = 0; i < 2 * REC_SAMPLE_RESERVE; i++)
        rec_samples_phase(&lone, 3, ++now);
    ck_assert(lone.mark_due && lone.stopped && lone.keep == 0);
    ck_assert_uint_eq(ring_space(&lone.ring, 1), lone.filled ? 1 : 0);
    rec_samples_tick(&lone, ++now);
    read_ring(&stand_for, &marks);
    rec_samples_tick(&lone, ++now);
    ck_assert(!lone.mark_due);
    free(lone.at);
}
END_TEST

/* --- with the recorder ------------------------------------------------------------------------ */

static struct rec *recorder(struct db **out, double share, uint32_t records, int *phases)
{
    static const struct phase_row rows[2] = {
        {.name = "warm", .kind = PHASE_WARMUP, .load = "max", .offered_rate_per_s = NAN},
        {.name = "m", .kind = PHASE_MEASURE, .measured = true, .load = "max",
         .offered_rate_per_s = NAN}};
    struct rec *r;
    int64_t id;
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, out, &e), 0);
    ck_assert_int_eq(fed_run(*out, &id, &e), 0);
    struct rec_config cfg = fed_config(*out, id);
    cfg.lanes = 1;
    cfg.resource_ns = 0;
    cfg.sample_records = records;
    cfg.sample_ratio = share;
    cfg.seed = 5;
    ck_assert_msg(rec_open(&cfg, &r, &e) == 0, "%s", e.message);
    for (int i = 0; i < 2; i++)
        phases[i] = rec_phase_begin(r, &rows[i], FED_START_NS + (uint64_t)i);
    return r;
}

static void feed_recorder(struct rec *r, uint64_t from, uint64_t to, int phase)
{
    struct rec_lane *lane = rec_lane(r, 0);
    struct rec_samples *s = rec_lane_samples(lane);
    uint64_t now = FED_START_NS + from;
    rec_lane_next(lane, now, (uint32_t)phase);
    for (uint64_t id = from; id < to; id++) {
        struct rec_transaction t = fact(id);
        rec_sample(s, id, now, &t);
        if (id % 100 == 0)
            rec_samples_tick(s, ++now);
        if (id % 20000 == 0)
            wait_a_little();
    }
    rec_lane_next(lane, now, (uint32_t)phase);
}

static struct rec_transaction transaction_at(struct sample_reader *r, uint32_t i)
{
    uint64_t v[SAMPLE_COLUMNS];
    for (enum sample_column c = 0; c < SAMPLE_COLUMNS; c++)
        v[c] = sample_reader_column(r, c)[i];
    return (struct rec_transaction){
        .intended_ns = v[SAMPLE_START] - (FED_UNIX_NS - FED_START_NS), .latency_ns = v[SAMPLE_LATENCY],
        .queueing_ns = v[SAMPLE_QUEUEING], .lateness_ns = v[SAMPLE_LATENESS],
        .size = (uint32_t)v[SAMPLE_SIZE], .connection = (uint32_t)v[SAMPLE_CONNECTION],
        .operation = (uint8_t)sample_operation(v[SAMPLE_KIND]),
        .target = (uint8_t)sample_target(v[SAMPLE_KIND]),
        .result = (uint8_t)sample_result(v[SAMPLE_KIND]), .measured = sample_measured(v[SAMPLE_KIND])};
}

/* Every stored transaction is one that was fed, in the phase it was fed in; returns how many. */
static uint64_t compare_block(struct db_stmt *s, struct sample_reader *reader, uint64_t border)
{
    size_t len;
    const char *why;
    const void *data = db_col_blob(s, "data", &len);
    uint32_t n = (uint32_t)db_col_i64(s, "count");
    if (!n)
        return 0;
    ck_assert_msg(sample_reader_open(reader, db_col_i64(s, "format"), n, db_col_i64(s, "crc"), data,
                                     len, &why) == 0, "%s", why);
    for (uint32_t i = 0; i < n; i++) {
        struct rec_transaction t = transaction_at(reader, i);
        uint64_t id = (t.intended_ns - FED_START_NS) / 1000;
        struct rec_transaction fed = fact(id);
        ck_assert(same(&t, &fed));
        ck_assert_int_eq(db_col_i64(s, "seq"), id >= border);
    }
    return n;
}

static uint64_t compare_all(uint64_t border)
{
    struct db_stmt *s;
    struct sample_reader *reader = sample_reader_new();
    uint64_t n = 0;
    ck_assert_int_eq(db_open(dir.file, DB_READ, &db, &e), 0);
    ck_assert_int_eq(db_prepare(db, "test", "SELECT b.*, p.seq FROM sample_block b JOIN phase p ON "
                                            "p.id = b.phase_id", &s, &e), 0);
    while (db_step(s, &e) == 1)
        n += compare_block(s, reader, border);
    db_finish(s);
    sample_reader_free(reader);
    return n;
}

static void record_some(double share, uint32_t records, uint64_t count)
{
    int phases[2];
    dir = tmp_dir_make();
    struct rec *r = recorder(&db, share, records, phases);
    feed_recorder(r, 0, count / 3, phases[0]);
    feed_recorder(r, count / 3, count, phases[1]);
    ck_assert_msg(rec_close(r, &e) == 0, "%s", e.message);
    db_close(db);
}

START_TEST(every_transaction_is_stored)
{
    record_some(1, 1u << 18, 100000); /* less than half the ring: all, however slow the recorder */
    ck_assert_uint_eq(compare_all(33333), 100000);
    ck_assert_int_eq(number("SELECT count(DISTINCT ratio) AS n FROM sample_block"), 1);
    ck_assert_int_eq(number("SELECT max(ratio) = 1 AS n FROM sample_block"), 1);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

START_TEST(a_share_is_stored_as_such)
{
    record_some(0.25, 1u << 17, 100000);
    uint64_t n = compare_all(33333);
    ck_assert(n > 24000 && n < 26000);
    ck_assert_int_eq(number("SELECT min(ratio) = 0.25 AND max(ratio) = 0.25 AS n FROM sample_block"),
                     1);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

START_TEST(a_ring_too_small_is_told_by_the_ratios)
{
    record_some(1, 1u << 10, 400000);
    ck_assert_uint_gt(compare_all(133333), 0);
    ck_assert_int_eq(number("SELECT min(ratio) < 1 AS n FROM sample_block"), 1);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM sample_block WHERE (ratio = 0) <> (count = 0)"),
                     0);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

/* Transactions that end when the phase that they are counted in has not begun yet. */
static void feed_ahead(struct rec *r, const int *phases, bool begins)
{
    static const struct phase_row drain = {.name = "m", .kind = PHASE_DRAIN, .load = "max",
                                           .offered_rate_per_s = NAN};
    feed_recorder(r, 0, 300, phases[1]);
    feed_recorder(r, 300, 400, (int)REC_PHASE_NEXT);
    for (int i = 0; i < 2; i++)
        rec_sync(r);
    if (begins)
        feed_recorder(r, 400, 500, rec_phase_begin(r, &drain, FED_START_NS + 300));
    else
        rec_lane_next(rec_lane(r, 0), FED_START_NS + 500, (uint32_t)phases[1]);
    ck_assert_msg(rec_close(r, &e) == 0, "%s", e.message);
    db_close(db);
    ck_assert_int_eq(db_open(dir.file, DB_READ, &db, &e), 0);
}

#define SAMPLES_OF "SELECT sum(b.count) AS n FROM sample_block b JOIN phase p ON p.id = b.phase_id WHERE p.seq = "

START_TEST(samples_wait_for_the_name_of_their_phase)
{
    int phases[2];
    dir = tmp_dir_make();
    feed_ahead(recorder(&db, 1, 1u << 17, phases), phases, true);
    ck_assert_int_eq(number(SAMPLES_OF "1"), 300);
    ck_assert_int_eq(number(SAMPLES_OF "2"), 200);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

START_TEST(samples_of_a_phase_that_never_came_are_kept)
{
    int phases[2];
    dir = tmp_dir_make();
    feed_ahead(recorder(&db, 1, 1u << 17, phases), phases, false);
    ck_assert_int_eq(number(SAMPLES_OF "1"), 400);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

CHECK_MAIN("rec/sample", samples_wait_for_the_name_of_their_phase,
           samples_of_a_phase_that_never_came_are_kept, a_record_holds_all_of_it,
           nobody_reads_and_the_share_halves_before_the_ring_is_full,
           a_burst_within_one_round_stops_at_the_reserve_and_says_so, the_share_comes_back,
           more_changes_than_slots_are_not_lost, every_transaction_is_stored,
           a_share_is_stored_as_such, a_ring_too_small_is_told_by_the_ratios)
