/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows of a run, written: the columns of docs/SCHEMA.md as structs. Every function is one
 * statement inside the caller's transaction, or a transaction of its own. Text NULL, double NAN
 * and integers of DB_NONE are stored as NULL: not measured. Errors: -errno and a message,
 * EXIT_ENVIRONMENT (disk full and the like).
 */
#ifndef DB_RUN_ROW_H
#define DB_RUN_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hist.h"
#include "base/measure.h"
#include "db/process.h"

struct err;
struct db;

#define DB_NONE INT64_MIN /* an integer that was not measured: NULL */

/* The place of a run in an interleaved set (gen run --interleave). */
struct run_interleave {
    const char *uuid;        /* of the set */
    int64_t round;           /* from 1 */
    const char *side;        /* "A" | "B" */
};

struct run_row {
    const char *uuid, *workload_id;
    const char *job;         /* the whole resolved job file */
    const char *overrides;   /* "--duration=10s ...", NULL: none */
    const char *history_key, *environment_hash;
    const char *tool_version, *tool_commit, *subject_commit;
    struct process_id process;
    int64_t started_ns;      /* Unix */
    const char *wire, *wire_detail, *timestamp_source;
    int64_t clock_error_ns;
    double clock_ppm;
    const char *protocol, *transport, *pattern, *load, *payload, *reply, *sla;
    uint64_t seed;           /* below 2^63, as SQLite's integers are */
    int64_t depth, workers, connections_requested, duration_requested_ns, interval_ns;
    const char *margins;     /* as the job says them, NULL: none */
    const struct run_interleave *interleave; /* NULL: a run of its own */
};
/* Inserts a `running` row, after db_mark_interrupted(). */
int db_run_begin(struct db *db, const struct run_row *row, int64_t *run_id, struct err *e);
/* Every `running` row that is not this process's becomes `interrupted`, ended at its last
 * interval. */
int db_mark_interrupted(struct db *db, struct err *e);

/* Negative controls: figures that the code under test cannot move. If they differ between runs,
 * the machine does. DB_NONE, NAN: not measured; a note says why. */
struct run_control {
    int64_t timer_wake_p50_ns, timer_wake_p99_ns; /* how late clock_nanosleep came back */
    double memory_copy_mib_per_s;
    double cpu_per_transaction_ns; /* of the generator, in the measured phases */
};
/* Stores them over what stood there. Call it as they become known: a killed run keeps the first. */
int db_run_control(struct db *db, int64_t run_id, const struct run_control *control,
                   struct err *e);

enum run_state { RUN_RUNNING, RUN_DONE, RUN_INTERRUPTED, RUN_ABORTED, RUN_FAILED };
const char *run_state_name(enum run_state s);
/* The state as it is now: a stored `running` whose process is gone, or does not write this file (a
 * copy), reads RUN_INTERRUPTED. Not for reading a file that this process writes, too.
 * -ENOENT: no such run. Writes nothing. */
int db_run_state(struct db *db, int64_t run_id, enum run_state *out, struct err *e);

/* What the file holds of a run, for people: "27 intervals up to second 2.7, 5400 raw samples". */
#define RUN_KEPT_MAX 120
int db_run_kept(struct db *db, int64_t run_id, char *buf, size_t size, struct err *e);
/* The state_reason of a run whose process is gone: that, and what is kept. */
#define RUN_DIED_MAX 300
int db_run_died(struct db *db, int64_t run_id, char *buf, size_t size, struct err *e);

struct run_end {
    enum run_state state;
    const char *state_reason;
    int64_t ended_ns;
    int64_t valid;           /* 0, 1, DB_NONE: not judged */
    const char *invalid_reason, *limited_by, *limited_by_evidence;
    int64_t connections_opened, lost_intervals;
};
/* Ends the run with one synchronous=FULL commit: what was said to be stored is on the disk. */
int db_run_end(struct db *db, int64_t run_id, const struct run_end *end, struct err *e);

enum env_class { ENV_MUST, ENV_WARN, ENV_INFO };
int db_env_add(struct db *db, int64_t run_id, const char *name, const char *value,
               enum env_class class, struct err *e);
int db_note_add(struct db *db, int64_t run_id, int64_t at_ns, const char *level, const char *text,
                struct err *e);

enum phase_kind { PHASE_CONNECT, PHASE_WARMUP, PHASE_MEASURE, PHASE_DRAIN, PHASE_CLOSE };
const char *phase_kind_name(enum phase_kind k);
struct phase_row {
    const char *name;
    enum phase_kind kind;
    bool measured;
    const char *load, *payload, *reply, *sla; /* load: "max" or as the job says it */
    double offered_rate_per_s; /* NAN: max */
    int64_t requested_ns, connections, depth;
};
int db_phase_begin(struct db *db, int64_t run_id, uint32_t seq, const struct phase_row *row,
                   int64_t started_ns, int64_t *phase_id, struct err *e);
/* Why a phase ended. X(NAME, name) */
#define PHASE_EXIT_LIST(X)                                                                         \
    X(TIME, time)               /* its time was over */                                            \
    X(COUNT, count)             /* as many started as it was to start */                           \
    X(COMPLETIONS, completions) /* as many had completed as it waited for; all, in a drain */      \
    X(CONNECTIONS, connections) /* as many were open as wanted; none, in a close */                \
    X(STEADY, steady)                                                                              \
    X(ABORT, abort)                                                                                \
    X(COMMAND, command)                                                                            \
    X(SIGNAL, signal)                                                                              \
    X(DECIDED, decided)         /* a search knew enough */
enum phase_exit {
    PHASE_EXIT_NONE, /* it goes on; as a stored reason: not recorded */
#define X(NAME, name) PHASE_EXIT_##NAME,
    PHASE_EXIT_LIST(X)
#undef X
};
const char *phase_exit_name(enum phase_exit x); /* "time"; NULL for NONE */
int db_phase_end(struct db *db, int64_t phase_id, int64_t ended_ns, enum phase_exit why,
                 struct err *e);
/* What it offered in the mean, where that was changed while it went on. */
int db_phase_offered(struct db *db, int64_t phase_id, double rate_per_s, struct err *e);
/* Whether it settled (MSER-5); steady < 0: not judged, `reason` says why. */
int db_phase_steady(struct db *db, int64_t phase_id, int steady, const char *reason,
                    struct err *e);

struct verdict_row {
    int64_t phase_id;        /* DB_NONE: the run */
    const char *rule, *metric, *op, *unit;
    double target, actual;   /* NAN: not measured */
    int64_t samples;         /* DB_NONE: not a sample statistic */
    const char *state;       /* "PASS" "WARN" "FAIL" "SKIP" "NOT_MEASURED" "NOT_APPLICABLE" */
    const char *reason;
};
int db_verdict_add(struct db *db, int64_t run_id, const struct verdict_row *row, struct err *e);

/* Percentiles as columns. Those with count * (1 - p) < 10 are NULL, and missing_reason says so.
 * `phase_id` DB_NONE: all measured phases together. `censored`: transactions cut off by timeout,
 * or DB_NONE where that has no meaning. */
int db_summary_add(struct db *db, int64_t run_id, int64_t phase_id, enum time_kind time,
                   const struct hist_sum *s, int64_t censored, struct err *e);

struct resource_row {
    const char *role;        /* "gen" | "peer" */
    int64_t pid, at_ns;
    struct process_use use;  /* figures below 0 are stored as NULL */
};
int db_resource_add(struct db *db, int64_t run_id, const struct resource_row *row, struct err *e);

/* What was asked of a run while it went on (gen ctl). */
struct command_row {
    const char *name, *argument; /* argument NULL: none */
    const char *result;      /* "done", or "refused: " and why */
    const char *injected;    /* NULL, or the faults that it put on the wire: a row of fault_event as well */
    const char *history_key; /* NULL, or that of the run from now on: it is not its job's work any more,
                              * and its workload id gets a '+' like that of a job with overrides */
    int64_t phase_id;        /* DB_NONE: none */
    int64_t at_ns;           /* Unix */
};
int db_command_add(struct db *db, int64_t run_id, const struct command_row *row, struct err *e);
/* The row of fault_event alone: `injected`, phase and time. */
int db_fault_add(struct db *db, int64_t run_id, const struct command_row *row, struct err *e);

struct conn_memory_row {
    const char *side, *pool; /* side: "gen" | "peer"; pool: its name, or "process" */
    int64_t connections, item_bytes, items_used, items_reserved;
    double bytes_per_conn;
    int64_t base_bytes, loaded_bytes;
};
int db_conn_memory_add(struct db *db, int64_t run_id, const struct conn_memory_row *row,
                       struct err *e);
int db_iface_counter_add(struct db *db, int64_t run_id, int64_t at_ns, const char *iface,
                         const char *name, uint64_t value, struct err *e);

struct target_row {
    const char *address;
    int64_t seq, port, connections_opened, connections_failed, started, completed, failed,
        messages_sent, messages_received, latency_p50_ns, latency_p99_ns, latency_max_ns;
};
int db_target_add(struct db *db, int64_t run_id, const struct target_row *row, struct err *e);

/* The percentiles stored as columns, in their order. */
struct stored_percentile {
    const char *column;      /* "p999_ns" */
    uint64_t num, den;       /* 999, 1000 */
};
#define STORED_PERCENTILES 6
extern const struct stored_percentile stored_percentiles[STORED_PERCENTILES];
/* Whether `count` samples carry percentile num/den: count * (den - num) >= 10 * den. */
bool percentile_supported(uint64_t count, uint64_t num, uint64_t den);

#endif
