/* SPDX-License-Identifier: BSD-3-Clause */
/* Bare frames over the lab, as runs are held against them: with the priority that those have. */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

struct reflect_config;

/* Round trips or turns a second; below 0: it failed and said why. */
double bare_lab(const struct reflect_config *cfg);

#endif
