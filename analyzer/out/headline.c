/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/headline.h"

#include <string.h>

#include "analyzer/out/format.h"
#include "analyzer/summary.h"

const char *headline(const struct summary *s)
{
    switch (s->run.state) {
    case RUN_RUNNING:
        return "RUNNING";
    case RUN_INTERRUPTED:
        return "INTERRUPTED";
    case RUN_ABORTED:
        return "ABORTED";
    case RUN_FAILED:
        return "FAILED";
    case RUN_DONE:
        break;
    }
    return s->run.valid == 0 ? "INVALID" : format_or(s->verdict, "DONE (no SLA)");
}

enum headline_tone headline_tone(const struct summary *s)
{
    const char *head = headline(s);
    if (strcmp(head, "PASS") == 0 || strcmp(head, "WARN") == 0)
        return TONE_GOOD;
    return s->run.state == RUN_RUNNING || strncmp(head, "DONE", 4) == 0 ? TONE_NEUTRAL : TONE_BAD;
}

const char *headline_mark(const struct summary *s)
{
    switch (headline_tone(s)) {
    case TONE_GOOD:
        return "✓";
    case TONE_NEUTRAL:
        return "·";
    case TONE_BAD:
        return "✗";
    }
    return "";
}
