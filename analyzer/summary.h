/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All that is known about one run, ready for any output: figures, times, verdicts, errors, drops.
 * Built from the file alone in one snapshot; rates cover the measured phases only, times and
 * outcomes also their drains.
 */
#ifndef ANALYZER_SUMMARY_H
#define ANALYZER_SUMMARY_H

#include "analyzer/figure.h"
#include "analyzer/keep.h"
#include "analyzer/query.h"
#include "analyzer/query_search.h"
#include "analyzer/times.h"
#include "analyzer/times_exact.h"
#include "db/limit.h"

/* How often something was counted, by name, largest id last as in the vocabulary. */
struct tally {
    const char *kind, *name, *meaning;
    uint64_t value;
};
struct tally_list {
    struct tally *rows;
    size_t count;
};

struct environment_list {
    struct environment_info *rows;
    size_t count;
};
struct verdict_list {
    struct verdict_info *rows;
    size_t count;
};
struct pool_list {
    struct pool_info *rows;
    size_t count;
};
struct target_list {
    struct target_info *rows;
    size_t count;
};

struct trial_list {
    struct trial_info *rows;
    size_t count;
};
struct finding_list {
    struct finding_info *rows;
    size_t count;
};

struct summary {
    struct run_info run;
    struct figure figures[FIGURE_COUNT];
    struct time_summary times[TIME_COUNT];
    struct times_source source; /* of the times, connect excepted */
    struct tally_list measured; /* what the measured phases counted */
    struct tally_list outcome;  /* and their drains: what became of their transactions */
    struct tally_list whole;    /* what the whole run counted */
    struct verdict_list verdicts;
    struct environment_list environment;
    struct target_list targets;
    struct pool_list pools;
    struct trial_list trials;     /* of a suite; none in other runs */
    struct finding_list findings;

    /* What stopped it from doing more, derived from its rows; where they cannot tell, as stored.
     * NULL: nothing was measured; remedy also where none is known. */
    const char *limited_by;        /* the part, as run.limited_by: "load" */
    const char *limited_by_detail; /* "round_trip"; NULL as the rest: as stored */
    const char *limited_by_words, *limited_by_evidence; /* "the round trip" */
    const char *limited_by_remedy;

    const char *verdict;        /* the worst of the verdicts; NULL: there are none */
    const char *measured_phase; /* names of the measured phases, ", " between; NULL: none */
    int64_t measured_from_ns, measured_to_ns; /* Unix; equal when nothing was measured */
    int64_t whole_to_ns;                      /* end of the run, or of its last phase */
    struct seconds seconds; /* of the whole run, aligned with the measured start */
    bool has_intervals, under_saturation;
    double offered_rate_per_s; /* of the measured phases; NAN: max, or several rates */
    struct keep keep;
};

/* 0, or -errno with a message. The caller calls summary_fini in any case. */
int summary_build(struct db *db, int64_t run_id, struct summary *out, struct err *e);
void summary_fini(struct summary *s);

/* The whole run in pieces of `length_ns`, one of which begins where the measured phases do. */
struct seconds summary_pieces(const struct summary *s, int64_t length_ns);

/* What was counted under a kind and name; 0 when it never moved. */
uint64_t tally_of(const struct tally_list *list, const char *kind, const char *name);
uint64_t tally_sum(const struct tally_list *list, const char *kind);

/* The exit code that the run deserves: 4 failed, aborted or interrupted; 6 invalid; 1 a verdict
 * failed; 5 a verdict could not be measured, or the run is still going on; else 0. */
int summary_exit_code(const struct summary *s);

#endif
