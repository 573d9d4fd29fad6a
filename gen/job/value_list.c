/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of rising numbers, with commas: steps of a search. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "job/job.h"
#include "job/value.h"

#define MILLIONTHS 1e6
#define NUMBER     "%.12g"
#define ITEM_MAX   32

/* One number with k or M; a rate is written without its "/s", so that lists look alike. */
static int item_read(const struct option *o, const char *text, double *out)
{
    int ret = strchr(text, '/') ? -EINVAL : units_parse_rate(text, out);
    if (ret < 0)
        return ret;
    bool within = *out >= (double)o->min / MILLIONTHS && *out <= (double)o->max / MILLIONTHS;
    return within ? 0 : -ERANGE;
}

static int list_parse(const struct option *o, const char *text, void *owner)
{
    struct job_list list = {0};
    for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char item[ITEM_MAX] = "";
        size_t len = strcspn(at, ",");
        if (list.count == JOB_LIST || len >= sizeof item)
            return -E2BIG;
        memcpy(item, at, len);
        double *value = &list.values[list.count];
        int ret = item_read(o, item, value);
        if (ret < 0)
            return ret;
        if (list.count && !(*value > value[-1]))
            return -EINVAL;
        list.count++;
    }
    memcpy(option_field(o, owner), &list, sizeof list);
    return 0;
}

static void list_format(const struct option *o, const void *owner, FILE *out)
{
    const struct job_list *list = option_field_const(o, owner);
    for (uint32_t i = 0; i < list->count; i++)
        fprintf(out, "%s" NUMBER, i ? "," : "", list->values[i]);
}

static void list_expect(const struct option *o, FILE *out)
{
    fprintf(out, "up to %d rising numbers from " NUMBER " to " NUMBER " with commas", JOB_LIST,
            (double)o->min / MILLIONTHS, (double)o->max / MILLIONTHS);
}

const struct value_kind kind_list = {list_parse, list_format, list_expect};

static int counts_parse(const struct option *o, const char *text, void *owner)
{
    int ret = list_parse(o, text, owner);
    const struct job_list *list = option_field_const(o, owner);
    for (uint32_t i = 0; ret == 0 && i < list->count; i++)
        if (list->values[i] != floor(list->values[i]))
            ret = -EINVAL;
    return ret;
}

static void counts_expect(const struct option *o, FILE *out)
{
    list_expect(o, out);
    fputs(", whole ones", out);
}

const struct value_kind kind_counts = {counts_parse, list_format, counts_expect};
