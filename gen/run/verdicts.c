/* SPDX-License-Identifier: BSD-3-Clause */
/* The verdicts of a run as a table for people. */
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "db/db.h"
#include "run/run.h"

static void figure_print(double value, const char *unit, char *buf, size_t size)
{
    if (isnan(value))
        snprintf(buf, size, "-");
    else
        snprintf(buf, size, "%.9g %s", value, unit ? unit : "");
}

static void row_print(struct db_stmt *s, FILE *out)
{
    char target[48], actual[48];
    const char *unit = db_col_text(s, "unit"), *reason = db_col_text(s, "reason");
    figure_print(db_col_f64(s, "target"), unit, target, sizeof target);
    figure_print(db_col_f64(s, "actual"), unit, actual, sizeof actual);
    fprintf(out, " %-34s %-16s %2s %-16s %-16s %s%s%s\n", db_col_text(s, "rule"),
            db_col_text(s, "phase"), db_col_text(s, "op"), target, actual, db_col_text(s, "state"),
            reason ? ": " : "", reason ? reason : "");
}

void verdicts_print(struct run *r, FILE *out)
{
    struct db_stmt *s;
    struct err e = {0};
    bool any = false;
    if (db_prepare(r->db, "read the verdicts",
                   "SELECT v.*, ifnull(p.name, '-') AS phase FROM verdict v LEFT JOIN phase p ON "
                   "p.id = v.phase_id WHERE v.run_id = :run ORDER BY v.id",
                   &s, &e))
        return;
    db_bind_i64(s, ":run", r->id);
    for (; db_step(s, &e) == 1; any = true) {
        if (!any)
            fprintf(out, " %-34s %-16s %-19s %-16s %s\n", "rule", "phase", "   target", "actual",
                    "state");
        row_print(s, out);
    }
    db_finish(s);
    if (any)
        fputc('\n', out);
}
