/* SPDX-License-Identifier: BSD-3-Clause */
#include "live/ctl_parse.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define RATE_MIN 0.001
#define RATE_MAX 1e9

static const struct {
    const char *word, *argument;
} verbs[] = {
#define X(NAME, word, argument, meaning) {word, argument},
    CTL_LIST(X)
#undef X
};

const char *ctl_verb_name(enum ctl_verb verb)
{
    return verbs[verb].word;
}

static int refuse(char *error, size_t size, const char *what, const char *found,
                  const char *expected)
{
    snprintf(error, size, "%s \"%.60s\": expected %s", what, found, expected);
    return -EINVAL;
}

/* Printable ASCII, spaces and tabs; with an end. */
static bool take_text(const char *line, size_t len, char *out)
{
    if (len >= CTL_LINE_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)line[i];
        if ((c < ' ' && c != '\t') || c > '~')
            return false;
        out[i] = c == '\t' ? ' ' : (char)c;
    }
    while (len && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
    return true;
}

static int parse_rate(struct ctl_command *c, char *error, size_t size)
{
    if (units_parse_rate(c->argument, &c->rate_per_s) || !isfinite(c->rate_per_s) ||
        c->rate_per_s < RATE_MIN || c->rate_per_s > RATE_MAX)
        return refuse(error, size, "rate", c->argument,
                      "a rate from 0.001/s to 1000000000/s (500, 60k/s, 600/min)");
    return 0;
}

/* What the faults themselves may be is the wire's to know. */
static int parse_fault(struct ctl_command *c, char *error, size_t size)
{
    static const char *const ways[] = {"", "rx ", "tx "};
    c->way = !strncmp(c->argument, "rx ", 3)   ? CTL_RX
             : !strncmp(c->argument, "tx ", 3) ? CTL_TX
                                               : CTL_BOTH;
    c->faults = c->argument + strlen(ways[c->way]);
    c->faults += strspn(c->faults, " ");
    if (!*c->faults || !strcmp(c->faults, "rx") || !strcmp(c->faults, "tx"))
        return refuse(error, size, "fault", c->argument,
                      "[rx|tx] FAULTS (loss=5%,reorder=1%) or none");
    if (!strcmp(c->faults, "none"))
        c->faults = "";
    return 0;
}

static int parse_argument(struct ctl_command *c, char *error, size_t size)
{
    switch (c->verb) {
    case CTL_RATE:
        return parse_rate(c, error, size);
    case CTL_FAULT:
        return parse_fault(c, error, size);
    case CTL_STATUS:
    case CTL_NEXT:
    case CTL_STOP:
    case CTL_COUNT:
        break;
    }
    return *c->argument
               ? refuse(error, size, ctl_verb_name(c->verb), c->argument, "nothing behind it")
               : 0;
}

int ctl_parse(const char *line, size_t len, struct ctl_command *out, char *error, size_t size)
{
    char text[CTL_LINE_MAX];
    *out = (struct ctl_command){.faults = ""};
    if (!take_text(line, len, text)) {
        snprintf(error, size, "expected a line of at most %d printable bytes", CTL_LINE_MAX - 1);
        return -EINVAL;
    }
    const char *word = text + strspn(text, " ");
    size_t word_len = strcspn(word, " ");
    for (size_t v = 0; v < CTL_COUNT; v++) {
        if (strlen(verbs[v].word) != word_len || strncmp(verbs[v].word, word, word_len))
            continue;
        out->verb = (enum ctl_verb)v;
        const char *argument = word + word_len;
        snprintf(out->argument, sizeof out->argument, "%s", argument + strspn(argument, " "));
        return parse_argument(out, error, size);
    }
    return refuse(error, size, "unknown command", word, "status, rate, next, fault or stop");
}
