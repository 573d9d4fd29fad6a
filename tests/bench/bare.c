/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench/bare.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/err.h"
#include "run/reflect.h"

#define FIRST (-20) /* nice: as priority = high */

double bare_lab(const struct reflect_config *cfg)
{
    struct err e = {0};
    struct reflect_result result = {0};
    int before = getpriority(PRIO_PROCESS, 0);
    (void)setpriority(PRIO_PROCESS, 0, FIRST); /* the far process inherits it; without the right: as it is */
    int ret = reflect_lab(cfg, &result, &e);
    (void)setpriority(PRIO_PROCESS, 0, before);
    if (ret)
        fprintf(stderr, "bench: bare frames: %s\n", e.message);
    return ret ? -1 : result.round_trips_per_s;
}
