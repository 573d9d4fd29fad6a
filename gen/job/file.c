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

#define INCLUDE        "include"

struct reader {
    FILE *stream;
    struct entries *entries;
    struct err *e;
    int ret;        /* first error */
    uint32_t file;  /* of entries */
    uint32_t line;  /* the last one read */
    uint32_t layer; /* of its own keys, which begins when all that it includes is read */
    bool begun;     /* it has said something of its own: nothing more is included */
    bool heading;   /* the last line opened a section: HEADING comes next */
};

static const char *path_of(const struct reader *r)
{
    return r->entries->files[r->file].path;
}

static int line_refuse(struct reader *r, const char *what)
{
    r->ret = err_set(r->e, EXIT_USAGE, -EINVAL, "%s:%u: %s", path_of(r), r->line, what);
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
    ssize_t len = getline(&line, &room, r->stream);
    if (len < 0) {
        if (ferror(r->stream))
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
    r->ret = err_set(r->e, EXIT_USAGE, -EINVAL, "%s:%u: unknown key \"%s\"%s%s%s", path_of(r),
                     r->line, key, near ? ": did you mean " : "", near ? near->key : "",
                     near ? "?" : "");
    return r->ret;
}

/* From here on it is the file's own text. */
static void own_begin(struct reader *r)
{
    if (!r->begun)
        r->layer = r->entries->layers++;
    r->begun = true;
}

/* Which file it was said in: this one; those that it includes are other layers. */
static bool is_own(const struct reader *r, const struct entry *entry)
{
    return entry->file == r->file;
}

static int heading_add(struct reader *r, const char *section)
{
    if (strcmp(section, "global"))
        own_begin(r);
    for (uint32_t i = 0; i < r->entries->count; i++) {
        const struct entry *other = &r->entries->all[i];
        if (is_own(r, other) && other->from == FROM_SECTION && !strcmp(other->section, section))
            return r->ret = err_set(r->e, EXIT_USAGE, -EINVAL,
                                    "%s:%u: [%s] is there twice, first at line %u", path_of(r),
                                    r->line, section, other->line);
    }
    struct entry heading = {
        .from = FROM_SECTION, .file = r->file, .line = r->line, .section = (char *)section};
    return r->ret = entries_add(r->entries, &heading, r->e);
}

static int key_add(struct reader *r, const char *section, const char *key, const char *value)
{
    own_begin(r);
    struct entry entry = {.from = FROM_FILE,
                          .file = r->file,
                          .line = r->line,
                          .layer = r->layer,
                          .option = option_find(key),
                          .section = (char *)section,
                          .value = (char *)value};
    if (!entry.option)
        return key_refuse(r, key);
    for (uint32_t i = 0; i < r->entries->count; i++) {
        const struct entry *other = &r->entries->all[i];
        if (is_own(r, other) && other->option == entry.option && !strcmp(other->section, section))
            return r->ret = err_set(r->e, EXIT_USAGE, -EINVAL,
                                    "%s:%u: %s is set twice, first at line %u", path_of(r),
                                    r->line, key, other->line);
    }
    return r->ret = entries_add(r->entries, &entry, r->e);
}

static int include_take(struct reader *r, const char *given)
{
    if (r->begun)
        return line_refuse(r, INCLUDE ": expected it before all other keys and all phases");
    if (!*given)
        return line_refuse(r, INCLUDE " = \"\": expected a file");
    return r->ret = entries_include(r->entries, r->file, r->line, given, r->e);
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
    if (!strcmp(key, INCLUDE))
        return include_take(r, value) == 0;
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

int entries_parse(struct entries *entries, uint32_t file, FILE *stream, struct err *e)
{
    struct reader r = {.stream = stream, .entries = entries, .e = e, .file = file};
    return file_parse(&r);
}
