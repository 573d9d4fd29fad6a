/* SPDX-License-Identifier: BSD-3-Clause */
/* What a process and its descendants use together, from /proc/PID/task/TID/children (proc(5)). */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "db/process.h"
#include "db/process_stat.h"

#define TREE_MAX 4096 /* processes */

/* Found and not looked at yet lie behind `at`. */
struct tree {
    int64_t pids[TREE_MAX];
    size_t count;
};

static void add_known(int64_t *sum, int64_t value)
{
    if (value >= 0)
        *sum = *sum < 0 ? value : *sum + value;
}

static void find_children(struct tree *t, int64_t pid, const char *thread)
{
    char file[300], text[16384], *rest = text, *word;
    snprintf(file, sizeof file, "task/%s/children", thread);
    if (process_read(pid, file, text, sizeof text))
        return;
    while ((word = strsep(&rest, " ")) != NULL)
        if (*word && t->count < TREE_MAX)
            t->pids[t->count++] = strtoll(word, NULL, 10);
}

static void add_switches(struct process_use *out, int64_t pid, const char *thread)
{
    char file[300], text[4096];
    snprintf(file, sizeof file, "task/%s/status", thread);
    if (process_read(pid, file, text, sizeof text))
        return;
    add_known(&out->voluntary_switches, process_status_field(text, "\nvoluntary_ctxt_switches:"));
    add_known(&out->involuntary_switches,
              process_status_field(text, "\nnonvoluntary_ctxt_switches:"));
}

static void look_at_threads(struct tree *t, struct process_use *out, int64_t pid, bool counted)
{
    char path[64];
    struct dirent *entry;
    snprintf(path, sizeof path, "/proc/%lld/task", (long long)pid);
    DIR *dir = opendir(path);
    while (dir && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        find_children(t, pid, entry->d_name);
        if (counted)
            add_switches(out, pid, entry->d_name);
    }
    if (dir)
        closedir(dir);
}

static void look_at(struct tree *t, struct process_use *out, int64_t pid, bool counted)
{
    char text[4096];
    struct process_stat line;
    if (process_stat(pid, &line))
        return; /* it ended since it was found */
    int64_t ticks = line.waited_user_ticks + line.waited_system_ticks;
    if (counted)
        ticks += (int64_t)(line.user_ticks + line.system_ticks);
    add_known(&out->cpu_ns, ticks * (1000000000 / sysconf(_SC_CLK_TCK)));
    if (counted && !process_read(pid, "status", text, sizeof text)) {
        add_known(&out->rss_bytes, process_status_bytes(text, "\nVmRSS:"));
        add_known(&out->hugetlb_bytes, process_status_bytes(text, "\nHugetlbPages:"));
    }
    look_at_threads(t, out, pid, counted);
}

int process_tree_use(int64_t pid, int64_t start_ticks, int64_t below, struct process_use *out)
{
    struct process_stat line;
    int ret = process_stat(pid, &line);
    if (ret)
        return ret;
    if (line.state == 'Z' || (start_ticks && line.start_ticks != (unsigned long long)start_ticks))
        return -ESRCH;
    struct tree *t = malloc(sizeof *t);
    if (!t)
        return -ENOMEM;
    *out = (struct process_use){-1, -1, -1, -1, -1};
    t->pids[0] = below > 0 ? below : pid;
    t->count = 1;
    for (size_t at = 0; at < t->count; at++)
        look_at(t, out, t->pids[at], at || below <= 0);
    free(t);
    return 0;
}

void process_use_self(struct process_use *out)
{
    struct rusage all;
    struct timespec cpu;
    if (process_use(getpid(), 0, out))
        *out = (struct process_use){-1, -1, -1, -1, -1};
    if (!getrusage(RUSAGE_SELF, &all)) {
        out->voluntary_switches = all.ru_nvcsw;
        out->involuntary_switches = all.ru_nivcsw;
    }
    if (!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu))
        out->cpu_ns = (int64_t)cpu.tv_sec * 1000000000 + cpu.tv_nsec;
}
