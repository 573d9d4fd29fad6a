/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/svg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* One line of gnuplot's SVG, its ids and the references to them prefixed: it writes each as
 * id='x', id="x", href='#x' or url(#x). An image keeps its cells apart. */
static void put_line(FILE *out, const char *line, const char *prefix)
{
    static const char *const before[] = {" id='", " id=\"", "href='#", "url(#"};
    for (bool tag = false; *line;) { /* in text, a title's, nothing is an id */
        const char *at = NULL;
        tag = *line == '<' || (tag && *line != '>');
        for (size_t i = 0; tag && i < sizeof before / sizeof *before; i++)
            if (strncmp(line, before[i], strlen(before[i])) == 0)
                at = line + strlen(before[i]);
        if (strncmp(line, "<image ", 7) == 0) {
            fputs("<image style='image-rendering:pixelated' ", out);
            line += 7;
        } else if (at) {
            fprintf(out, "%.*s%s", (int)(at - line), line, prefix);
            line = at;
        } else {
            fputc(*line++, out);
        }
    }
}

int svg_copy(const char *path, bool whole, const char *prefix, FILE *out, struct err *e)
{
    char *line = NULL;
    size_t size = 0;
    bool inside = whole;
    FILE *in = fopen(path, "r");
    if (!in)
        return err_set(e, EXIT_ENVIRONMENT, -errno, "cannot read %s: %s", path, strerror(errno));
    while (getline(&line, &size, in) >= 0) {
        inside |= strncmp(line, "<svg", 4) == 0;
        if (inside)
            put_line(out, line, prefix);
    }
    free(line);
    fclose(in);
    return 0;
}
