/* SPDX-License-Identifier: BSD-3-Clause */
#include <linux/capability.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "run/doctor.h"
#include "run/sysfile.h"
#include "base/privilege.h"

/* CAP_SYS_ADMIN includes CAP_BPF (capabilities(7)). */
static const struct {
    const char *name, *what_for;
    uint64_t any_of;
} needed[] = {
    {"CAP_NET_ADMIN", "XDP programs and links", PRIVILEGE_BIT(CAP_NET_ADMIN)},
    {"CAP_NET_RAW", "AF_XDP sockets", PRIVILEGE_BIT(CAP_NET_RAW)},
    {"CAP_BPF", "loading the XDP program", PRIVILEGE_BIT(CAP_BPF) | PRIVILEGE_BIT(CAP_SYS_ADMIN)},
    {"CAP_SYS_ADMIN", "the lab's namespaces", PRIVILEGE_BIT(CAP_SYS_ADMIN)},
};

static bool has_any(uint64_t any_of)
{
    char names[64];
    return privilege_missing(any_of, names, sizeof names) != any_of;
}

void doctor_capabilities(struct doctor *d)
{
    (void)d;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (has_any(needed[i].any_of))
            doctor_row(FINDING_OK, needed[i].name, "for %s", needed[i].what_for);
        else
            doctor_row(FINDING_LACK, needed[i].name,
                       "missing, for %s -> run as root (sudo gen ...); in a container: the host's",
                       needed[i].what_for);
    }
}

/* A queue's frames are locked memory; whoever has one of the capabilities is not bound. */
void doctor_memlock(struct doctor *d)
{
    (void)d;
    struct rlimit l;
    if (getrlimit(RLIMIT_MEMLOCK, &l))
        doctor_row(FINDING_INFO, "memlock", "not told");
    else if (l.rlim_cur == RLIM_INFINITY)
        doctor_row(FINDING_OK, "memlock", "unlimited");
    else if (has_any(PRIVILEGE_BIT(CAP_IPC_LOCK) | PRIVILEGE_BIT(CAP_SYS_RESOURCE)))
        doctor_row(FINDING_OK, "memlock", "%llu KiB, which does not bind this process",
                   (unsigned long long)l.rlim_cur >> 10);
    else
        doctor_row(FINDING_LACK, "memlock",
                   "%llu KiB: an AF_XDP queue locks 8 MiB and more -> ulimit -l unlimited",
                   (unsigned long long)l.rlim_cur >> 10);
}

void doctor_jit(struct doctor *d)
{
    (void)d;
    static const char path[] = "/proc/sys/net/core/bpf_jit_enable";
    char value[32];
    if (access(path, F_OK))
        doctor_row(FINDING_INFO, "bpf jit", "not told in this network namespace");
    else if (!sysfile_line(path, value, sizeof value))
        doctor_row(FINDING_INFO, "bpf jit", "told to root only");
    else if (value[0] == '0')
        doctor_row(FINDING_LACK, "bpf jit",
                   "off: the XDP program is interpreted -> sysctl net.core.bpf_jit_enable=1");
    else
        doctor_row(FINDING_OK, "bpf jit", "on");
}
