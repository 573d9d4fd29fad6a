/* SPDX-License-Identifier: BSD-3-Clause */
/* gen replay: a recording of the flight recorder, or a script of segments, stepped through the engine
 * as a trace. */
#ifndef RUN_SHOW_H
#define RUN_SHOW_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct show_ask {
    const char *path;
    uint32_t until; /* records of the connection; 0: all */
    bool json;
    int argc;       /* of scripts: keys of a job, how the engine is set up */
    char **argv;
};

/* An exit code: 0 every segment left as recorded, 1 not, 5 the state at its start is not known;
 * others with e set. */
int show_recording(const struct show_ask *ask, struct err *e);
/* The same of a script: 0 it passes, 1 not. */
int show_script(const struct show_ask *ask, struct err *e);

#endif
