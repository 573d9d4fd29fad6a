/* SPDX-License-Identifier: BSD-3-Clause */
/* What became of a run, in a word. */
#ifndef ANALYZER_OUT_HEADLINE_H
#define ANALYZER_OUT_HEADLINE_H

struct summary;

/* "PASS", "INVALID", "DONE (no SLA)" ... */
const char *headline(const struct summary *s);

enum headline_tone { TONE_GOOD, TONE_NEUTRAL, TONE_BAD };
enum headline_tone headline_tone(const struct summary *s);
/* A character that says the tone without colour. */
const char *headline_mark(const struct summary *s);

#endif
