/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All charts and the HTML report of one run, by the whole program. The run is a real one of 60 s over
 * the pair wire, made once and kept in the build folder: its file is what takes long.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/bench.h"
#include "bench/gen_run.h"
#include "db/schema.h"

#define KEPT_DIR BUILD_PATH "/tests/bench"

/* Appears whole: a bench that is stopped leaves no half of a run. */
static int keep_run(const char *kept)
{
    struct gen_run run;
    char command[300], draft[200];
    struct stat st;
    if (!stat(kept, &st))
        return 0;
    fprintf(stderr, "  a run of 60 s first, kept as %s\n", kept);
    snprintf(draft, sizeof draft, "%s.draft", kept);
    if (gen_run(&run, "wire=pair", "protocol=echo", "payload=64", "connections=200", "rate=20000",
                "duration=60s", "warmup=2s", NULL))
        return -1;
    snprintf(command, sizeof command, "VACUUM INTO '%s'", draft);
    unlink(draft);
    int rc = gen_exec(&run, command);
    gen_run_done(&run);
    return rc ? rc : rename(draft, kept);
}

static int analyze(const char *kept, const char *html, const char *charts)
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        execl(BUILD_PATH "/analyzer/analyze", "analyze", "--db", kept, html, charts, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    int code = WEXITSTATUS(status);
    return code == 0 || code == 5 || code == 6 ? 0 : -1; /* judged as the run was */
}

static void remove_made(const char *dir)
{
    char command[100];
    snprintf(command, sizeof command, "rm -r -- '%s'", dir); /* a name that mkdtemp made */
    if (system(command))
        fprintf(stderr, "bench: %s is left\n", dir);
}

static int report_s(double *values)
{
    int n = bench_rounds(5);
    char dir[] = "/tmp/wirebench-report-XXXXXX", html[80], charts[80], kept[180];
    snprintf(kept, sizeof kept, KEPT_DIR "/report-%d.db", db_migration_count); /* of today's schema */
    if (keep_run(kept) || !mkdtemp(dir))
        return 0;
    snprintf(html, sizeof html, "--html=%s/report.html", dir);
    snprintf(charts, sizeof charts, "--plot=%s/charts", dir);
    for (int i = 0; i < n; i++) {
        uint64_t from = clock_kernel_ns();
        if (analyze(kept, html, charts)) {
            n = 0;
            break;
        }
        values[i] = (double)(clock_kernel_ns() - from) / 1e9;
        fprintf(stderr, "  round %d: %.2f s\n", i + 1, values[i]);
    }
    remove_made(dir);
    return n;
}

const struct bench report_benches[] = {
    {"report_s", "s", "all charts (SVG and PNG) and the HTML report of a run of 60 s", report_s},
    {0},
};
