/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EAL and drivers write a log of their own. It goes to a file in memory, from where a message of
 * ours takes the line that tells why; nobody else reads it. What does not fit is lost: a driver that
 * complains for hours must not take memory.
 */
#include "wire/dpdk_log.h"

#include <errno.h>
#include <fcntl.h>
#include <rte_log.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "wire/dpdk_eal.h"

enum { LOG_BYTES = 64 << 10 };

/* The user may have asked for the log: then it is where rte_log puts it, which has no descriptor. */
static int descriptor(FILE *log)
{
    return log == stderr ? -1 : fileno(log);
}

int dpdk_log_open(FILE **out)
{
    *out = rte_log_get_stream();
    if (descriptor(*out) >= 0)
        return 0; /* made for an earlier port */
    int fd = memfd_create("dpdk-log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    if (ftruncate(fd, LOG_BYTES) || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) || !(*out = fdopen(fd, "w"))) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    setvbuf(*out, NULL, _IOLBF, 0);
    return rte_openlog_stream(*out);
}

long dpdk_log_mark(void)
{
    FILE *log = rte_log_get_stream();
    if (descriptor(log) < 0)
        return 0;
    fflush(log);
    if (ftell(log) > LOG_BYTES / 2)
        rewind(log);
    return ftell(log);
}

const char *dpdk_log_first(long mark, char *out)
{
    FILE *log = rte_log_get_stream();
    int fd = descriptor(log);
    ssize_t got = fd >= 0 && !fflush(log) && ftell(log) > mark ? pread(fd, out, DPDK_SAID - 1, mark) : 0;
    out[got > 0 ? got : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
    if (!out[0])
        snprintf(out, DPDK_SAID, "(no reason told)");
    return out;
}
