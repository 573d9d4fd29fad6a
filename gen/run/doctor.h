/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks behind `gen doctor`. Each looks at one thing and prints a row a finding: a word (ok,
 * lack, info), a name, what was found and, behind an arrow, what to do about it.
 */
#ifndef RUN_DOCTOR_H
#define RUN_DOCTOR_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "wire/xdp.h"

enum finding { FINDING_OK, FINDING_LACK, FINDING_INFO };

struct doctor {
    const char *iface;      /* NULL: every interface, a line each */
    struct xdp_facts facts; /* of iface */
    uint64_t noise_ns;      /* length of each measurement; 0: none wanted */
    const volatile sig_atomic_t *signal;
    struct clock clock; /* set by doctor_clock */
    bool lab_works;     /* set by doctor_lab */
    bool iface_works;   /* set by doctor_native */
};

/* One row; `name` at most 22 bytes. */
void doctor_row(enum finding f, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* the machine */
void doctor_cpus(struct doctor *d);
void doctor_isolated(struct doctor *d);
void doctor_governor(struct doctor *d);
void doctor_clock(struct doctor *d);
void doctor_kernel(struct doctor *d);
void doctor_realtime(struct doctor *d);
void doctor_autogroup(struct doctor *d);
void doctor_hugepages(struct doctor *d);
void doctor_transparent(struct doctor *d);
void doctor_files(struct doctor *d);

/* what the process may do */
void doctor_capabilities(struct doctor *d);
void doctor_memlock(struct doctor *d);
void doctor_jit(struct doctor *d);

/* the wires: lab, pair and dpdk are tried with one frame there and back */
void doctor_lab(struct doctor *d);
void doctor_pair(struct doctor *d);
void doctor_ip6(struct doctor *d);
void doctor_impair(struct doctor *d);
void doctor_dpdk(struct doctor *d);
void doctor_vfio(struct doctor *d);
void doctor_later(struct doctor *d);

/* interfaces: all of them, read only; or the named one, where native XDP is tried */
void doctor_interfaces(struct doctor *d);
void doctor_nics(struct doctor *d);
void doctor_link(struct doctor *d);
void doctor_native(struct doctor *d);
void doctor_stamps(struct doctor *d);
void doctor_queues(struct doctor *d);
void doctor_offloads(struct doctor *d);

/* measurements */
void doctor_stolen(struct doctor *d);
void doctor_handover(struct doctor *d);
void doctor_pair_ceiling(struct doctor *d);
void doctor_lab_ceiling(struct doctor *d);

#endif
