/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What someone wrote, before it is a job: entries in the order of their precedence, each with the
 * place it came from, so that every refusal can name it.
 */
#ifndef JOB_ENTRY_H
#define JOB_ENTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "job/options.h"

struct err;
struct job_args;

enum entry_from { FROM_SECTION, FROM_FILE, FROM_ENVIRONMENT, FROM_ARGUMENT };

#define ENTRY_NO_FILE 0xffffffffu

/* A job file, or one that it includes. */
struct entry_file {
    char *path;     /* as given, or made from the including file's folder */
    char *given;    /* as its include says it */
    uint32_t by;    /* the file that includes it; ENTRY_NO_FILE: the job file itself */
    uint32_t line;  /* of its include there */
    uint64_t device, inode;
};

struct entry {
    enum entry_from from;
    uint32_t file, line;         /* FROM_SECTION (a heading), FROM_FILE */
    uint32_t layer;              /* a later layer wins: an included file comes before who includes it */
    const struct option *option; /* NULL: FROM_SECTION */
    char *section;               /* "": all phases */
    char *value;
    char *given; /* FROM_ENVIRONMENT, FROM_ARGUMENT: as written */
};

#define ENTRY_FILES  64 /* of one job at most */
#define ENTRY_DEEP   8  /* includes one inside the other at most */

struct entries {
    char *path; /* of the job file; "" without */
    uint32_t count, room;
    struct entry *all;
    uint32_t layers; /* so far */
    uint32_t files_count;
    struct entry_file files[ENTRY_FILES];
};

/* Adds `new` with copies of its texts, the value without the blanks around it. */
int entries_add(struct entries *entries, const struct entry *new, struct err *e);
void entries_free(struct entries *entries);

/* Each appends what it finds, as a layer of its own; keys are known, values not yet looked at. */
int entries_read_file(struct entries *entries, const char *path, struct err *e);
int entries_read_environment(struct entries *entries, char *const *environment, struct err *e);
int entries_read_arguments(struct entries *entries, const struct job_args *args, struct err *e);

/* Reads what line `line` of file `by` includes (include.c). */
int entries_include(struct entries *entries, uint32_t by, uint32_t line, const char *given,
                    struct err *e);
/* Reads an open file of `files`, whose path messages name. */
int entries_parse(struct entries *entries, uint32_t file, FILE *stream, struct err *e);

/* `conf/x.conf:12: depth = "4"`, `--depth=4`, `BENCH_DEPTH=4`. */
#define WHERE_MAX 400
char *entry_where(const struct entries *entries, const struct entry *entry, char *buf, size_t size);

#endif
