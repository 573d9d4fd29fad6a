/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * gen impair IFACE IFACE: the fault model of a job's `fault` as a bridge between two interfaces of
 * this network namespace, for anybody's traffic. It takes every frame that arrives at one, and sends
 * it out of the other. Nothing of it has a name in the file system, and the kernel takes all back
 * when the process ends, whatever way it does.
 */
#ifndef RUN_IMPAIR_H
#define RUN_IMPAIR_H

#include "run/bridge.h"
#include "run/commands.h"
#include "wire/fault.h"
#include "wire/netdev.h"

enum impair_way { IMPAIR_AB, IMPAIR_BA, IMPAIR_WAYS }; /* from the first named to the second, back */

struct impair {
    const char *iface[2];
    const char *fault[IMPAIR_WAYS]; /* as given; "": none */
    uint64_t duration_ns, count;    /* 0: until a signal */
    uint64_t seed;
    bool json, hurry;

    struct netdev dev[2];
    struct wire_port *port[2]; /* with its fault wire around it, for what is sent there */
    struct wire_queue *queue[2];
    int promiscuous[2]; /* sockets that keep the interfaces listening to all; -1: none */
    struct clock clock;
    struct bridge bridge;
    uint64_t started_ns, ended_ns;
};

/* impair_options.c: -EINVAL names the option. */
int impair_parse(struct impair *m, const struct command_args *a, struct err *e);

/* impair_iface.c: refuses what cannot be bridged, or must not be: -errno, and e says what to do. */
int impair_check(struct impair *m, struct err *e);
/* After the wires were opened: whether frames can come in that are larger than one, which a program in
 * generic mode cannot take. Refused where this interface makes them, a warning where its peer may. */
int impair_check_mode(const struct impair *m, int i, struct err *e);
/* A socket that has the interface take frames for any address as long as it is open; -errno. */
int impair_listen_to_all(uint32_t ifindex);

/* impair_print.c: what stands, before the first frame, to stderr; what became of the frames. */
void impair_print_begin(const struct impair *m);
void impair_print_end(struct impair *m);

#endif
