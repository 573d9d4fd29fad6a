/* SPDX-License-Identifier: BSD-3-Clause */
/* Real pipes and files: a reader that is slow, gone, or not there. */
#include "live/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/lib/check_main.h"

static struct sink *on_fd(int fd)
{
    char where[20];
    struct err e = {0};
    struct sink *s;
    snprintf(where, sizeof where, "fd:%d", fd);
    ck_assert_int_eq(sink_open(where, &s, &e), 0);
    return s;
}

START_TEST(a_file_is_added_to)
{
    char path[] = "/tmp/wb-sink-XXXXXX", text[100];
    struct err e = {0};
    int fd = mkstemp(path);
    for (int i = 0; i < 2; i++) {
        struct sink *s;
        ck_assert_int_eq(sink_open(path, &s, &e), 0);
        sink_line(s, "one", 3);
        sink_line(s, "two", 3);
        ck_assert_uint_eq(sink_close(s, 0), 0);
    }
    ssize_t n = read(fd, text, sizeof text);
    ck_assert_int_eq(n, 16);
    ck_assert_int_eq(memcmp(text, "one\ntwo\none\ntwo\n", 16), 0);
    close(fd);
    unlink(path);
}
END_TEST

/* Lines that were dropped are whole lines, and counted; what arrives is in order. */
START_TEST(a_slow_reader_loses_whole_lines)
{
    enum { LINES = 1000, BYTES = 2000 };
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct sink *s = on_fd(ends[1]);
    char line[BYTES + 1];
    for (int i = 0; i < LINES; i++) {
        memset(line, 'x', BYTES);
        memcpy(line + snprintf(line, sizeof line, "%06d", i), "x", 1);
        sink_line(s, line, BYTES);
    }
    uint64_t dropped = sink_dropped(s), seen = 0;
    ck_assert_uint_gt(dropped, 0);
    ck_assert_uint_lt(dropped, LINES);
    FILE *in = fdopen(ends[0], "r");
    char got[BYTES + 10];
    for (int last = -1; seen < LINES - dropped && fgets(got, sizeof got, in); seen++) {
        int number = atoi(got);
        ck_assert_uint_eq(strlen(got), BYTES + 1);
        ck_assert_int_gt(number, last);
        last = number;
        sink_pump(s);
    }
    ck_assert_uint_eq(seen + dropped, LINES);
    sink_line(s, "again", 5);
    ck_assert_ptr_nonnull(fgets(got, sizeof got, in));
    ck_assert_str_eq(got, "again\n");
    ck_assert_uint_eq(sink_close(s, 0), dropped);
    close(ends[1]);
    fclose(in);
}
END_TEST

START_TEST(a_reader_that_goes_away_ends_it)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    struct sink *s = on_fd(ends[1]);
    sink_line(s, "one", 3);
    ck_assert_int_eq(sink_ended(s), 0);
    close(ends[0]);
    sink_line(s, "two", 3);
    ck_assert_int_eq(sink_ended(s), EPIPE);
    sink_line(s, "three", 5);
    ck_assert_uint_eq(sink_close(s, 100), 2);
    close(ends[1]);
}
END_TEST

START_TEST(a_full_disk_ends_it)
{
    struct err e = {0};
    struct sink *s;
    ck_assert_int_eq(sink_open("/dev/full", &s, &e), 0);
    sink_line(s, "one", 3);
    ck_assert_int_eq(sink_ended(s), ENOSPC);
    ck_assert_uint_eq(sink_close(s, 100), 1);
}
END_TEST

static void refused(const char *where, enum exit_code code, const char *message)
{
    struct err e = {0};
    struct sink *s;
    ck_assert_int_lt(sink_open(where, &s, &e), 0);
    ck_assert_int_eq(e.exit_code, (int)code);
    ck_assert_str_eq(e.message, message);
}

START_TEST(what_cannot_be_written)
{
    char dir[] = "/tmp/wb-sink-XXXXXX", path[60], text[200];
    refused("/nowhere/at/all", EXIT_ENVIRONMENT,
            "json_stream = \"/nowhere/at/all\": No such file or directory");
    refused("fd:999", EXIT_USAGE, "json_stream = \"fd:999\": descriptor 999 is not open");
    int fd = open("/dev/null", O_RDONLY);
    snprintf(path, sizeof path, "fd:%d", fd);
    snprintf(text, sizeof text, "json_stream = \"%s\": open for reading only", path);
    refused(path, EXIT_USAGE, text);
    close(fd);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/fifo", dir);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    snprintf(text, sizeof text,
             "json_stream = \"%s\": nobody reads this pipe: expected a reader first", path);
    refused(path, EXIT_ENVIRONMENT, text);
    unlink(path);
    rmdir(dir);
}
END_TEST

CHECK_MAIN("live/sink", a_file_is_added_to, a_slow_reader_loses_whole_lines,
           a_reader_that_goes_away_ends_it, a_full_disk_ends_it, what_cannot_be_written)
