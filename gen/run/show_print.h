/* SPDX-License-Identifier: BSD-3-Clause */
/* A replay as lines for people, or as JSON, a line each. */
#ifndef RUN_SHOW_PRINT_H
#define RUN_SHOW_PRINT_H

#include <stdio.h>

#include "flight/retrace.h"

struct trace_print {
    FILE *out;
    bool json;
    uint64_t start_ns;
    uint64_t at_ns;             /* of the line before */
    uint32_t iss, their_iss;    /* what numbers are told relative to */
    bool their_iss_known;
    bool guesses;               /* where a SYN is missing */
};

void trace_begin(struct trace_print *p, const struct retrace *r);
retrace_show trace_step; /* ctx: struct trace_print */
void trace_end(struct trace_print *p, const struct retrace *r, enum retrace_verdict verdict);

#endif
