/* SPDX-License-Identifier: BSD-3-Clause */
/* Line by line; the first line that is wrong ends it. A comment is from // or # to the end. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"
#include "script/internal.h"

#define TOLERANCE_NS  4000000u
#define FILE_MAX      (1u << 20)
#define SECONDS_MAX   3600.0

/* --- words ------------------------------------------------------------------------------------- */

void skip_blanks(struct line *l)
{
    while (*l->at == ' ' || *l->at == '\t')
        l->at++;
}

bool take_text(struct line *l, const char *text)
{
    skip_blanks(l);
    size_t len = strlen(text);
    if (strncmp(l->at, text, len))
        return false;
    l->at += len;
    return true;
}

bool take_number(struct line *l, int64_t least, int64_t most, int64_t *out)
{
    skip_blanks(l);
    char *end;
    errno = 0;
    long long n = strtoll(l->at, &end, 10);
    if (end == l->at || errno || n < least || n > most || (*l->at == '+'))
        return false;
    l->at = end;
    *out = n;
    return true;
}

bool take_word(struct line *l, char *out, size_t size)
{
    skip_blanks(l);
    size_t n = 0;
    while (isalnum((unsigned char)l->at[n]) || l->at[n] == '_')
        n++;
    if (!n || n >= size)
        return false;
    memcpy(out, l->at, n);
    out[n] = 0;
    l->at += n;
    return true;
}

int refuse(struct line *l, const char *expected)
{
    skip_blanks(l);
    return err_set(l->e, EXIT_USAGE, -EINVAL, "%s:%u: \"%.60s\": expected %s", l->name, l->number,
                   l->at, expected);
}

/* --- times ------------------------------------------------------------------------------------- */

/* "0", ".25", "1.5" seconds */
static bool take_seconds(struct line *l, uint64_t *ns)
{
    char *end;
    if (!isdigit((unsigned char)*l->at) && *l->at != '.')
        return false;
    double s = strtod(l->at, &end);
    if (end == l->at || !(s >= 0 && s <= SECONDS_MAX))
        return false;
    l->at = end;
    *ns = (uint64_t)(s * 1e9 + 0.5);
    return true;
}

static int parse_time(struct line *l, struct script_row *row)
{
    static const char expected[] = "a time: 0.1, +.1, +.1~+.2 or *";
    if (take_text(l, "*")) {
        row->when = WHEN_ANY;
        return 0;
    }
    row->when = take_text(l, "+") ? WHEN_AFTER : WHEN_AT;
    if (!take_seconds(l, &row->from_ns))
        return refuse(l, expected);
    row->to_ns = row->from_ns;
    if (*l->at != '~')
        return 0;
    l->at++;
    if ((row->when == WHEN_AFTER && *l->at++ != '+') || !take_seconds(l, &row->to_ns) ||
        row->to_ns < row->from_ns)
        return refuse(l, expected);
    return 0;
}

/* --- rows -------------------------------------------------------------------------------------- */

static int parse_row(struct line *l, struct script_row *row)
{
    int rc = parse_time(l, row);
    if (rc)
        return rc;
    if (take_text(l, "<"))
        row->kind = SCRIPT_ARRIVES;
    else if (take_text(l, ">"))
        row->kind = SCRIPT_LEAVES;
    else
        row->kind = SCRIPT_CALL;
    if (row->kind == SCRIPT_ARRIVES && (row->when == WHEN_ANY || row->from_ns != row->to_ns))
        return refuse(l, "one time for what arrives");
    rc = row->kind == SCRIPT_CALL ? parse_call(l, row) : parse_segment(l, row);
    skip_blanks(l);
    return rc || !*l->at ? rc : refuse(l, "the end of the line");
}

static int add_row(struct script *s, struct line *l)
{
    if (s->count % 64 == 0) {
        void *more = realloc(s->rows, (s->count + 64) * sizeof *s->rows);
        if (!more)
            return err_set(l->e, EXIT_ENVIRONMENT, -ENOMEM, "%s: no memory", l->name);
        s->rows = more;
    }
    s->rows[s->count] = (struct script_row){.line = l->number, .fd = -1};
    return parse_row(l, &s->rows[s->count++]);
}

/* What a comment says to us. */
static void read_comment(struct script *s, const char *text)
{
    static const char differs[] = "linux differs:";
    while (*text == '/' || *text == '#' || *text == ' ')
        text++;
    if (!strncmp(text, differs, sizeof differs - 1))
        snprintf(s->linux_differs, sizeof s->linux_differs, "%s", text + sizeof differs);
    else if (!s->title[0] && strncmp(text, "SPDX", 4))
        snprintf(s->title, sizeof s->title, "%s", text);
}

/* A setting of packetdrill's own, "--tolerance_usecs=N"; others mean nothing to us. */
static int read_setting(struct script *s, struct line *l)
{
    int64_t us;
    if (!take_text(l, "--tolerance_usecs="))
        return refuse(l, "--tolerance_usecs=N");
    if (!take_number(l, 0, 10000000, &us) || *l->at)
        return refuse(l, "microseconds up to 10000000");
    s->tolerance_ns = (uint64_t)us * 1000;
    return 0;
}

static int read_line(struct script *s, struct line *l)
{
    char *hash = strchr(l->text, '#'), *slashes = strstr(l->text, "//");
    char *comment = !hash ? slashes : slashes && slashes < hash ? slashes : hash;
    if (comment) {
        read_comment(s, comment);
        *comment = 0;
    }
    for (size_t n = strlen(l->text); n && isspace((unsigned char)l->text[n - 1]); n--)
        l->text[n - 1] = 0;
    skip_blanks(l);
    if (!*l->at)
        return 0;
    return !strncmp(l->at, "--", 2) ? read_setting(s, l) : add_row(s, l);
}

int script_parse(struct script *s, const char *text, const char *name, struct err *e)
{
    struct line l = {.name = name, .e = e};
    int rc = 0;
    *s = (struct script){.tolerance_ns = TOLERANCE_NS};
    while (!rc && *text) {
        size_t len = strcspn(text, "\n");
        l.number++;
        l.at = l.text;
        snprintf(l.text, sizeof l.text, "%.*s", (int)(len < sizeof l.text ? len : sizeof l.text - 1), text);
        rc = len < sizeof l.text ? read_line(s, &l) : refuse(&l, "a line of at most 299 bytes");
        text += len + (text[len] == '\n');
    }
    if (!rc && !s->count)
        rc = err_set(e, EXIT_USAGE, -EINVAL, "%s: nothing in it: expected lines as "
                     "\"+0 < S 0:0(0) win 65535 <mss 1460>\"", name);
    if (rc)
        script_free(s);
    return rc;
}

static int read_all(FILE *in, char **text)
{
    *text = calloc(1, FILE_MAX + 1);
    if (!*text)
        return -ENOMEM;
    size_t len = fread(*text, 1, FILE_MAX + 1, in);
    if (ferror(in))
        return -EIO;
    if (len > FILE_MAX)
        return -EFBIG;
    return memchr(*text, 0, len) ? -EILSEQ : 0;
}

int script_load(struct script *s, const char *path, struct err *e)
{
    char *text = NULL;
    FILE *in = fopen(path, "r");
    int rc = in ? read_all(in, &text) : -errno;
    if (in)
        fclose(in);
    if (rc)
        err_set(e, EXIT_USAGE, rc, "%s: cannot be read: %s", path,
                rc == -EFBIG    ? "expected a script of at most 1 MiB"
                : rc == -EILSEQ ? "expected text"
                                : strerror(-rc));
    else
        rc = script_parse(s, text, path, e);
    free(text);
    return rc;
}

void script_free(struct script *s)
{
    free(s->rows);
    s->rows = NULL;
    s->count = 0;
}
