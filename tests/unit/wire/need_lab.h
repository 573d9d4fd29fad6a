/* SPDX-License-Identifier: BSD-3-Clause */
/* A test program that includes this is skipped, by name, where no lab can be made. */
#ifndef TESTS_UNIT_WIRE_NEED_LAB_H
#define TESTS_UNIT_WIRE_NEED_LAB_H

#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/privilege.h"

enum { SKIPPED = 77 };

__attribute__((constructor)) static void need_lab(void)
{
    char names[96];
    uint64_t wanted =
        PRIVILEGE_BIT(CAP_SYS_ADMIN) | PRIVILEGE_BIT(CAP_NET_ADMIN) | PRIVILEGE_BIT(CAP_NET_RAW);
    if (!privilege_missing(wanted, names, sizeof names))
        return;
    printf("skipped: missing %s\n", names);
    fflush(stdout);
    _exit(SKIPPED);
}

/* The peer of a lab whose far end is only the kernel. */
static inline int idle_peer(void *ctx, int ready_fd)
{
    (void)ctx;
    if (write(ready_fd, "", 1) != 1)
        return 1;
    for (;;)
        pause();
}

#endif
