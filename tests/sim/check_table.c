/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cells of the simulation table against the stored ones: the engine may get faster, not slower. The
 * figures are those of virtual time and repeat bit by bit; the allowance is for changes elsewhere
 * that shift who loses which segment.
 */
#include "lib/check_main.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "snapshot.h"

#define ALLOWED 0.85 /* of the stored goodput */
#define IP6_ALLOWED 0.95 /* of the same cell's over IPv4 */
#define IP6_BUFFER  (1u << 20)
#define IP6_RTT_US  1000 /* longer ones take seconds here */
#define EVERY   (SANITIZED ? 5 : 1) /* line; of each control in turn */
#define HINT    "better than stored: build/tests/sim/tcp_table --snapshot >tests/sim/snapshot.txt"

static const struct cell_control *control_of(const char *name)
{
    for (const struct cell_control *c = cell_controls; c->name; c++)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}

/* One line: cell, control, goodput, resent, spurious. */
static void check_line(const char *line, uint32_t *better)
{
    unsigned index;
    char name[32];
    double stored;
    ck_assert_msg(sscanf(line, "%u %31s %lf", &index, name, &stored) == 3, "not a cell: %s", line);
    const struct cell_control *control = control_of(name);
    ck_assert_msg(control && index < cell_count(), "no such cell: %s", line);
    struct cell c = cell_at(index);
    struct cell_figures f = cell_run(&c, control, 1);
    char fault[160];
    ck_assert_msg(f.goodput_mbit_per_s >= ALLOWED * stored,
                  "cell %u, %s, window %u, %s: %.3f Mbit/s, stored were %.3f", index, name, c.buffer,
                  cell_fault(&c, fault, sizeof fault), f.goodput_mbit_per_s, stored);
    *better += f.goodput_mbit_per_s > stored / ALLOWED;
}

START_TEST(no_cell_is_slower_than_stored)
{
    char line[256];
    uint32_t lines = 0, better = 0, controls = 0;
    FILE *f = fopen(getenv("SNAPSHOT"), "r");
    ck_assert_msg(f != NULL, "SNAPSHOT=%s cannot be read", getenv("SNAPSHOT"));
    for (; fgets(line, sizeof line, f); lines++)
        if (lines % EVERY == 0)
            check_line(line, &better);
    fclose(f);
    while (cell_controls[controls].name)
        controls++;
    ck_assert_uint_eq(lines, controls * snapshot_cell_count);
    if (better)
        printf("%u cells %s\n", better, HINT);
}
END_TEST

START_TEST(a_cell_repeats)
{
    struct cell c = cell_at(snapshot_cells[0]);
    struct cell_figures a = cell_run(&c, cell_controls, 7), b = cell_run(&c, cell_controls, 7);
    ck_assert_mem_eq(&a, &b, sizeof a);
    b = cell_run(&c, cell_controls, 8);
    ck_assert_mem_ne(&a, &b, sizeof a);
}
END_TEST

/* Its longer headers take 1.4 % of what a link carries; where nothing is lost that is all. */
START_TEST(as_fast_over_ip6)
{
    for (uint32_t i = 0; i < cell_count(); i++) {
        struct cell c = cell_at(i);
        if (c.loss > 0 || c.reorder > 0 || c.rtt_us > IP6_RTT_US || c.buffer != IP6_BUFFER)
            continue;
        for (const struct cell_control *control = cell_controls; control->name; control++) {
            c.ip6 = false;
            double ip4 = cell_run(&c, control, 1).goodput_mbit_per_s;
            c.ip6 = true;
            double ip6 = cell_run(&c, control, 1).goodput_mbit_per_s;
            printf("%s, cell %u: IPv4 %.3f Mbit/s, IPv6 %.3f\n", control->name, i, ip4, ip6);
            ck_assert_double_ge(ip6, IP6_ALLOWED * ip4);
        }
    }
}
END_TEST

CHECK_MAIN("sim/table", no_cell_is_slower_than_stored, a_cell_repeats, as_fast_over_ip6)
