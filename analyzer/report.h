/* SPDX-License-Identifier: BSD-3-Clause */
/* Documents of all runs asked for: gathers their summaries, then calls the writers. */
#ifndef ANALYZER_REPORT_H
#define ANALYZER_REPORT_H

#include <stdio.h>

#include "analyzer/out/writer.h"

struct options;

/* The runs while they are gathered. */
struct report_runs {
    struct summary *runs;
    size_t count;
    bool histograms; /* some writer reads them: they stay */
};

/* Takes the summary over, also on failure; a run that is there already is dropped. */
int report_add(struct report_runs *r, struct summary *s, struct err *e);
void report_fini(struct report_runs *r);

/* Writes one document: to `path` by way of a draft, said on `said`; NULL: to the standard output.
 * -errno with a message; nothing half-written stays. */
int report_write(const struct writer *w, const char *path, struct report *r, struct err *e);

#endif
