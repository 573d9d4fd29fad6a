/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/arrivals.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/rng.h"
#include "base/units.h"

#define HEAD_SECONDS "time_s"
#define HEAD_NS      "intended_ns"

/* --- the list -------------------------------------------------------------------------------- */

void arrivals_free(struct arrivals *a)
{
    free(a->times_ns);
    *a = (struct arrivals){0};
}

int arrivals_reserve(struct arrivals *a, uint64_t count)
{
    if (count > ARRIVALS_MOST)
        return -E2BIG;
    uint64_t *times = realloc(a->times_ns, (count ? count : 1) * sizeof *times);
    if (!times)
        return -ENOMEM;
    a->times_ns = times;
    a->room = count;
    return 0;
}

int arrivals_add(struct arrivals *a, uint64_t offset_ns)
{
    uint64_t more = a->room < 512 ? 1024 : a->room * 2;
    if (a->count == ARRIVALS_MOST)
        return -E2BIG;
    int ret =
        a->count < a->room ? 0 : arrivals_reserve(a, more < ARRIVALS_MOST ? more : ARRIVALS_MOST);
    if (ret == 0)
        a->times_ns[a->count++] = offset_ns;
    return ret;
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void arrivals_sort(struct arrivals *a)
{
    a->was_sorted = true;
    for (uint64_t i = 1; i < a->count && a->was_sorted; i++)
        a->was_sorted = a->times_ns[i - 1] <= a->times_ns[i];
    if (!a->was_sorted)
        qsort(a->times_ns, a->count, sizeof *a->times_ns, by_time);
}

uint64_t arrivals_hash(const struct arrivals *a)
{
    uint64_t hash = a->count;
    for (uint64_t i = 0; i < a->count; i++)
        hash = rng_mix(hash, a->times_ns[i]);
    return hash;
}

/* --- from text ------------------------------------------------------------------------------- */

struct reader {
    struct arrivals *list;
    const char *path;
    uint64_t line;
    bool in_ns;
    char *why;
    size_t why_size;
};

static int refuse(const struct reader *r, int ret, const char *found, const char *expected)
{
    snprintf(r->why, r->why_size, "%s:%" PRIu64 ": \"%.40s\": expected %s", r->path, r->line, found,
             expected);
    return ret;
}

/* Seconds have 53 bits, which are a tenth of a ns within a month. */
static int read_seconds(const char *text, uint64_t *ns)
{
    char *end;
    if (!*text || text[strspn(text, "0123456789.eE+-")])
        return -EINVAL;
    double seconds = strtod(text, &end);
    if (*end || signbit(seconds) || !(seconds <= ARRIVALS_END_NS / 1e9))
        return -EINVAL;
    *ns = (uint64_t)llround(seconds * 1e9);
    return 0;
}

static int read_ns(const char *text, uint64_t *ns)
{
    size_t digits = strspn(text, "0123456789");
    if (!digits || digits > 19 || text[digits])
        return -EINVAL;
    *ns = strtoull(text, NULL, 10);
    return *ns <= ARRIVALS_END_NS ? 0 : -EINVAL;
}

static int take_number(struct reader *r, const char *text)
{
    uint64_t ns;
    if ((r->in_ns ? read_ns : read_seconds)(text, &ns))
        return refuse(r, -EINVAL, text,
                      r->in_ns ? "whole ns from the start, from 0 to 2592000000000000 (30 days)"
                               : "seconds from the start, from 0 to 2592000 (30 days)");
    int ret = arrivals_add(r->list, ns);
    if (ret == -E2BIG)
        return refuse(r, ret, text, "at most 100000000 arrivals");
    return ret ? refuse(r, ret, text, "memory for it: there is none left") : 0;
}

/* Without blanks around it, the end of the line among them. */
static char *trim(char *text, size_t len)
{
    while (len && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
    return text + strspn(text, " \t");
}

static int take_line(struct reader *r, char *line, size_t len)
{
    r->line++;
    if (strlen(line) != len) {
        snprintf(r->why, r->why_size, "%s:%" PRIu64 ": found a NUL byte: expected a text file",
                 r->path, r->line);
        return -EINVAL;
    }
    bool marked = r->line == 1 && !strncmp(line, "\xef\xbb\xbf", 3); /* UTF-8 byte order mark */
    char *text = trim(line + (marked ? 3 : 0), len - (marked ? 3 : 0));
    bool seconds = !strcmp(text, HEAD_SECONDS), ns = !strcmp(text, HEAD_NS);
    if (r->line > 1 || (!seconds && !ns))
        return take_number(r, text);
    r->in_ns = ns;
    return 0;
}

int arrivals_read(struct arrivals *a, FILE *in, const char *path, char *why, size_t size)
{
    struct reader r = {.list = a, .path = path, .why = why, .why_size = size};
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    int ret = 0;
    while (!ret && (len = getline(&line, &room, in)) >= 0)
        ret = take_line(&r, line, (size_t)len);
    if (!ret && ferror(in)) {
        ret = errno ? -errno : -EIO;
        snprintf(why, size, "%s: cannot be read: %s", path, strerror(-ret));
    }
    free(line);
    if (!ret && !a->count) {
        ret = -EINVAL;
        snprintf(why, size, "%s: holds no arrival: expected a column %s or %s", path, HEAD_SECONDS,
                 HEAD_NS);
    }
    if (!ret)
        arrivals_sort(a);
    return ret;
}
