/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/lab_far.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/lab_end.h"

enum { NOT_EXECUTED = 127 };

static void send_report(int control, int ret, const struct err *e)
{
    struct lab_report r = {.ret = ret, .e = *e};
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
                          .own = cfg->far_addr,
                          .other = cfg->near_addr};
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

static void exec_peer(const struct lab_far *f, struct err *e)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    execvp(f->cfg->argv[0], f->cfg->argv);
    int ret = err_set(e, EXIT_ENVIRONMENT, -errno, "lab: %s: cannot be executed: %s",
                      f->cfg->argv[0], strerror(errno));
    send_report(f->control, ret, e);
    _exit(NOT_EXECUTED);
}

static void become_peer(const struct lab_far *f, struct err *e)
{
    if (f->cfg->argv)
        exec_peer(f, e);
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
    send_report(f->control, ret, &e);
    await_go(f->control);
    ret = bring_far_up(f->cfg, &e);
    send_report(f->control, ret, &e);
    await_go(f->control);
    become_peer(f, &e);
}
