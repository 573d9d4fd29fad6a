/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tuples (source address, source port, server) of one worker's connections, and the order in
 * which they are tried.
 *
 * The walk: the server moves fastest, so that connections spread evenly over servers from the first
 * one on. Then come `run` ports of one source address, then as many of the next one, and round
 * again with the next ports. So neighbours in time share a source: with one server they share a
 * path, whose header template and neighbour are in the cache then, and yet every source has its
 * share when all connections are open, or, of those that are used once, in the course of time. The
 * walk is a ring, so a tuple comes again when all others have had their turn: the one tried next has
 * been in TIME-WAIT the longest.
 *
 * Where the device tells by which hash it deals flows to queues, the walk passes over tuples whose
 * replies would come to another worker's, as long as there are enough for each connection without
 * them.
 *
 * Prefixes are never listed. Of more source addresses than there are paths, as many as there are
 * paths are taken, evenly over the whole pool and of all low bits.
 */
#ifndef RUN_TUPLES_H
#define RUN_TUPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "job/job.h"

struct err;
struct rss;

#define TUPLES_PATHS_MAX 65536u /* a worker: 9 MiB of headers */
#define TUPLES_AHEAD     8u     /* are drawn before they are asked for */
#define TUPLES_RUN_MAX   64u    /* a path that comes into the cache once in so many costs nothing */
#define TUPLES_RUN_BRIEF 16u    /* as many at least, of connections that are used once */

struct tuples_config {
    struct ip_range sources[JOB_RANGES];
    uint32_t sources_count;
    struct port_range ports[JOB_PORT_RANGES];
    uint32_t ports_count;
    struct job_target targets[JOB_TARGETS];
    uint32_t targets_count;
    uint32_t worker, workers;  /* ports are dealt out modulo workers */
    uint32_t connections;      /* of this worker, at once */
    bool comes_and_goes;       /* more are opened in the course of time */
    bool brief;                /* each is used once: shares are of those in the course of time */
    const struct rss *rss;     /* how the device deals replies to queues, one a worker; NULL: not known */
};

/* One server. */
struct tuple_target {
    struct ip_addr addr;
    uint32_t host; /* which of the addresses it is */
    uint16_t port;
};

struct tuples {
    struct tuples_config cfg;
    struct tuple_target *targets; /* every one */
    uint32_t targets_count, hosts_count;
    uint32_t sources, ports; /* that are walked; ports: of this worker */
    uint64_t source_step;    /* addresses of the pool from one walked to the next */
    uint32_t run;
    bool by_queue;           /* tuples whose replies would land elsewhere are passed over */
    /* where the walk stands */
    uint32_t target, run_at, source, port, run_now;
};

/* One stop of the walk. */
struct tuple {
    const struct tuple_target *target;
    uint32_t path;      /* tuples_path_count numbers: source x host */
    uint16_t port;      /* ours */
};

int tuples_init(struct tuples *t, const struct tuples_config *cfg, struct err *e);
void tuples_fini(struct tuples *t);
/* Source addresses that a worker walks, and paths that it needs; for what is reserved. */
uint32_t tuples_sources(const struct tuples_config *cfg);
uint32_t tuples_paths(const struct tuples_config *cfg);
uint32_t tuples_targets(const struct tuples_config *cfg); /* servers */
/* Tuples of a worker's walk. */
uint64_t tuples_count(const struct tuples_config *cfg);
/* Bytes that tuples_init reserves. */
uint64_t tuples_memory(const struct tuples_config *cfg);

/* Which worker's each source port is; those of none stay as they are. */
void tuples_owners(const struct tuples_config *cfg, uint16_t owner[65536]);

struct ip_addr tuples_source(const struct tuples *t, uint32_t source);
/* The tuple whose turn it is, and on to the next. */
struct tuple tuples_take(struct tuples *t);

#endif
