/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/privilege.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As capget(2) has them, 64 bits each. */
struct caps {
    uint64_t effective, permitted, inheritable;
};

static struct caps caps_get(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct d[2] = {0};
    if (syscall(SYS_capget, &head, d))
        return (struct caps){0};
    return (struct caps){
        .effective = (uint64_t)d[1].effective << 32 | d[0].effective,
        .permitted = (uint64_t)d[1].permitted << 32 | d[0].permitted,
        .inheritable = (uint64_t)d[1].inheritable << 32 | d[0].inheritable,
    };
}

/* Never more than is permitted: that cannot fail. */
static void caps_set(struct caps c)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct d[2] = {
        {(uint32_t)c.effective, (uint32_t)c.permitted, (uint32_t)c.inheritable},
        {(uint32_t)(c.effective >> 32), (uint32_t)(c.permitted >> 32),
         (uint32_t)(c.inheritable >> 32)},
    };
    syscall(SYS_capset, &head, d);
}

static const struct {
    int cap;
    const char *name;
} known[] = {
    {CAP_NET_ADMIN, "CAP_NET_ADMIN"},
    {CAP_NET_RAW, "CAP_NET_RAW"},
    {CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
    {CAP_BPF, "CAP_BPF"},
};

uint64_t privilege_missing(uint64_t wanted, char *names, size_t size)
{
    uint64_t missing = wanted & ~caps_get().effective;
    size_t used = 0;
    if (size)
        names[0] = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (missing & PRIVILEGE_BIT(known[i].cap) && used < size)
            used += (size_t)snprintf(names + used, size - used, "%s%s", used ? ", " : "",
                                     known[i].name);
    return missing;
}

uint64_t privilege_files(void)
{
    return PRIVILEGE_BIT(CAP_DAC_OVERRIDE) | PRIVILEGE_BIT(CAP_DAC_READ_SEARCH) |
           PRIVILEGE_BIT(CAP_FOWNER);
}

void privilege_drop(uint64_t kept)
{
    uint64_t left = caps_get().effective & kept;
    caps_set((struct caps){.effective = left, .permitted = left});
}

void privilege_lower(uint64_t kept)
{
    struct caps c = caps_get();
    c.effective &= kept;
    caps_set(c);
}

void privilege_restore(void)
{
    struct caps c = caps_get();
    c.effective = c.permitted;
    caps_set(c);
}

#define NICE_BEST (-20)

int privilege_nice(void)
{
    int now = getpriority(PRIO_PROCESS, 0);
    struct rlimit l;
    if (caps_get().effective & PRIVILEGE_BIT(CAP_SYS_NICE))
        return NICE_BEST;
    if (getrlimit(RLIMIT_NICE, &l) || l.rlim_cur == 0)
        return now;
    int allowed = l.rlim_cur > 40 ? NICE_BEST : 20 - (int)l.rlim_cur; /* getrlimit(2): 1 to 40 */
    return allowed < now ? allowed : now;
}

int privilege_hurry(void)
{
    int nice = privilege_nice();
    setpriority(PRIO_PROCESS, 0, nice); /* of the thread alone: setpriority(2), C library notes */
    return nice;
}
