/* SPDX-License-Identifier: BSD-3-Clause */
/* The asking end of the socket. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "live/ctl_socket.h"

#define PATIENCE_S 5

int ctl_find(pid_t *pids, int max)
{
    static const char wanted[] = " @" CTL_NAME;
    char line[512];
    int n = 0;
    FILE *f = fopen("/proc/net/unix", "re");
    while (f && fgets(line, sizeof line, f)) {
        const char *name = strstr(line, wanted);
        unsigned flags;
        if (!name || sscanf(line, "%*s %*x %*x %x", &flags) != 1 ||
            !(flags & 0x10000)) /* it accepts */
            continue;
        pid_t pid = (pid_t)strtol(name + sizeof wanted - 1, NULL, 10);
        if (n < max)
            pids[n] = pid;
        n++;
    }
    if (f)
        fclose(f);
    return n;
}

/* The path of a socket, or "@name" of an abstract one. */
static socklen_t address(const char *socket, struct sockaddr_un *at)
{
    size_t len = strlen(socket);
    if (!len || len >= sizeof at->sun_path)
        return 0;
    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(at->sun_path, socket, len);
    if (*socket == '@')
        at->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

/* Somebody else could have taken the name: the run is of this user or root, and of that process. */
static bool is_trusted(int fd, const char *socket)
{
    struct ucred who;
    socklen_t len = sizeof who;
    static const char ours[] = "@" CTL_NAME;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) ||
        (geteuid() && who.uid && who.uid != geteuid()))
        return false;
    bool named = !strncmp(socket, ours, sizeof ours - 1);
    return !named || who.pid == (pid_t)strtol(socket + sizeof ours - 1, NULL, 10) || who.pid == 0;
}

static int open_socket(const char *path, struct err *e)
{
    struct sockaddr_un at;
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    socklen_t len = address(path, &at);
    if (!len)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "ctl: socket \"%s\": expected @NAME or a path of at most %zu bytes", path,
                       sizeof at.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_set(e, EXIT_ENVIRONMENT, -errno, "ctl: no socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int rc = connect(fd, (struct sockaddr *)&at, len) ? -errno : 0;
    if (!rc && !is_trusted(fd, path))
        rc = -EPERM;
    if (!rc)
        return fd;
    close(fd);
    return err_set(e, EXIT_ENVIRONMENT, rc, "ctl: %s: %s", path,
                   rc == -EPERM ? "somebody else took the name of this run" : strerror(-rc));
}

static ssize_t read_line(int fd, char *reply, size_t size)
{
    size_t len = 0;
    while (len < size) {
        ssize_t n = recv(fd, reply + len, size - len, 0);
        if (n <= 0)
            return n ? -errno : -ECONNRESET;
        len += (size_t)n;
        char *end = memchr(reply, '\n', len);
        if (end) {
            *end = '\0';
            return end - reply;
        }
    }
    return -EMSGSIZE;
}

int ctl_ask(const char *socket, const char *line, char reply[CTL_REPLY_MAX], struct err *e)
{
    int fd = open_socket(socket, e);
    if (fd < 0)
        return fd;
    size_t len = strlen(line);
    ssize_t n =
        send(fd, line, len, MSG_NOSIGNAL) == (ssize_t)len && send(fd, "\n", 1, MSG_NOSIGNAL) == 1
            ? read_line(fd, reply, CTL_REPLY_MAX)
            : -errno;
    close(fd);
    if (n >= 0)
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, (int)n, "ctl: %s: %s", socket,
                   n == -EAGAIN ? "no answer within 5 s" : strerror((int)-n));
}
