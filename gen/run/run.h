/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One execution of one job: wires, workers, recorder, the plan of phases, and the row in the
 * database. All mutable state of a run hangs off struct run.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/job.h"
#include "run/control.h"
#include "run/flights.h"
#include "run/wires.h"
#include "run/worker.h"

struct db;
struct rec;
struct seek;

/* What gen ctl wants of the plan. */
enum run_asked { ASKED_NOTHING, ASKED_NEXT, ASKED_STOP };

/* Resident bytes of gen and peer, with no connection and with all of them (memory.c); -1: not known. */
struct run_memory {
    bool wanted;
    char folder[32];         /* what the process for 0 connections stores into; "": nothing */
    char why[240];           /* nothing was measured, because; "": it was, or will be */
    int64_t base_bytes[2], loaded_bytes[2];
    int64_t file_bytes[2];   /* of both, beside these: pages of program and libraries */
    uint64_t open;           /* connections, when loaded_bytes were read; 0: not yet */
};

/* The load that the workers were last given. */
struct run_loaded {
    const struct job_phase *phase; /* NULL: none yet */
    uint32_t number;               /* of its row (rec_phase_begin) */
    uint64_t end_ns;
};

struct run {
    const struct job *job;
    const struct run_interleave *place; /* NULL: a run of its own */
    const struct app_proto *proto;
    struct log log;
    struct clock clock;
    struct control control;  /* what was measured before all else */
    struct app_ctx app;
    struct wires wires;
    struct db *db;
    struct rec *rec;
    int64_t id;              /* row in the database */
    char uuid[37], history_key[33], environment_hash[17];
    char workload_id[sizeof ((struct job *)0)->workload_id + 1]; /* the job's; marked once it is steered */
    uint64_t mono_to_real_ns;
    struct run_memory memory;
    struct rec_memory rec_memory; /* taken before the recorder is closed */
    struct worker *workers;
    uint32_t workers_count;
    uint64_t commands;       /* given to each worker so far */
    uint32_t phase;          /* the one begun last, as the recorder numbers them */
    struct seek *seek;       /* the suite; NULL: the phases of the job */
    uint64_t connections_opened;
    struct live *live;
    struct flights *flights; /* NULL: the job wants none */
    struct flight_crash *crash; /* NULL: nobody asks when an assertion fails */
    struct run_loaded loaded;
    struct job_phase ramp_up; /* the warm-up of a phase that ramps up */
    uint64_t edge_ns;        /* where a measured phase begins that has not begun yet; 0: none */
    const struct job_phase *faulted; /* whose faults are on the wire; NULL: the first comes */
    enum run_asked asked;
    struct db *reader;       /* second connection to the results, for reading while the run goes on */
    char aborted[240];       /* why the run ended itself; empty: it did not */
    const volatile sig_atomic_t *signal; /* 0, or the signal that asked to end */
};

/* How a job ended, for the table at the end and the exit code. */
struct run_result {
    int64_t id;              /* 0: it has no row */
    enum run_state state;    /* as stored */
    int exit_code;
    char line[320]; /* one row of the table */
    bool to_stderr;          /* the table: stdout has the JSON stream */
};

extern const char run_table_head[]; /* over the lines */

/* Runs it whole. 0, or -errno with e set; `out` is filled as far as it came. `place`: in an
 * interleaved set, or NULL. `crash`: where a failed assertion looks for what to save, or NULL.
 * Blocks SIGINT and SIGTERM in all threads but the caller's. */
int run_job(struct job *job, const struct run_interleave *place,
            const volatile sig_atomic_t *signal, struct flight_crash *crash, struct run_result *out,
            struct err *e);

/* The set-up of a run in two parts: all that stands before the workers, its row among them; and the
 * workers, which then wait for commands. For run_job, and for a process that only sets up. */
int run_open(struct run *r, struct err *e);
int run_start(struct run *r, struct err *e);

/* plan.c: the phases; returns 0, or -errno with e set (nothing connected); -EINTR: a signal ended it,
 * -ECANCELED: it ended itself, r->aborted says why; both in order. */
int plan_execute(struct run *r, struct err *e);

/* peer.c: what our own responder has counted so far, into the file: where a measured phase begins
 * (r->edge_ns, once it is past) and ends. Nothing where the peer is not ours. */
void peer_tell(struct run *r);
void peer_tell_edge(struct run *r, uint64_t now_ns);

/* environment.c: what the figures depend on, as rows; makes environment_hash. */
int environment_record(struct run *r, struct err *e);
void environment_fingerprint(struct run *r);
/* Of the machine alone, for those who keep figures without a run. */
uint64_t environment_host_hash(void);
int environment_host_record(struct db *db, int64_t run_id, struct err *e);

/* identity.c */
void identity_uuid(char out[37]); /* a new one, RFC 9562 version 4 */
/* Chosen when the job leaves it open: it is then stored like a given one. */
void identity_seed(struct job *job);
void identity_make(struct run *r); /* uuid, workload and history key; after environment_fingerprint */
void identity_steered(struct run *r); /* a mark, and a history key that it shares with no other run */

/* ending.c: memory, peer counters, verdicts, validity, what limited it; ends the row. */
int ending_record(struct run *r, bool interrupted, const struct err *failure, struct run_result *out,
                  struct err *e);

/* The row of each target; not counted: its place and address alone, for a run that may be killed. */
int ending_targets(struct run *r, bool counted, struct err *e);

/* verdicts.c: what became of each rule, as a table for people; nothing where there is none. */
void verdicts_print(struct run *r, FILE *out);

/* kept.c: adds to a message of failure what the file holds of the run. */
void kept_tell(struct run *r, struct err *e);

/* live.c: who watches the run and who steers it: the line for people, the JSON stream, the metrics,
 * gen ctl. All of it in the main thread. Open: before traffic, after wires_open (no child process
 * inherits a socket). Tick: every few ms. Close: after the last interval was handed over; fine twice. */
struct live;
int live_open(struct run *r, struct err *e);
void live_tick(struct run *r, const char *phase, uint64_t left_ns);
void live_close(struct run *r);
bool live_watches(const struct run *r); /* whether it needs every interval (rec_config.watched) */

#endif
