/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_LEN 100

static uint32_t be32_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void read_fields(const uint8_t *h, struct db_header *out)
{
    uint32_t page = (uint32_t)h[16] << 8 | h[17];
    out->database = !memcmp(h, "SQLite format 3", 16);
    if (!out->database)
        return;
    out->logged = h[18] == 2;
    if (be32_at(h + 24) == be32_at(h + 92)) /* else an old library wrote last: no page count */
        out->said_bytes = (uint64_t)be32_at(h + 28) * (page == 1 ? 65536 : page);
}

int header_read(const char *path, struct db_header *out)
{
    uint8_t h[HEADER_LEN];
    struct stat st;
    *out = (struct db_header){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int ret = fstat(fd, &st) ? -errno : 0;
    out->file_bytes = ret ? 0 : (uint64_t)st.st_size;
    if (!ret && pread(fd, h, sizeof h, 0) == sizeof h)
        read_fields(h, out);
    close(fd);
    return ret;
}

bool header_log_waits(const char *path)
{
    struct stat st;
    char *real = realpath(path, NULL), *wal = NULL;
    bool waits = real && asprintf(&wal, "%s-wal", real) >= 0 && !stat(wal, &st) && st.st_size > 0;
    free(real);
    free(wal);
    return waits;
}
