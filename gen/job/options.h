/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one option table: every key of a job, once. Parser, command line, environment, --help, man
 * page and resolved text are loops over it, so that none of them can know a key that another does
 * not.
 */
#ifndef JOB_OPTIONS_H
#define JOB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value_kind;

/* A word that a key takes. */
struct choice {
    const char *name;
    int value;
    const char *later; /* NULL, or what brings it: known, refused by name */
};

struct option {
    const char *key;
    const struct value_kind *kind;
    const char *initial; /* default, as people write it; NULL: another key fills the field */
    const char *help;
    const char *form;  /* what stands for the value in --help: "N", "TIME", "ADDR:PORT" */
    const char *group; /* heading, on the first row of a group */
    const char *later; /* NULL, or what brings the key: any value but "" is refused by name */
    const struct choice *choices; /* ends with a NULL name */
    const char *shape;            /* NULL, or the only shape that this is a key of */
    uint64_t min, max;            /* in the kind's unit: 1, bytes, ns, millionths */
    uint32_t offset, size;        /* of the field in struct job_phase (`phase`) or struct job */
    bool phase;                   /* may differ from phase to phase */
    bool aside;    /* does not change the work: an override leaves the workload id alone */
    bool unhashed; /* not part of what the history key hashes */
};

extern const struct option options[];
extern const uint32_t option_count;
#define OPTIONS_MAX 160 /* rows at most, for arrays over the table */

const struct option *option_find(const char *key); /* NULL: no such key */
/* The known key that `key` was most likely meant to be; NULL: none is near. */
const struct option *option_nearest(const char *key);
/* What brings `value` of this key, or NULL when this version has it. */
const char *option_later(const struct option *o, const char *value);
/* Whether the field holds what it holds when nobody writes the key; `owner`: the struct job_phase
 * or the struct job that has it. */
bool option_is_default(const struct option *o, const void *owner);
/* BENCH_KEY, for the environment. */
char *option_variable(const struct option *o, char *buf, size_t size);

#endif
