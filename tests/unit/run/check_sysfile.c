/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <stdio.h>
#include <unistd.h>

#include "run/sysfile.h"

static char path[64];

static void write_file(const char *text)
{
    snprintf(path, sizeof path, "/tmp/wbt-sysfile-XXXXXX");
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    ck_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

START_TEST(a_line_comes_without_its_end)
{
    char out[32] = "before";
    write_file("performance \t\nsecond\n");
    ck_assert(sysfile_line(path, out, sizeof out));
    ck_assert_str_eq(out, "performance");
    unlink(path);
}
END_TEST

START_TEST(an_empty_or_missing_file_is_empty)
{
    char out[32] = "before";
    write_file("");
    ck_assert(!sysfile_line(path, out, sizeof out));
    ck_assert_str_eq(out, "");
    unlink(path);
    ck_assert(!sysfile_line(path, out, sizeof out));
    ck_assert(!sysfile_field(path, "key", out, sizeof out));
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(a_field_is_what_stands_behind_the_colon)
{
    char out[32], little[4];
    write_file("HugePages_Total:       7\nmodel name\t: A CPU: fast\nmodel name\t: another\n"
               "no colon\n");
    ck_assert(sysfile_field(path, "HugePages_Total", out, sizeof out));
    ck_assert_str_eq(out, "7");
    ck_assert(sysfile_field(path, "model name", out, sizeof out));
    ck_assert_str_eq(out, "A CPU: fast");
    ck_assert(sysfile_field(path, "model name", little, sizeof little));
    ck_assert_str_eq(little, "A C");
    ck_assert(!sysfile_field(path, "no colon", out, sizeof out));
    unlink(path);
}
END_TEST

CHECK_MAIN("run/sysfile", a_line_comes_without_its_end, an_empty_or_missing_file_is_empty,
           a_field_is_what_stands_behind_the_colon)
