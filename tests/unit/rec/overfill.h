/* SPDX-License-Identifier: BSD-3-Clause */
/* A recorder that writes until no more fits, and what the file then holds. */
#ifndef TESTS_UNIT_REC_OVERFILL_H
#define TESTS_UNIT_REC_OVERFILL_H

#include <time.h>

#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"
#include "tests/unit/rec/recorded.h"

static struct tmp_dir dir;
static struct db *db;
static struct err e;

static inline int64_t number(const char *sql)
{
    struct db_stmt *s;
    ck_assert_msg(db_prepare(db, "test", sql, &s, &e) == 0, "%s", e.message);
    ck_assert_msg(db_step(s, &e) == 1, "%s", sql);
    int64_t n = db_col_is_null(s, "n") ? -1 : db_col_i64(s, "n");
    db_finish(s);
    return n;
}

static inline void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

static inline void fill_until_it_fails(struct rec *r, uint32_t phase, uint64_t *handed)
{
    static struct rec_totals totals;
    struct rng rng;
    uint64_t now_ns = FED_START_NS;
    rng_seed(&rng, 1);
    struct rec_interval *b = rec_lane_next(rec_lane(r, 0), now_ns, phase);
    do {
        for (int i = 0; i < 3000; i++)
            hist_record(&b->times[i % TIME_COUNT], rng_below(&rng, 1u << 30));
        b->counters[COUNTER_COMPLETED] += 1;
        b = rec_lane_next(rec_lane(r, 0), now_ns += NS_PER_S, phase);
        ++*handed;
        wait_a_little();
        rec_totals(r, &totals);
    } while (!totals.error || totals.lost < 20);
}

static inline void check_file_after_loss(uint64_t handed, int64_t lost)
{
    ck_assert_int_eq(db_open(dir.file, DB_READ, &db, &e), 0);
    int64_t rows = number("SELECT count(*) AS n FROM interval"),
            whole = number("SELECT sum(1 + merged) AS n FROM interval");
    ck_assert_int_gt(rows, 0);
    ck_assert_int_gt(lost, 0);
    ck_assert_int_lt(whole, (int64_t)handed);
    ck_assert_int_eq(number("SELECT integrity_check = 'ok' AS n FROM pragma_integrity_check"), 1);
    ck_assert_int_eq(number("SELECT count(*) AS n FROM hist"), rows * TIME_COUNT);
    ck_assert_int_eq(number("SELECT sum(value) AS n FROM counter"), whole);
    db_close(db);
}

static inline void overfill(int error)
{
    struct rec *r;
    struct err told = {0};
    int64_t id;
    uint64_t handed = 0;
    unsigned long long lost = 0;
    ck_assert_int_eq(fed_run(db, &id, &e), 0);
    struct rec_config cfg = fed_config(db, id);
    cfg.lanes = 1;
    ck_assert_int_eq(rec_open(&cfg, &r, &e), 0);
    struct phase_row row = {.name = "m", .kind = PHASE_MEASURE, .measured = true, .load = "max",
                            .offered_rate_per_s = NAN};
    int phase = rec_phase_begin(r, &row, FED_START_NS);
    fill_until_it_fails(r, (uint32_t)phase, &handed);
    ck_assert_int_eq(rec_close(r, &told), error);
    ck_assert_int_eq(told.exit_code, EXIT_ENVIRONMENT);
    const char *count = strstr(told.message, "; ");
    ck_assert_msg(count && sscanf(count, "; %llu of", &lost) == 1, "%s", told.message);
    ck_assert_ptr_nonnull(strstr(told.message, dir.file));
    db_close(db);
    check_file_after_loss(handed, (int64_t)lost);
}

#endif
