/* SPDX-License-Identifier: BSD-3-Clause */
/* Words and texts: text to field and exactly back. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "job/job.h"
#include "job/value.h"

/* ---- yes or no ---- */

static const struct choice flag_words[] = {{"yes", 1}, {"no", 0}, {"true", 1}, {"false", 0},
                                           {"1", 1},   {"0", 0},  {NULL}};

static const struct choice *choice_find(const struct choice *choices, const char *name)
{
    for (; choices->name; choices++)
        if (!strcmp(choices->name, name))
            return choices;
    return NULL;
}

static int flag_parse(const struct option *o, const char *text, void *owner)
{
    const struct choice *word = choice_find(flag_words, text);
    if (!word)
        return -EINVAL;
    *(bool *)option_field(o, owner) = word->value;
    return 0;
}

static void flag_format(const struct option *o, const void *owner, FILE *out)
{
    fputs(*(const bool *)option_field_const(o, owner) ? "yes" : "no", out);
}

static void flag_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("yes or no (true, false, 1, 0)", out);
}

const struct value_kind kind_flag = {flag_parse, flag_format, flag_expect};

/* ---- one of a few words ---- */

void choices_print(const struct choice *choices, FILE *out)
{
    const char *between = "";
    for (; choices->name; choices++) {
        if (choices->later)
            continue;
        fprintf(out, "%s%s", between, choices->name);
        between = ", ";
    }
}

static void choice_expect(const struct option *o, FILE *out)
{
    fputs("one of ", out);
    choices_print(o->choices, out);
}

static int choice_parse(const struct option *o, const char *text, void *owner)
{
    const struct choice *word = choice_find(o->choices, text);
    if (!word)
        return -EINVAL;
    void *field = option_field(o, owner);
    if (o->size == sizeof(bool))
        *(bool *)field = word->value;
    else
        *(int *)field = word->value;
    return 0;
}

static void choice_format(const struct option *o, const void *owner, FILE *out)
{
    const void *field = option_field_const(o, owner);
    int value = o->size == sizeof(bool) ? *(const bool *)field : *(const int *)field;
    for (const struct choice *c = o->choices; c->name; c++)
        if (!c->later && c->value == value) {
            fputs(c->name, out);
            return;
        }
}

const struct value_kind kind_choice = {choice_parse, choice_format, choice_expect};

static int word_parse(const struct option *o, const char *text, void *owner)
{
    return choice_find(o->choices, text) ? text_store(o, text, owner) : -EINVAL;
}

const struct value_kind kind_word = {word_parse, text_format, choice_expect};

/* ---- texts: one printable line, so that it can be written to a job file and read back ---- */

int text_store(const struct option *o, const char *text, void *owner)
{
    size_t len = strlen(text);
    if (len >= o->size)
        return -ERANGE;
    for (size_t i = 0; i < len; i++)
        if (iscntrl((unsigned char)text[i]))
            return -EINVAL;
    memset(option_field(o, owner), 0, o->size);
    memcpy(option_field(o, owner), text, len);
    return 0;
}

void text_format(const struct option *o, const void *owner, FILE *out)
{
    fputs(option_field_const(o, owner), out);
}

static void text_expect(const struct option *o, FILE *out)
{
    fprintf(out, "one printable line of at most %u bytes", o->size - 1);
}

const struct value_kind kind_text = {text_store, text_format, text_expect};

/* ---- a hash ---- */

#define HASH_DIGITS 16

static int hash_parse(const struct option *o, const char *text, void *owner)
{
    size_t digits = strspn(text, "0123456789abcdef");
    return text[digits] || (digits && digits != HASH_DIGITS) ? -EINVAL : text_store(o, text, owner);
}

static void hash_expect(const struct option *o, FILE *out)
{
    (void)o;
    fprintf(out, "%d digits of 0-9a-f or nothing", HASH_DIGITS);
}

const struct value_kind kind_hash = {hash_parse, text_format, hash_expect};

/* ---- a name: the list is where the thing is, out of this folder's sight ---- */

static int name_parse(const struct option *o, const char *text, void *owner)
{
    for (const char *at = text; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '_' && *at != '-')
            return -EINVAL;
    return *text ? text_store(o, text, owner) : -EINVAL;
}

static void name_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("a name that gen list shows", out);
}

const struct value_kind kind_name = {name_parse, text_format, name_expect};

/* ---- processor numbers ---- */

static int cpus_parse(const struct option *o, const char *text, void *owner)
{
    bool digit = false;
    for (const char *at = text; *at; at++) {
        if (*at != ',' && !isdigit((unsigned char)*at))
            return -EINVAL;
        if (*at == ',' && !digit)
            return -EINVAL;
        digit = *at != ',';
    }
    return *text && !digit ? -EINVAL : text_store(o, text, owner);
}

static void cpus_expect(const struct option *o, FILE *out)
{
    (void)o;
    fputs("processor numbers with commas (0,1) or nothing", out);
}

const struct value_kind kind_cpus = {cpus_parse, text_format, cpus_expect};
