/* SPDX-License-Identifier: BSD-3-Clause */
/* gnuplot's SVG, made fit for its place: several may stand in one page. */
#ifndef ANALYZER_SVG_H
#define ANALYZER_SVG_H

#include <stdbool.h>
#include <stdio.h>

struct err;

/* Copies the picture at `path`, every id and reference to one prefixed, cells of images kept apart.
 * `whole`: with the XML head of a file of its own, else from <svg> on. -errno with a message. */
int svg_copy(const char *path, bool whole, const char *prefix, FILE *out, struct err *e);

#endif
