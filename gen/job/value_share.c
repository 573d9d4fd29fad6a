/* SPDX-License-Identifier: BSD-3-Clause */
/* A share of a whole: all, none, or a number between; percent; and a factor. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job/value.h"

#define SHARE_MIN 1e-6
#define NUMBER    "%.12g" /* what is kept, so that text and field are the same */

static int number_read(const char *text, double *number, double min, double max)
{
    char rounded[32], *end;
    if (!*text || text[strspn(text, "0123456789.e-")])
        return -EINVAL;
    *number = strtod(text, &end);
    if (*end)
        return -EINVAL;
    if (!(*number >= min && *number <= max))
        return -ERANGE;
    snprintf(rounded, sizeof rounded, NUMBER, *number);
    *number = strtod(rounded, NULL);
    return 0;
}

static int share_parse(const struct option *o, const char *text, void *owner)
{
    double *share = option_field(o, owner);
    *share = !strcmp(text, "all");
    if (*share > 0 || !strcmp(text, "none"))
        return 0;
    return number_read(text, share, SHARE_MIN, 1);
}

static void share_format(const struct option *o, const void *owner, FILE *out)
{
    double share = *(const double *)option_field_const(o, owner);
    if (share > 0 && share < 1)
        fprintf(out, NUMBER, share);
    else
        fputs(share > 0 ? "all" : "none", out);
}

static void share_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("all, none, or a share from 0.000001 to 1 (0.1: every tenth)", out);
}

const struct value_kind kind_share = {share_parse, share_format, share_expect};

/* ---- factors ---- */

#define MILLIONTHS 1e6

static int factor_parse(const struct option *o, const char *text, void *owner)
{
    return number_read(text, option_field(o, owner), (double)o->min / MILLIONTHS,
                       (double)o->max / MILLIONTHS);
}

static void factor_format(const struct option *o, const void *owner, FILE *out)
{
    fprintf(out, NUMBER, *(const double *)option_field_const(o, owner));
}

static void factor_expect(const struct option *o, FILE *out)
{
    fprintf(out, "a number from " NUMBER " to " NUMBER " (0.8, 2.5)", (double)o->min / MILLIONTHS,
            (double)o->max / MILLIONTHS);
}

const struct value_kind kind_factor = {factor_parse, factor_format, factor_expect};

/* ---- percent ---- */

static int percent_parse(const struct option *o, const char *text, void *owner)
{
    char number[32];
    size_t len = strlen(text);
    if (len < 2 || len > sizeof number || text[len - 1] != '%')
        return -EINVAL;
    memcpy(number, text, len - 1);
    number[len - 1] = '\0';
    return number_read(number, option_field(o, owner), (double)o->min, (double)o->max);
}

static void percent_format(const struct option *o, const void *owner, FILE *out)
{
    fprintf(out, NUMBER "%%", *(const double *)option_field_const(o, owner));
}

static void percent_expect(const struct option *o, FILE *out)
{
    fprintf(out, "percent from %u%% to %u%% (98%%, 0.5%%)", (unsigned)o->min, (unsigned)o->max);
}

const struct value_kind kind_percent = {percent_parse, percent_format, percent_expect};
