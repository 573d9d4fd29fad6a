/* SPDX-License-Identifier: BSD-3-Clause */
/* What `gen ctl` asks of a run: one line, a verb and perhaps an argument. Foreign bytes. */
#ifndef LIVE_CTL_PARSE_H
#define LIVE_CTL_PARSE_H

#include <stddef.h>

#define CTL_LINE_MAX 512 /* bytes, its end included */

/* X(NAME, word, argument, meaning) */
#define CTL_LIST(X)                                                                                \
    X(STATUS, "status", "", "where the run stands")                                                \
    X(RATE, "rate", "RATE", "another rate for the running open-loop phase, from now on")           \
    X(NEXT, "next", "", "end this phase now and go on with the next")                              \
    X(FAULT, "fault", "[rx|tx] FAULTS|none", "other faults on the wire, from now on")              \
    X(STOP, "stop", "", "end the run now, in order")

enum ctl_verb {
#define X(NAME, word, argument, meaning) CTL_##NAME,
    CTL_LIST(X)
#undef X
        CTL_COUNT
};

enum ctl_way { CTL_BOTH, CTL_RX, CTL_TX };

struct ctl_command {
    enum ctl_verb verb;
    char argument[CTL_LINE_MAX]; /* as written, without spaces around it; "": none */
    double rate_per_s;           /* CTL_RATE */
    enum ctl_way way;            /* CTL_FAULT */
    const char *faults;          /* of them, within `argument`: "loss=5%"; "" for none */
};

const char *ctl_verb_name(enum ctl_verb verb);
/* `len` bytes without the end of the line. 0, or -EINVAL with what is wrong in `error`. */
int ctl_parse(const char *line, size_t len, struct ctl_command *out, char *error, size_t size);

#endif
