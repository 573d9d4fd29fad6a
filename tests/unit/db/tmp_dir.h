/* SPDX-License-Identifier: BSD-3-Clause */
/* A directory of the test's own under $TMPDIR, removed at the end of each test. */
#ifndef TESTS_UNIT_DB_TMP_DIR_H
#define TESTS_UNIT_DB_TMP_DIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct tmp_dir {
    char path[200];
    char file[240]; /* path/results.db */
};

static inline struct tmp_dir tmp_dir_make(void)
{
    struct tmp_dir t;
    const char *base = getenv("TMPDIR");
    snprintf(t.path, sizeof t.path, "%s/wb-test-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(t.path))
        abort();
    snprintf(t.file, sizeof t.file, "%s/results.db", t.path);
    return t;
}

static inline int tmp_dir_remove_one(const char *path, const struct stat *st, int flag,
                                     struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static inline void tmp_dir_remove(struct tmp_dir *t)
{
    nftw(t->path, tmp_dir_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
