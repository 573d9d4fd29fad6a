/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/coalesce.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

#include "wire/setting.h"

/* Longer than a loop is away from its core where others want it: what waits meanwhile stops its sender, and a soft
 * interrupt would fill our ring with it and drop the rest. (Longer than the kernel's tick as well: no poll sets a
 * timer of the processor's.) */
#define POLLED_NS 500000000u

/* sysfs as the caller's namespace sees it, mounted nowhere: /sys shows that of the machine. A
 * descriptor, or -errno. */
static int open_sysfs(void)
{
    int fs = fsopen("sysfs", FSOPEN_CLOEXEC);
    if (fs < 0)
        return -errno;
    int made = fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
    int mount = made ? -1 : fsmount(fs, FSMOUNT_CLOEXEC, 0);
    int ret = mount < 0 ? -errno : mount;
    close(fs);
    return ret;
}

static int set(int sysfs, const char *iface, const char *name, uint64_t value)
{
    char path[96], text[24];
    snprintf(path, sizeof path, "class/net/%s/%s", iface, name);
    snprintf(text, sizeof text, "%" PRIu64, value);
    return setting_write(sysfs, path, text);
}

/* The next poll comes `ns` after the last one, until so many of them in turn found nothing. */
static int defer(const char *iface, uint64_t ns, uint32_t empty_polls)
{
    int sysfs = open_sysfs();
    if (sysfs < 0)
        return sysfs;
    int ret = set(sysfs, iface, "gro_flush_timeout", ns);
    if (!ret)
        ret = set(sysfs, iface, "napi_defer_hard_irqs", empty_polls);
    close(sysfs);
    return ret;
}

int coalesce_set(const char *iface, uint64_t ns)
{
    return defer(iface, ns, 1); /* after one that found nothing the next frame is not waited with */
}

int coalesce_polled(const char *iface)
{
    return defer(iface, POLLED_NS, INT32_MAX);
}
