/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The simulation table: one connection that sends all it can over a bad network, in virtual time,
 * for each of loss x round trip x reordering x buffer. The network is the fault wire, so that the
 * same cell can be put to another TCP by `gen impair` (tcp_table.py).
 */
#ifndef TESTS_SIM_CELLS_H
#define TESTS_SIM_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cell {
    double loss, reorder;
    uint64_t rtt_us;
    uint32_t buffer; /* receive window, bytes */
    bool ip6;        /* not a column of the table */
};

struct cell_figures {
    double goodput_mbit_per_s;      /* payload that the receiver's application got */
    double sent, resent, spurious;  /* segments; spurious: of what had arrived already */
};

struct cell_control { /* a congestion control, as Linux calls it */
    const char *name;
    int value;
};
extern const struct cell_control cell_controls[]; /* ends with a NULL name */

uint32_t cell_count(void);
struct cell cell_at(uint32_t index);
/* What the fault wire is told, for both directions. */
const char *cell_fault(const struct cell *c, char *buf, size_t size);
uint64_t cell_duration_ns(const struct cell *c);
struct cell_figures cell_run(const struct cell *c, const struct cell_control *control, uint64_t seed);

#endif
