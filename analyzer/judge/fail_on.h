/* SPDX-License-Identifier: BSD-3-Clause */
/* --fail-on: which states of a verdict fail the call, so that a CI job stops where it should. */
#ifndef ANALYZER_JUDGE_FAIL_ON_H
#define ANALYZER_JUDGE_FAIL_ON_H

#include <stdbool.h>

struct err;

/* What was not named ends with 0, but for invalid: without a comparison there is nothing that could
 * have gone well, so only `none` silences that. */
struct fail_on {
    bool regression, inconclusive, invalid;
};

/* "regression,inconclusive,invalid", "none"; NULL: all of them. EXIT_USAGE -EINVAL: another word.
 */
int fail_on_parse(const char *text, struct fail_on *out, struct err *e);
/* The exit code that `code` (of base/err.h) becomes. */
int fail_on_code(const struct fail_on *f, int code);

#endif
