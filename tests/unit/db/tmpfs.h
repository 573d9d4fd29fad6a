/* SPDX-License-Identifier: BSD-3-Clause */
/* A small disk of the test's own: tmpfs in a mount namespace of the calling process. A test program
 * that includes this needs the privilege, or is skipped as a whole (exit 77). */
#ifndef TESTS_UNIT_DB_TMPFS_H
#define TESTS_UNIT_DB_TMPFS_H

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool mount_tmpfs(const char *path, const char *options)
{
    return !unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
           !mount("none", path, "tmpfs", 0, options);
}

__attribute__((constructor)) static void need_mounts(void)
{
    int status = 1;
    pid_t pid = fork();
    if (!pid)
        _exit(mount_tmpfs("/tmp", "size=64k") ? 0 : errno);
    if (pid > 0)
        waitpid(pid, &status, 0);
    if (!status)
        return;
    printf("skipped: a mount of its own needs root (CAP_SYS_ADMIN): %s\n",
           strerror(WEXITSTATUS(status)));
    fflush(stdout);
    _exit(77);
}

#endif
