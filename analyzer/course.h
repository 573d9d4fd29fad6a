/* SPDX-License-Identifier: BSD-3-Clause */
/* The course of a run, for its charts: phases and what was judged of them, what was done to it, its
 * connections and its memory. Times are seconds from the start of the run. */
#ifndef ANALYZER_COURSE_H
#define ANALYZER_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct summary;

enum rule_class { RULE_NONE, RULE_PASS, RULE_WARN, RULE_FAIL, RULE_OTHER };

struct course_phase {
    int64_t id;
    double from_s, to_s;
    bool measured;
    char name[64], kind[12];
    enum rule_class worst;
    char rules[80]; /* "2 PASS, 1 FAIL"; "" for none */
};

struct course_mark {
    double at_s;
    bool refused, fault;
    char text[80];
};

struct course_point {
    double at_s, end_s; /* middle and end */
    double transactions_per_s, connects_per_s, failed_per_s;
    double open; /* at the end; NAN: not of all workers */
};

struct course_rss {
    double at_s, mib, open; /* open: connections when the last interval before ended; NAN: none */
    bool peer;
};

struct course_pool {
    char name[40];
    double mib, bytes_per_conn;
};

struct course {
    struct course_phase *phases;
    struct course_mark *marks;
    struct course_point *points;
    struct course_rss *rss;
    struct course_pool *pools;
    size_t phases_count, marks_count, points_count, rss_count, pools_count;
    char run_rules[80]; /* of the rules that are the run's */
    enum rule_class run_worst;
};

/* 0, or -errno with a message. course_fini in any case. */
int course_build(struct db *db, const struct summary *s, struct course *out, struct err *e);
void course_fini(struct course *c);

#endif
