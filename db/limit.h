/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What limited a run: the one rule that `gen` stores by when a run ends (run.limited_by) and that
 * `analyze` applies to whatever rows a file holds, also those of a run that never ended.
 *
 * Figures are read from the stored rows (limit_load), then judged by a pure function (limit_judge).
 * A limit is named only where a figure shows it; where a figure that would decide is missing, or
 * two contradict each other, the answer is LIMIT_UNKNOWN and the evidence says which.
 */
#ifndef DB_LIMIT_H
#define DB_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;

/* X(NAME, name, part, words). part: which part of the whole that is, as run.limited_by holds it.
 * The round trip limits only together with how much may be outstanding, which the job decides as
 * it decides a rate. */
#define LIMIT_LIST(X)                                                                              \
    X(UNKNOWN, unknown, unknown, "unknown")                                                        \
    X(LOAD, load, load, "the offered load")                                                        \
    X(ROUND_TRIP, round_trip, load, "the round trip")                                              \
    X(GENERATOR, generator, generator, "the generator")                                            \
    X(MACHINE, machine, generator, "the machine")                                                  \
    X(OWN_WINDOW, own_window, generator, "the generator's receive window")                         \
    X(WIRE, wire, wire, "the wire")                                                                \
    X(LOSS, loss, wire, "loss")                                                                    \
    X(CONGESTION, congestion, wire, "the congestion window")                                       \
    X(PEER, peer, peer, "the peer")                                                                \
    X(PEER_WINDOW, peer_window, peer, "the peer's receive window")

enum limit {
#define X(NAME, name, part, words) LIMIT_##NAME,
    LIMIT_LIST(X)
#undef X
        LIMIT_COUNT
};
const char *limit_name(enum limit l);  /* "round_trip" */
const char *limit_part(enum limit l);  /* "load" */
const char *limit_words(enum limit l); /* "the round trip" */

/* From where on a figure shows a limit; bounds of a job, by the keys limit_NAME. X(name, default,
 * meaning); shares are percent in the job. */
#define LIMIT_BOUND_LIST(X)                                                                        \
    X(kept_up, 0.99, "of the offered transactions: the rest is counting at the edges")             \
    X(busy, 0.95, "of a loop's time: no room to speak of")                                         \
    X(busy_life, 0.90, "of our responder's life, which includes idle time around the run")         \
    X(core, 0.90, "of a core: one thread of a foreign server is full")                             \
    X(transmit, 0.50, "of the loop's time in system calls: the wire, not our work")                \
    X(room, 0.50, "of the generator's loop's time: with less it is not what holds the replies up") \
    X(tx_full, 0.10, "of the rounds")                                                              \
    X(timed_out, 0.25, "of the connections' time")                                                 \
    X(sent_again, 0.005, "of the segments")                                                        \
    X(waits, 0.50, "a transaction")                                                                \
    X(holds, 5.0, "fastest reply to fastest handshake: the server, not the path")                  \
    X(away, 0.15, "of the cores' time")                                                            \
    X(slots, 0.80, "of the transactions that can be outstanding")

struct limit_bounds {
#define X(name, initial, meaning) double name;
    LIMIT_BOUND_LIST(X)
#undef X
};
extern const struct limit_bounds limit_bounds_default;
/* As a resolved job says them; the default where it does not (a run of an older version). */
void limit_bounds_read(const char *job, struct limit_bounds *out);

enum limit_peer {
    LIMIT_PEER_OURS,   /* gen's own responder: it polls, so CPU says nothing and cycles all */
    LIMIT_PEER_LOCAL,  /* a process that the lab started: its CPU is sampled */
    LIMIT_PEER_REMOTE, /* somewhere else: nothing is known of it but its answers */
};

/* Counts and sums cover the measured phases and all workers; NAN: not in the file. */
struct limit_figures {
    struct limit_bounds bounds;
    bool closed_loop; /* some measured phase has rate = max */
    bool long_lived;  /* connections carry one transaction after the other, without a pause */
    bool constant;    /* the offered rate does not move within a phase */
    enum limit_peer peer;
    bool lab;               /* the wire is a link of our own */
    double peer_in_process; /* 1: the responder's loops are threads of gen (wire = pair) */
    double workers, cores, seconds;
    double connections, slots; /* slots: connections times depth, what can be outstanding */
    double offered;            /* transactions that the rate asks for; NAN: max */
    double rto_min_ns, window_bytes;

    double started, completed, failed, not_sent;
    double peer_completed; /* those that the responder's counts belong to */
    double outstanding;   /* on average, from sending to the last byte */
    double latency_ns, queueing_ns, service_ns; /* means */
    double service_min_ns, connect_min_ns;

    double busy, busiest, kick; /* shares of the generator's loops' time; of the busiest worker's */
    double seen;                /* share of the measured time that the loops account for */
    double gaps, gap_max_ns;
    double peer_busy;         /* of our responder's loops */
    bool peer_life;           /* its figures are those of its whole life, not of the measured phases */
    double cpu_gen, cpu_peer; /* cores that the processes used */

    double rounds, tx_full, rx_full;
    double polls;             /* system calls to receive; 0: what arrived came by interrupts */
    double segments, retransmits, rto_fired, peer_retransmits, peer_rto_fired;
    double window_waits, cwnd_waits, peer_window_waits, peer_cwnd_waits;
    double window_closed, peer_window_closed;
};

struct limit_verdict {
    enum limit by;
    char evidence[320]; /* the figures that show it, without a full stop */
    char remedy[200];   /* what would raise the figure; "": nothing is known */
};

/* 0, or -errno with a message. Works on a run in any state; opens no transaction of its own. */
int limit_load(struct db *db, int64_t run_id, struct limit_figures *out, struct err *e);
/* The same of one measured phase (phase.id), also while the run goes on. */
int limit_load_phase(struct db *db, int64_t run_id, int64_t phase_id, struct limit_figures *out,
                     struct err *e);
void limit_judge(const struct limit_figures *f, struct limit_verdict *out);
/* Share of the time that other processes had the cores of gen's loops: at least so much. NAN: it
 * cannot be told. */
double limit_away(const struct limit_figures *f);

#endif
