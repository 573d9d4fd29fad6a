/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "db/run_row.h"
#include "run/run.h"

static void add(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct err *e, const char *format, ...)
{
    size_t at = strlen(e->message);
    va_list args;
    va_start(args, format);
    vsnprintf(e->message + at, sizeof e->message - at, format, args);
    va_end(args);
}

/* Only where the disk or another thing of the environment failed: what the peer did is not the
 * file's fault, and the run's row says it. */
void kept_tell(struct run *r, struct err *e)
{
    char kept[RUN_KEPT_MAX];
    struct err unread = {0};
    enum run_state state;
    if (!r->db || e->exit_code != EXIT_ENVIRONMENT)
        return;
    if (!r->id)
        add(e, "; nothing of this run is kept, what %s held before is", r->job->db);
    else if (db_run_state(r->db, r->id, &state, &unread) ||
             db_run_kept(r->db, r->id, kept, sizeof kept, &unread))
        add(e, "; what is kept of run %lld cannot be read now: `analyze --db-check` tells",
            (long long)r->id);
    else
        add(e, "; kept: run %lld as %s, %s", (long long)r->id,
            run_state_name(state == RUN_RUNNING ? RUN_INTERRUPTED : state), kept);
}
