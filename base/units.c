/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A number is kept as an exact decimal (digits and decimals) until its unit is known; only rates
 * and ratios become doubles, in one division.
 */
#include "base/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 22 /* times the largest unit this stays below 2^128 */

struct decimal {
    unsigned __int128 digits;
    unsigned decimals; /* value = digits / 10^decimals */
};

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit count_units[] = {
    {"", 1}, {"k", 1000}, {"K", 1000}, {"M", 1000000}, {"G", 1000000000}, {NULL, 0},
};
static const struct unit byte_units[] = {
    {"", 1}, {"B", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {NULL, 0},
};
static const struct unit time_units[] = {
    {"", NS_PER_S},         {"ns", 1},       {"us", NS_PER_US},
    {"ms", NS_PER_MS},      {"s", NS_PER_S}, {"min", 60 * NS_PER_S},
    {"h", 3600 * NS_PER_S}, {NULL, 0},
};
/* Decimal, as line rates are. */
static const struct unit bit_units[] = {
    {"bit", 1},          {"bit/s", 1},          {"kbit", 1000},       {"kbit/s", 1000},
    {"Mbit", 1000000},   {"Mbit/s", 1000000},   {"mbit", 1000000},    {"mbit/s", 1000000},
    {"Gbit", NS_PER_S},  {"Gbit/s", NS_PER_S},  {"gbit", NS_PER_S},   {"gbit/s", NS_PER_S},
    {NULL, 0},
};
/* What a rate may be per, in seconds. */
static const struct unit period_units[] = {{"", 1}, {"/s", 1}, {"/min", 60}, {NULL, 0}};

static const char *skip_spaces(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

static int add_digit(struct decimal *d, char c)
{
    unsigned __int128 limit = 1;
    for (int i = 1; i < DIGITS_MAX; i++)
        limit *= 10;
    if (d->digits >= limit)
        return -ERANGE;
    d->digits = d->digits * 10 + (unsigned)(c - '0');
    return 0;
}

static int read_digits(const char **p, struct decimal *d)
{
    int ret = 0;
    if (!isdigit((unsigned char)**p))
        return -EINVAL;
    for (; isdigit((unsigned char)**p); ++*p)
        ret = ret ? ret : add_digit(d, **p);
    return ret;
}

/* 20,000: once there is a comma, groups of exactly three follow a first one of one to three. */
static int read_whole(const char **p, struct decimal *d)
{
    const char *start = *p;
    int ret = read_digits(p, d);
    if (ret == -EINVAL || **p != ',')
        return ret;
    if (*p - start > 3)
        return -EINVAL;
    while (**p == ',') {
        start = ++*p;
        int group = read_digits(p, d);
        if (group == -EINVAL || *p - start != 3)
            return -EINVAL;
        ret = ret ? ret : group;
    }
    return ret;
}

/* Reads the number and the blanks around it; *p is left at the unit. */
static int read_decimal(const char **p, struct decimal *d)
{
    *d = (struct decimal){0};
    *p = skip_spaces(*p);
    int ret = read_whole(p, d);
    if (ret != -EINVAL && **p == '.') {
        const char *point = (*p)++;
        int fraction = read_digits(p, d);
        if (fraction == -EINVAL)
            return -EINVAL;
        d->decimals = (unsigned)(*p - point - 1);
        ret = ret ? ret : fraction;
    }
    *p = skip_spaces(*p);
    return ret;
}

/* The factor of the unit that is the whole rest of the text (trailing blanks aside), 0: none. */
static uint64_t find_unit(const char *text, const struct unit *units)
{
    size_t len = strlen(text);
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    for (; units->name; units++)
        if (strlen(units->name) == len && memcmp(units->name, text, len) == 0)
            return units->factor;
    return 0;
}

/* A whole number of the smallest unit, exactly: 1.5k is one, 1.5 is not. */
static int parse_exact(const char *text, const struct unit *units, uint64_t *out)
{
    struct decimal d;
    int ret = read_decimal(&text, &d);
    uint64_t factor = find_unit(text, units);
    if (ret == -EINVAL || !factor)
        return -EINVAL;
    if (ret)
        return ret;
    d.digits *= factor;
    for (; d.decimals; d.decimals--, d.digits /= 10)
        if (d.digits % 10)
            return -EINVAL;
    if (d.digits > UINT64_MAX)
        return -ERANGE;
    *out = (uint64_t)d.digits;
    return 0;
}

int units_parse_count(const char *text, uint64_t *out)
{
    return parse_exact(text, count_units, out);
}

int units_parse_bytes(const char *text, uint64_t *out)
{
    return parse_exact(text, byte_units, out);
}

int units_parse_ns(const char *text, uint64_t *out)
{
    return parse_exact(text, time_units, out);
}

int units_parse_bit_rate(const char *text, uint64_t *bit_per_s)
{
    return parse_exact(text, bit_units, bit_per_s);
}

static double power_of_ten(unsigned n)
{
    double p = 1;
    while (n--)
        p *= 10;
    return p;
}

int units_parse_rate(const char *text, double *per_s)
{
    struct decimal d;
    int ret = read_decimal(&text, &d);
    char scale[2] = {*text && strchr("kKMG", *text) ? *text++ : '\0'};
    uint64_t factor = find_unit(scale, count_units), period = find_unit(text, period_units);
    if (ret == -EINVAL || !period)
        return -EINVAL;
    if (!ret)
        *per_s = (double)(d.digits * factor) / (power_of_ten(d.decimals) * (double)period);
    return ret;
}

int units_parse_ratio(const char *text, double *out)
{
    static const struct unit percent[] = {{"", 1}, {"%", 100}, {NULL, 0}};
    struct decimal d;
    int ret = read_decimal(&text, &d);
    uint64_t divisor = find_unit(text, percent);
    if (ret == -EINVAL || !divisor)
        return -EINVAL;
    if (!ret)
        *out = (double)d.digits / (power_of_ten(d.decimals) * (double)divisor);
    return ret;
}

/* a / b, rounded half up. */
static uint64_t divide(uint64_t a, uint64_t b)
{
    return a / b + (a % b >= b - b / 2);
}

/* Three significant digits: the finest unit and number of decimals that keep it below 1000. */
char *units_format_ns(char *buf, size_t size, uint64_t ns)
{
    static const struct unit steps[] = {{"us", NS_PER_US}, {"ms", NS_PER_MS}, {"s", NS_PER_S}};
    static const unsigned tens[] = {1, 10, 100};
    if (ns < NS_PER_US) {
        snprintf(buf, size, "%u ns", (unsigned)ns);
        return buf;
    }
    for (unsigned u = 0; u < 3; u++) {
        for (unsigned decimals = 3; decimals-- > 0;) {
            uint64_t scaled = divide(ns, steps[u].factor / tens[decimals]);
            if (scaled >= 1000)
                continue;
            double value = (double)scaled / tens[decimals];
            snprintf(buf, size, "%.*f %s", (int)decimals, value, steps[u].name);
            return buf;
        }
    }
    snprintf(buf, size, "%llu s", (unsigned long long)divide(ns, NS_PER_S));
    return buf;
}

/* One decimal below 10, none when it is zero: 1.5 KiB, 12 MiB. */
char *units_format_bytes(char *buf, size_t size, uint64_t bytes)
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    unsigned u = 0;
    uint64_t unit = 1;
    while (u < 6 && divide(bytes, unit) >= 1024) {
        unit <<= 10;
        u++;
    }
    double value = (double)bytes / (double)unit;
    unsigned tenths = (unsigned)(value * 10 + 0.5);
    if (tenths < 100 && tenths % 10)
        snprintf(buf, size, "%u.%u %s", tenths / 10, tenths % 10, names[u]);
    else
        snprintf(buf, size, "%.0f %s", value, names[u]);
    return buf;
}

char *units_format_count(char *buf, size_t size, uint64_t count)
{
    char digits[24], text[32];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count), to = 0;
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            text[to++] = ',';
        text[to++] = digits[i];
    }
    text[to] = '\0';
    snprintf(buf, size, "%s", text);
    return buf;
}
