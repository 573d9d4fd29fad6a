/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The simulation table as Markdown: each figure the median of RUNS seeds.
 *
 *   tcp_table [--control NAME]        our TCP, every cell
 *   tcp_table --linux FILE RUNS       with a second column from what tcp_table.py measured: lines of
 *                                     cell, control, goodput, resent, spurious; cells it lacks are left out
 *   tcp_table --cells                 the cells, for tcp_table.py: number, seconds, buffer, faults
 *   tcp_table --controls              the congestion controls, a line each
 *   tcp_table --snapshot              figures of the cells that check_table.c compares
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "cells.h"
#include "snapshot.h"

enum { RUNS = 5, CELLS_MAX = 256 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double values[RUNS])
{
    qsort(values, RUNS, sizeof *values, by_value);
    return values[RUNS / 2];
}

static struct cell_figures median_run(const struct cell *c, const struct cell_control *control)
{
    double goodput[RUNS], sent[RUNS], resent[RUNS], spurious[RUNS];
    for (uint64_t i = 0; i < RUNS; i++) {
        struct cell_figures f = cell_run(c, control, i + 1);
        goodput[i] = f.goodput_mbit_per_s;
        sent[i] = f.sent;
        resent[i] = f.resent;
        spurious[i] = f.spurious;
    }
    return (struct cell_figures){median(goodput), median(sent), median(resent), median(spurious)};
}

/* ---- Markdown ---- */

/* What tcp_table.py measured of a cell. */
struct linux_row {
    bool has;
    double goodput, resent, spurious;
};

static void read_linux(const char *path, const char *control, struct linux_row rows[CELLS_MAX])
{
    char line[256], name[32];
    unsigned index;
    struct linux_row r = {.has = true};
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "tcp_table: %s cannot be read: expected what tcp_table.py wrote\n", path);
        exit(2);
    }
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "%u %31s %lf %lf %lf", &index, name, &r.goodput, &r.resent, &r.spurious) == 5 &&
            index < CELLS_MAX && !strcmp(name, control))
            rows[index] = r;
    fclose(f);
}

static void print_head(const char *control, const char *linux_runs)
{
    printf("%s, one connection, link of 100 Mbit/s with 256 KiB of queue; ours in virtual time, median of "
           "%d%s%s\n\n", control, RUNS, linux_runs ? "; Linux through `gen impair`, median of " : "",
           linux_runs ? linux_runs : "");
    printf("| buffer | RTT ms | loss %% | reorder %% | goodput Mbit/s | resent | spurious |%s\n",
           linux_runs ? " Linux Mbit/s | resent | spurious | ours / Linux |" : "");
    printf("|---|---|---|---|---|---|---|%s\n", linux_runs ? "---|---|---|---|" : "");
}

static void print_row(const struct cell *c, const struct cell_figures *f, const struct linux_row *l)
{
    char buffer[32];
    printf("| %s | %g | %g | %g | %.2f | %.0f | %.0f |",
           units_format_bytes(buffer, sizeof buffer, c->buffer), (double)c->rtt_us / 1e3,
           c->loss * 100, c->reorder * 100, f->goodput_mbit_per_s, f->resent, f->spurious);
    if (l->has)
        printf(" %.2f | %.0f | %.0f | %.2f |", l->goodput, l->resent, l->spurious,
               f->goodput_mbit_per_s / l->goodput);
    putchar('\n');
    fflush(stdout);
}

static void print_table(const struct cell_control *control, const char *linux_path,
                        const char *linux_runs)
{
    struct linux_row rows[CELLS_MAX] = {0};
    if (linux_path)
        read_linux(linux_path, control->name, rows);
    print_head(control->name, linux_runs);
    for (uint32_t i = 0; i < cell_count(); i++) {
        struct cell c = cell_at(i);
        if (linux_path && !rows[i].has)
            continue;
        struct cell_figures f = median_run(&c, control);
        print_row(&c, &f, &rows[i]);
    }
    putchar('\n');
}

/* ---- for programs ---- */

static void print_cells(void)
{
    for (uint32_t i = 0; i < cell_count(); i++) {
        char fault[160];
        struct cell c = cell_at(i);
        printf("%u\t%g\t%u\t%s\n", i, (double)cell_duration_ns(&c) / 1e9, c.buffer,
               cell_fault(&c, fault, sizeof fault));
    }
}

static void print_controls(void)
{
    for (const struct cell_control *control = cell_controls; control->name; control++)
        puts(control->name);
}

static void print_snapshot(void)
{
    for (uint32_t i = 0; i < snapshot_cell_count; i++)
        for (const struct cell_control *control = cell_controls; control->name; control++) {
            struct cell c = cell_at(snapshot_cells[i]);
            struct cell_figures f = cell_run(&c, control, 1);
            printf("%u %s %.4f %.0f %.0f\n", snapshot_cells[i], control->name, f.goodput_mbit_per_s,
                   f.resent, f.spurious);
        }
}

/* ---- arguments ---- */

/* A test of Check has no arguments, and the assertions of peers.c need one around them. */
static struct {
    void (*print)(void); /* NULL: the table */
    const char *linux_path, *linux_runs, *control;
} asked;

START_TEST(print_what_is_asked)
{
    if (asked.print) {
        asked.print();
        return;
    }
    for (const struct cell_control *control = cell_controls; control->name; control++)
        if (!asked.control || !strcmp(asked.control, control->name))
            print_table(control, asked.linux_path, asked.linux_runs);
}
END_TEST

static bool parse(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (!strcmp(argv[i], "--cells")) {
            asked.print = print_cells;
        } else if (!strcmp(argv[i], "--controls")) {
            asked.print = print_controls;
        } else if (!strcmp(argv[i], "--snapshot")) {
            asked.print = print_snapshot;
        } else if (!strcmp(argv[i], "--linux") && i + 2 < argc) {
            asked.linux_path = argv[++i];
            asked.linux_runs = argv[++i];
        } else if (!strcmp(argv[i], "--control") && more) {
            asked.control = argv[++i];
        } else {
            fprintf(stderr, "tcp_table: %s: expected --control NAME, --linux FILE RUNS, --cells, "
                            "--controls or --snapshot\n", argv[i]);
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    if (!parse(argc, argv))
        return 2;
    TCase *tests = tcase_create("table");
    Suite *suite = suite_create("table");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, print_what_is_asked);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    if (failed)
        fputs("tcp_table: a cell broke an assertion: build/tests/sim/check_sim_table tells which\n", stderr);
    srunner_free(runner);
    return failed != 0;
}
