/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Output formats. A format is one function and one line in the table of writers.c; it shows one run
 * at a time. Every writer returns 0, or -EIO when the stream took no more.
 */
#ifndef ANALYZER_OUT_WRITER_H
#define ANALYZER_OUT_WRITER_H

#include <stddef.h>
#include <stdio.h>

struct db;
struct err;
struct summary;

struct writer {
    const char *option, *what; /* "--json=lines", what it prints */
    int (*write)(FILE *out, const struct summary *s);
};
extern const struct writer writers[];
extern const size_t writers_count;

/* The writer of an option as given ("--json"), or NULL. */
const struct writer *writer_find(const char *option);

int text_write(FILE *out, const struct summary *s);
int json_write(FILE *out, const struct summary *s);
int json_write_line(FILE *out, const struct summary *s);

/* The table of all runs; -errno with a message. */
int list_write(FILE *out, struct db *db, struct err *e);

/* Writes DIR/transport_real_tcp_{workload}_{unix seconds}.json (made whole, then renamed) and says
 * so on `said`. DIR is made when it is missing. -errno with a message. */
int json_write_file(const char *dir, const struct summary *s, FILE *said, struct err *e);

#endif
