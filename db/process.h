/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which process wrote a run, told apart from a later one with the same pid: the pid, its start
 * time in clock ticks since boot (/proc/PID/stat field 22) and the boot id. What the state of a
 * `running` row means is decided here, once, for the generator that writes it and the analyzer
 * that derives it.
 */
#ifndef DB_PROCESS_H
#define DB_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct process_id {
    int64_t pid, start_ticks;
    char boot_id[40];
    char host[65];
};

/* This process. -errno with a message when /proc cannot be read. */
int process_self(struct process_id *out, struct err *e);
/* Whether that process runs now, on this machine and boot: false only when it certainly does not.
 * A row of another host is believed to run (true): its pid means nothing here. */
bool process_alive(const struct process_id *p);
/* Start time of any process, or -ESRCH. */
int64_t process_start_ticks(int64_t pid);
/* Its parent, or -ESRCH. */
int64_t process_parent(int64_t pid);

/* What a process uses now; a figure that cannot be read is -1. */
struct process_use {
    int64_t rss_bytes, hugetlb_bytes, cpu_ns, voluntary_switches, involuntary_switches;
};
/* -ESRCH when the process is gone. `start_ticks`: 0, or as process_start_ticks() said earlier, so
 * that a reused pid is not taken for it. */
int process_use(int64_t pid, int64_t start_ticks, struct process_use *out);
/* This process with all its threads, those that have ended too; CPU time to the nanosecond. */
void process_use_self(struct process_use *out);
/* A process and all that it started, as far as their parents are alive: sums, context switches of all
 * threads. CPU time holds what children used that have ended and were waited for. What ends otherwise
 * takes its time and switches with it: the caller, who knows what was told before, keeps the larger.
 * -ESRCH when `pid` is gone. `below` > 0: what descends from that process (the first one of a process
 * namespace, which inherits orphans), its own use left out. */
int process_tree_use(int64_t pid, int64_t start_ticks, int64_t below, struct process_use *out);

#endif
