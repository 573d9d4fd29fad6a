/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/sysfile.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void trim(char *text)
{
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
}

bool sysfile_line(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "r");
    out[0] = '\0';
    if (!f)
        return false;
    bool got = fgets(out, (int)size, f);
    if (!got)
        out[0] = '\0';
    fclose(f);
    trim(out);
    return got;
}

static bool take_value(const char *line, const char *key, char *out, size_t size)
{
    const char *colon = strchr(line, ':');
    if (!colon || strncmp(line, key, strlen(key)))
        return false;
    colon++;
    snprintf(out, size, "%s", colon + strspn(colon, " \t"));
    trim(out);
    return true;
}

bool sysfile_field(const char *path, const char *key, char *out, size_t size)
{
    char line[512];
    bool found = false;
    FILE *f = fopen(path, "r");
    out[0] = '\0';
    while (f && !found && fgets(line, sizeof line, f))
        found = take_value(line, key, out, size);
    if (f)
        fclose(f);
    return found;
}
