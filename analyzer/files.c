/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/files.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

static int fail(struct err *e, const char *what, const char *path)
{
    int ret = errno ? -errno : -EIO;
    return err_set(e, EXIT_ENVIRONMENT, ret, "cannot %s %s: %s", what, path, strerror(-ret));
}

int files_make_dir(const char *path, struct err *e)
{
    char part[4096];
    if (strlen(path) >= sizeof part || !*path)
        return err_set(e, EXIT_USAGE, -EINVAL, "\"%.60s\": expected the path of a folder", path);
    strcpy(part, path);
    for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(part, 0777) && errno != EEXIST)
            return fail(e, "make the folder", part);
        *slash = '/';
    }
    if (mkdir(part, 0777) && errno != EEXIST)
        return fail(e, "make the folder", part);
    struct stat st;
    if (stat(part, &st) || !S_ISDIR(st.st_mode))
        return err_set(e, EXIT_ENVIRONMENT, -ENOTDIR, "%s is not a folder", part);
    return 0;
}

int file_draft_open(struct file_draft *f, const char *dir, const char *name, struct err *e)
{
    f->out = NULL;
    int a = snprintf(f->path, sizeof f->path, "%s/%s", dir, name);
    int b = snprintf(f->draft, sizeof f->draft, "%s/.%s.XXXXXX", dir, name);
    if (a >= (int)sizeof f->path || b >= (int)sizeof f->draft)
        return err_set(e, EXIT_USAGE, -ENAMETOOLONG, "%.80s...: path too long", dir);
    int fd = mkstemp(f->draft);
    if (fd < 0)
        return fail(e, "write", f->path);
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask); /* mkstemp makes it private; a result is an ordinary file */
    f->out = fdopen(fd, "w");
    if (f->out)
        return 0;
    int ret = fail(e, "write", f->path);
    close(fd);
    unlink(f->draft);
    return ret;
}

static int open_in_place(struct file_draft *f, const char *path, struct err *e)
{
    f->draft[0] = '\0';
    snprintf(f->path, sizeof f->path, "%s", path);
    f->out = fopen(path, "w");
    return f->out ? 0 : fail(e, "write", path);
}

int file_draft_open_path(struct file_draft *f, const char *path, struct err *e)
{
    struct stat st;
    char dir[4096];
    const char *slash = strrchr(path, '/');
    f->out = NULL;
    if (strlen(path) >= sizeof dir)
        return err_set(e, EXIT_USAGE, -ENAMETOOLONG, "%.80s...: path too long", path);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(e, EXIT_USAGE, -EISDIR, "%s is a folder: expected the path of a file", path);
    if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return open_in_place(f, path, e);
    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    return file_draft_open(f, slash == path ? "/" : dir, slash ? slash + 1 : path, e);
}

int file_draft_keep(struct file_draft *f, struct err *e)
{
    errno = 0;
    bool bad = ferror(f->out) != 0;
    bad |= fclose(f->out) != 0;
    f->out = NULL;
    if (!bad && (!f->draft[0] || rename(f->draft, f->path) == 0))
        return 0;
    int ret = fail(e, "write", f->path);
    if (f->draft[0])
        unlink(f->draft);
    return ret;
}

void file_draft_drop(struct file_draft *f)
{
    if (!f->out)
        return;
    fclose(f->out);
    f->out = NULL;
    if (f->draft[0])
        unlink(f->draft);
}

int files_copy(const char *from, const char *dir, const char *name, struct err *e)
{
    struct file_draft f;
    char buf[65536];
    FILE *in = fopen(from, "r");
    if (!in)
        return fail(e, "read", from);
    int ret = file_draft_open(&f, dir, name, e);
    for (size_t n; ret == 0 && (n = fread(buf, 1, sizeof buf, in)) > 0;)
        fwrite(buf, 1, n, f.out);
    if (ret == 0 && ferror(in)) {
        ret = fail(e, "read", from);
        file_draft_drop(&f);
    }
    fclose(in);
    return ret ? ret : file_draft_keep(&f, e);
}
