/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the measured phases of a run settled, stored with each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/run_row.h"
#include "run/judge.h"
#include "run/until.h"

#define SERIES_MAX 20000

/* Phases in which nothing starts have nothing that could settle. */
static int judge_phase(struct run *r, const struct job_phase *p, struct figure_series *series,
                       struct err *e)
{
    char reason[160] = "not judged: with rate = 0 nothing starts";
    struct figure_scope rows = {.db = r->db, .run_id = r->id};
    int64_t id, n = 0;
    int steady = -1;
    if (!figure_scope_of(&rows, p->name, &id))
        return 0;
    if (p->rate_max || p->rate_per_s > 0) {
        n = figure_series(&rows, series);
        snprintf(reason, sizeof reason, "not judged: the intervals cannot be read");
        steady = n < 0 ? -1 : until_steady(series, (size_t)n, reason, sizeof reason);
    }
    return db_phase_steady(r->db, id, steady < 0 ? -1 : steady, reason, e);
}

int judge_steady(struct run *r, struct err *e)
{
    struct figure_series series = {.room = SERIES_MAX};
    series.rate = malloc(2 * SERIES_MAX * sizeof *series.rate);
    if (!series.rate)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory to judge whether phases settled");
    series.mean = series.rate + SERIES_MAX;
    int rc = 0;
    for (uint32_t p = 0; p < r->job->phases_count && !rc; p++)
        rc = judge_phase(r, &r->job->phases[p], &series, e);
    free(series.rate);
    return rc;
}
