/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's wire and whatever stands at its other end, opened by the job's `wire` and `peer`:
 *
 *   lab    two namespaces; the far one holds a responder process of ours or the user's command
 *   pair   in memory; the responder's workers run in this process
 *   a device (xdp:, dpdk:); the peer is the world's business
 */
#ifndef RUN_WIRES_H
#define RUN_WIRES_H

#include <sys/types.h>

#include "job/job.h"
#include "run/responder.h"
#include "run/share.h"
#include "wire/wire.h"

struct log;
struct clock;
struct lab;

struct wires {
    struct wire_port *port;       /* the client's, with fault and pcap around it */
    struct wire_port *fault;      /* the one of the faults in it; NULL: none stands */
    struct share_hops hops;       /* what the kernel knows of the way, with shared_address */
    struct lab *lab;              /* NULL: no lab */
    struct responder *responder;  /* pair: in this process */
    struct wire_port *far_port;   /* pair: the responder's */
    struct responder_totals *peer; /* shared with a peer process of ours; NULL: not ours */
    struct responder_live *peer_live; /* likewise: what its workers have counted so far */
    pid_t peer_pid;               /* 0: none of ours */
    pid_t peer_root;              /* a command's: the first of its process namespace, which inherits
                                   * what it leaves behind; 0: no command */
};

/* Call after check_job, and before any thread exists (lab forks). */
int wires_open(struct wires *w, const struct job *job, const struct clock *clock,
               const struct log *log, struct err *e);
/* Ends the peer, closes ports; afterwards `peer` totals are final until wires_free. */
void wires_close(struct wires *w);
void wires_free(struct wires *w);

#endif
