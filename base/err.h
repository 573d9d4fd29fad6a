/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Set-up errors, told once where the context is richest.
 *
 * A function that can fail during set-up takes `struct err *e` last and returns 0 or -errno. The
 * first err_set() wins: callers further out add nothing, they clean up and pass the value on.
 * Only a main.c prints the message and exits with the code.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Exit codes of both programs (the contract that CI jobs act on). */
enum exit_code {
    EXIT_WELL = 0,         /* everything passed */
    EXIT_VERDICT = 1,      /* a verdict failed or a regression was found */
    EXIT_USAGE = 2,        /* usage, configuration, unreadable input */
    EXIT_ENVIRONMENT = 3,  /* privilege, driver, disk, missing program */
    EXIT_RUN = 4,          /* the run itself failed or was aborted */
    EXIT_INCONCLUSIVE = 5, /* inconclusive or not measured */
    EXIT_INVALID = 6,      /* invalid or incomparable */
};

struct err {
    int exit_code; /* 0: nothing went wrong yet */
    char message[600];
};

/* Stores the message and the exit code unless one is stored already; returns `ret` (a negative
 * errno) so that `return err_set(e, EXIT_USAGE, -EINVAL, ...)` reads as one sentence. */
int err_set(struct err *e, enum exit_code code, int ret, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
