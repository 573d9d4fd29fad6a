/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/link.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The folder of a path, resolved, with a slash at its end. */
static bool folder_of(const char *path, char out[PATH_MAX + 1])
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int n =
        snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    if (n >= (int)sizeof dir || !realpath(dir, out))
        return false;
    if (out[strlen(out) - 1] != '/')
        strcat(out, "/");
    return true;
}

/* Length of the folders that both begin with. */
static size_t shared(const char *a, const char *b)
{
    size_t same = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '/')
            same = i + 1;
    return same;
}

char *link_relative(char *buf, size_t size, const char *from, const char *target)
{
    char here[PATH_MAX + 1], there[PATH_MAX];
    size_t at = 0;
    if (!folder_of(from, here) || !realpath(target, there)) {
        snprintf(buf, size, "%s", target);
        return buf;
    }
    size_t same = shared(here, there);
    for (const char *up = here + same; (up = strchr(up, '/')) && at + 4 < size; up++)
        at += (size_t)snprintf(buf + at, size - at, "../");
    snprintf(buf + at, size - at, "%s", there + same);
    return buf;
}

void link_put_url(FILE *out, const char *path)
{
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (isalnum(c) || strchr("-._~/", c))
            fputc(c, out);
        else
            fprintf(out, "%%%02X", c);
    }
}
