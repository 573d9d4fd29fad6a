/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Suites: searches that offer one load after another, each chosen by what the ones before it gave.
 * Pure: no clock, no thread, no I/O. A strategy has no state of its own; what comes next is a
 * function of the job and of the trials so far, so that a stored search can be followed again.
 *
 * Life-cycle: search_init -> { search_next -> (somebody measures) -> search_take } ... ->
 * search_findings, at any moment: an interrupted search has found what its trials say.
 */
#ifndef SUITE_SUITE_H
#define SUITE_SUITE_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job.h"

#define SUITE_TRIALS_MAX   500
#define SUITE_FINDINGS_MAX 64
#define SUITE_TEXT         240

/* What the rules of a job say of a trial's figures; OPEN: there was too little to judge. */
enum trial_ruling { TRIAL_OPEN = -1, TRIAL_FAILED = 0, TRIAL_PASSED = 1 };

/* Of the intervals of a trial's measured time, but for those that its ends cut short. */
struct trial_spread {
    double mean, least, most;
};

/* What one trial gave. A figure that was not measured is NAN. */
struct trial_result {
    double requested_per_s;       /* NAN: max */
    uint32_t connections;         /* asked for */
    double open;                  /* connections at its end */
    double achieved_per_s;        /* completed, over the measured time */
    double success;               /* completed of those that ended, 0 to 1 */
    double mean_us, min_us, p50_us, p95_us, p99_us, max_us; /* of latency; NULL as stored: too few samples */
    struct trial_spread at_once, connects, transactions, gbit; /* connections open; a second, as gbit */
    double cpu_gen_percent, cpu_peer_percent;       /* 100: one core */
    double rss_gen_bytes, rss_peer_bytes;
    double bytes_per_connection;  /* of gen, above what it uses without one, by those open */
    bool late;                    /* the generator broke its promise: says nothing of the peer */
    char late_why[SUITE_TEXT];
    enum trial_ruling objective;  /* the rules of the suite that takes rules */
    char objective_why[SUITE_TEXT];
    const char *limited_by;       /* "generator", "wire", "peer", "load", "unknown"; NULL */
    char limit_evidence[SUITE_TEXT];
};

struct trial {
    struct trial_result result;
    enum trial_ruling passed;
    char reason[SUITE_TEXT];
};

/* One figure that a search came to. */
struct suite_finding {
    char name[48];
    double value, low, high, confidence; /* NAN: not found; no interval; an interval without chance */
    const char *unit;
    int32_t trial;               /* index of the one it rests on; -1: several */
    char reason[SUITE_TEXT * 2]; /* how it came about, or why there is none */
};

struct suite_findings {
    uint32_t count;
    struct suite_finding rows[SUITE_FINDINGS_MAX];
};

enum suite_next {
    SUITE_MORE,      /* the phase is filled */
    SUITE_FINISHED,  /* the question is answered */
    SUITE_UNDECIDED, /* it is not, and no trial that may still be made would */
};

struct suite;
struct search {
    const struct suite *suite;
    const struct job *job;
    uint64_t elapsed_ns; /* since the first trial began; whoever has the clock keeps it */
    uint32_t count;
    struct trial trials[SUITE_TRIALS_MAX];
};

struct suite {
    const char *name, *meaning;
    /* The rules that each trial is held against by whoever has its figures, and their key; NULL: none. */
    const char *(*rules)(const struct job *job);
    const char *rules_key;
    const char *fixed_rules; /* told beside them, judged by `judge` */
    /* Sets rate, connections and time of the next trial, in a copy of the job's phase. */
    enum suite_next (*next)(const struct search *s, struct job_phase *out);
    /* passed and reason of a trial, before it joins the others. */
    void (*judge)(const struct search *s, struct trial *t);
    /* What the trials so far come to. The first is the answer; NAN: there is none. */
    void (*findings)(const struct search *s, struct suite_findings *out);
};
extern const struct suite *const suites[];
extern const uint32_t suite_count;
const struct suite *suite_find(const char *name); /* NULL: no such suite */

void search_init(struct search *s, const struct suite *suite, const struct job *job);
enum suite_next search_next(const struct search *s, struct job_phase *out);
/* Judges and keeps what the phase of the last search_next gave; good until the end. */
const struct trial *search_take(struct search *s, const struct trial_result *r);
void search_findings(const struct search *s, struct suite_findings *out);
/* What a trial had to hold, as people read it; "": nothing. */
char *search_objective(const struct search *s, char *buf, uint32_t size);

#endif
