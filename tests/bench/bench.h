/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A benchmark is a row of a table at the end of a file bench_GROUP.c. A group has a line below and
 * its file's name in meson.build; nothing else knows of it.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#define BENCH_ROUNDS_MAX 31

/* Which way is better, for who compares results. */
enum bench_good {
    GOOD_BY_UNIT,      /* what is a second (".../s") and ratios: more; all else: less */
    GOOD_MORE,
    GOOD_LESS,
    GOOD_LESS_BELOW_0, /* a difference, which may fall below 0 */
};

struct bench {
    const char *name, *unit, *meaning;
    /* Fills values, one a round (BENCH_ROUNDS_MAX at most); returns how many, 0 on failure. What it
     * has to tell goes to stderr. */
    int (*rounds)(double *values);
    enum bench_good good;
};

/* In the order in which all of them run. GROUP_benches[] ends with a row without a name. */
#define BENCH_GROUPS(X)                                                                            \
    X(micro_frame)                                                                                 \
    X(micro_lookup)                                                                                \
    X(micro_step)                                                                                  \
    X(micro_record)                                                                                \
    X(micro_handover)                                                                              \
    X(engine)                                                                                      \
    X(transactions)                                                                                \
    X(lives)                                                                                       \
    X(ring)                                                                                        \
    X(bulk)                                                                                        \
    X(schedule)                                                                                    \
    X(late)                                                                                        \
    X(connections)                                                                                 \
    X(scale)                                                                                       \
    X(record)                                                                                      \
    X(analyze)                                                                                     \
    X(reader)                                                                                      \
    X(report)                                                                                      \
    X(compare)                                                                                     \
    X(trend)

#define X(group) extern const struct bench group##_benches[];
BENCH_GROUPS(X)
#undef X

int bench_rounds(int otherwise); /* BENCH_ROUNDS of the environment, else `otherwise` */

#endif
