/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Strikes: the same session again and again, each in a process of its own whose n-th operation
 * fails, until one is over before its n-th. They sleep most of the time, so several run at once.
 */
#ifndef TESTS_LIB_STRIKE_H
#define TESTS_LIB_STRIKE_H

#include <stdio.h>
#include <unistd.h>

#define NOT_STRUCK 77 /* exit code of a session that was over before the n-th operation */

/* In such a process, where Check's assertions would be told to nobody. */
#define must(condition, ...)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: %s: ", __FILE__, __LINE__, #condition);                                 \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
            fflush(stdout);                                                                        \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

#define STRIKES_MAX 16

struct strikes {
    void (*session)(const void *ctx, int n); /* ends with _exit(0) or _exit(NOT_STRUCK) */
    const void *ctx;
    int step;    /* the operations 1, 1 + step, ... */
    int at_once; /* at most STRIKES_MAX */
};

/* Asserts that each session ended well; returns how many were struck. */
int strike_in_turn(const struct strikes *s);

#endif
