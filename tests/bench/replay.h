/* SPDX-License-Identifier: BSD-3-Clause */
/* The transactions of a real run, and a recorder with a file of its own to feed them to again. */
#ifndef BENCH_REPLAY_H
#define BENCH_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "rec/rec.h"

struct gen_run;

struct facts {
    struct rec_transaction *at; /* in order of their ends */
    uint32_t count;
};

/* At most `most` good measured transactions of run 1; false: there are none, or no memory. */
bool facts_read(struct facts *f, struct gen_run *run, uint32_t most);
void facts_free(struct facts *f);

#define RECORDING_RING (1u << 21)

struct recording {
    char path[200];
    struct db *db;
    struct rec *rec;
    int64_t run_id;
    uint32_t phase; /* measured */
};

/* One run with one measured phase, one worker; false with a message. */
bool recording_begin(struct recording *r, const char *path, struct err *e);
/* After rec_close(): the run is done. */
int recording_finish(struct recording *r, int64_t from_ns, int64_t to_ns, struct err *e);
double recording_figure(struct recording *r, const char *sql); /* NAN: none */
void recording_close(struct recording *r);                     /* the file stays */
void recording_remove(const char *path);                       /* and what lies beside it */

#endif
