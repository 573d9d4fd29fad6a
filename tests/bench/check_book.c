/* SPDX-License-Identifier: BSD-3-Clause */
/* What a benchmark's file holds is what analyze compares. */
#include <math.h>
#include <string.h>

#include "analyzer/judge/values.h"
#include "base/err.h"
#include "bench/bench.h"
#include "bench/book.h"
#include "db/db.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"

static const struct bench benches[] = {
    {"speed", "frames/s", "more is better", NULL, GOOD_BY_UNIT},
    {"share", "ratio", "more is better", NULL, GOOD_BY_UNIT},
    {"lateness", "ratio", "less is better", NULL, GOOD_LESS},
    {"cost", "TSC cycles", "less is better", NULL, GOOD_BY_UNIT},
    {"loss", "%", "may be below 0", NULL, GOOD_LESS_BELOW_0},
};
#define BENCHES (sizeof benches / sizeof *benches)
static const char *const metrics[BENCHES] = {"bench_rate", "bench_rate", "bench_cost", "bench_cost",
                                             "bench_offset"};

static void must_have(const struct values *v, size_t run, const char *metric, double value)
{
    static const char *const all[] = {"bench_rate", "bench_cost", "bench_offset"};
    for (size_t i = 0; i < 3; i++) {
        double found = values_at(v, run, all[i]);
        if (strcmp(all[i], metric))
            ck_assert(isnan(found));
        else
            ck_assert_double_eq(found, value);
    }
}

START_TEST(each_round_is_a_run_with_its_value)
{
    struct tmp_dir dir = tmp_dir_make();
    struct err e = {0};
    struct values v;
    struct db *db;
    struct book book = {.path = dir.file, .began_ns = 1700000000000000000,
                        .control.figures = {1, 2, 3, NAN}};
    const int64_t ids[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    for (size_t i = 0; i < BENCHES; i++)
        ck_assert_int_eq(book_enter(&book, &benches[i], (double[]){-1.5, 7.25}, 2), 0);
    ck_assert_msg(db_open(dir.file, DB_READ, &db, &e) == 0, "%s", e.message);
    ck_assert_int_eq(values_load(db, verdict_metrics, verdict_metric_count, ids, 10, &v, &e), 0);
    for (size_t i = 0; i < 10; i++) {
        must_have(&v, i, metrics[i / 2], i % 2 ? 7.25 : -1.5);
        ck_assert(values_run_good(&v.runs[i]));
        ck_assert_int_eq(v.runs[i].started_ns, book.began_ns);
        ck_assert_int_eq(!strcmp(v.runs[i].history_key, v.runs[0].history_key), i < 2);
    }
    ck_assert_str_eq(v.runs[9].workload_id, "bench_loss");
    values_fini(&v);
    db_close(db);
    tmp_dir_remove(&dir);
}
END_TEST

START_TEST(without_a_file_nothing_is_kept)
{
    struct book book = {0};
    book_begin(&book);
    ck_assert_int_eq(book_enter(&book, &benches[0], (double[]){1}, 1), 0);
}
END_TEST

CHECK_MAIN("bench/book", each_round_is_a_run_with_its_value, without_a_file_nothing_is_kept)
