/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * It is told what to do as people tell it, at its prompt, which it writes at once. What it says of
 * its port comes when it ends; the rate is of the time between the last two times that it was asked.
 */
#include "bench/testpmd.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"

#define PROMPT "testpmd> "
#define RATE   "Rx-pps:"

enum { ARGUMENTS = 32, WORD = 64, SAID = 1 << 16, NOT_FOUND = 127 };

struct testpmd {
    pid_t pid;
    int in, out;
    char said[SAID];
    size_t len;
};

static bool has_huge_pages(void)
{
    unsigned free_pages = 0;
    FILE *f = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
    if (f && fscanf(f, "%u", &free_pages) != 1)
        free_pages = 0;
    if (f)
        fclose(f);
    return free_pages > 0;
}

/* Its own memory as our wire has it, and nothing of PCI. */
static void become(const struct testpmd_config *cfg)
{
    char lcores[WORD], vdev[WORD], forward[WORD], burst[WORD];
    snprintf(lcores, sizeof lcores, "--lcores=0@%d,1@%d", cfg->other_cpu, cfg->cpu);
    snprintf(vdev, sizeof vdev, "--vdev=%s", cfg->device);
    snprintf(forward, sizeof forward, "--forward-mode=%s", cfg->forward);
    snprintf(burst, sizeof burst, "--burst=%u", cfg->burst);
    bool huge = has_huge_pages();
    char *const argv[] = {"dpdk-testpmd", "--no-telemetry", "--no-pci", "--iova-mode=va", lcores, vdev,
                          huge ? "--in-memory" : "--no-huge", huge ? "--log-level=error" : "--no-shconf",
                          "-m", "256", "--", "--interactive", forward, burst, "--port-topology=loop",
                          "--total-num-mbufs=4096", "--no-mlockall", NULL};
    execvp(argv[0], argv);
    _exit(NOT_FOUND);
}

static int start(struct testpmd *t, const struct testpmd_config *cfg)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC))
        return -1;
    if (pipe2(out, O_CLOEXEC)) {
        close(in[0]);
        close(in[1]);
        return -1;
    }
    t->pid = fork();
    if (t->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        become(cfg);
    }
    close(in[0]);
    close(out[1]);
    t->in = in[1];
    t->out = out[0];
    return t->pid < 0 ? -1 : 0;
}

/* Reads until it has said `text`; NULL: until it ends. */
static bool hear(struct testpmd *t, const char *text)
{
    size_t from = t->len;
    while (t->len < SAID - 1) {
        ssize_t n = read(t->out, t->said + t->len, SAID - 1 - t->len);
        if (n <= 0)
            return !text;
        t->len += (size_t)n;
        t->said[t->len] = '\0';
        if (text && strstr(t->said + from, text))
            return true;
    }
    return false;
}

static bool tell(struct testpmd *t, const char *command)
{
    size_t len = strlen(command);
    return write(t->in, command, len) == (ssize_t)len;
}

static void pass(uint64_t ns)
{
    nanosleep(&(struct timespec){(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)}, NULL);
}

static bool play(struct testpmd *t, const struct testpmd_config *cfg)
{
    char begin[WORD];
    snprintf(begin, sizeof begin, "start tx_first %u\n", cfg->bursts);
    if (!hear(t, PROMPT) || !tell(t, begin) || !hear(t, PROMPT))
        return false;
    pass(cfg->warmup_ns);
    if (!tell(t, "show port stats 0\n"))
        return false;
    pass(cfg->measure_ns);
    return tell(t, "show port stats 0\nstop\nquit\n") && hear(t, NULL);
}

static double last_rate(const struct testpmd *t)
{
    const char *at = NULL;
    for (const char *next = t->said; (next = strstr(next, RATE)) != NULL; next++)
        at = next;
    return at ? strtod(at + strlen(RATE), NULL) : -1;
}

double testpmd_run(const struct testpmd_config *cfg)
{
    struct testpmd *t = calloc(1, sizeof *t);
    int status = 0;
    double rate = -1;
    if (!t || start(t, cfg)) {
        free(t);
        return rate;
    }
    bool whole = play(t, cfg);
    close(t->in);
    if (!whole)
        kill(t->pid, SIGKILL);
    waitpid(t->pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        fputs("bench: dpdk-testpmd is not installed: apt-get install dpdk-dev\n", stderr);
    else if (!whole || (rate = last_rate(t)) <= 0)
        fprintf(stderr, "bench: dpdk-testpmd did not measure:\n%s\n", t->said);
    close(t->out);
    free(t);
    return rate;
}
