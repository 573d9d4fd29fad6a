/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --replay ID repeats a stored verdict from the same runs and compares the result byte for byte.
 * A kind of verdict is one line in the table of replay.c.
 */
#ifndef ANALYZER_JUDGE_REPLAY_H
#define ANALYZER_JUDGE_REPLAY_H

#include "analyzer/judge/store.h"

/* What came out this time. All malloc'ed; replay_fini. */
struct replay {
    char *result;         /* the text that must equal row->result */
    char inputs_hash[33]; /* of what went in this time */
    char *newer;          /* a sentence: what data that came since would change */
};

struct replay_kind {
    const char *kind; /* analysis.kind */
    /* 0, or -errno with a message. */
    int (*again)(struct db *db, const struct analysis_info *row, struct replay *out, struct err *e);
};

int compare_replay(struct db *db, const struct analysis_info *row, struct replay *out,
                   struct err *e);
int trend_replay(struct db *db, const struct analysis_info *row, struct replay *out, struct err *e);
void replay_fini(struct replay *r);

#endif
