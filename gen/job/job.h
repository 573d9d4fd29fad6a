/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A job: what one run is to do, resolved from defaults, the job file, the environment and the
 * command line by the one option table in job/options.c. Plain data; nothing here acts.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/measure.h"

struct err;
struct loader;

#define JOB_TEXT 256
#define JOB_PHASES 64
#define JOB_WORKERS 256
#define JOB_RANGES IP_RANGES_MAX
#define JOB_PORT_RANGES 16
#define JOB_TARGETS 64
#define JOB_TARGETS_ALL 65536u  /* ADDR:PORT of all target blocks */
#define JOB_HOSTS_ON_LINK 4096u /* ... addresses of them, without a gateway */
#define JOB_FLIGHT_MIN (256u << 10)

struct endpoint {
    struct ip_addr addr;
    uint16_t port;
};

/* Servers: every address of a block, at every port of a range. */
struct job_target {
    struct ip_range addrs;
    struct port_range ports;
};

enum job_pattern {
    PATTERN_LONG_LIVED,
    PATTERN_SHORT_LIVED,
    PATTERN_POOLED,
    PATTERN_RECONNECT,
    PATTERN_CHURN
};
enum job_close { CLOSE_FIN_CLIENT, CLOSE_FIN_SERVER, CLOSE_RST };
enum job_until { UNTIL_TIME, UNTIL_CONNECTIONS, UNTIL_STEADY };
enum job_measure { MEASURE_AUTO, MEASURE_YES, MEASURE_NO };
enum job_poll { POLL_AUTO, POLL_YES, POLL_NO };
enum job_stamps { STAMPS_NONE, STAMPS_KERNEL, STAMPS_DEVICE };
enum job_peer { PEER_RESPOND, PEER_EXEC, PEER_NONE };

/* Message sizes, low to high; even_ratio: as many between 1 and 2 KiB as between 2 and 4. */
struct job_size {
    uint32_t low, high, weight;
    bool even_ratio;
};

#define JOB_SIZES 16
struct job_sizes {
    uint32_t count; /* 0: none of its own (a reply as large as its request) */
    uint32_t smallest, largest;
    struct job_size parts[JOB_SIZES];
};

/* How often each operation is drawn, of the sum of all. */
struct job_mix {
    uint32_t weight[OPERATION_COUNT];
};

#define JOB_LIST 16
struct job_list {
    uint32_t count;
    double values[JOB_LIST];
};

/* What a suite (gen/suite/) searches, and how long. */
struct job_search {
    char suite[24];          /* "none": the phases of the job */
    uint64_t step_ns;        /* a trial lasts so long, or until */
    uint64_t completions;    /* so many may be expected */
    struct job_list step_rates; /* limits: then doubled, up to */
    double step_high;
    char find_max[JOB_TEXT]; /* find_max: rules that a rate must hold; "": none */
    double find_low, find_high; /* transactions/s: what is searched, */
    double find_resolution;  /* until its interval is so narrow, as a share, or so many */
    uint32_t find_trials;
    uint64_t find_ns;        /* or so long */
    uint32_t users;          /* capacity */
    double user_rate_per_s;
    struct job_list growth;  /* levels, as factors of users */
    double peak;
    char capacity_sla[JOB_TEXT];
    struct job_list scale_connections; /* scale_steps */
};

/* From where on a figure shows what limited a run; db/limit.h reads them from the stored job. */
struct job_limits {
    double kept_up_percent, busy_percent, busy_life_percent, core_percent, transmit_percent,
        room_percent, tx_full_percent, timed_out_percent, sent_again_percent, away_percent,
        slots_percent;
    double waits, holds; /* a transaction; a ratio */
};

/* What must hold before a phase is measured. Neither number: as soon as any connection is open. */
struct job_enter {
    uint32_t connections; /* open, at least; 0: none asked for, or */
    double percent;       /* of those that the phase wants */
    bool steady;          /* the warm-up has settled, or is over */
};

/* One measured phase: a section of the file (one of the section's name when there is none). */
struct job_phase {
    char name[64];
    uint32_t number;         /* in its run: phases and trials draw apart from each other */
    bool rate_max;           /* rate = max: closed loop */
    char shape[24];          /* how the rate moves; max when rate_max and none was chosen */
    double rate_per_s;       /* transactions/s over the whole run, as written; of a replay: the mean */
    double rate_scale;       /* what it is multiplied by */
    /* Of the shape of their name; factors and shares of the rate. */
    double burst_factor, ramp_from, ramp_to, sine_depth, walk_step, walk_low, walk_high;
    uint64_t burst_high_ns, burst_low_ns, sine_period_ns;
    uint64_t ramp_ns;        /* 0: the duration of the phase */
    uint32_t ramp_steps;     /* 0: none */
    char replay[JOB_TEXT];   /* where arrival times come from, */
    char replay_hash[17];    /* the hash of what is there; empty: not read yet, */
    uint64_t *arrivals_ns;   /* and they, in order, from the start of the phase (malloc) */
    uint64_t arrivals;       /* how many */
    bool arrivals_sorted;    /* ... by us */
    uint64_t duration_ns, warmup_ns;
    bool ramps_up;           /* the warm-up comes from nothing to the rate; a suite says so */
    uint64_t transactions;   /* end after so many starts; 0: by time only */
    uint64_t completions_min, duration_max_ns; /* goes on until then; 0: ten times the duration */
    enum job_until until;
    struct job_enter enter;
    struct job_sizes payload, reply; /* drawn for each message */
    struct job_mix mix;
    uint32_t batch_requests, stream_messages; /* of operations batch and stream */
    uint32_t depth;          /* outstanding a connection */
    enum job_pattern pattern;
    uint32_t connections;      /* open at once */
    double connect_rate_per_s; /* 0: as fast as connect_parallel allows */
    double churn_rate_per_s;   /* pattern churn: connections replaced a second */
    uint64_t reconnect_min_ns, reconnect_max_ns; /* back-off before opening again */
    uint64_t pace_ns, pace_worker_ns; /* least time between two starts; 0: none */
    enum job_close close;
    uint64_t timeout_ns, connect_timeout_ns, queue_max_ns;
    char sla[JOB_TEXT], warn[JOB_TEXT], abort_if[JOB_TEXT];
    uint64_t abort_window_ns;
    char fault[JOB_TEXT], fault_rx[JOB_TEXT], fault_tx[JOB_TEXT]; /* fault wire on the client side */
};

struct job {
    char workload_id[96];    /* file name without .conf, '+' appended when overridden */
    char source[JOB_TEXT];   /* file as given, for messages; empty: none */
    char description[JOB_TEXT];
    char protocol[24];
    bool binary;             /* payload = binary content (echo, discard) */
    uint32_t connections;    /* the most of any phase */
    uint32_t connect_parallel; /* SYNs in flight at most, a worker */
    uint64_t connect_ns;     /* time limit of the connect phase; 0: from timeouts */
    uint64_t drain_ns;       /* time limit of the drain phase */
    uint64_t close_ns;       /* time limit of the close phase */
    uint32_t phases_count;
    struct job_phase phases[JOB_PHASES];
    struct job_search search;

    char wire[JOB_TEXT];     /* NAME, or NAME:DEVICE with the world behind it */
    enum job_peer peer;
    char peer_exec[JOB_TEXT];
    bool ip6;                /* the family of all addresses below */
    uint16_t vlan, vlan_outer; /* tags of all frames; 0: none */
    uint32_t targets_count;
    struct job_target targets[JOB_TARGETS];
    uint32_t sources_count;
    struct ip_range sources[JOB_RANGES]; /* client addresses */
    uint32_t ports_count;
    struct port_range ports[JOB_PORT_RANGES]; /* client ports */
    struct ip_addr gateway;              /* next hop; hi = lo = 0: on link */
    bool allow_public, shared_address;

    uint32_t workers;
    char cpus[JOB_TEXT];     /* "0,1" client workers then responder workers; empty: chosen */
    uint32_t batch, ring_size, frames, tx_budget;
    enum job_poll busy_poll; /* auto: on the lab, where it gives something */
    uint64_t coalesce_ns;    /* interrupt moderation of the lab's ends; 0: none */
    enum job_stamps rx_stamps; /* what arrivals are stamped with */
    bool tx_stamps;            /* departures are stamped, by whom it can */
    char dpdk_eal[JOB_TEXT]; /* arguments for rte_eal_init; empty: none but ours */
    bool high_priority;      /* of the loops, where that is allowed */
    uint16_t mtu;

    uint32_t mss;            /* 0: from the MTU */
    bool timestamps, delayed_ack, sack, rack;
    uint8_t window_scale;
    uint32_t window;         /* receive window, bytes */
    bool nagle, ecn;
    uint64_t rto_min_ns, rto_initial_ns, rto_max_ns, delack_ns, time_wait_ns;
    uint64_t keepalive_ns;   /* 0: none are sent */
    uint64_t keepalive_interval_ns;
    uint32_t keepalive_probes;
    uint32_t time_wait_entries; /* 0: from connections */
    uint32_t init_cwnd;      /* segments (RFC 6928: 10) */
    uint32_t retries;        /* retransmissions before giving up (data) */
    char congestion[16];     /* newreno | none */
    uint8_t dscp;
    uint32_t flow_label;     /* IPv6 */

    char pcap[JOB_TEXT];     /* capture file of the client side */
    uint32_t flight;         /* bytes of a client worker's flight recorder; 0: none */

    uint64_t seed;           /* 0: chosen at start and stored */
    uint64_t interval_ns;    /* sampling period */
    double samples;          /* share of the transactions to record: 1 all, 0 none */
    char db[JOB_TEXT];       /* results.db */
    char run_sla[JOB_TEXT];
    uint64_t valid_lateness_p99_ns; /* bounds of validity in an open loop */
    double valid_busy_percent, valid_missed_percent, valid_tx_full_percent;
    struct job_limits limits;
    char margins[JOB_TEXT];  /* of relevance, METRIC:PERCENT% each, for whoever compares runs */
    bool quiet;
    uint64_t status_ns;      /* period of the live line */
    char json_stream[JOB_TEXT]; /* FILE, "-" or "fd:N"; empty: none */
    struct endpoint metrics; /* where OpenMetrics are served; port 0: nowhere */
    bool control;            /* gen ctl is answered */
    enum job_measure measure_memory; /* of a connection; auto: where a rule asks for it */
    int32_t peer_pid;        /* local peer of somebody else; 0: none */
    char clock[16];          /* auto | tsc | kernel */
    char log_level[16];

    char *resolved;          /* the whole job as INI text: every key with its value (malloc) */
    char *resolved_unseeded; /* the same without what the history key does not see (`unhashed` in
                              * job/options.c) */
    struct loader *loader;   /* who set which key, for job_refuse (malloc) */
    char *overrides;         /* "BENCH_DEPTH=2 --duration=10s" as given, environment first; "" */
};

/* A source of option values beside the file. */
struct job_args {
    int argc;            /* only the --key=value arguments (and --PHASE.key=value) */
    char **argv;
    char *const *environ; /* BENCH_KEY=... are read; NULL: none */
};

/* Reads, resolves and checks one job. Nothing is printed. On failure -errno, and e names file,
 * line, key, found and expected. job_fini frees. */
int job_load(struct job *job, const char *path, const struct job_args *args, struct err *e);
/* The same without a file: defaults and arguments (used by `gen respond`). */
int job_defaults(struct job *job, const struct job_args *args, struct err *e);
void job_fini(struct job *job);
/* The resolved texts once more, after those who know what job/ does not have filled a field. */
int job_resolve_again(struct job *job, struct err *e);

/* Refuses what `key` says in phase `phase` (0 for a key of the whole run), for those who know what
 * job/ does not: EXIT_USAGE, `x.conf:3: shape = "square": ` and the text; the place is the line, the
 * option, the variable, or the default. Returns -EINVAL. */
int job_refuse(struct err *e, const struct job *job, uint32_t phase, const char *key,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* What the key names is known, and `later` brings it: -EOPNOTSUPP, which tells a job that waits for a
 * later version from a mistake. */
int job_refuse_later(struct err *e, const struct job *job, uint32_t phase, const char *key,
                     const char *later);
/* The key that the list of servers was given by: "target" or "listen". */
const char *job_targets_key(const struct job *job);
/* Whether a suite makes the phases, from the job's one. */
bool job_searches(const struct job *job);

/* How many connections the pools of addresses and ports are good for. Sums and products stop at
 * UINT64_MAX: the addresses of an IPv6 prefix are counted, never listed. */
struct job_pool {
    uint64_t sources, ports;   /* addresses and ports of the client */
    uint64_t hosts, targets;   /* addresses of servers; ADDR:PORT of servers */
    uint64_t tuples;           /* sources x ports x targets */
};
struct job_pools {
    const struct ip_range *sources;
    const struct port_range *ports;
    const struct job_target *targets;
    uint32_t sources_count, ports_count, targets_count;
};
struct job_pool job_pool_sum(const struct job_pools *pools);
struct job_pool job_pool_of(const struct job *job);
/* "198.18.0.0/16", "198.19.0.0/28:9000-9003": as a job says it. */
struct _IO_FILE;
void job_target_print(const struct job_target *target, struct _IO_FILE *out);

/* As the key says it. */
const char *job_pattern_name(enum job_pattern pattern);
/* The longest that a phase may last: its duration, or with completions_min what bounds that. */
uint64_t job_longest_ns(const struct job_phase *phase);
/* "10", "64-1KiB", "mixed", "64:90,1MiB:10": as a job says it. */
void job_sizes_print(const struct job_sizes *sizes, struct _IO_FILE *out);
void job_mix_print(const struct job_mix *mix, struct _IO_FILE *out);
/* " mix batch (requests=10)": the mix with its keys; nothing for none. */
void job_phase_mix_print(const struct job_phase *phase, struct _IO_FILE *out);
/* " sine (depth=0.8, period=30s)": the shape with its keys; nothing for constant and max. */
void job_shape_print(const struct job_phase *phase, struct _IO_FILE *out);

/* --help text made from the option table, to `out`. */
void job_print_help(struct _IO_FILE *out);
void job_print_man(struct _IO_FILE *out); /* roff, the OPTIONS section */
void job_print_markdown(struct _IO_FILE *out); /* the table of docs/JOBS.md */

#endif
