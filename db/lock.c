/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

static int cannot_open(const char *path, int error, struct err *e)
{
    if (error == ENOENT || error == ENOTDIR)
        return err_set(e, EXIT_USAGE, -error,
                       "%s: cannot be written: its directory does not exist", path);
    return err_set(e, EXIT_ENVIRONMENT, -error, "%s: cannot be written: %s", path,
                   strerror(error));
}

static int held_by_other(int fd, const char *path, struct err *e)
{
    struct flock other = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    long pid = 0;
    if (!fcntl(fd, F_GETLK, &other) && other.l_type != F_UNLCK)
        pid = other.l_pid;
    return err_set(e, EXIT_ENVIRONMENT, -EBUSY,
                   "%s: process %ld is writing to it: expected no other writer (wait for it, or "
                   "choose another file with --db)",
                   path, pid);
}

/* Whether `fd` still is the file of that name: the last holder may have removed it between our
 * open and our lock. */
static int same_file(int fd, const char *path)
{
    struct stat a, b;
    return !fstat(fd, &a) && !stat(path, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* 0 with the lock, -EAGAIN when the file was replaced meanwhile, or an error. */
static int lock_once(struct db_lock *l, const char *db_path, struct err *e)
{
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (l->fd < 0)
        return cannot_open(db_path, errno, e);
    int ret = 0;
    if (fcntl(l->fd, F_SETLK, &all))
        ret = errno == EAGAIN || errno == EACCES ? held_by_other(l->fd, db_path, e)
                                                 : cannot_open(db_path, errno, e);
    else if (!same_file(l->fd, l->path))
        ret = -EAGAIN;
    if (ret) {
        close(l->fd);
        l->fd = -1;
    }
    return ret;
}

/* Beside the file itself, also where the path is a link to it; NULL: no memory. */
static char *lock_path(const char *db_path)
{
    char *real = realpath(db_path, NULL), *path; /* NULL: not made yet, so no link either */
    if (asprintf(&path, "%s-lock", real ? real : db_path) < 0)
        path = NULL;
    free(real);
    return path;
}

bool lock_is_held(const char *db_path)
{
    struct flock other = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = lock_path(db_path);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    bool held = fd < 0 ? errno != ENOENT : !fcntl(fd, F_GETLK, &other) && other.l_type != F_UNLCK;
    if (fd >= 0)
        close(fd);
    free(path);
    return held;
}

int lock_take(struct db_lock *l, const char *db_path, struct err *e)
{
    l->fd = -1;
    l->path = lock_path(db_path);
    if (!l->path)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "%s: out of memory", db_path);
    int ret;
    do
        ret = lock_once(l, db_path, e);
    while (ret == -EAGAIN);
    return ret;
}

void lock_drop(struct db_lock *l)
{
    if (l->fd >= 0) {
        unlink(l->path);
        close(l->fd);
    }
    free(l->path);
    *l = (struct db_lock){.fd = -1};
}
