/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include "tests/lib/check_main.h"
#include "tests/unit/db/tmpfs.h"
#include "tests/unit/rec/overfill.h"

START_TEST(a_full_disk_loses_batches_and_nothing_else)
{
    dir = tmp_dir_make();
    ck_assert(mount_tmpfs(dir.path, "size=1m"));
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    overfill(-ENOSPC);
    umount(dir.path);
    tmp_dir_remove(&dir);
}
END_TEST

CHECK_MAIN("rec/disk", a_full_disk_loses_batches_and_nothing_else)
