/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Job files, tokenised by inih. The line reader is ours: inih tells no line numbers, says nothing
 * of a section without keys, and cuts long lines and names without a word.
 */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "job/entry.h"

#define LINE_MAX_BYTES 4000
#define NAME_MAX_BYTES 49  /* inih's own limit of a section's name */
#define HEADING        "." /* key that the reader adds below each heading */

struct reader {
    FILE *file;
    struct entries *entries;
    struct err *e;
    int ret;       /* first error */
    uint32_t line; /* the last one read */
    bool heading;  /* the last line opened a section: HEADING comes next */
};

static int line_refuse(struct reader *r, const char *what)
{
    r->ret = err_set(r->e, EXIT_USAGE, -EINVAL, "%s:%u: %s", r->entries->path, r->line, what);
    return r->ret;
}

/* A phase is named in options (--PHASE.key) and tables. */
static bool name_is_valid(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '-')
            return false;
    return len > 0 && len <= NAME_MAX_BYTES && name[0] != '-';
}

static int line_check(struct reader *r, const char *line, size_t len)
{
    if (strlen(line) != len)
        return line_refuse(r, "found a NUL byte: expected a text file");
    if (len > LINE_MAX_BYTES)
        return line_refuse(r, "the line is too long: expected at most 4000 bytes");
    if (!r->heading)
        return 0;
    const char *end = strchr(line, ']');
    if (!end || end[1 + strspn(end + 1, " \t\r\n")] || !name_is_valid(line + 1, end - line - 1))
        return line_refuse(r, "expected [NAME] of at most 49 letters, digits, _ and -");
    return 0;
}

/* inih's reader: the next line without its indentation, or the mark below a heading. */
static char *line_read(char *buf, int size, void *ctx)
{
    struct reader *r = ctx;
    if (r->ret < 0)
        return NULL;
    if (r->heading) {
        r->heading = false;
        return strcpy(buf, HEADING "\n");
    }
    char *line = NULL;
    size_t room = 0;
    ssize_t len = getline(&line, &room, r->file);
    if (len < 0) {
        if (ferror(r->file))
            r->ret = -errno;
        free(line);
        return NULL;
    }
    r->line++;
    bool marked = r->line == 1 && !strncmp(line, "\xef\xbb\xbf", 3); /* UTF-8 byte order mark */
    size_t skip = (marked ? 3 : 0);
    skip += strspn(line + skip, " \t\v\f");
    r->heading = line[skip] == '[';
    if (line_check(r, line + skip, (size_t)len - skip) == 0)
        snprintf(buf, (size_t)size, "%s", line + skip);
    free(line);
    return r->ret < 0 ? NULL : buf;
}

static int key_refuse(struct reader *r, const char *key)
{
    const struct option *near = option_nearest(key);
    r->ret = err_set(r->e, EXIT_USAGE, -EINVAL, "%s:%u: unknown key \"%s\"%s%s%s", r->entries->path,
                     r->line, key, near ? ": did you mean " : "", near ? near->key : "",
                     near ? "?" : "");
    return r->ret;
}

static int heading_add(struct reader *r, const char *section)
{
    for (uint32_t i = 0; i < r->entries->count; i++) {
        const struct entry *other = &r->entries->all[i];
        if (other->from == FROM_SECTION && !strcmp(other->section, section))
            return r->ret = err_set(r->e, EXIT_USAGE, -EINVAL,
                                    "%s:%u: [%s] is there twice, first at line %u",
                                    r->entries->path, r->line, section, other->line);
    }
    struct entry heading = {.from = FROM_SECTION, .line = r->line, .section = (char *)section};
    return r->ret = entries_add(r->entries, &heading, r->e);
}

static int key_add(struct reader *r, const char *section, const char *key, const char *value)
{
    struct entry entry = {.from = FROM_FILE,
                          .line = r->line,
                          .option = option_find(key),
                          .section = (char *)section,
                          .value = (char *)value};
    if (!entry.option)
        return key_refuse(r, key);
    for (uint32_t i = 0; i < r->entries->count; i++) {
        const struct entry *other = &r->entries->all[i];
        if (other->option == entry.option && !strcmp(other->section, section))
            return r->ret = err_set(r->e, EXIT_USAGE, -EINVAL,
                                    "%s:%u: %s is set twice, first at line %u", r->entries->path,
                                    r->line, key, other->line);
    }
    return r->ret = entries_add(r->entries, &entry, r->e);
}

static int line_take(void *ctx, const char *section, const char *key, const char *value)
{
    struct reader *r = ctx;
    if (r->ret < 0)
        return 0;
    if (!strcmp(section, "global"))
        section = "";
    if (!strcmp(key, HEADING) && !value)
        return heading_add(r, *section ? section : "global") == 0;
    if (!value) {
        line_refuse(r, "expected key = value");
        return 0;
    }
    return key_add(r, section, key, value) == 0;
}

/* inih's settings are its own globals; they are put back, so that other users see no change. */
static int file_parse(struct reader *r)
{
    bool use_stack = ini_use_stack, multiline = ini_allow_multiline, stop = ini_stop_on_first_error;
    bool inline_comments = ini_allow_inline_comments, no_value = ini_allow_no_value;
    int max_line = ini_max_line, initial = ini_initial_alloc;
    ini_use_stack = ini_allow_multiline = ini_allow_inline_comments = false;
    ini_stop_on_first_error = ini_allow_no_value = true;
    ini_max_line = ini_initial_alloc = LINE_MAX_BYTES + 10;

    int ret = ini_parse_stream(line_read, r, line_take, r);

    ini_use_stack = use_stack, ini_allow_multiline = multiline, ini_stop_on_first_error = stop;
    ini_allow_inline_comments = inline_comments, ini_allow_no_value = no_value;
    ini_max_line = max_line, ini_initial_alloc = initial;
    if (ret == 0 || r->ret < 0)
        return r->ret;
    return line_refuse(r, "expected key = value, [section] or # comment");
}

int entries_read_file(struct entries *entries, const char *path, struct err *e)
{
    struct reader r = {.file = fopen(path, "re"), .entries = entries, .e = e};
    int ret = r.file ? file_parse(&r) : -errno;
    if (ret < 0) /* the first message wins: this one is for what open and read said */
        err_set(e, EXIT_USAGE, ret, "%s: cannot read the job file: %s", path, strerror(-ret));
    if (r.file)
        fclose(r.file);
    return ret;
}
