/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers and times: text to field and exactly back. */
#include "job/value.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "job/job.h"

#define RATE_MIN 0.001
#define RATE_MAX 1e9

static void number_store(const struct option *o, void *owner, uint64_t value)
{
    void *field = option_field(o, owner);
    switch (o->size) {
    case 1:
        *(uint8_t *)field = (uint8_t)value;
        return;
    case 2:
        *(uint16_t *)field = (uint16_t)value;
        return;
    case 4:
        *(uint32_t *)field = (uint32_t)value;
        return;
    case 8:
        *(uint64_t *)field = value;
        return;
    }
    assert(0 && "a number of this size");
}

static uint64_t number_load(const struct option *o, const void *owner)
{
    const void *field = option_field_const(o, owner);
    switch (o->size) {
    case 1:
        return *(const uint8_t *)field;
    case 2:
        return *(const uint16_t *)field;
    case 4:
        return *(const uint32_t *)field;
    case 8:
        return *(const uint64_t *)field;
    }
    assert(0 && "a number of this size");
    return 0;
}

static int number_parse(const struct option *o, const char *text, void *owner,
                        int (*parse)(const char *, uint64_t *))
{
    uint64_t value;
    int ret = parse(text, &value);
    if (ret < 0)
        return ret;
    if (value < o->min || value > o->max)
        return -ERANGE;
    number_store(o, owner, value);
    return 0;
}

/* ---- whole numbers ---- */

static int count_parse(const struct option *o, const char *text, void *owner)
{
    return number_parse(o, text, owner, units_parse_count);
}

static void count_format(const struct option *o, const void *owner, FILE *out)
{
    fprintf(out, "%" PRIu64, number_load(o, owner));
}

static void count_expect(const struct option *o, FILE *out)
{
    fprintf(out, "a whole number from %" PRIu64 " to %" PRIu64, o->min, o->max);
}

const struct value_kind kind_count = {count_parse, count_format, count_expect};

static int ring_parse(const struct option *o, const char *text, void *owner)
{
    uint64_t value;
    int ret = units_parse_count(text, &value);
    if (ret < 0)
        return ret;
    if (value && (value < o->min || value > o->max || (value & (value - 1))))
        return -ERANGE;
    number_store(o, owner, value);
    return 0;
}

static void ring_expect(const struct option *o, FILE *out)
{
    fprintf(out, "0 or a power of two from %" PRIu64 " to %" PRIu64, o->min, o->max);
}

const struct value_kind kind_ring = {ring_parse, count_format, ring_expect};

/* ---- bytes and times: written in the largest unit that divides them ---- */

struct unit {
    uint64_t scale;
    const char *name;
};

static void scaled_print(uint64_t value, const struct unit *units, FILE *out)
{
    while (value % units->scale)
        units++;
    fprintf(out, "%" PRIu64 "%s", value / units->scale, value ? units->name : "");
}

static const struct unit byte_units[] = {
    {1u << 30, "GiB"}, {1u << 20, "MiB"}, {1u << 10, "KiB"}, {1, ""}};
static const struct unit time_units[] = {
    {NS_PER_S, "s"}, {NS_PER_MS, "ms"}, {NS_PER_US, "us"}, {1, "ns"}};

void bytes_print(uint64_t bytes, FILE *out)
{
    scaled_print(bytes, byte_units, out);
}

static int bytes_parse(const struct option *o, const char *text, void *owner)
{
    return number_parse(o, text, owner, units_parse_bytes);
}

static void bytes_format(const struct option *o, const void *owner, FILE *out)
{
    scaled_print(number_load(o, owner), byte_units, out);
}

static void bytes_expect(const struct option *o, FILE *out)
{
    fputs("bytes from ", out);
    scaled_print(o->min, byte_units, out);
    fputs(" to ", out);
    scaled_print(o->max, byte_units, out);
    fputs(" (64, 10KiB, 1MiB)", out);
}

const struct value_kind kind_bytes = {bytes_parse, bytes_format, bytes_expect};

/* ---- times ---- */

static int time_parse(const struct option *o, const char *text, void *owner)
{
    return number_parse(o, text, owner, units_parse_ns);
}

static void time_format(const struct option *o, const void *owner, FILE *out)
{
    scaled_print(number_load(o, owner), time_units, out);
}

static void time_expect(const struct option *o, FILE *out)
{
    fputs("a time from ", out);
    scaled_print(o->min, time_units, out);
    fputs(" to ", out);
    scaled_print(o->max, time_units, out);
    fputs(" (10s, 500ms, 2min)", out);
}

const struct value_kind kind_time = {time_parse, time_format, time_expect};

/* ---- rates: kept to 15 digits, which a double carries through text and back ---- */

#define RATE_DIGITS 15

static char *rate_text(double per_s, char *buf, size_t size)
{
    snprintf(buf, size, "%.*e", RATE_DIGITS - 1, per_s);
    long exponent = strtol(strchr(buf, 'e') + 1, NULL, 10);
    snprintf(buf, size, "%.*f", (int)(RATE_DIGITS - 1 - exponent), per_s);
    char *end = buf + strlen(buf);
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        end[-1] = '\0';
    return buf;
}

static int rate_read(const char *text, double *per_s)
{
    char rounded[64];
    int ret = units_parse_rate(text, per_s);
    if (ret < 0)
        return ret;
    if (!(*per_s >= RATE_MIN && *per_s <= RATE_MAX))
        return -ERANGE;
    return units_parse_rate(rate_text(*per_s, rounded, sizeof rounded), per_s);
}

static void rate_print(double per_s, FILE *out)
{
    char text[64];
    fputs(per_s > 0 ? rate_text(per_s, text, sizeof text) : "0", out);
}

static int rate_parse(const struct option *o, const char *text, void *owner)
{
    double *per_s = option_field(o, owner);
    if (!strcmp(text, "0")) {
        *per_s = 0;
        return 0;
    }
    return rate_read(text, per_s);
}

static void rate_format(const struct option *o, const void *owner, FILE *out)
{
    rate_print(*(const double *)option_field_const(o, owner), out);
}

static void rate_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("0 or a rate from 0.001/s to 1000000000/s (500, 60k/s, 600/min)", out);
}

const struct value_kind kind_rate = {rate_parse, rate_format, rate_expect};

static int load_parse(const struct option *o, const char *text, void *owner)
{
    (void)o;
    struct job_phase *phase = owner;
    phase->rate_per_s = 0;
    phase->rate_max = !strcmp(text, "max");
    return phase->rate_max || !strcmp(text, "0") ? 0 : rate_read(text, &phase->rate_per_s);
}

static void load_format(const struct option *o, const void *owner, FILE *out)
{
    (void)o;
    const struct job_phase *phase = owner;
    bool given = !strcmp(phase->shape, "replay"); /* there it follows from the list */
    if (phase->rate_max)
        fputs("max", out);
    else
        rate_print(given ? 0 : phase->rate_per_s, out);
}

static void load_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("max, 0 or a rate from 0.001/s to 1000000000/s (500, 60k/s, 600/min)", out);
}

const struct value_kind kind_load = {load_parse, load_format, load_expect};
