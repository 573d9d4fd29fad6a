/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench/gen_run.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"

static int write_job(const char *dir, char *path, size_t size, va_list keys)
{
    const char *key;
    snprintf(path, size, "%s/bench.conf", dir);
    FILE *f = fopen(path, "w");
    if (!f)
        return -1;
    fprintf(f, "[global]\ndb=%s/bench.db\nquiet=yes\n", dir);
    fputs("priority=high\n", f); /* a benchmark has the machine to itself */
    while ((key = va_arg(keys, const char *)))
        fprintf(f, "%s\n", key);
    return fclose(f);
}

/* The child's standard output is dropped; what it complains of is seen. */
static int spawn(const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        unsetenv("BENCH_DB"); /* the benchmark's own: see book.h */
        execl(GEN_PATH, "gen", "run", path, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static pid_t watch_begin(void (*watch)(const char *db), const char *db)
{
    pid_t pid = watch ? fork() : -1;
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        watch(db);
        _exit(0);
    }
    return pid;
}

static void watch_end(pid_t pid)
{
    if (pid < 0)
        return;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static int run_with(struct gen_run *r, void (*watch)(const char *db), va_list keys)
{
    char path[128], db[128];
    *r = (struct gen_run){0};
    snprintf(r->dir, sizeof r->dir, "/tmp/wirebench-bench-XXXXXX");
    if (!mkdtemp(r->dir))
        return -1;
    snprintf(db, sizeof db, "%s/bench.db", r->dir);
    int rc = write_job(r->dir, path, sizeof path, keys);
    pid_t watcher = rc ? -1 : watch_begin(watch, db);
    rc = rc ? rc : spawn(path);
    watch_end(watcher);
    bool judged = rc == 0 || rc == 1 || rc == 5 || rc == 6; /* the figures stand */
    if (!judged || sqlite3_open_v2(db, &r->db, SQLITE_OPEN_READONLY, NULL)) {
        fprintf(stderr, "bench: gen ended with %d\n", rc);
        gen_run_done(r);
        return -1;
    }
    return 0;
}

int gen_run(struct gen_run *r, ...)
{
    va_list keys;
    va_start(keys, r);
    int rc = run_with(r, NULL, keys);
    va_end(keys);
    return rc;
}

int gen_run_watched(struct gen_run *r, void (*watch)(const char *db), ...)
{
    va_list keys;
    va_start(keys, watch);
    int rc = run_with(r, watch, keys);
    va_end(keys);
    return rc;
}

int gen_rounds(int rounds, double *values, double (*figure)(struct gen_run *r, int round), ...)
{
    int n = bench_rounds(rounds);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        va_list keys;
        va_start(keys, figure);
        int rc = run_with(&run, NULL, keys);
        va_end(keys);
        if (rc)
            return 0;
        values[i] = figure(&run, i + 1);
        gen_run_done(&run);
        if (isnan(values[i]))
            return 0;
    }
    return n;
}

static sqlite3_stmt *first_row(struct gen_run *r, const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(r->db, sql, -1, &s, NULL))
        fprintf(stderr, "bench: %s: %s\n", sql, sqlite3_errmsg(r->db));
    else if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL)
        return s;
    sqlite3_finalize(s);
    return NULL;
}

double gen_figure(struct gen_run *r, const char *sql)
{
    sqlite3_stmt *s = first_row(r, sql);
    double value = s ? sqlite3_column_double(s, 0) : NAN;
    sqlite3_finalize(s);
    return value;
}

double gen_open_s(struct gen_run *r, int round)
{
    double asked = gen_figure(r, "SELECT connections FROM phase WHERE kind = 'connect'");
    double open = gen_figure(r, "SELECT connections_opened FROM run");
    double seconds = gen_figure(r, "SELECT (ended_ns - started_ns) / 1e9 FROM phase "
                                   "WHERE kind = 'connect'");
    fprintf(stderr, "  round %d: %.0f connections open after %.3f s\n", round, open, seconds);
    return open >= asked ? seconds : NAN;
}

const char *gen_text(struct gen_run *r, const char *sql)
{
    sqlite3_stmt *s = first_row(r, sql);
    snprintf(r->text, sizeof r->text, "%s", s ? (const char *)sqlite3_column_text(s, 0) : "");
    sqlite3_finalize(s);
    return r->text;
}

void gen_rows(struct gen_run *r, const char *sql)
{
    sqlite3_stmt *s = first_row(r, sql);
    if (!s)
        return;
    do
        fprintf(stderr, "    %s\n", sqlite3_column_text(s, 0));
    while (sqlite3_step(s) == SQLITE_ROW);
    sqlite3_finalize(s);
}

int gen_exec(struct gen_run *r, const char *sql)
{
    int rc = sqlite3_exec(r->db, sql, NULL, NULL, NULL);
    if (rc)
        fprintf(stderr, "bench: %s: %s\n", sql, sqlite3_errmsg(r->db));
    return rc;
}

void gen_run_done(struct gen_run *r)
{
    static const char *const files[] = {"bench.conf", "bench.db", "bench.db-wal", "bench.db-shm",
                                        "bench.db-lock"};
    char path[128];
    sqlite3_close(r->db);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", r->dir, files[i]);
        unlink(path);
    }
    rmdir(r->dir);
    r->db = NULL;
}

/* --- the responder beside a run ----------------------------------------------------------------- */

#define ARGS_MAX 40

static pid_t spawn_responder(char *const argv[], int out)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(out, STDOUT_FILENO);
        unsetenv("BENCH_DB");
        execv(GEN_PATH, argv);
        _exit(127);
    }
    return pid;
}

/* Its first line is "ready". */
static bool is_ready(int out)
{
    char said[8] = "";
    size_t got = 0;
    for (ssize_t n; got < 6 && (n = read(out, said + got, 6 - got)) > 0;)
        got += (size_t)n;
    return !strcmp(said, "ready\n");
}

int gen_respond(const char *option, ...)
{
    char *argv[ARGS_MAX] = {"gen", "respond", "--priority=high", (char *)option};
    int out[2], n = 4;
    va_list options;
    va_start(options, option);
    while (n < ARGS_MAX - 1 && (argv[n] = va_arg(options, char *)))
        n++;
    va_end(options);
    if (pipe2(out, O_CLOEXEC))
        return -1;
    pid_t pid = spawn_responder(argv, out[1]);
    close(out[1]);
    bool ready = pid > 0 && is_ready(out[0]);
    close(out[0]);
    if (!ready && pid > 0) {
        gen_respond_end(pid);
        fprintf(stderr, "bench: gen respond did not become ready\n");
    }
    return ready ? pid : -1;
}

void gen_respond_end(int process)
{
    kill(process, SIGTERM);
    waitpid(process, NULL, 0);
}
