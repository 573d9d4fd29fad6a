/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench/bench.h"

#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rng.h"

#define RUNS   10000
#define STEP   500
#define DAY_NS 86400000000000ull

static double noisy(struct rng *r, double value)
{
    double u = 1 - rng_f64(r), v = rng_f64(r);
    return value * exp(0.01 * sqrt(-2 * log(u)) * cos(2 * M_PI * v));
}

static bool write_runs(const char *path)
{
    FILE *out = fopen(path, "w");
    struct rng r;
    rng_seed(&r, 1);
    for (unsigned i = 0; i < RUNS && out; i++) {
        double level = i / STEP % 2 ? 1.06 : 1;
        fprintf(out, "bench 5e1f %llu done 1 c%u %.0f %.6f %.6f %.0f %.6f\n",
                (unsigned long long)(1500000000000000000ull + i * DAY_NS), i,
                noisy(&r, 50000 * level), noisy(&r, 80 * level), noisy(&r, 104 * level),
                noisy(&r, 500 * level), noisy(&r, level));
    }
    return out && fclose(out) == 0;
}

/* Runs a program to its end; its exit code, -1: it could not run. */
static int run(const char *program, const char *input, char *const *args)
{
    pid_t pid = fork();
    if (pid == 0) {
        dup2(open(input, O_RDONLY), STDIN_FILENO);
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        execv(program, args);
        _exit(127);
    }
    int status = -1;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static int measure(const char *input, char *db, double *values, int rounds)
{
    char *make[] = {"make_history", db, NULL};
    char *trend[] = {"analyze",
                     "--db",
                     db,
                     "--trend",
                     "--metric",
                     "transactions_per_s",
                     "--metric",
                     "frames_per_s",
                     "--metric",
                     "bandwidth_mib_per_s",
                     "--metric",
                     "wire_gbit_per_s",
                     "--metric",
                     "latency_mean_us",
                     "--metric",
                     "errors_percent",
                     "--fail-on=invalid",
                     NULL};
    int made = write_runs(input) ? run(HISTORY_PATH, input, make) : -1;
    if (made) {
        fprintf(stderr, "bench: %s ended with %d: expected 0 (127: it is not built)\n", HISTORY_PATH, made);
        return 0;
    }
    for (int i = 0; i < rounds; i++) {
        uint64_t from = clock_kernel_ns();
        if (run(ANALYZE_PATH, "/dev/null", trend))
            return 0;
        values[i] = (double)(clock_kernel_ns() - from) / 1e9;
        fprintf(stderr, "  round %d: %.3f s\n", i + 1, values[i]);
    }
    return rounds;
}

static int trend_10k(double *values)
{
    int rounds = bench_rounds(5);
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    char dir[] = "/tmp/wirebench-bench-XXXXXX", input[80], db[80], path[90];
    if (!mkdtemp(dir))
        return 0;
    snprintf(input, sizeof input, "%s/runs.txt", dir);
    snprintf(db, sizeof db, "%s/bench.db", dir);
    int n = measure(input, db, values, rounds);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(path, sizeof path, "%s%s", db, endings[i]);
        unlink(path);
    }
    unlink(input);
    rmdir(dir);
    return n;
}

const struct bench trend_benches[] = {
    {"trend_10k_s", "s", "analyze --trend, 10 metrics of 10,000 runs, whole program", trend_10k},
    {0},
};
