/* SPDX-License-Identifier: BSD-3-Clause */
/* Which files a call names: their order, folders among them, and folders that hold no job. */
#include "run/joblist.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/lib/check_main.h"

static char folder[32];

static void touch(const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
}

static void make_folder(const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(mkdir(path, 0755), 0);
}

static void begin(void)
{
    strcpy(folder, "/tmp/wb-list-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void end(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void assert_path(const struct listed_jobs *list, uint32_t i, const char *name, bool of_folder)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_uint_lt(i, list->count);
    ck_assert_str_eq(list->all[i].path, of_folder ? path : name);
    ck_assert(list->all[i].of_folder == of_folder);
}

START_TEST(test_files_and_folders_in_order)
{
    struct listed_jobs list;
    struct err e = {0};
    begin();
    touch("b.conf");
    touch("a.conf");
    touch("10.conf");
    touch("readme.txt");
    touch(".hidden.conf");
    touch(".conf");
    make_folder("inner");
    make_folder("folder.conf");
    char slash[40], *names[] = {"z.conf", folder, "a", slash};
    snprintf(slash, sizeof slash, "%s/", folder);
    ck_assert_msg(listed_jobs_make(&list, names, 4, &e) == 0, "%s", e.message);
    ck_assert_uint_eq(list.count, 8);
    assert_path(&list, 0, "z.conf", false);
    assert_path(&list, 1, "10.conf", true);
    assert_path(&list, 2, "a.conf", true);
    assert_path(&list, 3, "b.conf", true);
    assert_path(&list, 4, "a", false); /* what is there is for who reads it to say */
    assert_path(&list, 7, "b.conf", true);
    listed_jobs_free(&list);
    end();
}
END_TEST

static void assert_refused(const char *expected)
{
    struct listed_jobs list;
    struct err e = {0};
    char message[300], *names[] = {folder};
    snprintf(message, sizeof message, "%s%s", folder, expected);
    ck_assert_int_lt(listed_jobs_make(&list, names, 1, &e), 0);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    ck_assert_str_eq(e.message, message);
    listed_jobs_free(&list);
}

START_TEST(test_a_folder_without_a_job)
{
    begin();
    assert_refused(": no job in this folder: expected *.conf in it");
    touch("x.txt");
    make_folder("b");
    make_folder("a");
    assert_refused(": no job in this folder: expected *.conf in it, or one of its folders (a, b),"
                   " which are not looked into");
    end();
}
END_TEST

START_TEST(test_a_folder_that_cannot_be_read)
{
    begin();
    if (geteuid() == 0) { /* root reads everything */
        end();
        return;
    }
    chmod(folder, 0);
    assert_refused(": cannot read the folder: Permission denied");
    chmod(folder, 0700);
    end();
}
END_TEST

CHECK_MAIN("run/joblist", test_files_and_folders_in_order, test_a_folder_without_a_job,
           test_a_folder_that_cannot_be_read)
