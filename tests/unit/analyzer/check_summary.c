/* SPDX-License-Identifier: BSD-3-Clause */
/* The figures of runs that are known exactly. */
#include "analyzer/summary.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/fixture.h"
#include "tests/unit/db/tmp_dir.h"

static struct tmp_dir dir;
static struct db *db;
static struct err e;
static struct summary s;

static void open_run(struct fixture f)
{
    dir = tmp_dir_make();
    e = (struct err){0};
    int64_t id = fixture_write(dir.file, &f);
    ck_assert_msg(db_open(dir.file, DB_READ, &db, &e) == 0, "%s", e.message);
    ck_assert_msg(summary_build(db, id, &s, &e) == 0, "%s", e.message);
}

static void close_run(void)
{
    summary_fini(&s);
    db_close(db);
    tmp_dir_remove(&dir);
}

#define VALUE(ID, want)                                                                            \
    do {                                                                                           \
        ck_assert_msg(s.figures[FIGURE_##ID].has, "%s", s.figures[FIGURE_##ID].reason);            \
        ck_assert_double_eq_tol(s.figures[FIGURE_##ID].value, want, 1e-9);                         \
    } while (0)
#define MISSING(ID)                                                                                \
    do {                                                                                           \
        ck_assert(!s.figures[FIGURE_##ID].has);                                                    \
        ck_assert_str_ne(s.figures[FIGURE_##ID].reason, "");                                       \
    } while (0)

START_TEST(counts_and_rates_cover_the_measured_phase)
{
    open_run((struct fixture){.state = RUN_DONE, .verdict = "PASS"});
    VALUE(TRANSACTIONS, 20000);
    VALUE(ERRORS, 100);
    VALUE(STARTED, 20100);
    VALUE(CENSORED, 100);
    VALUE(MESSAGES_SENT, 20100);
    VALUE(MSG_PER_S, 2010);
    VALUE(TRANSACTIONS_PER_S, 2000);
    VALUE(FRAMES_PER_S, 8000);
    VALUE(BANDWIDTH_OUT, 20100 * 1024 / 10.0 / 1048576);
    VALUE(BANDWIDTH_IN, 20000 * 1024 / 10.0 / 1048576);
    VALUE(WIRE_OUT, 20000 * 1200 * 8 / 10.0 / 1e9);
    VALUE(ERRORS_PERCENT, 100 * 100.0 / 20100);
    VALUE(SUCCESS_RATE, 20000.0 / 20100);
    VALUE(IN_ORDER, 100);
    VALUE(DURATION, 10);
    VALUE(ACTUAL_DURATION, 10);
    VALUE(RETRANSMISSIONS, 20);
    ck_assert_double_eq(s.figures[FIGURE_MSG_PER_S].duration_s, 10);
    ck_assert(!s.figures[FIGURE_MSG_PER_S].has_interval && !s.times[TIME_LATENCY].mean.has_interval);
    ck_assert_str_eq(s.measured_phase, "measure");
    close_run();
}
END_TEST

START_TEST(the_whole_run_counts_for_drops_and_connects)
{
    open_run((struct fixture){.state = RUN_DONE});
    VALUE(CONNECTIONS, 100);
    VALUE(CONNECTIONS_REQUESTED, 100);
    VALUE(CONNECT_ERRORS, 2);
    VALUE(DROPS, 2 * 2 * 12);
    VALUE(CPU_GEN, 200);
    VALUE(RSS_GEN, 112); /* the sample at the end of the measured phase, not the later ones */
    VALUE(PRECISION, 24);
    MISSING(CPU_PEER);
    MISSING(RSS_PEER);
    MISSING(BASE_RSS);
    MISSING(CONN_BYTES_GEN); /* one process cannot tell; what is known beside it is named */
    ck_assert_ptr_nonnull(strstr(s.figures[FIGURE_CONN_BYTES_GEN].reason, "memory_reserved"));
    VALUE(CONN_RESERVED_GEN, 138.5);
    MISSING(CONN_RESERVED_PEER);
    ck_assert_uint_eq(s.pools.count, 5);
    close_run();
}
END_TEST

START_TEST(a_negative_control_has_its_value_or_the_reason_of_its_note)
{
    open_run((struct fixture){.state = RUN_DONE});
    VALUE(CONTROL_WAKE_P50, 58000);
    VALUE(CONTROL_COPY, 9000);
    MISSING(CONTROL_WAKE_P99);
    ck_assert_str_eq(s.figures[FIGURE_CONTROL_WAKE_P99].reason, "400 wake-ups");
    MISSING(CONTROL_CPU);
    ck_assert_str_eq(s.figures[FIGURE_CONTROL_CPU].reason, "the run does not have it");
    close_run();
}
END_TEST

/* 1000 samples of 1 .. 1000 us a worker and second: p of N = 20,000 is the 1000 p-th microsecond.
 */
START_TEST(percentiles_are_nearest_ranks)
{
    open_run((struct fixture){.state = RUN_DONE});
    const struct time_summary *t = &s.times[TIME_LATENCY];
    static const double want_us[] = {500, 900, 950, 990, 999};
    for (int q = 0; q <= QUANTILE_P999; q++) {
        ck_assert(t->quantiles[q].has);
        ck_assert_uint_eq(t->quantiles[q].count, 20000);
        ck_assert_double_ge(t->quantiles[q].value, want_us[q] * 1e3);
        ck_assert_double_le(t->quantiles[q].value, want_us[q] * 1e3 * 1.001);
        ck_assert(t->quantiles[q].has_band && !t->quantiles[q].has_interval);
        ck_assert_ptr_nonnull(strstr(t->quantiles[q].reason, "its 10 seconds may be worth only "));
        ck_assert_double_le(t->quantiles[q].lo, t->quantiles[q].value);
        ck_assert_double_ge(t->quantiles[q].hi, t->quantiles[q].value);
    }
    ck_assert(!t->quantiles[QUANTILE_P9999].has);
    ck_assert_str_eq(t->quantiles[QUANTILE_P9999].reason, "20000 samples, p99.99 needs 100000");
    ck_assert_double_eq(t->max.value, 1e6);
    ck_assert_double_eq(t->min.value, 1e3);
    ck_assert_double_eq_tol(t->mean.value, 500500, 1e-6);
    ck_assert_double_eq(s.times[TIME_QUEUEING].max.value, 0);
    ck_assert_str_eq(s.times[TIME_CONNECT].scope, "connect");
    ck_assert_uint_eq(s.times[TIME_CONNECT].max.count, 100);
    close_run();
}
END_TEST

START_TEST(no_measured_phase_is_no_zero)
{
    open_run((struct fixture){.kind = FIXTURE_EMPTY, .state = RUN_RUNNING, .dead = true});
    ck_assert_int_eq(s.run.state, RUN_INTERRUPTED);
    MISSING(TRANSACTIONS);
    MISSING(MSG_PER_S);
    MISSING(ERRORS_PERCENT);
    MISSING(ACTUAL_DURATION);
    VALUE(CONNECTIONS, 100); /* counted, the run never said so itself */
    ck_assert(!s.times[TIME_LATENCY].max.has);
    ck_assert_str_eq(s.times[TIME_LATENCY].max.reason, "no samples");
    ck_assert_uint_eq(s.times[TIME_CONNECT].max.count, 100);
    close_run();
}
END_TEST

START_TEST(exit_codes)
{
    static const struct {
        struct fixture f;
        int code;
    } rows[] = {
        {{.state = RUN_DONE}, EXIT_WELL},
        {{.state = RUN_DONE, .verdict = "PASS"}, EXIT_WELL},
        {{.state = RUN_DONE, .verdict = "WARN"}, EXIT_WELL},
        {{.state = RUN_DONE, .verdict = "FAIL"}, EXIT_VERDICT},
        {{.state = RUN_DONE, .verdict = "NOT_MEASURED"}, EXIT_INCONCLUSIVE},
        {{.state = RUN_DONE, .verdict = "FAIL", .invalid = true}, EXIT_INVALID},
        {{.state = RUN_ABORTED, .verdict = "FAIL"}, EXIT_RUN},
        {{.state = RUN_FAILED}, EXIT_RUN},
        {{.state = RUN_RUNNING, .dead = true}, EXIT_RUN},
        {{.state = RUN_RUNNING}, EXIT_RUN}, /* nobody holds the file's lock: a copy */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_run(rows[i].f);
        ck_assert_msg(summary_exit_code(&s) == rows[i].code, "row %zu: %d", i,
                      summary_exit_code(&s));
        close_run();
    }
}
END_TEST

START_TEST(a_damaged_histogram_is_named)
{
    dir = tmp_dir_make();
    e = (struct err){0};
    int64_t id = fixture_write(dir.file, &(struct fixture){.state = RUN_DONE});
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(
        db_exec(db, "damage",
                "UPDATE hist SET blob = x'00112233' WHERE id = (SELECT max(h.id) FROM "
                "hist h JOIN interval i ON i.id = h.interval_id JOIN phase p ON p.id = "
                "i.phase_id WHERE p.measured)",
                &e),
        0);
    db_close(db);
    ck_assert_int_eq(db_open(dir.file, DB_READ, &db, &e), 0);
    ck_assert_int_lt(summary_build(db, id, &s, &e), 0);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(e.message, "histogram"));
    close_run();
}
END_TEST

CHECK_MAIN("analyzer/summary", counts_and_rates_cover_the_measured_phase,
           the_whole_run_counts_for_drops_and_connects,
           a_negative_control_has_its_value_or_the_reason_of_its_note,
           percentiles_are_nearest_ranks, no_measured_phase_is_no_zero, exit_codes,
           a_damaged_histogram_is_named)
