/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/format.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "analyzer/query.h"
#include "base/units.h"

#define LINE_BYTES 1024

/* Digits behind the point that leave four significant ones. */
static int decimals(double value)
{
    double size = fabs(value);
    if (size == 0 || size >= 999.95)
        return 0;
    int before = (int)floor(log10(size)) + 1;
    return before < 1 ? 3 : 4 - before;
}

char *format_plain(char *buf, size_t size, double value)
{
    snprintf(buf, size, "%.*f", decimals(value), value);
    return buf;
}

char *format_number(char *buf, size_t size, double value)
{
    bool whole = value == rint(value) || decimals(value) == 0;
    if (!whole || value < 0 || value >= 1e15)
        return format_plain(buf, size, value);
    return units_format_count(buf, size, (uint64_t)llround(value));
}

char *format_actual(char *buf, size_t size, const struct verdict_info *v)
{
    if (!isnan(v->actual))
        return format_number(buf, size, v->actual);
    snprintf(buf, size, "%s", strcmp(v->state, "NOT_MEASURED") ? "not given" : "not measured");
    return buf;
}

char *format_time(char *buf, size_t size, int64_t unix_ns)
{
    time_t seconds = (time_t)(unix_ns / (int64_t)NS_PER_S);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm) || !strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &tm))
        snprintf(buf, size, "?");
    return buf;
}

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80; /* not a UTF-8 continuation byte */
}

/* Offset behind the first `columns` characters. */
static size_t offset_of(const char *text, size_t columns)
{
    size_t i = 0;
    for (size_t seen = 0; text[i]; i++)
        if (starts_character(text[i]) && seen++ == columns)
            break;
    return i;
}

/* Formats and takes out what a terminal would act on. */
__attribute__((format(printf, 3, 0), nonnull(3))) static void
format_clean(char *line, size_t size, const char *format, va_list args)
{
    vsnprintf(line, size, format, args);
    size_t end = strlen(line);
    while (end && line[end - 1] == ' ')
        line[--end] = '\0';
    for (char *c = line; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
}

void format_line(FILE *out, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    format_clean(line, sizeof line, format, args);
    va_end(args);
    if (line[offset_of(line, LINE_COLUMNS)])
        strcpy(line + offset_of(line, LINE_COLUMNS - 3), "...");
    fprintf(out, "%s\n", line);
}

/* Where to break: after the last space within the columns, or right there when there is none. */
static size_t break_of(const char *text, size_t columns)
{
    size_t end = offset_of(text, columns), at = end;
    if (!text[end])
        return end;
    while (at > 0 && (text[at - 1] != ' ' || text[at] == '%')) /* "5 %" stays together */
        at--;
    return at ? at : end;
}

void format_lines(FILE *out, int indent, const char *format, ...)
{
    char line[LINE_BYTES], *rest = line;
    va_list args;
    va_start(args, format);
    format_clean(line, sizeof line, format, args);
    va_end(args);
    size_t columns = LINE_COLUMNS;
    do {
        size_t len = break_of(rest, columns);
        int shown = (int)len - (len && rest[len - 1] == ' ');
        fprintf(out, "%*s%.*s\n", rest == line ? 0 : indent, "", shown, rest);
        rest += len;
        columns = LINE_COLUMNS - (size_t)indent;
    } while (*rest);
}

char *format_file_part(char *buf, size_t size, const char *text)
{
    size_t n = 0;
    for (; text[n] && n + 1 < size; n++)
        buf[n] = isalnum((unsigned char)text[n]) || strchr(".-+_", text[n]) ? text[n] : '_';
    buf[n] = '\0';
    return buf;
}

const char *format_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}
