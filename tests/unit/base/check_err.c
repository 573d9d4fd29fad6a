/* SPDX-License-Identifier: BSD-3-Clause */
/* err and log */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"

START_TEST(first_error_wins)
{
    struct err e = {0};
    ck_assert_int_eq(err_set(&e, EXIT_USAGE, -EINVAL, "%s:%d", "conf/x.conf", 12), -EINVAL);
    ck_assert_int_eq(err_set(&e, EXIT_RUN, -EIO, "later"), -EIO);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    ck_assert_str_eq(e.message, "conf/x.conf:12");
    ck_assert_int_eq(err_set(NULL, EXIT_RUN, -EIO, "nobody listens"), -EIO);
}
END_TEST

START_TEST(long_messages_are_cut)
{
    struct err e = {0};
    err_set(&e, EXIT_USAGE, -EINVAL, "%01000d", 7);
    ck_assert_uint_eq(strlen(e.message), sizeof e.message - 1);
}
END_TEST

START_TEST(levels_are_kept)
{
    char *text;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    struct log log = {LOG_WARN, to};
    log_error(&log, "no %s", "disk");
    log_warn(&log, "slow");
    log_info(&log, "hidden");
    log_debug(&log, "hidden");
    fclose(to);
    ck_assert_str_eq(text, "error: no disk\nwarn: slow\n");
    free(text);
}
END_TEST

START_TEST(levels_are_parsed)
{
    enum log_level level;
    ck_assert_int_eq(log_level_parse("debug", &level), 0);
    ck_assert_int_eq(level, LOG_DEBUG);
    ck_assert_int_eq(log_level_parse("error", &level), 0);
    ck_assert_int_eq(level, LOG_ERROR);
    ck_assert_int_eq(log_level_parse("loud", &level), -EINVAL);
    ck_assert_int_eq(log_level_parse("", &level), -EINVAL);
}
END_TEST

CHECK_MAIN("base/err", first_error_wins, long_messages_are_cut, levels_are_kept, levels_are_parsed)
