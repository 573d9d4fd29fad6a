/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench/bench.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SIDE     10
#define METRICS  40
#define ARGS_MAX 64
#define ARG_SIZE 24

struct files {
    char dir[64], job[100], db[100];
};

static const char job_text[] = "[global]\nwire=pair\nprotocol=echo\npayload=64\nconnections=16\n"
                               "rate=max\nduration=600ms\nwarmup=100ms\ninterval=100ms\n"
                               "quiet=yes\n";

/* Runs a program to its end, its standard output dropped; its exit code, -1: it could not run. */
static int run(const char *program, char *const *args)
{
    pid_t pid = fork();
    if (pid == 0) {
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        execv(program, args);
        _exit(127);
    }
    int status = -1;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static bool make_runs(const struct files *f)
{
    char db[120], *args[ARGS_MAX] = {"gen", "run", db};
    FILE *job = fopen(f->job, "w");
    if (!job)
        return false;
    fputs(job_text, job);
    fclose(job);
    snprintf(db, sizeof db, "--db=%s", f->db);
    for (int i = 0; i < 2 * SIDE; i++)
        args[3 + i] = (char *)f->job;
    int code = run(GEN_PATH, args);
    return code == 0 || code == 1 || code == 5 || code == 6;
}

/* "analyze --db FILE FIRST [WORD...] ID..." for ten ids from `from` on. */
static int analyze(const struct files *f, char *const *words, bool as_options, int from)
{
    static char ids[SIDE][ARG_SIZE];
    char *args[ARGS_MAX] = {"analyze", "--db", (char *)f->db};
    int n = 3;
    while (*words)
        args[n++] = *words++;
    for (int i = 0; i < SIDE; i++) {
        snprintf(ids[i], ARG_SIZE, "%s%d", as_options ? "--run=" : "", from + i);
        args[n++] = ids[i];
    }
    return run(ANALYZE_PATH, args);
}

/* Runs as short as these wait for no connection and open too few of them: queueing is 0 in all, the
 * tails of connecting are unknown. Noise stands in for both, or fewer metrics would be tested than
 * the bar speaks of. */
static bool add_noise(const struct files *f)
{
    static const char sql[] =
        "UPDATE summary SET p50_ns = 1000 + run_id * 7919 % 613, p90_ns = 2000 + run_id * 104729 % 997, "
        "p95_ns = 2500 + run_id * 1299709 % 1009, p99_ns = 4000 + run_id * 15485863 % 1511, "
        "p999_ns = 6000 + run_id * 32452843 % 2003, p9999_ns = 9000 + run_id * 49979687 % 3001, "
        "mean_ns = 1200.5 + run_id * 67867967 % 307 WHERE time IN ('queueing', 'connect')";
    sqlite3 *db = NULL;
    bool ok = sqlite3_open_v2(f->db, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    return ok;
}

/* What the file says was compared; whether it is as much as the bar speaks of. */
static bool tell(const struct files *f)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    int tested = 0;
    sqlite3_open_v2(f->db, &db, SQLITE_OPEN_READONLY, NULL);
    sqlite3_prepare_v2(db,
                       "SELECT sum(m.value ->> 'p' IS NOT NULL), count(*), verdict FROM analysis a, "
                       "json_each(a.result, '$.metrics') m WHERE a.id = 1",
                       -1, &s, NULL);
    if (s && sqlite3_step(s) == SQLITE_ROW) {
        tested = sqlite3_column_int(s, 0);
        fprintf(stderr, "  %d of %d metrics tested, %d at least wanted: %s\n", tested,
                sqlite3_column_int(s, 1), METRICS, (const char *)sqlite3_column_text(s, 2));
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    return tested >= METRICS;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int measure(const struct files *f, double *values, int rounds)
{
    char *const baseline[] = {"--set-baseline", "baseline", NULL};
    char *const compare[] = {"--compare", "--force", "--fail-on=none", NULL};
    if (!make_runs(f) || !add_noise(f) || analyze(f, baseline, false, 1))
        return 0;
    for (int i = 0; i < rounds; i++) {
        double from = now_s();
        if (analyze(f, compare, true, SIDE + 1))
            return 0;
        values[i] = now_s() - from;
        fprintf(stderr, "  round %d: %.3f s\n", i + 1, values[i]);
    }
    return tell(f) ? rounds : 0;
}

static int compare_10v10(double *values)
{
    int rounds = bench_rounds(5);
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    struct files f = {.dir = "/tmp/wirebench-bench-XXXXXX"};
    char path[120];
    if (!mkdtemp(f.dir))
        return 0;
    snprintf(f.job, sizeof f.job, "%s/bench.conf", f.dir);
    snprintf(f.db, sizeof f.db, "%s/bench.db", f.dir);
    int n = measure(&f, values, rounds);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(path, sizeof path, "%s%s", f.db, endings[i]);
        unlink(path);
    }
    unlink(f.job);
    rmdir(f.dir);
    return n;
}

const struct bench compare_benches[] = {
    {"compare_10v10_s", "s", "analyze --compare, 10 runs against 10, whole program", compare_10v10},
    {0},
};
