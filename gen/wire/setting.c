/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int setting_write(int dir, const char *path, const char *value)
{
    int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int ret = write(fd, value, strlen(value)) == (ssize_t)strlen(value) ? 0 : -errno;
    close(fd);
    return ret;
}
