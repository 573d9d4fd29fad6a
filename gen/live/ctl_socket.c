/* SPDX-License-Identifier: BSD-3-Clause */
#include "live/ctl_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "live/ctl_parse.h"

#define CLIENTS      8
#define LINES_A_POLL 4 /* of one client, so that none keeps the run from its own affairs */

struct client {
    int fd;         /* below 0: none */
    uint64_t since; /* number of its arrival */
    size_t len;
    char text[CTL_LINE_MAX];
};

struct ctl_server {
    int fd;
    uint64_t arrived;
    ctl_answer *answer;
    void *ctx;
    struct client clients[CLIENTS];
};

static int listen_as(pid_t pid)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int len = snprintf(at.sun_path + 1, sizeof at.sun_path - 1, CTL_NAME "%d", (int)pid);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
    if (!bind(fd, (struct sockaddr *)&at, size) && !listen(fd, CLIENTS))
        return fd;
    int rc = -errno;
    close(fd);
    return rc;
}

int ctl_listen(ctl_answer *answer, void *ctx, struct ctl_server **out)
{
    struct ctl_server *s = calloc(1, sizeof *s);
    int fd = s ? listen_as(getpid()) : -ENOMEM;
    if (fd < 0) {
        free(s);
        return fd;
    }
    s->fd = fd, s->answer = answer, s->ctx = ctx;
    for (int i = 0; i < CLIENTS; i++)
        s->clients[i].fd = -1;
    *out = s;
    return 0;
}

static void leave(struct client *c)
{
    close(c->fd);
    *c = (struct client){.fd = -1};
}

/* Root, or the user that the run belongs to. */
static bool is_ours(int fd)
{
    struct ucred who;
    socklen_t len = sizeof who;
    return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) &&
           (who.uid == 0 || who.uid == geteuid());
}

/* A free place, or that of whoever came first. */
static struct client *place(struct ctl_server *s)
{
    struct client *oldest = &s->clients[0];
    for (int i = 0; i < CLIENTS; i++) {
        if (s->clients[i].fd < 0)
            return &s->clients[i];
        if (s->clients[i].since < oldest->since)
            oldest = &s->clients[i];
    }
    leave(oldest);
    return oldest;
}

static void take_arrivals(struct ctl_server *s)
{
    static const char refused[] = "{\"ok\":false,\"error\":\"this run belongs to another user\"}\n";
    for (int i = 0; i < CLIENTS; i++) {
        int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        if (!is_ours(fd)) {
            ssize_t n = send(fd, refused, sizeof refused - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
            (void)n;
            close(fd);
            continue;
        }
        *place(s) = (struct client){.fd = fd, .since = ++s->arrived};
    }
}

/* One that does not read its answers loses the connection. */
static bool answer_line(struct ctl_server *s, struct client *c, size_t len)
{
    char *text = NULL;
    size_t size;
    FILE *reply = open_memstream(&text, &size);
    if (!reply)
        return false;
    s->answer(c->text, len, reply, s->ctx);
    fputc('\n', reply);
    bool sent =
        !fclose(reply) && send(c->fd, text, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
    free(text);
    return sent;
}

static bool answer_lines(struct ctl_server *s, struct client *c)
{
    char *end;
    bool stays = true;
    for (int n = 0; stays && n < LINES_A_POLL && (end = memchr(c->text, '\n', c->len)) != NULL;
         n++) {
        size_t used = (size_t)(end - c->text) + 1;
        stays = answer_line(s, c, used - 1);
        c->len -= used;
        memmove(c->text, c->text + used, c->len);
    }
    if (stays && c->len == sizeof c->text && !memchr(c->text, '\n', c->len)) {
        answer_line(s, c, c->len); /* too long: the answer says so */
        stays = false;
    }
    return stays;
}

static void serve(struct ctl_server *s, struct client *c)
{
    ssize_t n = c->len < sizeof c->text
                    ? recv(c->fd, c->text + c->len, sizeof c->text - c->len, MSG_DONTWAIT)
                    : -1;
    bool full = c->len == sizeof c->text;
    if (n > 0)
        c->len += (size_t)n;
    bool gone = !full && (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR));
    if (!answer_lines(s, c) || gone)
        leave(c);
}

void ctl_poll(struct ctl_server *s)
{
    take_arrivals(s);
    for (int i = 0; i < CLIENTS; i++)
        if (s->clients[i].fd >= 0)
            serve(s, &s->clients[i]);
}

void ctl_close(struct ctl_server *s)
{
    if (!s)
        return;
    for (int i = 0; i < CLIENTS; i++)
        if (s->clients[i].fd >= 0)
            leave(&s->clients[i]);
    close(s->fd);
    free(s);
}
