/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a reader costs a run: one that asks heavy questions all the time, against none, in
 * alternating rounds. It runs at SCHED_IDLE, as `analyze` does beside a run: a reader of ordinary
 * priority on a core that a worker spins on costs that worker half of it, whatever it reads.
 */
#include <sched.h>
#include <stdio.h>
#include <sqlite3.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/gen_run.h"

static const char *const questions[] = {
    "SELECT * FROM run_summary",
    "SELECT * FROM interval_summary",
    "SELECT * FROM counter_total",
    "SELECT sum(length(blob)), max(p99_ns) FROM hist",
    "SELECT count(*), sum(length(data)), max(ended_ns) FROM sample_block",
};

static void ask_all(sqlite3 *db)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        sqlite3_exec(db, questions[i], NULL, NULL, NULL);
}

static void read_on(const char *path)
{
    struct sched_param none = {0};
    sched_setscheduler(0, SCHED_IDLE, &none);
    for (;;) {
        sqlite3 *db;
        if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL))
            usleep(10000);
        for (int i = 0; i < 20; i++)
            ask_all(db);
        sqlite3_close(db);
    }
}

static double lateness_p99_us(void (*watch)(const char *path))
{
    struct gen_run run;
    if (gen_run_watched(&run, watch, "wire=pair", "protocol=echo", "payload=64", "connections=100",
                        "rate=20000", "interval=100ms", "duration=3s", "warmup=300ms", NULL))
        return -1;
    double us = gen_figure(&run, "SELECT p99_ns / 1e3 FROM summary WHERE phase_id IS NULL AND "
                                 "time = 'lateness'");
    gen_run_done(&run);
    return us;
}

static int reader_lateness_ratio(double *values)
{
    int n = bench_rounds(11);
    for (int i = 0; i < n; i++) {
        double alone = i % 2 ? 0 : lateness_p99_us(NULL), read = lateness_p99_us(read_on);
        alone = i % 2 ? lateness_p99_us(NULL) : alone;
        if (!(alone > 0 && read > 0))
            return 0;
        values[i] = read / alone;
        fprintf(stderr, "  round %d: lateness p99 %.1f us alone, %.1f us with a reader: %.3f\n", i + 1,
                alone, read, values[i]);
    }
    return n;
}

const struct bench reader_benches[] = {
    {"reader_lateness_ratio", "ratio", "lateness p99 of a run with a reader to that without, pair, 20,000/s",
     reader_lateness_ratio, GOOD_LESS},
    {0},
};
