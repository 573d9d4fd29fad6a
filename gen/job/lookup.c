/* SPDX-License-Identifier: BSD-3-Clause */
/* Questions to the option table: which row a key means, also a misspelt one, and its default. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/job.h"
#include "job/value.h"

#define KEY_MAX 31 /* longer words are not misspelt keys */

const struct option *option_find(const char *key)
{
    for (uint32_t i = 0; i < option_count; i++)
        if (!strcmp(options[i].key, key))
            return &options[i];
    return NULL;
}

static uint32_t least(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Edits (insert, delete, replace) between two words, by Levenshtein's recurrence with one row. */
static uint32_t edit_distance(const char *a, const char *b)
{
    uint32_t row[KEY_MAX + 1];
    size_t b_len = strlen(b);
    for (uint32_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (uint32_t i = 1; *a; a++, i++) {
        uint32_t diagonal = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= b_len; j++) {
            uint32_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (*a != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_len];
}

const struct option *option_nearest(const char *key)
{
    size_t len = strlen(key);
    if (len > KEY_MAX)
        return NULL;
    const struct option *best = NULL;
    uint32_t best_distance = len < 5 ? 2 : len < 9 ? 3 : 4; /* one more than is near */
    for (uint32_t i = 0; i < option_count; i++) {
        uint32_t distance = edit_distance(key, options[i].key);
        if (distance < best_distance) {
            best_distance = distance;
            best = &options[i];
        }
    }
    return best;
}

const char *option_later(const struct option *o, const char *value)
{
    if (o->later && (!o->initial || *value))
        return o->later;
    for (const struct choice *c = o->choices; c && c->name; c++)
        if (c->later && !strcmp(c->name, value))
            return c->later;
    return NULL;
}

char *option_variable(const struct option *o, char *buf, size_t size)
{
    snprintf(buf, size, "BENCH_%s", o->key);
    for (char *at = buf; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    return buf;
}

bool option_is_default(const struct option *o, const void *owner)
{
    void *other = calloc(1, o->phase ? sizeof(struct job_phase) : sizeof(struct job));
    if (!other)
        return true;
    o->kind->parse(o, o->initial, other);
    bool same = !memcmp(option_field_const(o, other), option_field_const(o, owner), o->size);
    free(other);
    return same;
}
