/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The figures of many runs as one matrix, for what judges sets of runs: comparisons and trends.
 *
 * Everything comes from stored columns by a fixed number of SELECTs, whatever the number of runs,
 * and equals what summary_build() gives for the same finished run (times to the last bit, rates to
 * rounding). What a run lacks is NAN: an unfinished one has no percentiles, a file of schema 1 no
 * negative controls. Connect times come from the first connect phase where the measured ones
 * opened nothing.
 */
#ifndef ANALYZER_JUDGE_VALUES_H
#define ANALYZER_JUDGE_VALUES_H

#include "analyzer/keep.h"
#include "analyzer/query.h"
#include "analyzer/stats/verdict.h"

struct values_run {
    int64_t id, started_ns,
        ended_ns; /* ended_ns, valid, interleave_round: QUERY_NONE if not there */
    int64_t valid, interleave_round;
    enum run_state state; /* as it is now: a stored `running` of a dead process is interrupted */
    const char *uuid, *workload_id, *history_key, *environment_hash;
    const char *tool_version, *tool_commit, *subject_commit;
    const char *state_reason, *invalid_reason, *margins, *interleave_uuid, *interleave_side;
    double measured_s;
    double exposure; /* transactions that ended, well or not: what its counts are over */
};

struct values {
    const struct metric *metrics; /* the caller's */
    size_t metric_count;
    struct values_run *runs; /* text owned by `keep` */
    size_t count;
    double *cells; /* metric j of run i: cells[i * metric_count + j] */
    struct keep keep;
};

/* The runs of `ids`, each once, in that order. `metrics`, which must outlive `out`, are of
 * verdict_metrics and verdict_controls; others stay NAN. Call between query_begin() and
 * query_end(). -ENOENT with EXIT_USAGE: no such run. values_fini in any case. */
int values_load(struct db *db, const struct metric *metrics, size_t metric_count,
                const int64_t *ids, size_t count, struct values *out, struct err *e);

#define VALUES_ALL INT64_MAX
/* The same for the `limit` newest runs of a history key that are done, valid or not, and began
 * before `before_ns` (VALUES_ALL: whenever); oldest first. None is no error. */
int values_history(struct db *db, const struct metric *metrics, size_t metric_count,
                   const char *history_key, int64_t before_ns, int64_t limit, struct values *out,
                   struct err *e);
void values_fini(struct values *v);

/* "[3,4,7]", as the queries over many runs take them; NULL without memory. The caller frees. */
char *values_ids_json(const int64_t *ids, size_t count);
/* Whether a run can be judged by: done, and not invalid. */
bool values_run_good(const struct values_run *run);
/* NAN: the metric is not among those asked for, or the run has none. */
double values_at(const struct values *v, size_t run, const char *metric);

#endif
