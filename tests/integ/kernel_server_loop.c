/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One process: a listener and its connections on one epoll, level-triggered. A connection is read
 * until its buffer is full, then only when the client takes its answers.
 */
#include "kernel_server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "kernel_peer.h"

#define BUF_MIN      ((size_t)64 << 10)
#define BUF_MAX      ((size_t)256 << 10) /* answers waiting: no more is read */
#define LONGEST_LINE ((size_t)16 << 20)  /* a longer line ends the connection */
#define EVENTS       256
#define QUIET_MS     50  /* after SIGTERM: nothing arrived for so long, so everything has */
#define ROUNDS       200 /* after SIGTERM: at most so many rounds more */

struct loop {
    int epoll, listener, signals;
    const struct server_mode *mode;
    struct counts *counts;
    bool verify;
};

static void watch(struct loop *l, int fd, void *who, uint32_t events, int operation)
{
    struct epoll_event e = {.events = events, .data.ptr = who};
    if (epoll_ctl(l->epoll, operation, fd, &e) != 0)
        die("epoll: %m");
}

static void conn_accept_all(struct loop *l)
{
    int fd;
    while ((fd = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct server_conn *c = calloc(1, sizeof *c);
        if (!c)
            die("connection: %m");
        c->fd = fd;
        c->watched = EPOLLIN;
        watch(l, fd, c, c->watched, EPOLL_CTL_ADD);
        l->counts->accepted++;
    }
    if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
        die("accept: %m");
}

static void conn_close(struct server_conn *c)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    if (c->reset)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(c->fd);
    free(c->buf);
    free(c);
}

static bool conn_full(const struct server_conn *c)
{
    return c->len >= BUF_MAX && c->ready > 0;
}

static void conn_make_room(struct server_conn *c)
{
    if (c->len < c->room)
        return;
    c->room = c->room ? c->room * 2 : BUF_MIN;
    c->buf = realloc(c->buf, c->room);
    if (!c->buf)
        die("buffer of %zu bytes: %m", c->room);
}

static void conn_take(struct loop *l, struct server_conn *c, size_t n)
{
    size_t from = c->len, whole = c->ready;
    c->len += n;
    l->counts->bytes_in += n;
    if (l->verify) { /* before the mode may change what was said */
        const uint8_t *newline = memrchr(c->buf + from, '\n', n);
        if (newline)
            server_lines_verify(c, whole, (size_t)(newline + 1 - c->buf), l->counts);
    }
    l->mode->take(c, from, l->counts);
    c->seen = true;
}

/* Reads what is there; false: the connection is broken. */
static bool conn_read(struct loop *l, struct server_conn *c)
{
    while (!c->eof && !c->reset && !conn_full(c)) {
        conn_make_room(c);
        ssize_t n = recv(c->fd, c->buf + c->len, c->room - c->len, 0);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        if (n == 0)
            c->eof = true;
        else
            conn_take(l, c, (size_t)n);
        if (c->len > LONGEST_LINE)
            return false;
    }
    return true;
}

static void conn_forget(struct server_conn *c, size_t n)
{
    c->len -= n;
    c->ready -= n;
    memmove(c->buf, c->buf + n, c->len);
    if (c->len)
        return;
    free(c->buf); /* thousands of idle connections hold no memory */
    c->buf = NULL;
    c->room = 0;
}

static bool conn_write(struct loop *l, struct server_conn *c)
{
    size_t sent = 0;
    while (sent < c->ready) {
        ssize_t n = send(c->fd, c->buf + sent, c->ready - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (n < 0)
            break;
        sent += (size_t)n;
        l->counts->bytes_out += (size_t)n;
    }
    conn_forget(c, sent);
    return true;
}

/* Answers may have made room to read more, and reading may give more to answer. */
static bool conn_step(struct loop *l, struct server_conn *c)
{
    bool was_full;
    do {
        if (!conn_read(l, c) || c->reset)
            return false;
        was_full = conn_full(c);
        if (!conn_write(l, c))
            return false;
    } while (was_full && !conn_full(c));
    if (c->ready == 0 && c->mute)
        shutdown(c->fd, SHUT_WR);
    return !(c->eof && c->ready == 0);
}

static void conn_serve(struct loop *l, struct server_conn *c)
{
    if (!conn_step(l, c)) {
        conn_close(c);
        return;
    }
    uint32_t want = (c->eof || conn_full(c) ? 0u : EPOLLIN) | (c->ready ? EPOLLOUT : 0u);
    if (want == c->watched)
        return;
    c->watched = want;
    watch(l, c->fd, c, want, EPOLL_CTL_MOD);
}

static int loop_round(struct loop *l, int timeout_ms, bool *stop)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(l->epoll, events, EVENTS, timeout_ms);
    for (int i = 0; i < n; i++) {
        void *who = events[i].data.ptr;
        if (who == &l->listener)
            conn_accept_all(l);
        else if (who == &l->signals)
            *stop = true;
        else
            conn_serve(l, who);
    }
    return n;
}

void server_loop(int listener, const struct server_mode *mode, bool verify, struct counts *k)
{
    struct loop l = {epoll_create1(EPOLL_CLOEXEC), listener, -1, mode, k, verify};
    bool stop = false;
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    l.signals = signalfd(-1, &term, SFD_CLOEXEC);
    if (l.epoll < 0 || l.signals < 0)
        die("epoll: %m");
    watch(&l, l.listener, &l.listener, EPOLLIN, EPOLL_CTL_ADD);
    watch(&l, l.signals, &l.signals, EPOLLIN, EPOLL_CTL_ADD);
    while (!stop)
        loop_round(&l, -1, &stop);
    epoll_ctl(l.epoll, EPOLL_CTL_DEL, l.signals, NULL);
    for (int i = 0; i < ROUNDS && loop_round(&l, QUIET_MS, &stop) > 0; i++)
        continue;
}
