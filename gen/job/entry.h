/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What someone wrote, before it is a job: entries in the order of their precedence, each with the
 * place it came from, so that every refusal can name it.
 */
#ifndef JOB_ENTRY_H
#define JOB_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "job/options.h"

struct err;
struct job_args;

enum entry_from { FROM_SECTION, FROM_FILE, FROM_ENVIRONMENT, FROM_ARGUMENT };

struct entry {
    enum entry_from from;
    uint32_t line;               /* FROM_SECTION (a heading), FROM_FILE */
    const struct option *option; /* NULL: FROM_SECTION */
    char *section;               /* "": all phases */
    char *value;
    char *given; /* FROM_ENVIRONMENT, FROM_ARGUMENT: as written */
};

struct entries {
    char *path; /* of the file; "" without */
    uint32_t count, room;
    struct entry *all;
};

/* Adds `new` with copies of its texts, the value without the blanks around it. */
int entries_add(struct entries *entries, const struct entry *new, struct err *e);
void entries_free(struct entries *entries);

/* Each appends what it finds; keys are known, values not yet looked at. */
int entries_read_file(struct entries *entries, const char *path, struct err *e);
int entries_read_environment(struct entries *entries, char *const *environment, struct err *e);
int entries_read_arguments(struct entries *entries, const struct job_args *args, struct err *e);

/* `conf/x.conf:12: depth = "4"`, `--depth=4`, `BENCH_DEPTH=4`. */
#define WHERE_MAX 400
char *entry_where(const struct entries *entries, const struct entry *entry, char *buf, size_t size);

#endif
