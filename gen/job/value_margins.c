/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Margins of relevance: METRIC:PERCENT%, with commas. The names are those of the analyzer's output,
 * which job/ does not know: their form is checked here, `analyze` refuses what it does not have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job/value.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_."
#define PERCENT_MAX  100

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* One margin; what follows it, or NULL. */
static const char *margin_read(const char *at)
{
    size_t name = strspn(at, NAME_LETTERS);
    if (!name || at[name] != ':')
        return NULL;
    at = skip_blanks(at + name + 1);
    size_t number = strspn(at, "0123456789.");
    char *end;
    double percent = strtod(at, &end);
    if (!number || end != at + number || !(percent > 0) || percent > PERCENT_MAX || *end != '%')
        return NULL;
    return skip_blanks(end + 1);
}

/* Whether the metric that `at` begins with has a margin before it, too. */
static bool is_second(const char *text, const char *at)
{
    size_t name = strcspn(at, ":") + 1;
    for (const char *other = text; other < at; other = skip_blanks(other + 1)) {
        if (!strncmp(other, at, name))
            return true;
        other += strcspn(other, ",");
    }
    return false;
}

static int margins_parse(const struct option *o, const char *text, void *owner)
{
    const char *begin = skip_blanks(text), *at = begin;
    while (*at) {
        const char *after = margin_read(at);
        if (!after || is_second(begin, at) || (*after && *after != ','))
            return -EINVAL;
        at = *after ? skip_blanks(after + 1) : after;
        if (*after && !*at)
            return -EINVAL; /* a comma with nothing behind it */
    }
    return text_store(o, text, owner);
}

static void margins_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("METRIC:PERCENT% with commas, each metric once, up to 100% "
          "(latency_p99_us:10%, throughput_msg_per_s:2%), or nothing",
          out);
}

const struct value_kind kind_margins = {margins_parse, text_format, margins_expect};
