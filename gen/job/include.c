/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The job file and what it includes: which files there are, who includes whom, and from where. A
 * file is read at its include, before all that the including file says itself; so it makes an
 * earlier layer, and the including file wins.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "job/entry.h"

#define CHAIN_MAX 380 /* of the places in a message, so that the reason fits behind them */

/* ---- the places that lead to a file ---- */

static size_t link_print(const struct entries *entries, uint32_t file, char *buf, size_t size)
{
    const struct entry_file *f = &entries->files[file];
    int len = snprintf(buf, size, "%s:%u: include = %s: ", entries->files[f->by].path, f->line,
                       f->given);
    return (size_t)len;
}

/* `a.conf:3: include = b.conf: b.conf:7: include = c.conf: `, without the middle when it is long. */
static const char *chain_print(const struct entries *entries, uint32_t file, char buf[CHAIN_MAX])
{
    uint32_t links[ENTRY_DEEP + 1], count = 0;
    for (uint32_t f = file; entries->files[f].by != ENTRY_NO_FILE; f = entries->files[f].by)
        links[count++] = f;
    size_t used = 0;
    *buf = '\0';
    for (uint32_t i = count; i-- > 0 && used < CHAIN_MAX;)
        used += link_print(entries, links[i], buf + used, CHAIN_MAX - used);
    if (used < CHAIN_MAX || count < 2)
        return buf;
    used = link_print(entries, links[count - 1], buf, CHAIN_MAX / 2 - 8);
    used = used < CHAIN_MAX / 2 - 8 ? used : CHAIN_MAX / 2 - 9;
    used += (size_t)snprintf(buf + used, CHAIN_MAX - used, "... ");
    link_print(entries, links[0], buf + used, CHAIN_MAX - used);
    return buf;
}

static int file_refuse(const struct entries *entries, uint32_t file, int ret, const char *why,
                       struct err *e)
{
    char chain[CHAIN_MAX];
    return err_set(e, EXIT_USAGE, ret, "%s%s", chain_print(entries, file, chain), why);
}

/* What open and read said, unless a message is there already. */
static int file_unread(const struct entries *entries, uint32_t file, int ret, struct err *e)
{
    char chain[CHAIN_MAX];
    return err_set(e, EXIT_USAGE, ret, "%s%s: cannot read the job file: %s",
                   chain_print(entries, file, chain), entries->files[file].path, strerror(-ret));
}

/* ---- a file ---- */

/* Its number; -ENOMEM. Takes `path`. */
static int file_add(struct entries *entries, char *path, const struct entry_file *from)
{
    struct entry_file *f = &entries->files[entries->files_count];
    *f = *from;
    f->path = path;
    f->given = strdup(from->given);
    if (!f->path || !f->given) {
        free(f->path);
        free(f->given);
        return -ENOMEM;
    }
    return (int)entries->files_count++;
}

/* Whether it is one of those that are being read: it would include itself. */
static bool is_circle(const struct entries *entries, uint32_t file)
{
    const struct entry_file *f = &entries->files[file];
    for (uint32_t by = f->by; by != ENTRY_NO_FILE; by = entries->files[by].by)
        if (entries->files[by].device == f->device && entries->files[by].inode == f->inode)
            return true;
    return false;
}

/* Before it is opened, which may do something to a device or wait for a pipe's other end. */
static int file_look(struct entries *entries, uint32_t file, struct err *e)
{
    struct stat st;
    struct entry_file *f = &entries->files[file];
    if (stat(f->path, &st))
        return -errno;
    f->device = st.st_dev;
    f->inode = st.st_ino;
    if (f->by != ENTRY_NO_FILE && !S_ISREG(st.st_mode))
        return file_refuse(entries, file, -EINVAL, "expected a file", e);
    if (is_circle(entries, file))
        return file_refuse(entries, file, -ELOOP,
                           "it is being read already: expected no circle of files", e);
    return 0;
}

static int file_read(struct entries *entries, uint32_t file, struct err *e)
{
    int ret = file_look(entries, file, e);
    FILE *stream = ret ? NULL : fopen(entries->files[file].path, "re");
    if (!ret)
        ret = stream ? entries_parse(entries, file, stream, e) : -errno;
    if (ret < 0) /* the first message wins */
        file_unread(entries, file, ret, e);
    if (stream)
        fclose(stream);
    return ret;
}

static uint32_t depth_of(const struct entries *entries, uint32_t file)
{
    uint32_t depth = 0;
    while ((file = entries->files[file].by) != ENTRY_NO_FILE)
        depth++;
    return depth;
}

/* `given` in the folder of the file that includes it. */
static char *path_beside(const char *path, const char *given)
{
    const char *slash = strrchr(path, '/');
    char *made;
    if (*given == '/' || !slash)
        return strdup(given);
    return asprintf(&made, "%.*s/%s", (int)(slash - path), path, given) < 0 ? NULL : made;
}

int entries_include(struct entries *entries, uint32_t by, uint32_t line, const char *given,
                    struct err *e)
{
    const struct entry_file from = {.by = by, .line = line, .given = (char *)given};
    if (entries->files_count == ENTRY_FILES)
        return err_set(e, EXIT_USAGE, -E2BIG, "%s:%u: include = %s: expected at most %d files",
                       entries->files[by].path, line, given, ENTRY_FILES);
    int file = file_add(entries, path_beside(entries->files[by].path, given), &from);
    if (file < 0)
        return err_set(e, EXIT_ENVIRONMENT, file, "no memory for the job");
    if (depth_of(entries, (uint32_t)file) > ENTRY_DEEP)
        return file_refuse(entries, (uint32_t)file, -ELOOP,
                           "expected at most 8 files one inside the other", e);
    return file_read(entries, (uint32_t)file, e);
}

int entries_read_file(struct entries *entries, const char *path, struct err *e)
{
    const struct entry_file from = {.by = ENTRY_NO_FILE, .given = (char *)""};
    int file = file_add(entries, strdup(path), &from);
    if (file < 0)
        return err_set(e, EXIT_ENVIRONMENT, file, "no memory for the job");
    return file_read(entries, (uint32_t)file, e);
}
