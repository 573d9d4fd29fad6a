/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/arrivals.h"
#include "tests/lib/check_main.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int read_text(const char *text, size_t len, struct arrivals *a, char why[200])
{
    char buf[400];
    memcpy(buf, text, len);
    FILE *in = fmemopen(buf, len ? len : 1, "r");
    if (!len)
        fgetc(in);
    *why = '\0';
    int ret = arrivals_read(a, in, "x.csv", why, 200);
    fclose(in);
    return ret;
}

static void reads(const char *text, bool sorted, uint64_t count, const uint64_t *times)
{
    struct arrivals a = {0};
    char why[200];
    ck_assert_msg(read_text(text, strlen(text), &a, why) == 0, "%s: %s", text, why);
    ck_assert_uint_eq(a.count, count);
    ck_assert_mem_eq(a.times_ns, times, count * sizeof *times);
    ck_assert_int_eq(a.was_sorted, sorted);
    arrivals_free(&a);
}

#define TIMES(...)                                                                                 \
    (const uint64_t[])                                                                             \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

START_TEST(seconds_and_ns)
{
    reads("0\n", true, 1, TIMES(0));
    reads("time_s\n0\n0.000000001\n1.5\n1.5\n2592000", true, 5,
          TIMES(0, 1, 1500000000, 1500000000, 2592000000000000));
    reads("1e-3\n2E+0\n", true, 2, TIMES(1000000, 2000000000));
    reads("intended_ns\n7\n9007199254740\n", true, 2, TIMES(7, 9007199254740));
    reads("\xef\xbb\xbf time_s \r\n\t1 \r\n", true, 1, TIMES(1000000000));
    reads("1234567.123456789\n", true, 1, TIMES(1234567123456789));
}
END_TEST

START_TEST(put_in_order)
{
    reads("3\n1\n2\n1\n", false, 4, TIMES(1000000000, 1000000000, 2000000000, 3000000000));
}
END_TEST

static const struct {
    const char *text, *why;
} wrong[] = {
    {"", "x.csv: holds no arrival: expected a column time_s or intended_ns"},
    {"time_s\n", "x.csv: holds no arrival: expected a column time_s or intended_ns"},
    {"1\n\n2\n", "x.csv:2: \"\": "},
    {"1\nnan\n", "x.csv:2: \"nan\": "},
    {"inf\n", "x.csv:1: \"inf\": "},
    {"1e999\n", "x.csv:1: \"1e999\": "},
    {"0x10\n", "x.csv:1: \"0x10\": "},
    {"-1\n", "x.csv:1: \"-1\": "},
    {"-0\n", "x.csv:1: \"-0\": "},
    {"1.5.5\n", "x.csv:1: \"1.5.5\": "},
    {"1,2\n", "x.csv:1: \"1,2\": "},
    {"1 2\n", "x.csv:1: \"1 2\": "},
    {"time_ms\n1\n", "x.csv:1: \"time_ms\": "},
    {"1\ntime_s\n", "x.csv:2: \"time_s\": "},
    {"2592000.000001\n", "x.csv:1: \"2592000.000001\": "},
    {"1700000000.5\n", "x.csv:1: \"1700000000.5\": "}, /* Unix time is no offset */
    {"intended_ns\n1.5\n", "x.csv:2: \"1.5\": "},
    {"intended_ns\n+1\n", "x.csv:2: \"+1\": "},
    {"intended_ns\n2592000000000001\n", "x.csv:2: \"2592000000000001\": "},
    {"intended_ns\n18446744073709551616\n", "x.csv:2: \"18446744073709551616\": "},
};

START_TEST(what_is_wrong_is_named_with_its_line)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct arrivals a = {0};
        char why[200];
        int ret = read_text(wrong[i].text, strlen(wrong[i].text), &a, why);
        ck_assert_msg(ret == -EINVAL, "%s: %d", wrong[i].text, ret);
        ck_assert_msg(!strncmp(why, wrong[i].why, strlen(wrong[i].why)), "%s", why);
        arrivals_free(&a);
    }
    struct arrivals a = {0};
    char why[200];
    ck_assert_int_eq(read_text("1\n2\0002\n", 7, &a, why), -EINVAL);
    ck_assert_ptr_nonnull(strstr(why, "x.csv:2: "));
    ck_assert_ptr_nonnull(strstr(why, "NUL"));
    arrivals_free(&a);
}
END_TEST

START_TEST(hashes_tell_lists_apart)
{
    static const char *const texts[] = {"1\n", "2\n", "1\n1\n", "1\n2\n", "0\n", "0\n0\n"};
    uint64_t hashes[6];
    for (int i = 0; i < 6; i++) {
        struct arrivals a = {0};
        char why[200];
        ck_assert_int_eq(read_text(texts[i], strlen(texts[i]), &a, why), 0);
        hashes[i] = arrivals_hash(&a);
        for (int j = 0; j < i; j++)
            ck_assert_uint_ne(hashes[i], hashes[j]);
        arrivals_free(&a);
    }
}
END_TEST

START_TEST(grows_and_has_an_end)
{
    struct arrivals a = {0};
    for (uint64_t i = 0; i < 100000; i++)
        ck_assert_int_eq(arrivals_add(&a, 100000 - i), 0);
    arrivals_sort(&a);
    ck_assert(!a.was_sorted && a.count == 100000);
    for (uint64_t i = 0; i < a.count; i++)
        ck_assert_uint_eq(a.times_ns[i], i + 1);
    ck_assert_int_eq(arrivals_reserve(&a, ARRIVALS_MOST + 1), -E2BIG);
    a.count = ARRIVALS_MOST;
    ck_assert_int_eq(arrivals_add(&a, 1), -E2BIG);
    arrivals_free(&a);
}
END_TEST

CHECK_MAIN("load/arrivals", seconds_and_ns, put_in_order, what_is_wrong_is_named_with_its_line,
           hashes_tell_lists_apart, grows_and_has_an_end)
