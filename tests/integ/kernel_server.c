/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A TCP server on kernel sockets, for the integration tests:
 *
 *   kernel_server --listen ADDR:PORT [--mode MODE] [--processes N] [--verify]
 *
 * N processes share the port by SO_REUSEPORT, each with its own listener and its own limit of open
 * files. Prints "ready" once all listen, and on SIGTERM or SIGINT what they saw together:
 *
 *   accepted=N bytes_in=N bytes_out=N lines=N        (and bad_lines=N with --verify)
 *
 * Exit 0; 1 when a process failed or a line was bad. Children die with the parent.
 */
#include "kernel_server.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_peer.h"

#define PROCESSES_MAX 64
#define BACKLOG       65535 /* the kernel takes as much of it as net.core.somaxconn allows */

struct server {
    const struct server_mode *mode;
    struct endpoint at;
    int processes;
    bool verify;
    int listeners[PROCESSES_MAX];
    pid_t children[PROCESSES_MAX];
    struct counts *counts; /* shared with the children */
};

static struct server options_parse(int argc, char **argv)
{
    static const struct option options[] = {{"listen", 1, NULL, 'l'},
                                            {"mode", 1, NULL, 'm'},
                                            {"processes", 1, NULL, 'p'},
                                            {"verify", 0, NULL, 'v'},
                                            {NULL, 0, NULL, 0}};
    struct server s = {.mode = server_mode_find("echo"), .processes = 1};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'l')
            s.at = endpoint_parse(optarg);
        else if (o == 'm' && !(s.mode = server_mode_find(optarg)))
            usage_die("--mode=%s: expected %s", optarg, server_mode_names());
        else if (o == 'p')
            s.processes = (int)number_parse("processes", optarg, 1, PROCESSES_MAX);
        else if (o == 'v')
            s.verify = true;
        else if (o == '?')
            exit(2);
    }
    if (s.at.len == 0 || optind < argc)
        usage_die("usage: --listen ADDR:PORT [--mode %s] [--processes N] [--verify]",
                  server_mode_names());
    if (s.verify && !s.mode->lines)
        usage_die("--verify: only lines can be verified, not --mode=%s", s.mode->name);
    return s;
}

/* Alone on its port unless it has to share: a forgotten server must not take our connections. */
static int listener_open(const struct endpoint *at, int share)
{
    int one = 1, fd = socket_open(at); /* accepted sockets inherit TCP_NODELAY */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &share, sizeof share) != 0 ||
        bind(fd, (const struct sockaddr *)&at->addr, at->len) != 0 || listen(fd, BACKLOG) != 0)
        die("listen: %m");
    return fd;
}

static void child_start(struct server *s, int n, pid_t parent)
{
    s->children[n] = fork();
    if (s->children[n] < 0)
        die("fork: %m");
    if (s->children[n] > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    for (int i = 0; i < s->processes; i++)
        if (i != n)
            close(s->listeners[i]);
    server_loop(s->listeners[n], s->mode, s->verify, &s->counts[n]);
    _exit(0);
}

static void start(struct server *s)
{
    pid_t self = getpid();
    s->counts = mmap(NULL, PROCESSES_MAX * sizeof *s->counts, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s->counts == MAP_FAILED)
        die("shared memory: %m");
    for (int i = 0; i < s->processes; i++)
        s->listeners[i] = listener_open(&s->at, s->processes > 1);
    for (int i = 0; i < s->processes; i++)
        child_start(s, i, self);
    for (int i = 0; i < s->processes; i++)
        close(s->listeners[i]);
}

/* Ends the children in order; false when one ended in any other way. */
static bool stop(struct server *s)
{
    bool well = true;
    for (int i = 0; i < s->processes; i++)
        kill(s->children[i], SIGTERM);
    for (int i = 0; i < s->processes; i++) {
        int status;
        waitpid(s->children[i], &status, 0);
        well &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return well;
}

static uint64_t report(const struct server *s)
{
    struct counts all = {0};
    for (int i = 0; i < s->processes; i++) {
        all.accepted += s->counts[i].accepted;
        all.bytes_in += s->counts[i].bytes_in;
        all.bytes_out += s->counts[i].bytes_out;
        all.lines += s->counts[i].lines;
        all.bad_lines += s->counts[i].bad_lines;
    }
    printf("accepted=%lu bytes_in=%lu bytes_out=%lu lines=%lu", all.accepted, all.bytes_in,
           all.bytes_out, all.lines);
    if (s->verify)
        printf(" bad_lines=%lu", all.bad_lines);
    printf("\n");
    return all.bad_lines;
}

int main(int argc, char **argv)
{
    struct server s = options_parse(argc, argv);
    sigset_t ends;
    int number;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    files_raise();
    start(&s);
    printf("ready\n");
    fflush(stdout);
    sigwait(&ends, &number);
    bool well = stop(&s) && number != SIGCHLD;
    uint64_t bad = report(&s);
    return well && bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
