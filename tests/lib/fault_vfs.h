/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A disk that fails: a VFS over SQLite's own that counts every write, sync and truncate of any file
 * and fails the n-th of them, once or from then on. A failing write leaves half of its bytes, as a
 * full disk does. Installed, it is the default VFS: nothing under test knows of it.
 */
#ifndef TESTS_LIB_FAULT_VFS_H
#define TESTS_LIB_FAULT_VFS_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>

enum fault_kind { FAULT_IO, FAULT_FULL };

struct fault_vfs {
    sqlite3_vfs vfs; /* first: SQLite hands it back */
    sqlite3_vfs *under;
    enum fault_kind kind;
    int fail_at;      /* the first is 1 */
    bool stays;       /* all later ones fail, too */
    _Atomic int seen; /* writes, syncs and truncates so far */
};

/* One at a time; with no file open. */
void fault_vfs_install(struct fault_vfs *f, enum fault_kind kind, int fail_at, bool stays);
void fault_vfs_remove(struct fault_vfs *f);

#endif
