/* SPDX-License-Identifier: BSD-3-Clause */
/* From where on a figure shows a limit, as the job that a run was made with says it. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "db/limit_internal.h"

const struct limit_bounds limit_bounds_default = {
#define X(name, initial, meaning) .name = initial,
    LIMIT_BOUND_LIST(X)
#undef X
};

static const struct {
    const char *key;
    size_t offset;
} keys[] = {
#define X(name, initial, meaning) {"limit_" #name, offsetof(struct limit_bounds, name)},
    LIMIT_BOUND_LIST(X)
#undef X
};

const char *limit_job_value(const char *job, const char *key, char *buf, size_t size)
{
    size_t len = strlen(key);
    buf[0] = '\0';
    for (const char *line = job; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, len) || strncmp(line + len, " = ", 3))
            continue;
        size_t n = strcspn(line + len + 3, "\n");
        n = n < size ? n : size - 1;
        memcpy(buf, line + len + 3, n);
        buf[n] = '\0';
        break;
    }
    return buf;
}

/* "95%" or "5"; NAN: neither. */
static double bound_of(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || !isfinite(value) || value < 0)
        return NAN;
    return !strcmp(end, "%") ? value / 100 : *end ? NAN : value;
}

void limit_bounds_read(const char *job, struct limit_bounds *out)
{
    char text[64];
    *out = limit_bounds_default;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        double value = bound_of(limit_job_value(job, keys[i].key, text, sizeof text));
        if (!isnan(value))
            *(double *)(void *)((char *)out + keys[i].offset) = value;
    }
}
