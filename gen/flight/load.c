/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "flight/file.h"
#include "flight/sum.h"

static size_t padded(uint32_t bytes)
{
    return ((size_t)bytes + 7) & ~(size_t)7;
}

static int check_head(const struct flight_head *h, size_t len, const char *name, struct err *e)
{
    if (len < sizeof h->magic || memcmp(h->magic, FLIGHT_MAGIC, sizeof h->magic))
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "%s: not a recording: expected a file that begins with " FLIGHT_MAGIC, name);
    if (len < sizeof *h)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s: cut off: %zu bytes, expected a head of %zu",
                       name, len, sizeof *h);
    if (h->version != FLIGHT_VERSION || h->head_bytes != sizeof *h)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "%s: a recording of version %u: expected version %d", name, h->version,
                       FLIGHT_VERSION);
    size_t wanted = sizeof *h + padded(h->job_bytes) + h->tape_bytes;
    if (len != wanted)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "%s: %zu bytes, expected %zu: cut off, or added to", name, len, wanted);
    return 0;
}

static int check_sum(const struct flight_head *h, const uint8_t *bytes, size_t len,
                     const char *name, struct err *e)
{
    size_t from = offsetof(struct flight_head, sum) + sizeof h->sum;
    uint64_t body = sum_add(SUM_START, bytes + sizeof *h, len - sizeof *h);
    uint64_t sum = sum_add(SUM_START, bytes + from, sizeof *h - from);
    sum = sum_add(sum, &body, sizeof body);
    if (sum == h->sum)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "%s: damaged: its checksum is %016llx, expected %016llx", name,
                   (unsigned long long)sum, (unsigned long long)h->sum);
}

static int check_fields(struct flight_head *h, const char *name, struct err *e)
{
    h->uuid[sizeof h->uuid - 1] = h->build[sizeof h->build - 1] = 0;
    if (h->scope > FLIGHT_WHOLE || h->why > RESULT_COUNT || !h->workers ||
        h->worker >= h->workers || h->mtu < 68)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "%s: scope %u, reason %u, worker %u of %u, MTU %u: expected a recording of "
                       "this program", name, h->scope, h->why, h->worker, h->workers, h->mtu);
    return 0;
}

int flight_parse(struct flight_file *f, const uint8_t *bytes, size_t len, const char *name,
                 struct err *e)
{
    size_t bad;
    *f = (struct flight_file){0};
    memcpy(&f->head, bytes, len < sizeof f->head ? len : sizeof f->head);
    int rc = check_head(&f->head, len, name, e);
    if (!rc)
        rc = check_sum(&f->head, bytes, len, name, e);
    if (!rc)
        rc = check_fields(&f->head, name, e);
    if (rc)
        return rc;
    f->job = (const char *)bytes + sizeof f->head;
    f->tape = (struct tape){.spans = {bytes + sizeof f->head + padded(f->head.job_bytes)},
                            .bytes = {f->head.tape_bytes},
                            .count = 1};
    if (tape_check(&f->tape, &bad))
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL, "%s: byte %zu of the tape: expected a record", name, bad);
}

static int read_all(FILE *in, uint8_t **bytes, size_t *len)
{
    struct stat st;
    if (fstat(fileno(in), &st))
        return -errno;
    if (!S_ISREG(st.st_mode) || st.st_size > FLIGHT_FILE_MAX)
        return -EFBIG;
    *len = (size_t)st.st_size;
    *bytes = malloc(*len + 1);
    if (!*bytes)
        return -ENOMEM;
    return fread(*bytes, 1, *len, in) == *len ? 0 : -EIO;
}

int flight_load(struct flight_file *f, const char *path, struct err *e)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    FILE *in = fopen(path, "rb");
    int rc = in ? read_all(in, &bytes, &len) : -errno;
    if (in)
        fclose(in);
    if (rc)
        err_set(e, EXIT_USAGE, rc, "%s: cannot be read: %s", path,
                rc == -EFBIG ? "expected a file of at most 1 GiB" : strerror(-rc));
    else
        rc = flight_parse(f, bytes, len, path, e);
    if (rc)
        free(bytes);
    else
        f->bytes = bytes;
    return rc;
}

void flight_unload(struct flight_file *f)
{
    free(f->bytes);
    f->bytes = NULL;
}
