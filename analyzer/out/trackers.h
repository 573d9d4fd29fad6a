/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the JSON of trackers of benchmarks has in common. They keep a history and raise alarms, so
 * only finished, valid runs go into it.
 */
#ifndef ANALYZER_OUT_TRACKERS_H
#define ANALYZER_OUT_TRACKERS_H

#include <jansson.h>
#include <stdio.h>

#include "analyzer/out/writer.h"

#define TRACKER_NAME_BYTES 100 /* of a workload's name, Perfherder's bound */

/* Calls `take` with each run that may be tracked, under a name that no other run of the document
 * has. */
void trackers_each(const struct report *r, json_t *root,
                   void (*take)(json_t *root, const struct summary *s, const char *name));
/* Prints and frees. -ENODATA with EXIT_INVALID: nothing is in it. */
int trackers_dump(FILE *out, json_t *root, const struct report *r, struct err *e);

#endif
