/* SPDX-License-Identifier: BSD-3-Clause */
/* Where one file lies as seen from another. */
#ifndef ANALYZER_OUT_LINK_H
#define ANALYZER_OUT_LINK_H

#include <stddef.h>
#include <stdio.h>

/* The path of `target` from the folder that `from` lies in (both exist or are about to), by the
 * shortest way up; `target` itself where a path cannot be resolved. */
char *link_relative(char *buf, size_t size, const char *from, const char *target);
/* A path as a relative URL (RFC 3986 2.1): what needs it percent-encoded. */
void link_put_url(FILE *out, const char *path);

#endif
