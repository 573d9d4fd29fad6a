/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Foreign text, a workload's name above all, into formats that read some characters as markup.
 * Control characters and bytes that are not UTF-8 become U+FFFD in each of them.
 */
#ifndef ANALYZER_OUT_ESCAPE_H
#define ANALYZER_OUT_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* Text of XML or HTML, or of an attribute in either kind of quotes. Newlines and tabs stay. */
void escape_xml(FILE *out, const char *text);
/* A CSV field, in quotes (RFC 4180). */
void escape_csv(FILE *out, const char *text);
/* Between the quotes of an OpenMetrics label or in a HELP line. */
void escape_label(FILE *out, const char *text);
/* Markdown: what means anything to it, to HTML in it or to GitHub (@names) becomes a numeric
 * reference; a newline becomes a space, so that it fits a table. */
void escape_markdown(FILE *out, const char *text);
/* Valid UTF-8 in memory, cut at a character when the buffer ends. For JSON. */
char *escape_utf8(char *buf, size_t size, const char *text);
/* printf for XML: the result of the format is escaped as a whole. */
void escape_xmlf(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
