/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UNIT_RUN_NEED_FIXTURE_H
#define UNIT_RUN_NEED_FIXTURE_H

#include "app/app.h"
#include "run/dryrun.h"
#include "tests/unit/job/fixture.h"

/* What the job of this text, which is a good one, needs. */
static inline struct need need_for(const char *text)
{
    struct fixture f;
    struct need n;
    load_well(&f, text, NULL, NULL);
    need_of(&f.job, app_proto_find(f.job.protocol), &n);
    fixture_fini(&f);
    return n;
}

#endif
