/* SPDX-License-Identifier: BSD-3-Clause */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/privilege.h"
#include "run/doctor.h"
#include "run/sysfile.h"

enum { TEXT = 256 };

void doctor_cpus(struct doctor *d)
{
    (void)d;
    char model[TEXT];
    cpu_set_t set;
    int allowed = sched_getaffinity(0, sizeof set, &set) ? 0 : CPU_COUNT(&set);
    sysfile_field("/proc/cpuinfo", "model name", model, sizeof model);
    doctor_row(allowed < 2 ? FINDING_LACK : FINDING_OK, "cpus",
               "%ld online, %d for this process%s%s%s", sysconf(_SC_NPROCESSORS_ONLN), allowed,
               model[0] ? ", " : "", model,
               allowed < 2 ? ": generator and responder share one -> give the process two" : "");
}

void doctor_isolated(struct doctor *d)
{
    (void)d;
    char list[TEXT];
    sysfile_line("/sys/devices/system/cpu/isolated", list, sizeof list);
    if (list[0])
        doctor_row(FINDING_OK, "isolated cpus", "%s", list);
    else
        doctor_row(FINDING_INFO, "isolated cpus",
                   "none: other work runs beside the workers -> for steadier figures boot with "
                   "isolcpus=LIST nohz_full=LIST");
}

void doctor_governor(struct doctor *d)
{
    (void)d;
    char name[TEXT];
    if (!sysfile_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", name, sizeof name))
        doctor_row(FINDING_INFO, "governor", "not told: frequency is not this system's to choose");
    else if (!strcmp(name, "performance"))
        doctor_row(FINDING_OK, "governor", "%s", name);
    else
        doctor_row(FINDING_LACK, "governor",
                   "%s: the frequency follows the load -> cpupower frequency-set -g performance",
                   name);
}

/* Demanded first, so that a TSC that is there but far off is told from none. */
void doctor_clock(struct doctor *d)
{
    struct clock tsc;
    struct err e = {0};
    bool invariant = clock_init(&tsc, CLOCK_SOURCE_TSC, &e) == 0;
    clock_init(&d->clock, CLOCK_SOURCE_AUTO, &(struct err){0});
    if (d->clock.source == CLOCK_SOURCE_TSC)
        doctor_row(FINDING_OK, "tsc",
                   "invariant, %.6f GHz, calibration error %.2f ppm: off by at most %llu ns after "
                   "a second",
                   d->clock.tsc_hz / 1e9, d->clock.error_ppm,
                   (unsigned long long)d->clock.error_ns);
    else if (invariant)
        doctor_row(FINDING_LACK, "tsc",
                   "invariant, but %.0f ppm off CLOCK_MONOTONIC: clock_gettime is used -> measure "
                   "again on an idle machine",
                   tsc.error_ppm);
    else
        doctor_row(FINDING_LACK, "tsc",
                   "not invariant: clock_gettime is used, each reading costs more -> let the "
                   "hypervisor pass the invariant TSC, or another CPU");
}

/* bpf_link for XDP came with 5.9; drivers tell their XDP features from 6.3 on. */
void doctor_kernel(struct doctor *d)
{
    (void)d;
    struct utsname u;
    unsigned major = 0, minor = 0;
    if (uname(&u) || sscanf(u.release, "%u.%u", &major, &minor) != 2)
        doctor_row(FINDING_INFO, "kernel", "not told");
    else if (major < 5 || (major == 5 && minor < 9))
        doctor_row(FINDING_LACK, "kernel",
                   "%s: XDP programs cannot be held by a link -> 5.9 or newer", u.release);
    else
        doctor_row(FINDING_OK, "kernel", "%s %s", u.release, u.machine);
}

void doctor_realtime(struct doctor *d)
{
    (void)d;
    char runtime[TEXT], period[TEXT];
    if (!sysfile_line("/proc/sys/kernel/sched_rt_runtime_us", runtime, sizeof runtime) ||
        !sysfile_line("/proc/sys/kernel/sched_rt_period_us", period, sizeof period))
        doctor_row(FINDING_INFO, "real-time throttling", "not told");
    else if (atol(runtime) < 0)
        doctor_row(FINDING_INFO, "real-time throttling",
                   "off; workers run as SCHED_OTHER all the same");
    else
        doctor_row(FINDING_INFO, "real-time throttling",
                   "on, %s of %s us: workers run as SCHED_OTHER, which it leaves alone", runtime,
                   period);
}

/* With one group of processes a session, a priority only counts inside its own. */
void doctor_autogroup(struct doctor *d)
{
    (void)d;
    char on[TEXT];
    bool grouped = sysfile_line("/proc/sys/kernel/sched_autogroup_enabled", on, sizeof on) &&
                   on[0] == '1';
    doctor_row(grouped ? FINDING_INFO : FINDING_OK, "priority of the loops", "nice %d%s",
               privilege_nice(),
               grouped ? ", inside this session only: work of other sessions on their cores takes an "
                         "equal share -> sysctl kernel.sched_autogroup_enabled=0"
                       : "");
}

/* Pools take transparent huge pages; reserved ones are DPDK's. */
void doctor_hugepages(struct doctor *d)
{
    (void)d;
    static const char meminfo[] = "/proc/meminfo";
    char total[TEXT], free_pages[TEXT], size[TEXT];
    if (!sysfile_field(meminfo, "HugePages_Total", total, sizeof total) ||
        !sysfile_field(meminfo, "HugePages_Free", free_pages, sizeof free_pages) ||
        !sysfile_field(meminfo, "Hugepagesize", size, sizeof size))
        doctor_row(FINDING_LACK, "hugepages", "this kernel has none -> CONFIG_HUGETLBFS");
    else if (atol(total) == 0)
        doctor_row(FINDING_INFO, "hugepages",
                   "0 of %s reserved: the dpdk wire takes ordinary ones, others need none -> sysctl vm.nr_hugepages=512",
                   size);
    else
        doctor_row(FINDING_OK, "hugepages", "%s of %s reserved, %s free", total, size, free_pages);
}

void doctor_transparent(struct doctor *d)
{
    (void)d;
    static const char path[] = "/sys/kernel/mm/transparent_hugepage/enabled";
    char modes[TEXT];
    if (!sysfile_line(path, modes, sizeof modes))
        doctor_row(FINDING_LACK, "transparent hugepages",
                   "this kernel has none: more TLB misses -> CONFIG_TRANSPARENT_HUGEPAGE");
    else if (strstr(modes, "[never]"))
        doctor_row(FINDING_LACK, "transparent hugepages", "%s: more TLB misses -> echo madvise >%s",
                   modes, path);
    else
        doctor_row(FINDING_OK, "transparent hugepages", "%s", modes);
}

void doctor_files(struct doctor *d)
{
    (void)d;
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l))
        doctor_row(FINDING_INFO, "open files", "not told");
    else
        doctor_row(l.rlim_cur < 256 ? FINDING_LACK : FINDING_OK, "open files",
                   "%llu, at most %llu; our connections take none, kernel servers one each%s",
                   (unsigned long long)l.rlim_cur, (unsigned long long)l.rlim_max,
                   l.rlim_cur < 256 ? " -> ulimit -n 1024" : "");
}
