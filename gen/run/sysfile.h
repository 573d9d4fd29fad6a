/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernel tells in text files of /proc and /sys. */
#ifndef RUN_SYSFILE_H
#define RUN_SYSFILE_H

#include <stdbool.h>
#include <stddef.h>

/* First line without its trailing blanks; empty when it cannot be read (false). */
bool sysfile_line(const char *path, char *out, size_t size);
/* The value behind the colon of the first line that begins with `key`, as in /proc/meminfo. */
bool sysfile_field(const char *path, const char *key, char *out, size_t size);

#endif
