/* SPDX-License-Identifier: BSD-3-Clause */
/* `gen list`: what this version can run, and what it cannot yet, by name. */
#ifndef RUN_LIST_H
#define RUN_LIST_H

#include <stdio.h>

/* `conf_dir`: where the workloads lie; a folder that cannot be read is said so. */
int list_print(FILE *out, const char *conf_dir);
/* Its part that no folder changes: wires, protocols, shapes. */
void list_kinds(FILE *out);

#endif
