/* SPDX-License-Identifier: BSD-3-Clause */
/* What the script reader's own files share. */
#ifndef SCRIPT_INTERNAL_H
#define SCRIPT_INTERNAL_H

#include "script/script.h"

struct line {
    const char *name;
    uint32_t number;
    struct err *e;
    char text[300];
    const char *at;
};

void skip_blanks(struct line *l);
/* Each takes what it is asked for behind blanks; false: it is not there, nothing is taken. */
bool take_text(struct line *l, const char *text);
bool take_number(struct line *l, int64_t least, int64_t most, int64_t *out);
bool take_word(struct line *l, char *out, size_t size);
/* -EINVAL: what stands here is not what was expected. */
int refuse(struct line *l, const char *expected);

int parse_segment(struct line *l, struct script_row *row);
int parse_call(struct line *l, struct script_row *row);

#endif
