/* SPDX-License-Identifier: BSD-3-Clause */
/* The job files that a call names: files as they are, a folder by the *.conf in it, in order. */
#ifndef RUN_JOBLIST_H
#define RUN_JOBLIST_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct listed_job {
    char *path;
    bool of_folder; /* found in a folder, not named */
};

struct listed_jobs {
    uint32_t count, room;
    struct listed_job *all;
};

/* 0, or -errno with EXIT_USAGE and what is wrong with which name: a folder that cannot be read, or
 * holds no job. Folders inside a folder are not looked into. listed_jobs_free in any case. */
int listed_jobs_make(struct listed_jobs *list, char *const *names, int count, struct err *e);
void listed_jobs_free(struct listed_jobs *list);

#endif
