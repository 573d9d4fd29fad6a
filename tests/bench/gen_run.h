/* SPDX-License-Identifier: BSD-3-Clause */
/* A run of the built `gen` as a process, and the figures that it stored. */
#ifndef BENCH_GEN_RUN_H
#define BENCH_GEN_RUN_H

struct sqlite3;

/* All of TCP that a connection may be asked to have. */
#define ALL_OPTIONS "sack=yes", "rack=yes", "timestamps=yes", "congestion=cubic", "ip=6"

struct gen_run {
    char dir[64];
    struct sqlite3 *db;
    char text[400];
};

/* Runs a job made of "key=value" strings, NULL-terminated; "[name]" begins a phase. 0 when it ended well (whatever its
 * verdicts); otherwise its message went to stderr. */
int gen_run(struct gen_run *r, ...) __attribute__((sentinel));
/* The same with `watch` in a process of its own beside it, killed at the end; the file is made a
 * moment after it begins. */
int gen_run_watched(struct gen_run *r, void (*watch)(const char *db), ...) __attribute__((sentinel));
/* The `rounds` of a benchmark of which each is one such run: its value is what `figure` makes of it,
 * which has the rest told on stderr; NAN: it failed. */
int gen_rounds(int rounds, double *values, double (*figure)(struct gen_run *r, int round), ...)
    __attribute__((sentinel));
/* One of them: seconds that the connections of the job took to open; NAN: not all of them did. */
double gen_open_s(struct gen_run *r, int round);
double gen_figure(struct gen_run *r, const char *sql);    /* first column of the first row; NAN: none */
const char *gen_text(struct gen_run *r, const char *sql); /* "" : none */
void gen_rows(struct gen_run *r, const char *sql);        /* first column of each row, to stderr */
int gen_exec(struct gen_run *r, const char *sql); /* 0, or what went wrong on stderr */
void gen_run_done(struct gen_run *r);

/* `gen respond` with "--key=value" options, NULL-terminated, in a process of its own that dies with us. Its
 * process when it is ready; otherwise -1, and its message went to stderr. */
int gen_respond(const char *option, ...) __attribute__((sentinel));
void gen_respond_end(int process);

#endif
