/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the workers to the database without ever making a worker wait.
 *
 * Each worker owns one rec_lane: a small set of interval blocks. It counts into one; at the end of
 * an interval rec_lane_next() hands the block to the recorder thread and gives the worker an empty
 * one (or the same one again, so that two intervals merge, when the recorder is behind: counted
 * in `merged`). Only the recorder thread touches the database while the run is on: the main thread
 * appends phases to a list, and their rows follow with the next batch. No side ever takes a lock:
 * a thread at idle priority that holds one could keep the others waiting for long.
 *
 * The thread runs at SCHED_IDLE, so a worker that wakes always comes first. It looks at the lanes
 * every 50 ms and stores what it finds in one transaction: an interval is stored whole or not at
 * all. A batch that cannot be stored (disk full) is lost, counted and told by rec_close(); the
 * lanes are drained all the same and the next batch is tried again, so the workers never stop, and
 * the summaries of phases and run, which are kept in memory, still cover what was lost.
 */
#ifndef REC_REC_H
#define REC_REC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hist.h"
#include "base/measure.h"
#include "base/ring.h"
#include "db/run_row.h"
#include "rec/sample.h"

struct err;
struct db;
struct rec;
struct command_row;
struct trial_row;

/* What one worker measured in one interval. */
struct rec_interval {
    uint32_t worker, phase;      /* phase: index of the run's phase rows, in order of rec_phase_begin */
    uint64_t start_ns, end_ns;   /* CLOCK_MONOTONIC */
    uint64_t merged;             /* earlier intervals that had to be merged into this one */
    uint32_t mixed;              /* of them, intervals of later phases: a change of phase that found no
                                  * empty block */
    uint64_t counters[COUNTER_COUNT]; /* growth within the interval; maxima where the name says max */
    uint64_t results[RESULT_COUNT];   /* transactions by how they ended */
    uint64_t connect_errors[RESULT_COUNT]; /* active opens that failed, by reason */
    uint64_t drops[/*DROP_COUNT*/ 64];
    uint64_t open_connections;   /* gauge at the end */
    struct hist times[TIME_COUNT];
};

/* 8 blocks hold 7 intervals while the recorder is behind; the last REC_LANE_RESERVE empty ones are
 * only taken at a change of phase, so that phases do not mix before four of them pile up. */
#define REC_LANE_BLOCKS  8
#define REC_LANE_RESERVE 4
struct rec_lane {
    struct ring full, empty;     /* of block numbers: worker -> recorder, recorder -> worker */
    uint32_t full_at[REC_LANE_BLOCKS], empty_at[REC_LANE_BLOCKS];
    struct rec_interval *blocks[REC_LANE_BLOCKS];
    uint32_t current;
    bool begun;                  /* the first interval has started */
    struct rec_samples samples;  /* every transaction; samples.at NULL: not recorded */
};

/* Worker side; never blocks, never allocates. Returns the block to count into from now on.
 * The first call starts the first interval and hands nothing over; a worker's last act is a call
 * that ends its last interval. `phase` is what rec_phase_begin() returned. */
struct rec_interval *rec_lane_current(struct rec_lane *lane);
/* For rec_sample() and rec_samples_tick(); NULL: transactions are not recorded. */
struct rec_samples *rec_lane_samples(struct rec_lane *lane);
struct rec_interval *rec_lane_next(struct rec_lane *lane, uint64_t now_ns, uint32_t phase);
/* As `phase`: the one that begins next, which the main thread has yet to begin. Such an interval lasts until
 * a call names its phase. */
#define REC_PHASE_NEXT UINT32_MAX

/* Main-thread side. The recorder thread starts at SCHED_IDLE and writes into `db` (which it then
 * owns until rec_close) under run `run_id`. */
struct rec_config {
    struct db *db;
    int64_t run_id;
    uint32_t lanes;
    int64_t peer_pid;            /* local peer whose RSS and CPU are sampled; 0: none */
    int64_t peer_root;           /* the process whose descendants are the peer; 0: peer_pid and its own */
    bool watched;                /* somebody calls rec_watch_next() */
    uint64_t resource_ns;        /* period of the RSS and CPU samples of this process (and peer) */
    uint64_t mono_to_real_ns;    /* add to CLOCK_MONOTONIC for CLOCK_REALTIME */
    uint32_t sample_records;     /* of a lane's sample ring, a power of two; 0: no transactions */
    double sample_ratio;         /* share of the transactions to keep, above 0 to 1 */
    uint64_t seed;               /* of the choice when not all are kept */
    const int *cpus;             /* by lane: whose worker fills it; NULL: not known */
};
int rec_open(const struct rec_config *cfg, struct rec **out, struct err *e);
struct rec_lane *rec_lane(struct rec *r, uint32_t n);
/* What was reserved: sample rings, interval blocks, and the rest of the recorder's own. */
struct rec_memory {
    uint64_t samples, blocks, own;
};
void rec_memory(const struct rec *r, struct rec_memory *out);
/* A phase begins or ends at `now_ns` (CLOCK_MONOTONIC); begin returns its number for the workers,
 * in order from 0, or -ENOMEM, -ENOSPC (beyond REC_PHASES_MAX). Its strings are copied. Main
 * thread. */
#define REC_PHASES_MAX 4096
int rec_phase_begin(struct rec *r, const struct phase_row *row, uint64_t now_ns);
void rec_phase_end(struct rec *r, uint32_t phase, uint64_t now_ns, enum phase_exit why);
/* The load changed within a phase: `starts` were to be expected up to `now_ns`, and `rate_per_s` from
 * then on. What the phase has offered in the mean replaces what its row began with when it ends. */
void rec_phase_rate(struct rec *r, uint32_t phase, double starts, double rate_per_s, uint64_t now_ns);
/* What was asked of the run from outside at `now_ns`, in phase `phase` (below 0: none); its row
 * follows with the next batch. A note likewise, which `analyze` shows. The texts are copied. -ENOMEM, -ENOSPC
 * (commands and notes beyond REC_ASKED_MAX of all, so that whoever asks much leaves room for what the
 * run has to tell; that beyond REC_POSTS_MAX). Main thread. */
#define REC_ASKED_MAX 4096
#define REC_POSTS_MAX (2 * REC_ASKED_MAX) /* 500 trials, each with two moments of the peer and two faults */
int rec_command(struct rec *r, const struct command_row *row, int phase, uint64_t now_ns);
/* Faults that came into force without a command: a row of fault_event. */
int rec_fault(struct rec *r, const char *faults, int phase, uint64_t now_ns);
int rec_note(struct rec *r, const char *level, const char *text, uint64_t now_ns);
/* What our own responder has counted since it began, as of `at_ns`: rows of iface_counter ("peer"). */
int rec_peer(struct rec *r, const uint64_t counters[COUNTER_COUNT], uint64_t at_ns);
/* A trial of a search has ended; its phase is stored already. */
int rec_trial(struct rec *r, const struct trial_row *row);
/* Waits until everything that the workers have handed over is stored, so that another connection
 * reads it. Main thread. */
void rec_sync(struct rec *r);
/* Sum of everything handed over so far, for the live line: what the recorder last published. */
struct rec_totals {
    uint64_t counters[COUNTER_COUNT], results[RESULT_COUNT], open_connections;
    uint64_t connect_errors[RESULT_COUNT], drops[64];
    struct hist_sum latency;     /* of the last completed interval of all workers */
    uint64_t lanes_ns;           /* how long the counters cover, summed over the workers */
    uint64_t intervals;          /* blocks handed over, and of them: */
    uint64_t lost;               /* those whose batch could not be stored */
    int error;                   /* 0, or -errno of the first failed write */
};
void rec_totals(struct rec *r, struct rec_totals *out);

/*
 * Watching: every interval once, all workers together, as the rows `interval` of one seq say it,
 * in order. Who is slow loses whole intervals, counted, and holds nobody up. Main thread, with
 * rec_config.watched.
 */
struct rec_watch {
    uint64_t seq;
    uint32_t phase, workers;     /* workers: how many it holds; fewer than all: the rest came too late */
    uint64_t start_ns, end_ns;   /* CLOCK_MONOTONIC: of the first to begin, of the last to end */
    uint64_t merged;             /* further intervals in it, the recorder was behind */
    uint64_t counters[COUNTER_COUNT], results[RESULT_COUNT], connect_errors[RESULT_COUNT], drops[64];
    uint64_t open_connections;
    struct hist_sum times[TIME_COUNT];
};
/* NULL: none is ready. It is the caller's until rec_watch_done(). */
const struct rec_watch *rec_watch_next(struct rec *r);
void rec_watch_done(struct rec *r);
/* The workers have stopped: all that they have handed over is stored, and to be had by
 * rec_watch_next(), whole or not. */
void rec_watch_end(struct rec *r);
/* Blocks of workers that no watched interval holds. */
uint64_t rec_watch_lost(const struct rec *r);
/* The row that phase `n` began with, and when; n as the intervals say. Main thread. */
/* The phase that the run is in at `now_ns`: the last one that had begun by then; -1: none. */
int rec_phase_at(const struct rec *r, uint64_t now_ns);
const struct phase_row *rec_phase_row(const struct rec *r, uint32_t n, uint64_t *started_ns);
/* Drains all lanes, writes the summaries, commits, joins the thread. The workers must have stopped.
 * 0 or the first error of the writer (the message says what was kept). The db is the caller's
 * again. */
int rec_close(struct rec *r, struct err *e);

#endif
