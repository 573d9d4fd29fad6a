/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/lab_far.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/lab_end.h"

enum { NOT_EXECUTED = 127 };

static void send_report(int control, int ret, pid_t command, const struct err *e)
{
    struct lab_report r = {.ret = ret, .command = command, .e = *e};
    if (send(control, &r, sizeof r, MSG_NOSIGNAL) < 0)
        _exit(EXIT_ENVIRONMENT); /* the parent is gone */
}

static void await_go(int control)
{
    char go;
    if (recv(control, &go, 1, 0) != 1)
        _exit(EXIT_ENVIRONMENT);
}

static void die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the line above */
        _exit(EXIT_ENVIRONMENT);
    setpgid(0, 0); /* a key on the terminal reaches the near side, which then ends this one */
}

static int bring_far_up(const struct lab_config *cfg, struct err *e)
{
    struct lab_end end = {.iface = LAB_FAR_IFACE,
                          .kernel = cfg->far_kernel,
                          .coalesce_ns = cfg->coalesce_ns,
                          .polled = cfg->polled,
                          .own = cfg->far_addr,
                          .other = cfg->near_addr,
                          .vlan = cfg->vlan,
                          .vlan_outer = cfg->vlan_outer};
    int ret = lab_end_up(&end, e);
    return ret ? ret : lab_end_await(&end, e);
}

/* Handlers inherited from the near side would act on its affairs. */
static void forget_signals(void)
{
    static const int reset[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD, SIGALRM};
    sigset_t none;
    for (size_t i = 0; i < sizeof reset / sizeof *reset; i++)
        signal(reset[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* ---- a command: far process -> first process of a process namespace -> command ---- */

static void exec_command(const struct lab_far *f, struct err *e)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    forget_signals();
    execvp(f->cfg->argv[0], f->cfg->argv);
    int ret = err_set(e, EXIT_ENVIRONMENT, -errno, "lab: %s: cannot be executed: %s",
                      f->cfg->argv[0], strerror(errno));
    send_report(f->control, ret, 0, e);
    _exit(NOT_EXECUTED);
}

static int status_of(pid_t pid)
{
    int status = 0;
    pid_t ended;
    while ((ended = wait(&status)) != pid)
        if (ended < 0 && errno != EINTR)
            return NOT_EXECUTED;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The first process of the namespace: with it the kernel ends all others, whoever forked them. It
 * dies with the far process, and that one with the near side. */
static void run_first(const struct lab_far *f, int up, struct err *e)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pid_t command = fork();
    if (command == 0)
        exec_command(f, e);
    close(f->control), close(f->ready);
    if (write(up, "", 1) != 1) /* the far process died before the first line above */
        _exit(EXIT_ENVIRONMENT);
    _exit(status_of(command));
}

/* The only child of a process, by the number that this namespace knows it by; 0: not to be read. */
static pid_t only_child(pid_t parent)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%d", &child) != 1)
        child = 0;
    if (file)
        fclose(file);
    return child;
}

static void run_command(const struct lab_far *f, struct err *e)
{
    int up[2];
    char byte;
    signal(SIGTERM, SIG_IGN); /* meant for the command, which is in the same group */
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    pid_t first = pipe2(up, O_CLOEXEC) || unshare(CLONE_NEWPID) ? -1 : fork();
    if (first == 0) {
        close(up[0]);
        run_first(f, up[1], e);
    }
    if (first < 0) {
        int ret = err_set(e, EXIT_ENVIRONMENT, -errno, "lab: no process namespace: %s",
                          strerror(errno));
        send_report(f->control, ret, 0, e);
        _exit(EXIT_ENVIRONMENT);
    }
    close(up[1]);
    if (read(up[0], &byte, 1) == 1)
        send_report(f->control, 0, only_child(first), e);
    close(f->control), close(f->ready);
    _exit(status_of(first));
}

static void become_peer(const struct lab_far *f, struct err *e)
{
    if (f->cfg->argv)
        run_command(f, e);
    close(f->control);
    int status = f->cfg->peer(f->cfg->ctx, f->ready);
    fflush(NULL);
    _exit(status);
}

void lab_far_run(const struct lab_far *f, pid_t parent)
{
    struct err e = {0};
    die_with(parent);
    forget_signals();
    int ret = lab_end_enter_new(&e);
    send_report(f->control, ret, 0, &e);
    await_go(f->control);
    ret = bring_far_up(f->cfg, &e);
    send_report(f->control, ret, 0, &e);
    await_go(f->control);
    become_peer(f, &e);
}
