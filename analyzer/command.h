/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands: options that do something else than show runs. A command is one function and one line
 * in the table of command.c; its words are what follows it on the command line.
 */
#ifndef ANALYZER_COMMAND_H
#define ANALYZER_COMMAND_H

#include <stddef.h>

struct err;
struct options;

/* What a command may be given besides --db and its words. */
enum {
    TAKES_RUN = 1,
    TAKES_PRUNE = 2,
    TAKES_LIMIT = 4,
    TAKES_FAIL_ON = 8,
    TAKES_FORCE = 16,
    TAKES_WRITER = 32, /* formats; the command refuses those that it has not */
    TAKES_PLOT = 64,
    TAKES_METRIC = 128,
    TAKES_LAST = 256,
};

struct command {
    const char *option, *words; /* words as --help shows them, "" without */
    int words_min, words_max;
    unsigned takes;
    /* 0 with the exit code set where it is not 0, or -errno with a message. */
    int (*act)(const struct options *o, int *code, struct err *e);
    const char *what;
};
extern const struct command commands[];
extern const size_t commands_count;

/* The file itself (analyzer/upkeep/). */
int upkeep_check(const struct options *o, int *code, struct err *e);
int upkeep_merge(const struct options *o, int *code, struct err *e);
int upkeep_prune(const struct options *o, int *code, struct err *e);
int upkeep_export(const struct options *o, int *code, struct err *e);
/* Named sets of runs to compare with (baseline.c). */
int baseline_set(const struct options *o, int *code, struct err *e);
int baseline_list(const struct options *o, int *code, struct err *e);
int baseline_drop(const struct options *o, int *code, struct err *e);
/* Verdicts over several runs, stored and repeated (analyzer/judge/). */
int compare_command(const struct options *o, int *code, struct err *e);
int replay_command(const struct options *o, int *code, struct err *e);
int analyses_list(const struct options *o, int *code, struct err *e);
/* The history of a workload (judge/trend_command.c). */
int trend_command(const struct options *o, int *code, struct err *e);
int calibrate_command(const struct options *o, int *code, struct err *e);
/* The parts of a run (by_command.c). */
int by_command(const struct options *o, int *code, struct err *e);
/* A run as it goes (follow.c). */
int follow_run(const struct options *o, int *code, struct err *e);

#endif
