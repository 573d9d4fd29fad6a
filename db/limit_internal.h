/* SPDX-License-Identifier: BSD-3-Clause */
/* What the readers of a limit's figures share. */
#ifndef DB_LIMIT_INTERNAL_H
#define DB_LIMIT_INTERNAL_H

#include <stddef.h>

#include "db/limit.h"

struct db_stmt;

/* A measured phase, Unix. Of a run with more of them than fit, what the responder counted in them
 * is not looked for. */
struct limit_span {
    int64_t from_ns, to_ns;
};
#define LIMIT_SPANS 64

struct limit_moments {
    int64_t phase_id;       /* 0: all measured phases */
    int64_t from_ns, to_ns; /* of the measured phases, Unix */
    double hz;              /* clock ticks a second; NAN: not known */
    double loop_ns;         /* measured time of all workers together */
    struct limit_span spans[LIMIT_SPANS];
    size_t spans_count;
};

/* The value behind "key = " at the head of a line of the job, cut at the line's end; "" without. */
const char *limit_job_value(const char *job, const char *key, char *buf, size_t size);

/* A SELECT whose one parameter is :run_id, or that takes more before its first step. */
int limit_query(struct db *db, const char *sql, int64_t run_id, struct db_stmt **out,
                struct err *e);
/* The same with :phase_id as well. */
#define LIMIT_PHASE "p.measured AND :phase_id IN (0, p.id) "
int limit_query_phase(struct db *db, const char *sql, int64_t run_id, const struct limit_moments *m,
                      struct db_stmt **out, struct err *e);
/* What the workers and our own responder counted. */
int limit_load_counters(struct db *db, int64_t run_id, struct limit_figures *f,
                        const struct limit_moments *m, struct err *e);
int limit_load_peer(struct db *db, int64_t run_id, struct limit_figures *f,
                    const struct limit_moments *m, struct err *e);

/* Clock ticks of a loop, or of several, by what they went into. */
struct limit_ticks {
    double all, idle, kick;
};
/* False: the counter is none of ticks. */
bool limit_take_ticks(struct limit_ticks *t, const char *name, double value);
double limit_busy_of(const struct limit_ticks *t); /* a share; NAN: there are none */

/* --- figures made of figures; NAN when one is missing ------------------------------------------
 */

double limit_loops(const struct limit_figures *f); /* polling loops in gen's process */
double
limit_timed_out(const struct limit_figures *f);     /* share of the connections' time, at least */
double limit_resent(const struct limit_figures *f); /* share of the segments */
/* How often a transaction's data waited for a window, and how often an empty pool closed one. */
double limit_waits_peer(const struct limit_figures *f);
double limit_waits_own(const struct limit_figures *f);
double limit_waits_congestion(const struct limit_figures *f);
double limit_closings_peer(const struct limit_figures *f);
double limit_closings_own(const struct limit_figures *f);
/* What is not in the file and would decide; NULL: nothing. */
const char *limit_missing(const struct limit_figures *f);

/* --- sentences: evidence and remedy ------------------------------------------------------------
 */

void limit_say_nothing(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_load(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_transmit(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_generator(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_responder(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_server(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_ring(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_loss(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_peer_window(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_own_window(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_congestion(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_holds(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_machine(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_round_trip(const struct limit_figures *f, struct limit_verdict *v);
void limit_say_unknown(const struct limit_figures *f, struct limit_verdict *v);
/* What a reader must know besides: cores taken away, failures. */
void limit_say_taken(const struct limit_figures *f, bool taken, struct limit_verdict *v);
void limit_say_failed(const struct limit_figures *f, struct limit_verdict *v);

#endif
