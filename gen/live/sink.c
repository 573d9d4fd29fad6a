/* SPDX-License-Identifier: BSD-3-Clause */
#include "live/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

#define CLOSE_POLL_MS 10

struct sink {
    int fd, error;
    bool own;        /* opened here */
    size_t from, to; /* what waits, in bytes of `text` */
    uint64_t dropped;
    char text[SINK_BYTES];
};

static int open_number(const char *where, int fd, struct err *e)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return err_set(e, EXIT_USAGE, -EBADF, "json_stream = \"%s\": descriptor %d is not open",
                       where, fd);
    if ((flags & O_ACCMODE) == O_RDONLY)
        return err_set(e, EXIT_USAGE, -EBADF, "json_stream = \"%s\": open for reading only", where);
    return fd;
}

/* A pipe with a name that nobody reads yet would hold the run up: refused. */
static int open_file(const char *where, struct err *e)
{
    int fd = open(where, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0644);
    if (fd >= 0)
        return fd;
    return err_set(e, EXIT_ENVIRONMENT, -errno, "json_stream = \"%s\": %s", where,
                   errno == ENXIO ? "nobody reads this pipe: expected a reader first"
                                  : strerror(errno));
}

int sink_open(const char *where, struct sink **out, struct err *e)
{
    bool number = !strcmp(where, "-") || !strncmp(where, "fd:", 3);
    int fd = number ? open_number(where, *where == '-' ? STDOUT_FILENO : atoi(where + 3), e)
                    : open_file(where, e);
    struct sink *s = fd < 0 ? NULL : malloc(sizeof *s);
    if (fd < 0)
        return fd;
    if (!s) {
        if (!number)
            close(fd);
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory for the JSON stream");
    }
    s->fd = fd, s->own = !number;
    s->error = 0, s->from = s->to = 0, s->dropped = 0;
    *out = s;
    return 0;
}

void sink_line(struct sink *s, const char *text, size_t len)
{
    if (s->from && s->to + len + 1 > sizeof s->text) {
        memmove(s->text, s->text + s->from, s->to - s->from);
        s->to -= s->from;
        s->from = 0;
    }
    if (s->error || s->to + len + 1 > sizeof s->text) {
        s->dropped++;
        return;
    }
    memcpy(s->text + s->to, text, len);
    s->to += len;
    s->text[s->to++] = '\n';
    sink_pump(s);
}

/* A descriptor that others share stays as blocking as it is: what a pipe that polls writable takes
 * without waiting is PIPE_BUF bytes (pipe(7)). */
static bool takes_more(const struct sink *s, int wait_ms)
{
    struct pollfd p = {.fd = s->fd, .events = POLLOUT};
    return poll(&p, 1, wait_ms) == 1;
}

static void pump(struct sink *s, int wait_ms)
{
    while (!s->error && s->from < s->to && takes_more(s, wait_ms)) {
        size_t len = s->to - s->from;
        ssize_t n = write(s->fd, s->text + s->from, len < PIPE_BUF ? len : PIPE_BUF);
        if (n > 0)
            s->from += (size_t)n;
        else if (errno == EAGAIN || errno == EINTR)
            break;
        else
            s->error = n ? errno : EIO;
    }
    if (s->from == s->to)
        s->from = s->to = 0;
}

void sink_pump(struct sink *s)
{
    pump(s, 0);
}

uint64_t sink_dropped(const struct sink *s)
{
    return s->dropped;
}

int sink_ended(const struct sink *s)
{
    return s->error;
}

static uint64_t lines_left(const struct sink *s)
{
    uint64_t lines = 0;
    for (size_t i = s->from; i < s->to; i++)
        lines += s->text[i] == '\n';
    return lines;
}

uint64_t sink_close(struct sink *s, int wait_ms)
{
    for (int waited = 0; s->from < s->to && !s->error && waited < wait_ms; waited += CLOSE_POLL_MS)
        pump(s, CLOSE_POLL_MS);
    uint64_t lost = s->dropped + lines_left(s);
    if (s->own)
        close(s->fd);
    free(s);
    return lost;
}
