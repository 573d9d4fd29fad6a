/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/units.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct row {
    const char *text;
    int ret;
    uint64_t value;
};

static void check_rows(int (*parse)(const char *, uint64_t *), const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t got = 4711;
        int ret = parse(rows[i].text, &got);
        ck_assert_msg(ret == rows[i].ret, "\"%s\" returned %d", rows[i].text, ret);
        ck_assert_msg(got == (ret ? 4711 : rows[i].value), "\"%s\" is %" PRIu64, rows[i].text, got);
    }
}

START_TEST(counts_are_exact)
{
    static const struct row rows[] = {
        {"0", 0, 0},
        {"20000", 0, 20000},
        {"20,000", 0, 20000},
        {"1,234,567", 0, 1234567},
        {"10k", 0, 10000},
        {"10K", 0, 10000},
        {"1M", 0, 1000000},
        {"2G", 0, 2000000000},
        {" 10 k ", 0, 10000},
        {"1.5k", 0, 1500},
        {"1.50k", 0, 1500},
        {"007", 0, 7},
        {"18446744073709551615", 0, UINT64_MAX},
        {"18446744073709551616", -ERANGE, 0},
        {"99999999999999999999999999999999999999999", -ERANGE, 0},
        {"18446744073710G", -ERANGE, 0},
        {"", -EINVAL, 0},
        {" ", -EINVAL, 0},
        {"many", -EINVAL, 0},
        {"-1", -EINVAL, 0},
        {"+1", -EINVAL, 0},
        {"1.5", -EINVAL, 0},
        {"1.0001k", -EINVAL, 0},
        {"1.", -EINVAL, 0},
        {".5k", -EINVAL, 0},
        {"10 k x", -EINVAL, 0},
        {"10kk", -EINVAL, 0},
        {"10m", -EINVAL, 0},
        {"0x10", -EINVAL, 0},
        {"1e3", -EINVAL, 0},
        {"20,00", -EINVAL, 0},
        {"20,0000", -EINVAL, 0},
        {"2000,000", -EINVAL, 0},
        {",000", -EINVAL, 0},
        {"20,", -EINVAL, 0},
        {"1,000,", -EINVAL, 0},
        {"10KiB", -EINVAL, 0},
        {"k", -EINVAL, 0},
        {"1 000", -EINVAL, 0},
    };
    check_rows(units_parse_count, rows, COUNT(rows));
}
END_TEST

START_TEST(bytes_are_exact)
{
    static const struct row rows[] = {
        {"64", 0, 64},
        {"64B", 0, 64},
        {"64 B", 0, 64},
        {"64KiB", 0, 65536},
        {"1MiB", 0, 1 << 20},
        {"2GiB", 0, 2ull << 30},
        {"1.5KiB", 0, 1536},
        {"0.5KiB", 0, 512},
        {"10,240", 0, 10240},
        {"17179869184GiB", -ERANGE, 0},
        {"17179869183GiB", 0, 17179869183ull << 30},
        {"64k", -EINVAL, 0},
        {"64K", -EINVAL, 0},
        {"1M", -EINVAL, 0},
        {"1KB", -EINVAL, 0},
        {"1kib", -EINVAL, 0},
        {"0.3KiB", -EINVAL, 0},
        {"-1B", -EINVAL, 0},
        {"B", -EINVAL, 0},
    };
    check_rows(units_parse_bytes, rows, COUNT(rows));
}
END_TEST

START_TEST(times_are_exact)
{
    static const struct row rows[] = {
        {"10s", 0, 10 * NS_PER_S},
        {"10", 0, 10 * NS_PER_S},
        {"5ms", 0, 5 * NS_PER_MS},
        {"40us", 0, 40000},
        {"7ns", 0, 7},
        {"2min", 0, 120 * NS_PER_S},
        {"1.5s", 0, 1500000000},
        {"0.000000001", 0, 1},
        {"1.5us", 0, 1500},
        {"0", 0, 0},
        {"1h", 0, 3600 * NS_PER_S},
        {"18446744073.709551615s", 0, UINT64_MAX},
        {"18446744073.709551616s", -ERANGE, 0},
        {"6000000h", -ERANGE, 0},
        {"1.5ns", -EINVAL, 0},
        {"0.0000000001s", -EINVAL, 0},
        {"10 seconds", -EINVAL, 0},
        {"10S", -EINVAL, 0},
        {"s", -EINVAL, 0},
        {"-1s", -EINVAL, 0},
        {"1m", -EINVAL, 0},
        {"1s2ms", -EINVAL, 0},
        {"nan", -EINVAL, 0},
        {"inf", -EINVAL, 0},
    };
    check_rows(units_parse_ns, rows, COUNT(rows));
}
END_TEST

START_TEST(bit_rates_are_exact)
{
    static const struct row rows[] = {
        {"9600bit", 0, 9600},          {"1kbit", 0, 1000},        {"100mbit", 0, 100000000},
        {"100 Mbit/s", 0, 100000000},  {"2.5Gbit", 0, 2500000000}, {"1gbit/s", 0, NS_PER_S},
        {"0bit", 0, 0},                {"1.5bit", -EINVAL, 0},    {"1g", -EINVAL, 0},
        {"1GBit", -EINVAL, 0},         {"1MiB", -EINVAL, 0},      {"100", -EINVAL, 0},
    };
    check_rows(units_parse_bit_rate, rows, COUNT(rows));
}
END_TEST

struct real {
    const char *text;
    int ret;
    double value;
};

START_TEST(rates_are_exact)
{
    static const struct real rows[] = {
        {"60000", 0, 60000},     {"60k", 0, 60000},
        {"60000/s", 0, 60000},   {"1.5M/s", 0, 1.5e6},
        {"600/min", 0, 10},      {"100/min", 0, 100.0 / 60},
        {"0.1", 0, 0.1},         {"33.3/s", 0, 33.3},
        {"60 k /s", -EINVAL, 0}, {"60 k/s", 0, 60000},
        {"60,000/s", 0, 60000},  {"1k/min", 0, 1000 / 60.},
        {"max", -EINVAL, 0},     {"10/h", -EINVAL, 0},
        {"10/", -EINVAL, 0},     {"/s", -EINVAL, 0},
        {"-5", -EINVAL, 0},      {"", -EINVAL, 0},
        {"10kk", -EINVAL, 0},    {"99999999999999999999999999", -ERANGE, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double got = -1;
        int ret = units_parse_rate(rows[i].text, &got);
        ck_assert_msg(ret == rows[i].ret, "\"%s\" returned %d", rows[i].text, ret);
        ck_assert_msg(got == (ret ? -1 : rows[i].value), "\"%s\" is %.17g", rows[i].text, got);
    }
}
END_TEST

START_TEST(ratios_are_exact)
{
    static const struct real rows[] = {
        {"5%", 0, 0.05},   {"0.05", 0, 0.05},   {"0.05%", 0, 0.0005},
        {"100 %", 0, 1},   {"0", 0, 0},         {"5 percent", -EINVAL, 0},
        {"%", -EINVAL, 0}, {"-5%", -EINVAL, 0}, {"5%%", -EINVAL, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double got = -1;
        int ret = units_parse_ratio(rows[i].text, &got);
        ck_assert_msg(ret == rows[i].ret, "\"%s\" returned %d", rows[i].text, ret);
        ck_assert_msg(got == (ret ? -1 : rows[i].value), "\"%s\" is %.17g", rows[i].text, got);
    }
}
END_TEST

struct shown {
    uint64_t value;
    const char *text;
};

static void check_shown(char *(*format)(char *, size_t, uint64_t), const struct shown *rows,
                        size_t n)
{
    char buf[64];
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(format(buf, sizeof buf, rows[i].value), rows[i].text);
    ck_assert_ptr_eq(format(buf, 3, 1000000), buf);
    ck_assert_uint_le(strlen(buf), 2);
}

START_TEST(formats_are_exact)
{
    static const struct shown times[] = {
        {0, "0 ns"},
        {842, "842 ns"},
        {999, "999 ns"},
        {1000, "1.00 us"},
        {12345, "12.3 us"},
        {123456, "123 us"},
        {999499, "999 us"},
        {999500, "1.00 ms"},
        {1204000, "1.20 ms"},
        {9995000, "10.0 ms"},
        {9994999, "9.99 ms"},
        {3400000000, "3.40 s"},
        {999949999999, "1000 s"},
        {999499999999, "999 s"},
        {3600 * NS_PER_S, "3600 s"},
        {UINT64_MAX, "18446744074 s"},
    };
    static const struct shown bytes[] = {
        {0, "0 B"},        {640, "640 B"},           {1023, "1023 B"},
        {1024, "1 KiB"},   {1536, "1.5 KiB"},        {12 << 20, "12 MiB"},
        {10239, "10 KiB"}, {(1 << 20) - 1, "1 MiB"}, {UINT64_MAX, "16 EiB"},
    };
    static const struct shown counts[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {1234567, "1,234,567"},
        {UINT64_MAX, "18,446,744,073,709,551,615"},
    };
    check_shown(units_format_ns, times, COUNT(times));
    check_shown(units_format_bytes, bytes, COUNT(bytes));
    check_shown(units_format_count, counts, COUNT(counts));
}
END_TEST

CHECK_MAIN("base/units", counts_are_exact, bytes_are_exact, times_are_exact, bit_rates_are_exact, rates_are_exact,
           ratios_are_exact, formats_are_exact)
