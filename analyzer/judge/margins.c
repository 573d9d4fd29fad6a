/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/margins.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define LARGEST 10.0 /* a margin of 1,000 % passes anything */

static struct metric *find(struct metric *metrics, size_t count, const char *name, size_t len)
{
    for (size_t j = 0; j < count; j++)
        if (strlen(metrics[j].name) == len && strncmp(metrics[j].name, name, len) == 0)
            return &metrics[j];
    return NULL;
}

static int refuse(const char *part, int len, long long run_id, const char *why, int ret,
                  struct err *e)
{
    return err_set(e, EXIT_USAGE, ret, "run %lld: margins: \"%.*s\": %s", run_id, len, part, why);
}

/* One "metric:value[%]". */
static int apply_one(const char *part, size_t len, long long run_id, struct metric *metrics,
                     size_t count, struct err *e)
{
    static const char expected[] = "expected METRIC:VALUE%, such as latency_p99_us:10%";
    const char *colon = memchr(part, ':', len);
    if (!colon)
        return refuse(part, (int)len, run_id, expected, -EINVAL, e);
    struct metric *m = find(metrics, count, part, (size_t)(colon - part));
    if (!m)
        return refuse(part, (int)len, run_id, "no such metric", -ENOENT, e);
    char *end;
    double value = strtod(colon + 1, &end);
    bool percent = end < part + len && *end == '%';
    if (percent && m->scale != SCALE_PLAIN)
        value /= 100;
    end += percent;
    if (end == colon + 1 || end != part + len || !(value > 0) ||
        (m->scale != SCALE_PLAIN && (!percent || value > LARGEST)))
        return refuse(part, (int)len, run_id, expected, -EINVAL, e);
    m->margin = value;
    return 0;
}

int margins_apply(const char *text, long long run_id, struct metric *metrics, size_t count,
                  struct err *e)
{
    static const char between[] = " \t,";
    int ret = 0;
    for (const char *at = text ? text : ""; ret == 0 && *(at += strspn(at, between));) {
        size_t len = strcspn(at, between);
        ret = apply_one(at, len, run_id, metrics, count, e);
        at += len;
    }
    return ret;
}
