/* SPDX-License-Identifier: BSD-3-Clause */
/* Read-only and full disks. */
#include <errno.h>

#include "tests/lib/check_main.h"
#include "tests/unit/db/opening.h"
#include "tests/unit/db/tmpfs.h"

START_TEST(reads_from_a_read_only_disk)
{
    struct tmp_dir t = tmp_dir_make();
    ck_assert(mount_tmpfs(t.path, "size=4m"));
    db_close(open_well(t.file, DB_CREATE));
    ck_assert_int_eq(mount("none", t.path, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    struct db *db = open_well(t.file, DB_READ);
    ck_assert_int_eq(number(db, "SELECT count(*) AS n FROM run"), 0);
    db_close(db);
    open_badly(t.file, DB_CREATE, -EROFS, EXIT_ENVIRONMENT, "Read-only file system");
    umount(t.path);
    tmp_dir_remove(&t);
}
END_TEST

START_TEST(a_disk_too_full_for_the_schema_leaves_nothing_behind)
{
    struct tmp_dir t = tmp_dir_make();
    ck_assert(mount_tmpfs(t.path, "size=64k"));
    open_badly(t.file, DB_CREATE, -ENOSPC, EXIT_ENVIRONMENT, "full");
    ck_assert(!exists(&t, "") && !exists(&t, "-wal") && !exists(&t, "-lock"));
    umount(t.path);
    tmp_dir_remove(&t);
}
END_TEST

CHECK_MAIN("db/disk", reads_from_a_read_only_disk,
           a_disk_too_full_for_the_schema_leaves_nothing_behind)
