/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/privilege.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t effective(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    if (syscall(SYS_capget, &head, data))
        return 0;
    return (uint64_t)data[1].effective << 32 | data[0].effective;
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
    uint64_t missing = wanted & ~effective();
    size_t used = 0;
    if (size)
        names[0] = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (missing & PRIVILEGE_BIT(known[i].cap) && used < size)
            used += (size_t)snprintf(names + used, size - used, "%s%s", used ? ", " : "",
                                     known[i].name);
    return missing;
}
