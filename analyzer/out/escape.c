/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/escape.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Length of the UTF-8 sequence that starts here (RFC 3629 4), 0 when there is none. */
static size_t sequence(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = s[0] < 0x80       ? 1
                 : s[0] >> 5 == 6  ? 2
                 : s[0] >> 4 == 14 ? 3
                 : s[0] >> 3 == 30 ? 4
                                   : 0;
    uint32_t code = len == 1 ? s[0] : s[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (s[i] & 0x3f);
    }
    bool sane = len && code >= least[len] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return sane && (code & 0xfffe) != 0xfffe ? len : 0; /* U+xxFFFE and F: XML has no place */
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Calls `put` with each character, whatever cannot be one replaced. `keep`: control characters
 * that stay. */
static void walk(FILE *out, const char *text, const char *keep,
                 void (*put)(FILE *out, const char *at, size_t len))
{
    while (*text) {
        size_t len = sequence(text);
        if (len == 0 || (is_control(*text) && !strchr(keep, *text)))
            fputs(REPLACEMENT, out);
        else
            put(out, text, len);
        text += len ? len : 1;
    }
}

static void put_xml(FILE *out, const char *at, size_t len)
{
    if (len == 1 && strchr("&<>\"'", *at))
        fprintf(out, "&#%d;", *at);
    else
        fwrite(at, 1, len, out);
}

static void put_csv(FILE *out, const char *at, size_t len)
{
    if (*at == '"')
        fputc('"', out);
    fwrite(at, 1, len, out);
}

static void put_label(FILE *out, const char *at, size_t len)
{
    if (*at == '\n')
        fputs("\\n", out);
    else if (*at == '"' || *at == '\\')
        fprintf(out, "\\%c", *at);
    else
        fwrite(at, 1, len, out);
}

static void put_markdown(FILE *out, const char *at, size_t len)
{
    if (*at == '\n' || *at == '\t')
        fputc(' ', out);
    else if (len == 1 && strchr("\\`*_[]<>#!|&~@$", *at))
        fprintf(out, "&#%d;", *at);
    else
        fwrite(at, 1, len, out);
}

void escape_xml(FILE *out, const char *text)
{
    walk(out, text, "\n\t", put_xml);
}

void escape_csv(FILE *out, const char *text)
{
    fputc('"', out);
    walk(out, text, "\n\t", put_csv);
    fputc('"', out);
}

void escape_label(FILE *out, const char *text)
{
    walk(out, text, "\n", put_label);
}

void escape_markdown(FILE *out, const char *text)
{
    walk(out, text, "\n\t", put_markdown);
}

char *escape_utf8(char *buf, size_t size, const char *text)
{
    size_t at = 0;
    while (*text) {
        size_t len = sequence(text);
        bool good = len && !is_control(*text);
        size_t room = good ? len : strlen(REPLACEMENT);
        if (at + room >= size)
            break;
        memcpy(buf + at, good ? text : REPLACEMENT, room);
        at += room;
        text += len ? len : 1;
    }
    buf[at] = '\0';
    return buf;
}

void escape_xmlf(FILE *out, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    escape_xml(out, text);
}
