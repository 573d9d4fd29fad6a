/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of a search: its trials and what they came to. As in db/run_row.h. */
#ifndef DB_FINDING_H
#define DB_FINDING_H

#include "db/run_row.h"

struct trial_row {
    int64_t phase_id;        /* the measured one */
    int64_t seq;             /* from 1 */
    const char *objective;   /* what it had to hold; NULL: nothing */
    double requested_per_s;  /* NAN: max */
    double achieved_per_s;
    int64_t passed;          /* 0, 1, DB_NONE: undecided */
    const char *reason;
    int64_t connections;
    const char *limited_by;  /* NULL: not judged */
};
int db_trial_add(struct db *db, int64_t run_id, const struct trial_row *row, struct err *e);

struct finding_row {
    int64_t seq;             /* from 1 */
    const char *name;
    double value, low, high, confidence; /* NAN: not found, none */
    const char *unit;
    int64_t trial_seq;       /* DB_NONE: it rests on several */
    const char *reason;
};
int db_finding_add(struct db *db, int64_t run_id, const struct finding_row *row, struct err *e);

#endif
