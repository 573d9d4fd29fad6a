/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Order of events. The far process is forked first (single-threaded, so that a fork is safe),
 * enters a namespace and reports; the helper thread enters one as well, makes the veth with its
 * peer in the far namespace and brings the near end up; told to go on, the far process brings its
 * end up and reports; then it becomes the peer. Reports travel over a socket pair, readiness over
 * a pipe whose end of file tells a death.
 *
 * The near namespace lives as long as the helper thread and the sockets made in it, the far one
 * as long as its process, which dies with the thread that forked it.
 */
#include "wire/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "wire/lab_end.h"
#include "wire/lab_far.h"
#include "wire/netlink.h"
#include "base/privilege.h"

enum { DEFAULT_MTU = 1500, TAG_BYTES = 4, DYING_MS = 50 };

struct lab {
    pid_t peer;
    pid_t command; /* the user's command; 0: the peer is ours */
    int control; /* socket pair with the far process */
    int ready;   /* read end of the ready pipe */
    pthread_t helper;
    bool helped; /* the helper runs */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int (*fn)(void *arg); /* what the helper is to run; NULL when it has run */
    void *arg;
    int value;
    bool quit;
};

/* ---- the near namespace and its helper ---- */

static void serve_calls(struct lab *lab)
{
    pthread_mutex_lock(&lab->lock);
    while (!lab->quit) {
        if (lab->fn) {
            lab->value = lab->fn(lab->arg);
            lab->fn = NULL;
            pthread_cond_broadcast(&lab->changed);
        }
        pthread_cond_wait(&lab->changed, &lab->lock);
    }
    pthread_mutex_unlock(&lab->lock);
}

static void *help(void *arg)
{
    struct lab *lab = arg;
    serve_calls(lab);
    return NULL;
}

/* Signals belong to the caller's threads. */
static int start_helper(struct lab *lab, struct err *e)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int ret = pthread_create(&lab->helper, NULL, help, lab);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, -ret, "lab: helper thread: %s", strerror(ret));
    lab->helped = true;
    return 0;
}

static void end_helper(struct lab *lab)
{
    if (!lab->helped)
        return;
    pthread_mutex_lock(&lab->lock);
    lab->quit = true;
    pthread_cond_broadcast(&lab->changed);
    pthread_mutex_unlock(&lab->lock);
    pthread_join(lab->helper, NULL);
}

int lab_call_near(struct lab *lab, int (*fn)(void *arg), void *arg)
{
    pthread_mutex_lock(&lab->lock);
    lab->fn = fn;
    lab->arg = arg;
    pthread_cond_broadcast(&lab->changed);
    while (lab->fn)
        pthread_cond_wait(&lab->changed, &lab->lock);
    int value = lab->value;
    pthread_mutex_unlock(&lab->lock);
    return value;
}

struct near_setup {
    const struct lab_config *cfg;
    pid_t peer;
    struct err *e;
};

static struct lab_end near_end(const struct lab_config *cfg)
{
    return (struct lab_end){.iface = LAB_NEAR_IFACE,
                            .kernel = cfg->near_kernel,
                            .coalesce_ns = cfg->coalesce_ns,
                            .polled = cfg->polled,
                            .own = cfg->near_addr,
                            .other = cfg->far_addr,
                            .vlan = cfg->vlan,
                            .vlan_outer = cfg->vlan_outer};
}

static int bring_near_up(void *arg)
{
    struct near_setup *s = arg;
    uint32_t outer_tag = s->cfg->vlan_outer ? TAG_BYTES : 0; /* room for one is always there */
    int ret = lab_end_enter_new(s->e);
    if (ret)
        return ret;
    ret = netlink_veth_add(&(struct veth){.name = LAB_NEAR_IFACE,
                                          .peer_name = LAB_FAR_IFACE,
                                          .peer_pid = s->peer,
                                          .queues = s->cfg->queues ? s->cfg->queues : 1,
                                          .mtu = (s->cfg->mtu ? s->cfg->mtu : DEFAULT_MTU) + outer_tag});
    if (ret)
        return err_set(s->e, EXIT_ENVIRONMENT, ret, "lab: veth %s - %s: cannot be made: %s",
                       LAB_NEAR_IFACE, LAB_FAR_IFACE, strerror(-ret));
    struct lab_end end = near_end(s->cfg);
    return lab_end_up(&end, s->e);
}

static int await_near(void *arg)
{
    struct near_setup *s = arg;
    struct lab_end end = near_end(s->cfg);
    return lab_end_await(&end, s->e);
}

/* ---- opening ---- */

static int far_died(struct lab *lab, struct err *e)
{
    siginfo_t info = {0};
    waitid(P_PID, (id_t)lab->peer, &info, WEXITED | WNOWAIT);
    const char *how = info.si_code == CLD_EXITED ? "with status" : "by signal";
    return err_set(e, EXIT_ENVIRONMENT, -ECHILD,
                   "lab: the far process ended %s %d before it was ready", how, info.si_status);
}

static int take_report(struct lab *lab, struct err *e)
{
    struct lab_report r;
    ssize_t got = recv(lab->control, &r, sizeof r, 0);
    if (got != (ssize_t)sizeof r)
        return far_died(lab, e);
    if (r.ret)
        err_set(e, (enum exit_code)r.e.exit_code, r.ret, "%s", r.e.message);
    return r.ret;
}

static int say_go(struct lab *lab, struct err *e)
{
    return send(lab->control, "", 1, MSG_NOSIGNAL) == 1 ? 0 : far_died(lab, e);
}

/* Until execution closes the far end of the control socket. */
static int await_exec(struct lab *lab, struct err *e)
{
    struct lab_report r;
    while (recv(lab->control, &r, sizeof r, 0) == (ssize_t)sizeof r) {
        if (r.ret)
            return err_set(e, (enum exit_code)r.e.exit_code, r.ret, "%s", r.e.message);
        lab->command = r.command;
    }
    return 0;
}

static bool is_dead(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

static bool dies_within(pid_t pid, uint32_t ms)
{
    for (uint32_t i = 0; i < ms; i++) {
        if (is_dead(pid))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return is_dead(pid);
}

/* A dying process closes its files a moment before it can be waited for. */
static int await_ready(struct lab *lab, struct err *e)
{
    char byte;
    ssize_t got;
    do
        got = read(lab->ready, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 || !dies_within(lab->peer, DYING_MS) ? 0 : far_died(lab, e);
}

static int set_up(struct lab *lab, const struct lab_config *cfg, struct err *e)
{
    struct near_setup near = {.cfg = cfg, .peer = lab->peer, .e = e};
    int ret = take_report(lab, e);
    ret = ret ? ret : start_helper(lab, e);
    ret = ret ? ret : lab_call_near(lab, bring_near_up, &near);
    ret = ret ? ret : say_go(lab, e);
    ret = ret ? ret : take_report(lab, e);
    ret = ret ? ret : lab_call_near(lab, await_near, &near);
    ret = ret ? ret : say_go(lab, e);
    if (!ret)
        ret = cfg->argv ? await_exec(lab, e) : await_ready(lab, e);
    return ret;
}

static int fork_far(struct lab *lab, const struct lab_config *cfg, struct err *e)
{
    int control[2], ready[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control))
        return err_set(e, EXIT_ENVIRONMENT, -errno, "lab: socket pair: %s", strerror(errno));
    if (pipe2(ready, O_CLOEXEC)) {
        int ret = -errno;
        close(control[0]), close(control[1]);
        return err_set(e, EXIT_ENVIRONMENT, ret, "lab: pipe: %s", strerror(-ret));
    }
    fflush(NULL); /* or the far process prints it again */
    lab->peer = fork();
    if (lab->peer == 0) {
        close(control[0]), close(ready[0]);
        lab_far_run(&(struct lab_far){.cfg = cfg, .control = control[1], .ready = ready[1]},
                    parent);
    }
    int ret = -errno;
    close(control[1]), close(ready[1]);
    lab->control = control[0];
    lab->ready = ready[0];
    return lab->peer > 0 ? 0 : err_set(e, EXIT_ENVIRONMENT, ret, "lab: fork: %s", strerror(-ret));
}

static int check_privileges(struct err *e)
{
    char names[96];
    uint64_t wanted = PRIVILEGE_BIT(CAP_SYS_ADMIN) | PRIVILEGE_BIT(CAP_NET_ADMIN);
    if (!privilege_missing(wanted, names, sizeof names))
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -EPERM,
                   "lab: missing %s: network namespaces and links need root or these capabilities; "
                   "the pair wire needs none",
                   names);
}

int lab_open(const struct lab_config *cfg, struct lab **out, struct err *e)
{
    int ret = check_privileges(e);
    if (ret)
        return ret;
    struct lab *lab = calloc(1, sizeof *lab);
    if (!lab)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "lab: no memory");
    *lab = (struct lab){.control = -1, .ready = -1};
    pthread_mutex_init(&lab->lock, NULL);
    pthread_cond_init(&lab->changed, NULL);
    ret = fork_far(lab, cfg, e);
    ret = ret ? ret : set_up(lab, cfg, e);
    if (ret)
        lab_close(lab, 0, NULL);
    else
        *out = lab;
    return ret;
}

pid_t lab_peer_pid(const struct lab *lab)
{
    return lab->command ? lab->command : lab->peer;
}

/* ---- closing ---- */

/* The group is killed while its leader can still be waited for: its number cannot be another's. */
static int end_far(pid_t peer, uint32_t grace_ms)
{
    int status = 0;
    kill(-peer, SIGTERM);
    dies_within(peer, grace_ms);
    kill(-peer, SIGKILL);
    kill(peer, SIGKILL); /* had it no group yet */
    while (waitpid(peer, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void lab_close(struct lab *lab, uint32_t grace_ms, int *status)
{
    int ended = lab->peer > 0 ? end_far(lab->peer, grace_ms) : 0;
    if (status)
        *status = ended;
    end_helper(lab);
    if (lab->control >= 0)
        close(lab->control);
    if (lab->ready >= 0)
        close(lab->ready);
    pthread_cond_destroy(&lab->changed);
    pthread_mutex_destroy(&lab->lock);
    free(lab);
}
