/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of `analyze`. One table makes parser and --help. */
#ifndef ANALYZER_OPTIONS_H
#define ANALYZER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct command;
struct err;
struct writer;

#define OPTIONS_RUNS    1000
#define OPTIONS_FILES   16
#define OPTIONS_METRICS 32

/* A document to write to a file. */
struct output {
    const struct writer *writer;
    const char *path;
};

struct options {
    const char *db, *json_dir, *plot;
    const char *runs[OPTIONS_RUNS]; /* as given with --run, none: the last */
    int runs_count;
    const struct writer *writer; /* of the standard output, never NULL */
    struct output files[OPTIONS_FILES];
    int files_count;
    const struct command *command;       /* NULL: show runs */
    const char *words[OPTIONS_RUNS + 1]; /* of the command, in order */
    int words_count;
    const char *metrics[OPTIONS_METRICS]; /* as given with --metric */
    int metrics_count;
    const char *older_than, *keep_size, *follow_limit, *fail_on, *last; /* as given, or NULL */
    uint64_t limit; /* of --list; 0: all runs */
    bool list, limited, help, version, force;
};

/* -EINVAL with a message that names the option. */
int options_parse(struct options *o, int argc, char **argv, struct err *e);
void options_help(FILE *out);

#endif
