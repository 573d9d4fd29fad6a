/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Output formats. A format is one file and one line in the table of writers.c. Some show one run at
 * a time and can go on for any number of them (`each`); the others make one document of all runs
 * asked for (`all`).
 */
#ifndef ANALYZER_OUT_WRITER_H
#define ANALYZER_OUT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct by_table;
struct comparison;
struct db;
struct err;
struct summary;
struct calibrate_report;
struct trend_report;

/* What a document is made from. */
struct report {
    struct db *db;              /* for what no summary holds: histograms of the intervals */
    const struct summary *runs; /* in the order asked for, each once */
    size_t count;               /* at least one */
    const char *path;           /* of the document; NULL: the standard output */
    FILE *said;                 /* where to say what was left out */
};

struct writer {
    const char *option; /* "--json=lines" */
    const char *file; /* may be given a file, by this word in --help; NULL: standard output only */
    const char *what;
    int (*each)(FILE *out, const struct summary *s); /* 0, or -EIO: the stream took no more */
    int (*all)(FILE *out, const struct report *r, struct err *e); /* 0, or -errno with a message */
    int (*compare)(FILE *out, const struct comparison *c); /* NULL: not a format of comparisons */
    int (*trend)(FILE *out, const struct trend_report *r); /* the same of trends */
    int (*calibrate)(FILE *out, const struct calibrate_report *c); /* and of calibrations */
    int (*by)(FILE *out, const struct by_table *t); /* and of the parts of a run */
    size_t runs_max;                                               /* 0: any number */
    bool histograms; /* reads times[].sum, which is freed for the others */
    bool file_only;  /* never to the standard output */
};
extern const struct writer writers[];
extern const size_t writers_count;

/* The writer of an option as given ("--json", "--csv=FILE"), or NULL; `file` becomes what follows
 * the '=', or NULL. */
const struct writer *writer_find(const char *arg, const char **file);

int text_write(FILE *out, const struct summary *s);
int json_write(FILE *out, const struct summary *s);
int json_write_line(FILE *out, const struct summary *s);

int csv_write(FILE *out, const struct report *r, struct err *e);
int markdown_write(FILE *out, const struct report *r, struct err *e);
int html_write(FILE *out, const struct report *r, struct err *e);
int junit_write(FILE *out, const struct report *r, struct err *e);
int openmetrics_write(FILE *out, const struct report *r, struct err *e);
int hlog_write(FILE *out, const struct report *r, struct err *e);
int hgrm_write(FILE *out, const struct report *r, struct err *e);
int github_smaller_write(FILE *out, const struct report *r, struct err *e);
int github_bigger_write(FILE *out, const struct report *r, struct err *e);
int bencher_write(FILE *out, const struct report *r, struct err *e);
int perfherder_write(FILE *out, const struct report *r, struct err *e);

/* The table of all runs; -errno with a message. */
int list_write(FILE *out, struct db *db, uint64_t most, struct err *e);

/* Writes DIR/transport_real_tcp_{workload}_{unix seconds}.json (made whole, then renamed) and says
 * so on `said`. DIR is made when it is missing. -errno with a message. */
int json_write_file(const char *dir, const struct summary *s, FILE *said, struct err *e);

#endif
