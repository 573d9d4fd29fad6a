/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One pinned loop on one core: a queue, a stack, and either a client or a responder. Workers share
 * nothing; main talks to each through a command mailbox (read once a round) and reads its status
 * words, which only that worker writes.
 *
 * Life-cycle: worker_start (thread makes its memory on its own core, then says ready) ->
 * worker_command ... -> worker_stop -> worker_end -> worker_free.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/ring.h"
#include "flight/flight.h"
#include "rec/rec.h"
#include "run/client.h"
#include "run/server.h"
#include "stack/stack.h"

/* One step of the plan. The next one waits in the mailbox until its start. */
struct worker_command {
    enum client_mode mode;
    uint64_t start_ns, end_ns; /* end 0: until the next command */
    uint32_t phase;            /* of rec_phase_begin */
    bool has_load;
    struct client_load load;
};

#define WORKER_COMMANDS 8

/* Written by the worker once a round, read by main at any time. */
struct worker_status {
    alignas(64) _Atomic uint64_t commands_done; /* commands whose work or time is over */
    _Atomic uint64_t open, outstanding, in_use;
    _Atomic uint64_t changes;  /* of the load, that wait behind arrivals nobody has taken */
    _Atomic uint64_t completed; /* of what was started in measured phases, since the start */
    _Atomic uint32_t resolved; /* enum neigh_state of all paths */
    _Atomic bool ready;        /* set-up is over: err.exit_code tells how */
};

/* What a responder's worker has counted, told every WORKER_LIVE_NS: in memory that another process
 * may read at any time. `turn` is odd while it is being written. */
#define WORKER_LIVE_NS 1000000u
struct worker_live {
    alignas(64) _Atomic uint64_t turn; /* 0: nothing yet */
    _Atomic uint64_t at_ns;            /* CLOCK_MONOTONIC */
    _Atomic uint64_t counters[COUNTER_COUNT];
};

struct worker_config {
    int cpu;                   /* to pin to; -1: not pinned */
    bool high_priority;        /* ahead of what else runs on that core, where that is allowed */
    const struct clock *clock;
    struct stack_config stack;
    struct wire_port *port;
    uint32_t queue;
    bool is_client;
    struct client_config client;
    struct server_config server;
    struct port_range listen[TCP_LISTEN_MAX]; /* responder */
    uint32_t listen_count;
    struct rec_lane *lane;     /* NULL: counts into private memory (responder) */
    uint64_t interval_ns;
    struct worker_live *live;  /* responder: where it tells its counters; NULL: nowhere */
    uint32_t flight_bytes;     /* of the flight recorder; 0: none */
};

/* Bytes reserved, by pool, and how long that took. Plain data: it may lie in shared memory. */
struct worker_memory {
    struct tcp_memory tcp;
    uint64_t sessions, trans, paths, servers; /* of a client, but for the paths */
    struct server_memory server;              /* of a responder */
    uint64_t took_ns;
};
void worker_memory_add(struct worker_memory *sum, const struct worker_memory *one);
uint64_t worker_memory_bytes(const struct worker_memory *m); /* all pools */

/* Of what the wire stamps. */
struct stamps {
    enum wire_stamps rx, tx;
    int64_t mono_ahead_ns, tai_ahead_ns; /* of CLOCK_MONOTONIC and CLOCK_TAI, by which the kernel stamps
                                          * arrivals and departures, to the run's clock */
    uint64_t compare_at_ns;              /* when to compare them again */
};
/* Counts frames that were taken up at `now_ns` of the run's clock: COUNTER_FRAMES_STAMPED and, of those
 * that the kernel stamped, COUNTER_RX_WAIT and its like. */
void stamps_note_rx(const struct stamps *t, const struct frame *frames, uint32_t n, uint64_t now_ns,
                    uint64_t *counters);
/* The same of frames that have left: COUNTER_FRAMES_TX_STAMPED, COUNTER_TX_WAIT. */
void stamps_note_tx(const struct stamps *t, const struct wire_stamp *stamps, uint32_t n, uint64_t *counters);

struct worker {
    struct worker_config cfg;
    pthread_t thread;
    struct wire_queue *queue;
    struct stack stack;
    struct client client;
    struct server server;
    struct flight flight;
    struct rec_interval *block; /* counts of the current interval */
    struct rec_interval *own_block; /* of one without a lane */
    struct clock_reading last;         /* when the loop last read the clock */
    uint64_t next_interval_ns, next_live_ns;
    uint32_t phase;                    /* that counts now: the command's, or REC_PHASE_NEXT after its end */
    struct stamps stamps;
    bool in_steps;                     /* this round: see worker_loop.c:begin_round */

    struct ring mailbox;
    struct worker_command commands[WORKER_COMMANDS];
    struct worker_command current;
    bool running_command;
    uint64_t begun;             /* commands begun */
    struct wire_stats wire_seen; /* wire counters already told */
    struct worker_memory memory;
    struct server_totals server_end; /* what the responder did, when it has ended */

    struct worker_status status;
    _Atomic bool stop;
    struct err err;
};

/* The pieces of a worker's thread, for those that drive it themselves (benchmarks). */
int worker_setup(struct worker *w, struct err *e);
bool worker_round(struct worker *w); /* false: there was nothing to do */

int worker_start(struct worker *w, const struct worker_config *cfg, struct err *e);
/* Waits for set-up; 0 or the worker's error. */
int worker_await(struct worker *w, struct err *e);
/* False: the mailbox is full. */
bool worker_command(struct worker *w, const struct worker_command *cmd);
/* Asks the loop to end; the last interval is handed over before the thread does. */
void worker_stop(struct worker *w);
/* Joins the thread; the counters in own_block, what the responder did and what the flight recorder
 * holds stay until worker_free. */
void worker_end(struct worker *w);
void worker_free(struct worker *w);

#endif
