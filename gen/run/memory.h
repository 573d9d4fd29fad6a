/* SPDX-License-Identifier: BSD-3-Clause */
/* What a connection takes in memory, measured on two processes (memory.c). */
#ifndef RUN_MEMORY_H
#define RUN_MEMORY_H

#include "run/run.h"

/* Measures the process without connections, where the job or one of its rules asks for it. Before
 * anything of the run exists: forks. What fails is told by memory_record. */
void memory_base(struct run *r, struct job *job);
/* What the process for 0 connections stores into loses its name: by itself as soon as that is open,
 * and by its parent when it has ended, however that came. Fine twice, and for any other run. */
void memory_unname(struct run_memory *m);
/* `open` connections are open, and no load has begun: takes it down when these are all. */
void memory_loaded(struct run *r, uint64_t open);
/* The rows of conn_memory, or a note that says why there are none. */
int memory_record(struct run *r, int64_t at_ns, struct err *e);

#endif
