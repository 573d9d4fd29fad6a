/* SPDX-License-Identifier: BSD-3-Clause */
/* What people write in job files: numbers with units, addresses, ranges, endpoints; and in lists of
 * arrival times. */
#include <errno.h>
#include <string.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/units.h"
#include "load/arrivals.h"
#include "tests/fuzz/fuzz.h"

static void check_ret(int ret)
{
    FUZZ_CHECK(ret == 0 || ret == -EINVAL || ret == -ERANGE);
}

static void try_units(const char *text)
{
    uint64_t n, again;
    double x;
    char buf[64];
    check_ret(units_parse_bytes(text, &n));
    check_ret(units_parse_ns(text, &n));
    if (units_parse_count(text, &n) == 0)
        FUZZ_CHECK(units_parse_count(units_format_count(buf, sizeof buf, n), &again) == 0 &&
                   again == n);
    if (units_parse_rate(text, &x) == 0)
        FUZZ_CHECK(x >= 0 && x < 1e40);
    if (units_parse_ratio(text, &x) == 0)
        FUZZ_CHECK(x >= 0 && x < 1e40);
}

static void try_formats(const uint8_t *data, size_t size)
{
    char buf[64];
    uint64_t n;
    if (size < sizeof n)
        return;
    memcpy(&n, data, sizeof n);
    FUZZ_CHECK(strlen(units_format_ns(buf, sizeof buf, n)) < 20);
    FUZZ_CHECK(strlen(units_format_bytes(buf, sizeof buf, n)) < 20);
}

static void check_same(struct ip_addr a)
{
    struct ip_addr again;
    char buf[46];
    FUZZ_CHECK(ip_parse(ip_format(buf, sizeof buf, a), &again) == 0 && ip_equal(a, again));
    ip_is_reserved_for_tests(a);
}

static void try_addresses(const char *text)
{
    struct ip_addr a;
    struct ip_range r;
    uint16_t port;
    enum log_level level;
    if (ip_parse(text, &a) == 0)
        check_same(a);
    if (ip_parse_endpoint(text, &a, &port) == 0)
        check_same(a);
    if (ip_parse_range(text, &r) == 0) {
        FUZZ_CHECK(r.count && r.prefix_len <= (ip_is4(r.first) ? 32 : 128));
        check_same(ip_nth(r, r.count - 1));
    }
    log_level_parse(text, &level);
}

/* What is taken is in order, within its bound, and not more than there are lines. */
static void check_list(const struct arrivals *a, const uint8_t *data, size_t size)
{
    uint64_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    FUZZ_CHECK(a->count && a->count <= lines);
    FUZZ_CHECK(a->times_ns[a->count - 1] <= ARRIVALS_END_NS);
    for (uint64_t i = 1; i < a->count; i++)
        FUZZ_CHECK(a->times_ns[i - 1] <= a->times_ns[i]);
}

static void try_arrivals(const uint8_t *data, size_t size)
{
    struct arrivals a = {0};
    char why[100] = "";
    FILE *in = size ? fmemopen((void *)data, size, "r") : NULL;
    if (!in)
        return;
    int ret = arrivals_read(&a, in, "x.csv", why, sizeof why);
    FUZZ_CHECK(ret == 0 || (ret < 0 && !strncmp(why, "x.csv:", 6)));
    if (ret == 0)
        check_list(&a, data, size);
    fclose(in);
    arrivals_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    try_units(text);
    try_addresses(text);
    try_formats(data, size);
    try_arrivals(data, size);
    free(text);
    return 0;
}
