/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench/book.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/units.h"
#include "bench/bench.h"
#include "db/db.h"
#include "db/finding.h"
#include "run/run.h"
#include "version.h"

static int64_t unix_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * (int64_t)NS_PER_S + t.tv_nsec;
}

void book_begin(struct book *b)
{
    struct clock clock;
    struct err e = {0};
    const int anywhere = -1;
    b->began_ns = unix_ns();
    if (b->path && clock_init(&clock, CLOCK_SOURCE_AUTO, &e) == 0)
        control_measure(&clock, &anywhere, 1, &b->control);
}

/* --- a round as a run --------------------------------------------------------------------------- */

struct names {
    char uuid[37], workload[64], key[33], environment[17], job[400];
};

static void make_names(struct names *n, const struct bench *bench)
{
    uint64_t host = environment_host_hash(), half = host;
    identity_uuid(n->uuid);
    snprintf(n->workload, sizeof n->workload, "bench_%s", bench->name);
    snprintf(n->environment, sizeof n->environment, "%016llx", (unsigned long long)host);
    for (const char *c = n->workload; *c; c++)
        half = rng_mix(half, (uint8_t)*c);
    snprintf(n->key, sizeof n->key, "%016llx%016llx", (unsigned long long)half, (unsigned long long)host);
    snprintf(n->job, sizeof n->job, "benchmark=%s\nunit=%s\nmeaning=%s\n", bench->name, bench->unit,
             bench->meaning);
}

static int begin_run(struct db *db, const struct book *b, const struct names *n, int64_t *id,
                     struct err *e)
{
    struct run_row row = {
        .uuid = n->uuid, .workload_id = n->workload, .job = n->job, .history_key = n->key,
        .environment_hash = n->environment, .tool_version = WIREBENCH_VERSION,
        .tool_commit = WIREBENCH_COMMIT[0] ? WIREBENCH_COMMIT : NULL,
        .subject_commit = getenv("BENCH_SUBJECT_COMMIT"), .started_ns = b->began_ns,
        .wire = "bench", .timestamp_source = "bench", .protocol = "bench", .pattern = "bench",
        .load = "bench", .clock_error_ns = DB_NONE, .clock_ppm = NAN, .depth = DB_NONE, .workers = 1,
        .duration_requested_ns = DB_NONE, .interval_ns = (int64_t)NS_PER_S,
    };
    int ret = process_self(&row.process, e);
    ret = ret ? ret : db_run_begin(db, &row, id, e);
    ret = ret ? ret : environment_host_record(db, *id, e);
    return ret ? ret : db_run_control(db, *id, &b->control.figures, e);
}

static enum bench_good good_of(const struct bench *bench)
{
    size_t len = strlen(bench->unit);
    bool rate = !strcmp(bench->unit, "ratio") || (len > 2 && !strcmp(bench->unit + len - 2, "/s"));
    return bench->good != GOOD_BY_UNIT ? bench->good : rate ? GOOD_MORE : GOOD_LESS;
}

/* The names of analyzer/stats/verdict.c. */
static const char *figure_of(const struct bench *bench)
{
    switch (good_of(bench)) {
    case GOOD_BY_UNIT:
    case GOOD_MORE:
        return "bench_rate";
    case GOOD_LESS:
        return "bench_cost";
    case GOOD_LESS_BELOW_0:
        return "bench_offset";
    }
    return NULL;
}

static int enter_round(struct db *db, const struct book *b, const struct bench *bench, double value,
                       int64_t *id, struct err *e)
{
    struct names names;
    struct finding_row found = {.seq = 1, .name = figure_of(bench), .value = value, .low = NAN,
                                .high = NAN, .confidence = NAN, .unit = bench->unit,
                                .trial_seq = DB_NONE, .reason = bench->meaning};
    struct run_end end = {.state = RUN_DONE, .ended_ns = unix_ns(), .valid = DB_NONE,
                          .connections_opened = DB_NONE, .lost_intervals = DB_NONE};
    make_names(&names, bench);
    int ret = begin_run(db, b, &names, id, e);
    ret = ret ? ret : db_finding_add(db, *id, &found, e);
    return ret ? ret : db_run_end(db, *id, &end, e);
}

int book_enter(const struct book *b, const struct bench *bench, const double *values, int n)
{
    struct err e = {0};
    struct db *db = NULL;
    int64_t first = 0, last = 0;
    if (!b->path)
        return 0;
    int ret = db_open(b->path, DB_CREATE, &db, &e);
    for (int i = 0; i < n && !ret; i++) {
        ret = enter_round(db, b, bench, values[i], &last, &e);
        first = i ? first : last;
    }
    db_close(db);
    if (ret)
        fprintf(stderr, "bench: %s\n", e.message);
    else
        fprintf(stderr, "  kept as runs %lld to %lld of %s\n", (long long)first, (long long)last, b->path);
    return ret ? -1 : 0;
}
