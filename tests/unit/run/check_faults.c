/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A whole run over the pair wire while the disk fails, at one write, sync or truncate after the
 * other: the run ends, says which file, says what that file holds of it, and the file holds no
 * less.
 */

#include "app/app.h"
#include "db/run_row.h"
#include "run/run.h"
#include "tests/lib/check_main.h"
#include "tests/lib/fault_vfs.h"
#include "tests/lib/strike.h"
#include "tests/unit/db/opening.h"
#include "tests/unit/job/fixture.h"

#ifndef STEP
#define STEP 4 /* rec/faults takes them all, for the recorder alone */
#endif
#define AT_ONCE 12 /* they mostly wait: for clocks, wake-ups, the end of their time */

struct fault {
    enum fault_kind kind;
    bool stays;
};

static const char job_text[] =
    "[global]\nprotocol = echo\nwire = pair\nconnections = 3\npayload = 64\n"
    "rate = 500/s\ninterval = 100ms\nwarmup = 0s\nquiet = yes\nseed = 1\n"
    "[main]\nduration = 250ms\n";

/* What the message claims: a run, its state, how much of it. */
struct claim {
    bool run;
    int64_t id;
    char state[16];
    long long intervals, samples;
};

static bool read_claim(const char *message, struct claim *c)
{
    long long id;
    *c = (struct claim){0};
    const char *at = strstr(message, "; kept: run ");
    if (!at)
        return strstr(message, "nothing of this run is kept") != NULL;
    int got = sscanf(at, "; kept: run %lld as %15[a-z], %lld", &id, c->state, &c->intervals);
    const char *samples = strstr(at, " up to second ");
    c->run = true;
    c->id = id;
    if (strstr(at, "no interval"))
        return got == 2;
    return got == 3 && samples && sscanf(samples, " up to second %*f, %lld raw", &c->samples) == 1;
}

static void check_claim(struct db *db, const struct claim *c, const char *message)
{
    enum run_state state;
    struct err e = {0};
    if (!c->run)
        return;
    must(!db_run_state(db, c->id, &state, &e), "%s", message);
    /* A commit whose last sync failed may be in the log all the same. */
    bool ended = state == RUN_DONE && strstr(message, "cannot end the run");
    must(state == RUN_RUNNING || ended || !strcmp(run_state_name(state), c->state), "%s: %s",
         message, run_state_name(state));
    must(number(db, "SELECT count(*) AS n FROM interval") >= c->intervals, "%s", message);
    must(number(db, "SELECT ifnull(sum(count), 0) AS n FROM sample_block") >= c->samples, "%s",
         message);
}

static void check_file(const char *path, const struct claim *c, const char *message)
{
    struct db *db;
    struct err e = {0};
    if (db_open(path, DB_READ, &db, &e)) {
        must(!c->run && e.exit_code == EXIT_USAGE, "%s, yet: %s", message, e.message);
        return;
    }
    must(number(db, "SELECT integrity_check = 'ok' AS n FROM pragma_integrity_check") == 1,
         "corrupt after: %s", message);
    check_claim(db, c, message);
    db_close(db);
}

static _Noreturn void one_run(const void *ctx, int n)
{
    const struct fault *fault = ctx;
    static volatile sig_atomic_t signal;
    static struct run_result out;
    struct tmp_dir dir = tmp_dir_make();
    struct fixture f;
    struct fault_vfs vfs;
    struct claim claim;
    char db_option[300];
    snprintf(db_option, sizeof db_option, "--db=%s", dir.file);
    load_well(&f, job_text, (char *[]){db_option, NULL}, NULL);
    fault_vfs_install(&vfs, fault->kind, n, fault->stays);
    int ret = run_job(&f.job, NULL, &signal, NULL, &out, &f.e);
    fault_vfs_remove(&vfs);
    must(!ret || f.e.exit_code == EXIT_ENVIRONMENT, "exit code %d: %s", f.e.exit_code, f.e.message);
    must(!ret || strstr(f.e.message, dir.file), "no file is named: %s", f.e.message);
    bool made = ret && access(dir.file, F_OK); /* failed while it was made: nothing is there */
    must(!ret || made || read_claim(f.e.message, &claim), "nothing is said of what is kept: %s",
         f.e.message);
    if (ret && !made)
        check_file(dir.file, &claim, f.e.message);
    tmp_dir_remove(&dir);
    fixture_fini(&f);
    _exit(vfs.seen < n ? NOT_STRUCK : 0);
}

static void in_turn(struct fault fault)
{
    const struct strikes strikes = {one_run, &fault, STEP, AT_ONCE};
    int runs = strike_in_turn(&strikes);
    printf("%d runs, each %d-th of some %d operations failed\n", runs, STEP, runs * STEP);
    ck_assert_int_gt(runs, 5);
}

START_TEST(an_io_error_once)
{
    in_turn((struct fault){FAULT_IO, false});
}
END_TEST

START_TEST(a_disk_that_dies)
{
    in_turn((struct fault){FAULT_IO, true});
}
END_TEST

START_TEST(a_disk_that_fills_up)
{
    in_turn((struct fault){FAULT_FULL, true});
}
END_TEST

CHECK_MAIN("run/faults", an_io_error_once, a_disk_that_dies, a_disk_that_fills_up)
