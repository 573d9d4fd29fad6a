/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A finished trend: the runs of one history key, what was found of every metric, and one
 * conclusion. Text, JSON, Markdown and the chart read this and nothing else.
 *
 * A metric is a series over the good runs that have it, on the scale of its margin: ln(value) of
 * ratios, events in a thousand transactions of counts, else the value. `runs[i]` is the run of
 * values[i], an index into values.runs, which also holds the invalid runs.
 */
#ifndef ANALYZER_JUDGE_TREND_REPORT_H
#define ANALYZER_JUDGE_TREND_REPORT_H

#include "analyzer/judge/plan.h"
#include "analyzer/judge/store.h"
#include "analyzer/judge/values.h"
#include "analyzer/stats/trend.h"
#include "analyzer/stats/trend_ratchet.h"

#define TREND_ALPHA       0.001 /* of each change point: a test after every run */
#define TREND_DRAWS       1999
#define TREND_DRIFT_ALPHA 0.01
#define TREND_RUNS_MAX    10000 /* newest runs of a history that are looked at */
#define TREND_LAST        5     /* newest runs whose changes fail the call */
#define TREND_NONE        SIZE_MAX

/* X(ID, name): the words of compare where they fit. */
#define TREND_VERDICT_LIST(X)                                                                      \
    X(SAME, same)                                                                                  \
    X(IMPROVEMENT, improvement)                                                                    \
    X(REGRESSION, regression)                                                                      \
    X(INCONCLUSIVE, inconclusive)                                                                  \
    X(INVALID, invalid)

enum trend_verdict {
#define X(ID, name) TREND_IS_##ID,
    TREND_VERDICT_LIST(X)
#undef X
};
const char *trend_verdict_name(enum trend_verdict verdict);
/* The exit code that it calls for. */
int trend_verdict_code(enum trend_verdict verdict);

/* A change point in terms of runs; its figures are those of the trend_point of the same index. */
struct trend_change {
    size_t at;            /* the first run after it */
    size_t last_good;     /* the last run that is certainly before it; TREND_NONE: none is */
    size_t from, to;      /* the runs that may be its first, both included */
    bool worse;           /* in the bad direction of the metric */
    bool recent;          /* `to` is among the last N good runs */
    double percent;       /* of the centre; NAN where that was 0 or no ratio is meant */
    const char **commits; /* from that of the last good run to that of `to`, each stretch once */
    size_t commit_count;
    const char *next_commit; /* that halves what is left; NULL: next_missing says why not */
    const char *next_missing;
    const char *machine; /* the negative controls that moved there, too; NULL: none */
};

struct trend_pinned {
    size_t runs;                  /* of the baseline that have the metric */
    const char *missing;          /* why there is no verdict, else NULL */
    struct trend_ratchet ratchet; /* shift is there from three runs a side on, else NAN */
    double percent;
    bool worse;
};

struct trend_metric {
    const struct metric *metric;
    double margin; /* on the scale of the values */
    double *values;
    size_t *runs;
    size_t count, missing; /* good runs that have it, and that lack it */
    struct trend found;
    struct trend_change *changes; /* found.count of them */
    double centre;                /* of the last segment, in the metric's unit; NAN: no runs */
    double drift_percent, drift_percent_30_days; /* per run; NAN without drift, ratio or dates */
    bool drifts; /* p and size of the drift are beyond alpha and margin */
    struct trend_pinned pinned;
};

struct trend_report {
    struct values values; /* all done runs of the key, valid or not, oldest first */
    size_t *good;         /* indexes of those that can be judged by */
    size_t good_count;
    bool capped;       /* the key has more runs than TREND_RUNS_MAX */
    int64_t histories; /* keys of this workload */
    size_t disordered; /* neighbours whose ids and starts disagree: a clock went backwards */
    const char *workload_id, *history_key;
    const char *baseline; /* NULL: none of this key */
    struct values pinned; /* its runs */

    struct metric *metrics; /* with the margins of the newest run's job; then the controls */
    struct trend_metric *series;
    size_t metric_count, control_count; /* series has both, metrics first */
    size_t last;                        /* N */

    enum trend_verdict verdict;
    size_t metric, change; /* what the conclusion names; TREND_NONE: nothing */
    const char *conclusion;
    const char **notes;
    size_t note_count;

    struct analysis_info stored; /* id 0: see not_stored */
    const char *not_stored;      /* NULL: it is stored, or was not to be */
    struct keep keep;
};

/* What is asked for. */
struct trend_question {
    const char *const *metrics; /* by name, besides those that decide */
    size_t metric_count;
    size_t last;
    /* A replay: the runs and those of the baseline (NULL: none), not what the file holds now. */
    bool again;
    struct id_list runs, pinned;
    const char *baseline;
};

/* Reads the history of the run's key and finds its trends. EXIT_USAGE -ENOENT: no such metric,
 * -EINVAL: the margins of the newest run cannot be read. Call between query_begin() and
 * query_end(); trend_report_fini in any case. */
int trend_report_build(struct db *db, int64_t run_id, const struct trend_question *question,
                       struct trend_report *out, struct err *e);
void trend_report_fini(struct trend_report *r);

/* A centre on the scale of the series in the metric's unit. */
double trend_in_unit(const struct trend_metric *m, double value);
/* A shift from `from`, both on the scale, in percent; NAN where no ratio is meant, or of a count
 * that was 0. */
double trend_percent(const struct trend_metric *m, double shift, double from);
/* "per 1,000 transactions" of counts; "" of the others, whose names say it. */
const char *trend_unit(const struct trend_metric *m);
const struct values_run *trend_run(const struct trend_report *r, size_t run);
/* The commit of what was measured, else that of gen; NULL: none was stored. */
const char *trend_commit(const struct values_run *run);

#endif
