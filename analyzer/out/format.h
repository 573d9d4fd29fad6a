/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers and foreign text as people read them. */
#ifndef ANALYZER_OUT_FORMAT_H
#define ANALYZER_OUT_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define LINE_COLUMNS 100

/* Four significant digits, whole numbers whole: 0.084, 12.31, 100, 312,400. */
char *format_number(char *buf, size_t size, double value);
/* Always four, without thousands separators, for narrow columns: 100.0, 312400. */
char *format_plain(char *buf, size_t size, double value);
/* The figure that a rule was held against, or a word for its absence: few samples can decide about
 * a percentile that they do not carry. */
struct verdict_info;
char *format_actual(char *buf, size_t size, const struct verdict_info *v);
/* UTC: "2026-11-21T01:30:12Z"; "?" for a time that no calendar holds. */
char *format_time(char *buf, size_t size, int64_t unix_ns);
/* One line of at most LINE_COLUMNS columns: control characters, which a file could use to take over
 * a terminal, become '?'; what is too long ends in "..."; spaces at the end go. */
void format_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same over as many lines as it takes, broken at spaces, later lines indented. */
void format_lines(FILE *out, int indent, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A file-name part: everything but letters, digits, '.', '-', '+' and '_' becomes '_'. */
char *format_file_part(char *buf, size_t size, const char *text);
/* Text or a stand-in for NULL. */
const char *format_or(const char *text, const char *otherwise);

#endif
