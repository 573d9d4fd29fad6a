/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/beside.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "analyzer/query_file.h"
#include "base/err.h"
#include "db/db.h"
#include "db/run_row.h"

static bool run_goes_on(struct db *db)
{
    struct err ignored = {0}; /* what cannot be read is told by whoever needs it */
    enum run_state state;
    int64_t id;
    return query_last_running(db, &id, &ignored) == 1 &&
           db_run_state(db, id, &state, &ignored) == 0 && state == RUN_RUNNING;
}

/* As the recorder does; a failure costs only politeness. */
static void step_back(void)
{
    struct sched_param none = {0};
    setpriority(PRIO_PROCESS, 0, 19);
    sched_setscheduler(0, SCHED_IDLE, &none);
}

int open_beside_run(const char *path, struct db **out, struct err *e)
{
    int ret = db_open(path, DB_READ, out, e);
    if (ret == 0 && run_goes_on(*out))
        step_back();
    return ret;
}
