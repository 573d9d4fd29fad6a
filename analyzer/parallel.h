/* SPDX-License-Identifier: BSD-3-Clause */
/* Independent pieces of pure work on the cores that there are. */
#ifndef ANALYZER_PARALLEL_H
#define ANALYZER_PARALLEL_H

#include <stddef.h>

#define PARALLEL_MAX 16 /* threads */

/* Calls work(all, i) once for each i < count, in any order, several at a time: what it touches must
 * belong to piece i alone. 0, or the first -errno that a piece returned. */
int parallel_each(size_t count, int (*work)(void *all, size_t i), void *all);

#endif
