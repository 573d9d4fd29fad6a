/* SPDX-License-Identifier: BSD-3-Clause */
/* What the run will find here. Each check reads, none opens for writing or tries by doing. */
#include <errno.h>
#include <linux/capability.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/privilege.h"
#include "base/units.h"
#include "run/dryrun.h"
#include "run/room.h"
#include "run/setup.h"
#include "run/share.h"
#include "run/sysfile.h"
#include "wire/netdev.h"
#include "wire/wire.h"
#include "wire/xdp.h"

#define TEXT 32

static enum wire_far far_end(const struct job *job)
{
    return wire_kind_find(job->wire)->far_end;
}

static bool on_interface(const struct job *job)
{
    const struct wire_device *device = wire_kind_find(job->wire)->device;
    return device && device->on_interface;
}

static int tell(int code, const char *name, const char *ok, const struct err *e)
{
    dryrun_row(code, name, "%s", code ? e->message : ok);
    return code;
}

/* ---- the machine ---- */

static int check_privileges(const struct job *job, const struct need *n)
{
    (void)n;
    char names[96];
    uint64_t wanted = PRIVILEGE_BIT(CAP_NET_ADMIN) | PRIVILEGE_BIT(CAP_NET_RAW);
    if (far_end(job) == WIRE_FAR_MEMORY) {
        dryrun_row(EXIT_WELL, "privileges", "wire = %s needs none", job->wire);
        return EXIT_WELL;
    }
    if (far_end(job) == WIRE_FAR_OUTSIDE && !on_interface(job)) {
        dryrun_row(EXIT_WELL, "privileges", "what %s needs its driver says when it is opened", job->wire);
        return EXIT_WELL;
    }
    if (far_end(job) == WIRE_FAR_KERNEL)
        wanted |= PRIVILEGE_BIT(CAP_SYS_ADMIN);
    else if (privilege_missing(PRIVILEGE_BIT(CAP_SYS_ADMIN), names, sizeof names))
        wanted |= PRIVILEGE_BIT(CAP_BPF);
    if (!privilege_missing(wanted, names, sizeof names)) {
        dryrun_row(EXIT_WELL, "privileges", "all that wire = %s needs", job->wire);
        return EXIT_WELL;
    }
    dryrun_row(EXIT_ENVIRONMENT, "privileges", "wire = %s: missing %s: expected root", job->wire,
               names);
    return EXIT_ENVIRONMENT;
}

static int tell_mtu(const struct job *job, const char *name, const struct netdev *dev)
{
    int code = dev->mtu < job->mtu ? EXIT_ENVIRONMENT : EXIT_WELL;
    dryrun_row(code, "interface", "%s is up, %u queues, MTU %u for mtu = %u%s", name, dev->queues,
               dev->mtu, job->mtu, code ? ": expected at least as much" : "");
    return code;
}

static int tell_interface(const struct job *job, const char *name, const struct netdev *dev)
{
    struct err e = {0};
    bool af_xdp = wire_kind_find(job->wire)->device == &xdp_device;
    if (!af_xdp || !xdp_check_queues(strchr(job->wire, ':') + 1, job->workers, dev->queues, &e))
        return tell_mtu(job, name, dev);
    return tell(e.exit_code, "interface", "", &e);
}

static int check_interface(const struct job *job, const struct need *n)
{
    (void)n;
    struct netdev dev;
    char name[16];
    if (!on_interface(job))
        return EXIT_WELL;
    share_iface(strchr(job->wire, ':') + 1, name);
    int rc = netdev_read(name, &dev);
    if (rc)
        dryrun_row(EXIT_ENVIRONMENT, "interface", "%s: %s", name,
                   rc == -ENODEV ? "no such interface in this network namespace" : strerror(-rc));
    else if (!dev.up)
        dryrun_row(EXIT_ENVIRONMENT, "interface", "%s is down: ip link set %s up", name, name);
    else
        return tell_interface(job, name, &dev);
    return EXIT_ENVIRONMENT;
}

/* Whose the addresses and ports are. */
static int check_share(const struct job *job, const struct need *n)
{
    (void)n;
    struct err e = {0};
    char iface[16];
    if (!on_interface(job))
        return EXIT_WELL;
    share_iface(strchr(job->wire, ':') + 1, iface);
    struct share s = share_of_client(job, iface);
    int code = share_check(&s, &e) ? e.exit_code : EXIT_WELL;
    return tell(code, "addresses", job->shared_address ? "the kernel's; our ports are not" : "not the kernel's",
                &e);
}

static int check_cpus(const struct job *job, const struct need *n)
{
    (void)n;
    struct err e = {0};
    cpu_set_t set;
    int cpus[SETUP_CPUS_MAX];
    uint32_t wanted = job->workers * (job->peer == PEER_RESPOND ? 2 : 1);
    if (setup_cpus(job, wanted, cpus, &e))
        return tell(e.exit_code, "processors", "", &e);
    int have = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    dryrun_row(EXIT_WELL, "processors", "%d for %u workers%s", have, wanted,
               (uint32_t)have < wanted ? ": some share one, which the figures will show" : "");
    return EXIT_WELL;
}

static int check_clock(const struct job *job, const struct need *n)
{
    (void)n;
    struct err e = {0};
    struct clock clock;
    char ok[96] = "";
    int code = clock_init(&clock, clock_source_parse(job->clock), &e) ? e.exit_code : EXIT_WELL;
    if (!code)
        snprintf(ok, sizeof ok, "%s, off by at most %llu ns after a second", clock_source_name(&clock),
                 (unsigned long long)clock.error_ns);
    return tell(code, "clock", ok, &e);
}

/* Of /proc/meminfo, in bytes; 0: not told. */
static uint64_t meminfo(const char *key)
{
    char text[64];
    if (!sysfile_field("/proc/meminfo", key, text, sizeof text))
        return 0;
    return strtoull(text, NULL, 10) << 10;
}

static int check_memory(const struct job *job, const struct need *n)
{
    (void)job;
    char want[TEXT], have[TEXT], total[TEXT];
    uint64_t wanted = n->gen_bytes + n->peer_bytes + n->frame_bytes;
    struct err e = {0};
    uint64_t available = room_available();
    int code = room_check(n, available, &e) ? EXIT_ENVIRONMENT : EXIT_WELL;
    dryrun_row(code, "memory", "%s wanted, %s of %s available", units_format_bytes(want, TEXT, wanted),
               units_format_bytes(have, TEXT, available),
               units_format_bytes(total, TEXT, meminfo("MemTotal")));
    return code;
}

/* A queue's frames are locked memory; whoever has one of the capabilities is not bound. */
static int check_locked(const struct job *job, const struct need *n)
{
    struct rlimit l;
    char want[TEXT], have[TEXT], names[96];
    const uint64_t either = PRIVILEGE_BIT(CAP_IPC_LOCK) | PRIVILEGE_BIT(CAP_SYS_RESOURCE);
    if (far_end(job) == WIRE_FAR_MEMORY || getrlimit(RLIMIT_MEMLOCK, &l))
        return EXIT_WELL;
    bool bound = privilege_missing(either, names, sizeof names) == either;
    if (!bound || l.rlim_cur == RLIM_INFINITY || l.rlim_cur >= n->frame_bytes) {
        dryrun_row(EXIT_WELL, "memlock", "enough");
        return EXIT_WELL;
    }
    dryrun_row(EXIT_ENVIRONMENT, "memlock", "%s for frames, %s allowed: ulimit -l unlimited",
               units_format_bytes(want, TEXT, n->frame_bytes),
               units_format_bytes(have, TEXT, l.rlim_cur));
    return EXIT_ENVIRONMENT;
}

/* ---- the load ---- */

/* A tuple in TIME-WAIT may be used again when its timestamp clock has moved; without timestamps it
 * may not, and starts fail. */
static int check_tuples(const struct job *job, const struct need *n)
{
    double wanted = (double)n->connections + n->opened_per_s * n->held_s;
    if (n->opened_per_s == 0 || n->held_s == 0 || isnan(wanted))
        return EXIT_WELL;
    if (wanted <= (double)n->pool.tuples)
        dryrun_row(EXIT_WELL, "tuples", "%.0f of %llu are in use at most", wanted,
                   (unsigned long long)n->pool.tuples);
    else if (job->timestamps)
        dryrun_row(EXIT_WELL, "tuples",
                   "%.0f are wanted of %llu: those in TIME-WAIT are used again (timestamps = yes)",
                   wanted, (unsigned long long)n->pool.tuples);
    else
        dryrun_row(EXIT_USAGE, "tuples",
                   "%.0f are wanted, %llu there: expected a wider source or ports, or a shorter "
                   "time_wait",
                   wanted, (unsigned long long)n->pool.tuples);
    return wanted <= (double)n->pool.tuples || job->timestamps ? EXIT_WELL : EXIT_USAGE;
}

static int (*const checks[])(const struct job *job, const struct need *n) = {
    check_tuples, check_privileges, check_locked, check_interface, check_share, dryrun_link,
    check_cpus,   check_clock,      check_memory, dryrun_files,
};

int dryrun_check(const struct job *job, const struct need *need)
{
    int first = EXIT_WELL;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        int code = checks[i](job, need);
        first = first ? first : code;
    }
    return first;
}
