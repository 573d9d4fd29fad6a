/* SPDX-License-Identifier: BSD-3-Clause */
/* A share of a whole: all, none, or a number between. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job/value.h"

#define SHARE_MIN  1e-6
#define SHARE_TEXT "%.12g" /* what is kept, so that text and field are the same */

static int share_read(const char *text, double *share)
{
    char *end;
    if (!*text || text[strspn(text, "0123456789.e-")])
        return -EINVAL;
    *share = strtod(text, &end);
    if (*end)
        return -EINVAL;
    return *share >= SHARE_MIN && *share <= 1 ? 0 : -ERANGE;
}

static int share_parse(const struct option *o, const char *text, void *owner)
{
    double *share = option_field(o, owner);
    char rounded[32];
    *share = !strcmp(text, "all");
    if (*share > 0 || !strcmp(text, "none"))
        return 0;
    int ret = share_read(text, share);
    if (ret)
        return ret;
    snprintf(rounded, sizeof rounded, SHARE_TEXT, *share);
    *share = strtod(rounded, NULL);
    return 0;
}

static void share_format(const struct option *o, const void *owner, FILE *out)
{
    double share = *(const double *)option_field_const(o, owner);
    if (share > 0 && share < 1)
        fprintf(out, SHARE_TEXT, share);
    else
        fputs(share > 0 ? "all" : "none", out);
}

static void share_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("all, none, or a share from 0.000001 to 1 (0.1: every tenth)", out);
}

const struct value_kind kind_share = {share_parse, share_format, share_expect};
