/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading /proc/PID, for process.c and process_tree.c. */
#ifndef DB_PROCESS_STAT_H
#define DB_PROCESS_STAT_H

#include <stddef.h>
#include <stdint.h>

/* What of /proc/PID/stat is used (proc(5)): fields 3, 4, 14 to 17 and 22. */
struct process_stat {
    char state;
    long long parent, waited_user_ticks, waited_system_ticks;
    unsigned long long user_ticks, system_ticks, start_ticks;
};
int process_stat(int64_t pid, struct process_stat *out); /* -ESRCH: no such process */

/* The first bytes of /proc/PID/FILE as text; -ESRCH: no such process, or file. */
int process_read(int64_t pid, const char *file, char *buf, size_t size);
/* Of /proc/PID/status: "\nVmRSS:    1234 kB" -> 1234, in bytes 1263616; -1: it has no such line. */
int64_t process_status_field(const char *status, const char *name);
int64_t process_status_bytes(const char *status, const char *name);

#endif
