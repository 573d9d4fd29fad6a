/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "db/process_stat.h"

/* The first bytes of a /proc file as text; 0 or -errno. */
static int read_text(const char *path, char *buf, size_t size)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return -errno;
    size_t n = fread(buf, 1, size - 1, f);
    int ret = ferror(f) ? -EIO : 0;
    fclose(f);
    buf[n] = '\0';
    return ret;
}

int process_read(int64_t pid, const char *file, char *buf, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%lld/%s", (long long)pid, file);
    int ret = read_text(path, buf, size);
    return ret == -ENOENT ? -ESRCH : ret;
}

int process_stat(int64_t pid, struct process_stat *out)
{
    char text[1024];
    int ret = process_read(pid, "stat", text, sizeof text);
    if (ret)
        return ret;
    const char *after_name = strrchr(text, ')'); /* the name itself may hold anything */
    int got = !after_name ? 0
                          : sscanf(after_name + 1,
                                   " %c %lld %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld "
                                   "%*d %*d %*d %*d %llu",
                                   &out->state, &out->parent, &out->user_ticks, &out->system_ticks,
                                   &out->waited_user_ticks, &out->waited_system_ticks,
                                   &out->start_ticks);
    return got == 7 ? 0 : -EBADMSG;
}

int64_t process_start_ticks(int64_t pid)
{
    struct process_stat line;
    return process_stat(pid, &line) ? -ESRCH : (int64_t)line.start_ticks;
}

int64_t process_parent(int64_t pid)
{
    struct process_stat line;
    return process_stat(pid, &line) ? -ESRCH : line.parent;
}

static int read_boot_id(char *out, size_t size)
{
    int ret = read_text("/proc/sys/kernel/random/boot_id", out, size);
    out[strcspn(out, "\n")] = '\0';
    return ret;
}

int process_self(struct process_id *out, struct err *e)
{
    *out = (struct process_id){.pid = getpid()};
    gethostname(out->host, sizeof out->host - 1);
    out->start_ticks = process_start_ticks(out->pid);
    int ret = out->start_ticks < 0 ? (int)out->start_ticks
                                   : read_boot_id(out->boot_id, sizeof out->boot_id);
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, ret,
                       "/proc: cannot read this process's start time and the boot id: %s: "
                       "expected a mounted procfs", strerror(-ret));
    return 0;
}

bool process_alive(const struct process_id *p)
{
    char host[65] = "", boot_id[40] = "";
    gethostname(host, sizeof host - 1);
    if (strcmp(host, p->host) || read_boot_id(boot_id, sizeof boot_id))
        return true;
    struct process_stat line;
    if (strcmp(boot_id, p->boot_id))
        return false;
    int ret = process_stat(p->pid, &line);
    if (ret)
        return ret != -ESRCH;
    return line.start_ticks == (unsigned long long)p->start_ticks && line.state != 'Z' &&
           line.state != 'X';
}

/* "VmRSS:    1234 kB" -> 1234, or -1. */
int64_t process_status_field(const char *status, const char *name)
{
    const char *at = strstr(status, name);
    return at ? strtoll(at + strlen(name), NULL, 10) : -1;
}

int64_t process_status_bytes(const char *status, const char *name)
{
    int64_t kib = process_status_field(status, name);
    return kib < 0 ? -1 : kib * 1024;
}

int process_use(int64_t pid, int64_t start_ticks, struct process_use *out)
{
    char status[4096];
    struct process_stat line;
    int ret = process_stat(pid, &line);
    if (!ret)
        ret = process_read(pid, "status", status, sizeof status);
    if (ret)
        return ret;
    if (line.state == 'Z' || (start_ticks && line.start_ticks != (unsigned long long)start_ticks))
        return -ESRCH;
    int64_t ticks_per_s = sysconf(_SC_CLK_TCK);
    *out = (struct process_use){
        .rss_bytes = process_status_bytes(status, "\nVmRSS:"),
        .hugetlb_bytes = process_status_bytes(status, "\nHugetlbPages:"),
        .cpu_ns = (int64_t)(line.user_ticks + line.system_ticks) * (1000000000 / ticks_per_s),
        .voluntary_switches = process_status_field(status, "\nvoluntary_ctxt_switches:"),
        .involuntary_switches = process_status_field(status, "\nnonvoluntary_ctxt_switches:"),
    };
    return 0;
}
