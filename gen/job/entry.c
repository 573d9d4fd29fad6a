/* SPDX-License-Identifier: BSD-3-Clause */
#include "job/entry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define BLANKS " \t\r\n\v\f"

static int entries_grow(struct entries *entries)
{
    uint32_t room = entries->room ? entries->room * 2 : 64;
    struct entry *all = realloc(entries->all, room * sizeof *all);
    if (!all)
        return -ENOMEM;
    entries->all = all;
    entries->room = room;
    return 0;
}

/* A copy without the blanks around it: a file could not carry them. */
static char *trimmed(const char *text)
{
    text += strspn(text, BLANKS);
    size_t len = strlen(text);
    while (len && strchr(BLANKS, text[len - 1]))
        len--;
    return strndup(text, len);
}

int entries_add(struct entries *entries, const struct entry *new, struct err *e)
{
    if (entries->count == entries->room && entries_grow(entries) < 0)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for the job");
    struct entry *entry = &entries->all[entries->count++];
    *entry = *new;
    entry->section = strdup(new->section ? new->section : "");
    entry->value = trimmed(new->value ? new->value : "");
    entry->given = strdup(new->given ? new->given : "");
    if (!entry->section || !entry->value || !entry->given)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for the job");
    return 0;
}

void entries_free(struct entries *entries)
{
    for (uint32_t i = 0; i < entries->count; i++) {
        free(entries->all[i].section);
        free(entries->all[i].value);
        free(entries->all[i].given);
    }
    for (uint32_t i = 0; i < entries->files_count; i++) {
        free(entries->files[i].path);
        free(entries->files[i].given);
    }
    free(entries->all);
    free(entries->path);
    *entries = (struct entries){0};
}

char *entry_where(const struct entries *entries, const struct entry *entry, char *buf, size_t size)
{
    switch (entry->from) {
    case FROM_SECTION:
        snprintf(buf, size, "%s:%u: [%s]", entries->files[entry->file].path, entry->line,
                 entry->section);
        break;
    case FROM_FILE:
        snprintf(buf, size, "%s:%u: %s = \"%s\"", entries->files[entry->file].path, entry->line,
                 entry->option->key, entry->value);
        break;
    case FROM_ENVIRONMENT:
    case FROM_ARGUMENT:
        snprintf(buf, size, "%s", entry->given);
        break;
    }
    return buf;
}
