/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A TCP client on kernel sockets, for the integration tests:
 *
 *   kernel_client --connect ADDR:PORT [--connections N] [--messages M] [--min B] [--max B]
 *                 [--seed S] [--mode echo|line] [--source ADDR]
 *
 * Opens N connections, sends M messages of random sizes over them, one at a time on each, checks
 * every byte that comes back, and closes: a byte too many before the server's FIN is an error too.
 * Prints messages=N bytes=N errors=N bytes_in=N bytes_out=N, where messages and bytes are those
 * that were answered rightly. Exit 0 only if all were.
 */
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kernel_message.h"
#include "kernel_peer.h"

#define CONNECTIONS_MAX 1000000
#define MESSAGE_MAX     (64u << 20)
#define EVENTS          256
#define PATIENCE_MS     30000 /* no progress on any connection for so long: give up */

struct client_conn {
    int fd;
    bool connected, closing; /* closing: we sent FIN, nothing but the server's may come */
    uint32_t watched;
    uint32_t len, sent, received;
    uint64_t number;
    uint8_t *bytes; /* the request, then room for the reply */
};

struct client {
    struct endpoint to, from;
    struct message_plan plan;
    uint64_t connections, messages;
    int epoll;
    uint64_t open, started, answered, bytes, errors, bytes_in, bytes_out;
};

static bool mode_is_line(const char *mode)
{
    bool line = strcmp(mode, "line") == 0;
    if (!line && strcmp(mode, "echo") != 0)
        usage_die("--mode=%s: expected echo|line", mode);
    return line;
}

static void option_take(struct client *c, int option, const char *value)
{
    if (option == 'c')
        c->to = endpoint_parse(value);
    else if (option == 'f')
        c->from = source_parse(value);
    else if (option == 'n')
        c->connections = number_parse("connections", value, 1, CONNECTIONS_MAX);
    else if (option == 'm')
        c->messages = number_parse("messages", value, 1, UINT64_MAX >> 1);
    else if (option == 'i')
        c->plan.min = (uint32_t)number_parse("min", value, 1, MESSAGE_MAX);
    else if (option == 'a')
        c->plan.max = (uint32_t)number_parse("max", value, 1, MESSAGE_MAX);
    else if (option == 's')
        c->plan.seed = number_parse("seed", value, 0, UINT64_MAX >> 1);
    else if (option == 'o')
        c->plan.line = mode_is_line(value);
    else if (option == '?')
        exit(2);
}

static struct client options_parse(int argc, char **argv)
{
    static const struct option options[] = {
        {"connect", 1, NULL, 'c'},  {"source", 1, NULL, 'f'}, {"connections", 1, NULL, 'n'},
        {"messages", 1, NULL, 'm'}, {"min", 1, NULL, 'i'},    {"max", 1, NULL, 'a'},
        {"seed", 1, NULL, 's'},     {"mode", 1, NULL, 'o'},   {NULL, 0, NULL, 0}};
    struct client c = {
        .connections = 1, .messages = 1000, .plan = {.seed = 1, .min = 1, .max = 65536}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        option_take(&c, o, optarg);
    if (c.to.len == 0 || optind < argc)
        usage_die("usage: --connect ADDR:PORT [--connections N] [--messages M] [--min B] [--max B] "
                  "[--seed S] [--mode echo|line] [--source ADDR]");
    if (c.plan.line && c.plan.min < MESSAGE_LINE_MIN)
        c.plan.min = MESSAGE_LINE_MIN;
    if (c.plan.min > c.plan.max)
        usage_die("--max=%u: expected at least %u", c.plan.max, c.plan.min);
    return c;
}

static void conn_watch(struct client *k, struct client_conn *c, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = c};
    int operation = c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (events == c->watched)
        return;
    if (epoll_ctl(k->epoll, operation, c->fd, &e) != 0)
        die("epoll: %m");
    c->watched = events;
}

static void conn_open(struct client *k)
{
    struct client_conn *c = calloc(1, sizeof *c);
    int one = 1, fd = c ? socket_open(&k->to) : -1;
    if (fd < 0)
        die("connection %lu of %lu: %m", k->open + 1, k->connections);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (k->from.len && bind(fd, (const struct sockaddr *)&k->from.addr, k->from.len) != 0)
        die("--source: %m");
    if (connect(fd, (const struct sockaddr *)&k->to.addr, k->to.len) != 0 && errno != EINPROGRESS)
        die("connect: %m");
    c->fd = fd;
    k->open++;
    conn_watch(k, c, EPOLLOUT);
}

static void conn_close(struct client *k, struct client_conn *c, const char *why)
{
    if (why) {
        fprintf(stderr, "message %lu, %u of %u bytes received: %s\n", c->number, c->received,
                c->len, why);
        k->errors++;
    }
    close(c->fd);
    free(c->bytes);
    free(c);
    k->open--;
}

/* The next message of all, on whichever connection is free; none left: FIN. */
static void conn_next(struct client *k, struct client_conn *c)
{
    free(c->bytes);
    c->bytes = NULL;
    c->len = c->sent = c->received = 0;
    if (k->started == k->messages) {
        c->closing = true;
        shutdown(c->fd, SHUT_WR);
        return;
    }
    c->number = k->started++;
    c->len = message_len(&k->plan, c->number);
    c->bytes = malloc(2 * (size_t)c->len);
    if (!c->bytes)
        die("message of %u bytes: %m", c->len);
    message_fill(&k->plan, c->number, c->bytes, c->len);
}

static bool conn_connected(struct client *k, struct client_conn *c)
{
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error) {
        conn_close(k, c, strerror(error));
        return false;
    }
    c->connected = true;
    conn_next(k, c);
    return true;
}

/* NULL, or why the connection is of no more use. */
static const char *conn_send(struct client *k, struct client_conn *c)
{
    while (c->sent < c->len) {
        ssize_t n = send(c->fd, c->bytes + c->sent, c->len - c->sent, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR ? NULL : strerror(errno);
        c->sent += (uint32_t)n;
        k->bytes_out += (uint64_t)n;
    }
    return NULL;
}

static const char *conn_judge(struct client *k, struct client_conn *c)
{
    if (c->sent < c->len) /* the last byte back before it went out */
        return "answered before it was sent";
    if (!message_answered(&k->plan, c->number, c->bytes, c->bytes + c->len, c->len))
        return "the answer differs";
    k->answered++;
    k->bytes += c->len;
    conn_next(k, c);
    return NULL;
}

static const char *conn_receive(struct client *k, struct client_conn *c)
{
    while (!c->closing) {
        ssize_t n = recv(c->fd, c->bytes + c->len + c->received, c->len - c->received, 0);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR ? NULL : strerror(errno);
        if (n == 0)
            return "closed by the server";
        c->received += (uint32_t)n;
        k->bytes_in += (uint64_t)n;
        const char *why = c->received == c->len ? conn_judge(k, c) : NULL;
        if (why)
            return why;
        if (c->received == 0 && !c->closing)
            return conn_send(k, c); /* the next message has begun; its answer takes a while */
    }
    return NULL;
}

/* After our FIN: the server's, and not a byte before it. True when the connection is over. */
static bool conn_finish(struct client *k, struct client_conn *c)
{
    uint8_t surplus;
    ssize_t n = recv(c->fd, &surplus, 1, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    conn_close(k, c, n == 0 ? NULL : n > 0 ? "bytes that nobody asked for" : strerror(errno));
    return true;
}

static void conn_step(struct client *k, struct client_conn *c)
{
    if (!c->connected && !conn_connected(k, c))
        return;
    const char *why = conn_send(k, c);
    if (!why)
        why = conn_receive(k, c);
    if (why) {
        conn_close(k, c, why);
        return;
    }
    if (c->closing && conn_finish(k, c))
        return;
    conn_watch(k, c, EPOLLIN | (c->sent < c->len ? EPOLLOUT : 0u));
}

static void run(struct client *k)
{
    struct epoll_event events[EVENTS];
    while (k->open) {
        int n = epoll_wait(k->epoll, events, EVENTS, PATIENCE_MS);
        if (n == 0)
            die("%lu of %lu messages answered, then nothing for %d s", k->answered, k->messages,
                PATIENCE_MS / 1000);
        for (int i = 0; i < n; i++)
            conn_step(k, events[i].data.ptr);
    }
}

int main(int argc, char **argv)
{
    struct client k = options_parse(argc, argv);
    files_raise();
    k.epoll = epoll_create1(EPOLL_CLOEXEC);
    while (k.open < k.connections)
        conn_open(&k);
    run(&k);
    printf("messages=%lu bytes=%lu errors=%lu bytes_in=%lu bytes_out=%lu\n", k.answered, k.bytes,
           k.errors, k.bytes_in, k.bytes_out);
    return k.errors == 0 && k.answered == k.messages ? EXIT_SUCCESS : EXIT_FAILURE;
}
