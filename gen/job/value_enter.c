/* SPDX-License-Identifier: BSD-3-Clause */
/* What must hold before a phase is measured: `steady`, `connections>=950`, `connections>=95%`, with
 * commas. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "job/job.h"
#include "job/value.h"

#define OPEN     "connections>="
#define PERCENTS "%.12g" /* what is kept, so that text and field are the same */

static int percent_read(const char *text, double *percent)
{
    char rounded[32], *end;
    if (!isdigit((unsigned char)*text))
        return -EINVAL;
    *percent = strtod(text, &end);
    if (!(*percent > 0 && *percent <= 100) || strcmp(end, "%"))
        return -EINVAL;
    snprintf(rounded, sizeof rounded, PERCENTS, *percent);
    *percent = strtod(rounded, NULL);
    return 0;
}

static int connections_read(const char *text, struct job_enter *enter)
{
    uint64_t count;
    if (enter->connections || enter->percent > 0)
        return -EINVAL;
    if (strchr(text, '%'))
        return percent_read(text, &enter->percent);
    if (units_parse_count(text, &count) || !count || count > 20000000)
        return -EINVAL;
    enter->connections = (uint32_t)count;
    return 0;
}

/* One condition, without blanks. */
static int condition_read(const char *text, struct job_enter *enter)
{
    if (!strncmp(text, OPEN, strlen(OPEN)))
        return connections_read(text + strlen(OPEN), enter);
    if (strcmp(text, "steady") || enter->steady)
        return -EINVAL;
    enter->steady = true;
    return 0;
}

static int enter_parse(const struct option *o, const char *text, void *owner)
{
    struct job_enter *enter = option_field(o, owner);
    char copy[80], *rest = copy, *at = copy;
    *enter = (struct job_enter){0};
    for (; *text && at < copy + sizeof copy; text++)
        if (!isspace((unsigned char)*text))
            *at++ = *text;
    if (*text || at == copy + sizeof copy)
        return -EINVAL;
    *at = '\0';
    while (*copy && rest)
        if (condition_read(strsep(&rest, ","), enter))
            return -EINVAL;
    return 0;
}

static void enter_format(const struct option *o, const void *owner, FILE *out)
{
    const struct job_enter *enter = option_field_const(o, owner);
    bool connections = enter->connections || enter->percent > 0;
    if (enter->connections)
        fprintf(out, OPEN "%u", enter->connections);
    else if (connections)
        fprintf(out, OPEN PERCENTS "%%", enter->percent);
    if (enter->steady)
        fputs(connections ? ", steady" : "steady", out);
}

static void enter_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("steady, connections>=N, connections>=N%, one of the two with steady by a comma, or "
          "nothing",
          out);
}

const struct value_kind kind_enter = {enter_parse, enter_format, enter_expect};
