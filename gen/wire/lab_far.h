/* SPDX-License-Identifier: BSD-3-Clause */
/* The far process of a lab, from its fork on. */
#ifndef WIRE_LAB_FAR_H
#define WIRE_LAB_FAR_H

#include <sys/types.h>

#include "base/err.h"
#include "wire/lab.h"

/* What it tells over the control socket: after entering its namespace, after bringing its end up,
 * and of a command: which process it is, or why it cannot be executed. */
struct lab_report {
    int ret;
    pid_t command; /* of the user's command, as the near side sees it; 0: not told */
    struct err e;
};

struct lab_far {
    const struct lab_config *cfg;
    int control, ready;
};

/* Waits for one byte on the control socket after each of the first two reports. Never returns. */
void lab_far_run(const struct lab_far *f, pid_t parent);

#endif
