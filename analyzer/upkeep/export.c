/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --db-export: one run as a file of its own. The run is read in one transaction, so a run that goes
 * on is copied as it is at one moment. The file is made beside its place under another name and
 * only appears when it is whole; it is left in rollback-journal mode: one file, readable anywhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/beside.h"
#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/query.h"
#include "analyzer/upkeep/copy.h"
#include "base/err.h"
#include "base/units.h"

static int write_copy(struct db *from, int64_t run_id, struct db *to, struct err *e)
{
    int64_t copied;
    struct copy *c = NULL;
    int ret = db_begin(to, "export a run", e);
    ret = ret ? ret : copy_open(from, to, &c, e);
    ret = ret ? ret : copy_run(c, run_id, &copied, e);
    copy_close(c);
    ret = ret ? ret : db_commit(to, "export a run", e);
    db_rollback(to);
    return ret ? ret : db_exec(to, "export a run", "PRAGMA journal_mode = DELETE; VACUUM;", e);
}

static int make_draft(struct db *from, int64_t run_id, const char *draft, struct err *e)
{
    struct db *to = NULL;
    int ret = db_open(draft, DB_CREATE, &to, e);
    ret = ret ? ret : write_copy(from, run_id, to, e);
    db_close(to);
    return ret;
}

/* Gives the draft its name, never over a file that is there. */
static int keep_draft(const char *draft, const char *path, struct err *e)
{
    int ret = renameat2(AT_FDCWD, draft, AT_FDCWD, path, RENAME_NOREPLACE) ? -errno : 0;
    if (ret == -EINVAL || ret == -ENOSYS) /* a file system that cannot promise it */
        ret = !access(path, F_OK) ? -EEXIST : rename(draft, path) ? -errno : 0;
    if (ret == -EEXIST)
        return err_set(e, EXIT_USAGE, ret, "%s: is there already: expected the name of a new file",
                       path);
    return ret ? err_set(e, EXIT_ENVIRONMENT, ret, "cannot write %s: %s", path, strerror(-ret)) : 0;
}

/* "FOLDER/.NAME.PID.draft" */
static int name_draft(char *draft, size_t size, const char *path, struct err *e)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    int len =
        snprintf(draft, size, "%.*s.%s.%ld.draft", (int)(name - path), path, name, (long)getpid());
    if (!*name || len >= (int)size)
        return err_set(e, EXIT_USAGE, -EINVAL, "\"%.80s\": expected the path of a new file", path);
    return 0;
}

static int export_to(struct db *from, const char *which, const char *path, struct err *e)
{
    char draft[4096];
    int64_t run_id;
    int ret = name_draft(draft, sizeof draft, path, e);
    if (ret == 0 && !access(path, F_OK))
        ret = err_set(e, EXIT_USAGE, -EEXIST,
                      "%s: is there already: expected the name of a new file", path);
    ret = ret ? ret : query_begin(from, e);
    if (ret)
        return ret;
    ret = query_run_find(from, which, &run_id, e);
    if (ret == 0) {
        ret = make_draft(from, run_id, draft, e);
        ret = ret ? ret : keep_draft(draft, path, e);
        unlink(draft); /* gone already when it was kept */
    }
    query_end(from);
    return ret;
}

static void tell(const struct options *o)
{
    char size[32];
    struct stat st;
    if (stat(o->words[1], &st) == 0)
        printf("%s: run %s of %s, %s\n", o->words[1], o->words[0], o->db,
               units_format_bytes(size, sizeof size, (uint64_t)st.st_size));
}

int upkeep_export(const struct options *o, int *code, struct err *e)
{
    struct db *from = NULL;
    (void)code;
    int ret = open_beside_run(o->db, &from, e);
    ret = ret ? ret : export_to(from, o->words[0], o->words[1], e);
    db_close(from);
    if (ret == 0)
        tell(o);
    return ret;
}
