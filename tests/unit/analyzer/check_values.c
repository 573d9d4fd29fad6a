/* SPDX-License-Identifier: BSD-3-Clause */
/* The matrix of many runs holds what the summary of each says. */
#include "analyzer/judge/values.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "analyzer/judge/store.h"
#include "analyzer/out/metric.h"
#include "base/err.h"
#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/fixture.h"
#include "tests/unit/db/tmp_dir.h"

static struct tmp_dir dir;
static struct db *db;
static struct err e;
static struct values v;

static void begin(void)
{
    dir = tmp_dir_make();
    e = (struct err){0};
}

static void open_file(void)
{
    ck_assert_msg(db_open(dir.file, DB_READ, &db, &e) == 0, "%s", e.message);
}

static void end(void)
{
    values_fini(&v);
    db_close(db);
    tmp_dir_remove(&dir);
}

/* Both missing, or equal to the last digits that another order of adding may change. */
static void must_be_equal(const struct summary *s, size_t run)
{
    size_t present = 0;
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        struct metric_value m;
        metric_at(s, i, &m);
        if (!verdict_metric(m.name))
            continue;
        double value = values_at(&v, run, m.name);
        ck_assert_msg(isnan(value) == !m.figure.has, "%s: %g, summary %d %g (%s)", m.name, value,
                      m.figure.has, m.figure.value, m.figure.reason);
        if (m.figure.has)
            ck_assert_msg(fabs(value - m.figure.value) <= 1e-12 * fabs(value), "%s: %.17g %.17g",
                          m.name, value, m.figure.value);
        present += m.figure.has;
    }
    ck_assert_uint_gt(present, 30);
}

static void compare_with_summaries(const int64_t *ids, size_t count)
{
    open_file();
    ck_assert_msg(values_load(db, verdict_metrics, verdict_metric_count, ids, count, &v, &e) == 0,
                  "%s", e.message);
    for (size_t i = 0; i < count; i++) {
        struct summary s;
        ck_assert_int_eq(summary_build(db, ids[i], &s, &e), 0);
        must_be_equal(&s, i);
        ck_assert_int_eq(v.runs[i].id, ids[i]);
        ck_assert_str_eq(v.runs[i].uuid, s.run.uuid);
        ck_assert_str_eq(v.runs[i].history_key, s.run.history_key);
        ck_assert_int_eq(v.runs[i].started_ns, s.run.started_ns);
        ck_assert_double_eq(v.runs[i].exposure, s.figures[FIGURE_ERRORS_PERCENT].value > 0
                                                    ? s.figures[FIGURE_TRANSACTIONS].value +
                                                          s.figures[FIGURE_ERRORS].value
                                                    : s.figures[FIGURE_TRANSACTIONS].value);
        summary_fini(&s);
    }
}

START_TEST(what_the_summaries_say_in_any_order)
{
    begin();
    int64_t ids[3];
    ids[1] = fixture_write(dir.file, &(struct fixture){.state = RUN_DONE});
    ids[2] = fixture_write(dir.file, &(struct fixture){.state = RUN_DONE, .kind = FIXTURE_REAL});
    ids[0] = fixture_write(dir.file, &(struct fixture){.state = RUN_DONE,
                                                       .latency = 1.37,
                                                       .failed = FIXTURE_NONE,
                                                       .rate = 0.9,
                                                       .subject_commit = "abc"});
    compare_with_summaries(ids, 3);
    ck_assert_double_eq_tol(values_at(&v, 1, "latency_p50_us"), 500, 0.5);
    ck_assert_double_eq_tol(values_at(&v, 1, "connect_p50_us"), 25, 0.03);
    ck_assert_double_eq(values_at(&v, 1, "dropped_frames"), 48);
    ck_assert_str_eq(v.runs[0].subject_commit, "abc");
    ck_assert_ptr_null(v.runs[1].subject_commit);
    end();
}
END_TEST

START_TEST(a_selection_and_the_controls)
{
    static const struct metric few[] = {
        {"control_memory_copy_mib_per_s", BAD_DOWN, SCALE_LOG, 0.05, 0},
        {"latency_p99_us", BAD_UP, SCALE_LOG, 0.05, 0},
        {"no_such_metric", BAD_UP, SCALE_LOG, 0.05, 0},
    };
    begin();
    int64_t id = fixture_write(dir.file, &(struct fixture){.state = RUN_DONE, .control = 2});
    open_file();
    ck_assert_int_eq(values_load(db, few, 3, &id, 1, &v, &e), 0);
    ck_assert_double_eq(v.cells[0], 4500);
    ck_assert_double_eq_tol(v.cells[1], 990, 0.99);
    ck_assert(isnan(v.cells[2]));
    ck_assert(isnan(values_at(&v, 0, "latency_p50_us")));
    end();
}
END_TEST

START_TEST(a_run_that_never_ended_has_rates_but_no_percentiles)
{
    begin();
    int64_t ids[2];
    ids[0] = fixture_write(dir.file, &(struct fixture){.kind = FIXTURE_EMPTY, .state = RUN_DONE});
    ids[1] = fixture_write(dir.file, &(struct fixture){.state = RUN_RUNNING, .dead = true});
    open_file();
    ck_assert_int_eq(values_load(db, verdict_metrics, verdict_metric_count, ids, 2, &v, &e), 0);
    ck_assert(isnan(values_at(&v, 0, "throughput_msg_per_s")));
    ck_assert(isnan(values_at(&v, 0, "latency_p50_us")));
    ck_assert(isnan(values_at(&v, 0, "errors_percent")));
    ck_assert_double_eq(values_at(&v, 0, "dropped_frames"), 0);
    ck_assert_int_eq(v.runs[1].state, RUN_INTERRUPTED);
    ck_assert(!values_run_good(&v.runs[1]));
    ck_assert_double_eq(values_at(&v, 1, "throughput_msg_per_s"), 2010);
    end();
}
END_TEST

START_TEST(history_is_done_runs_of_a_key_before_a_moment_oldest_first)
{
    begin();
    int64_t at = FIXTURE_STARTED_NS;
    fixture_write(dir.file, &(struct fixture){.state = RUN_DONE, .started_ns = at + 30});
    fixture_write(dir.file, &(struct fixture){.state = RUN_DONE, .started_ns = at + 10});
    fixture_write(dir.file, &(struct fixture){.state = RUN_ABORTED, .started_ns = at + 20});
    fixture_write(dir.file,
                  &(struct fixture){.state = RUN_DONE, .started_ns = at + 25, .invalid = true});
    fixture_write(dir.file, &(struct fixture){
                                .state = RUN_DONE, .started_ns = at + 15, .history_key = "other"});
    open_file();
    ck_assert_int_eq(values_history(db, verdict_metrics, 1, "5e1f", VALUES_ALL, 100, &v, &e), 0);
    ck_assert_uint_eq(v.count, 3);
    int64_t want[] = {2, 4, 1};
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(v.runs[i].id, want[i]);
    ck_assert(!values_run_good(&v.runs[1]));
    ck_assert_str_eq(v.runs[1].invalid_reason, "lateness p99 above its bound");
    values_fini(&v);
    ck_assert_int_eq(values_history(db, verdict_metrics, 1, "5e1f", at + 30, 1, &v, &e), 0);
    ck_assert_uint_eq(v.count, 1);
    ck_assert_int_eq(v.runs[0].id, 4);
    values_fini(&v);
    ck_assert_int_eq(values_history(db, verdict_metrics, 1, "none", VALUES_ALL, 9, &v, &e), 0);
    ck_assert_uint_eq(v.count, 0);
    end();
}
END_TEST

START_TEST(a_run_that_is_not_there_is_named)
{
    begin();
    int64_t ids[] = {fixture_write(dir.file, &(struct fixture){.state = RUN_DONE}), 7};
    open_file();
    ck_assert_int_eq(values_load(db, verdict_metrics, 2, ids, 2, &v, &e), -ENOENT);
    ck_assert_ptr_nonnull(strstr(e.message, "no run 7"));
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    end();
}
END_TEST

START_TEST(verdicts_are_stored_and_read_again)
{
    begin();
    fixture_write(dir.file, &(struct fixture){.state = RUN_DONE});
    struct analysis_info row = {.run_id = 1,
                                .seed = 5,
                                .kind = "compare",
                                .inputs_hash = "00",
                                .parameters = "{}",
                                .verdict = "same",
                                .result = "{\"a\":1}"};
    ck_assert_msg(store_save(dir.file, &row, &e) == 0, "%s", e.message);
    ck_assert_int_eq(row.id, 1);
    open_file();
    struct keep keep = {0};
    struct analysis_info got;
    ck_assert_int_eq(store_load(db, "1", &keep, &got, &e), 0);
    ck_assert_str_eq(got.result, row.result);
    ck_assert_str_eq(got.kind, "compare");
    ck_assert_ptr_null(got.baseline);
    ck_assert_int_eq(got.seed, 5);
    ck_assert_int_eq(got.at_ns, row.at_ns);
    ck_assert_int_eq(store_load(db, "2", &keep, &got, &e), -ENOENT);
    e = (struct err){0};
    ck_assert_int_eq(store_load(db, "x", &keep, &got, &e), -EINVAL);
    keep_fini(&keep);
    end();
}
END_TEST

START_TEST(hashes_tell_figures_apart_and_missing_ones_not)
{
    struct store_hash a = store_hash_begin(), b = a, c = a;
    store_hash_doubles(&a, (double[]){1, NAN, 0.0}, 3);
    store_hash_doubles(&b, (double[]){1, -NAN, -0.0}, 3);
    store_hash_doubles(&c, (double[]){1, NAN, 1e-300}, 3);
    ck_assert_mem_eq(&a, &b, sizeof a);
    ck_assert_mem_ne(&a, &c, sizeof a);
    ck_assert_uint_lt(store_hash_seed(&a), UINT64_C(1) << 63);
    char hex[33];
    ck_assert_uint_eq(strlen(store_hash_hex(&a, hex)), 32);
}
END_TEST

CHECK_MAIN("analyzer/values", what_the_summaries_say_in_any_order, a_selection_and_the_controls,
           a_run_that_never_ended_has_rates_but_no_percentiles,
           history_is_done_runs_of_a_key_before_a_moment_oldest_first,
           a_run_that_is_not_there_is_named, verdicts_are_stored_and_read_again,
           hashes_tell_figures_apart_and_missing_ones_not)
