/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that appear whole or not at all. Errors: -errno with a message, EXIT_ENVIRONMENT. */
#ifndef ANALYZER_FILES_H
#define ANALYZER_FILES_H

#include <stdio.h>

struct err;

/* mkdir -p. */
int files_make_dir(const char *path, struct err *e);

/* A file being written beside its place: DIR/.NAME.XXXXXX until it is kept. */
struct file_draft {
    FILE *out;
    char path[4096], draft[4096]; /* draft "": written in place */
};
int file_draft_open(struct file_draft *f, const char *dir, const char *name, struct err *e);
/* The same for a whole path, whose folder exists. A pipe, a device and a symbolic link are written
 * in place: a rename would put a file where they are. */
int file_draft_open_path(struct file_draft *f, const char *path, struct err *e);
/* Closes and renames; on failure the draft is gone. */
int file_draft_keep(struct file_draft *f, struct err *e);
void file_draft_drop(struct file_draft *f);

/* Copies a whole file into DIR/NAME by way of a draft. */
int files_copy(const char *from, const char *dir, const char *name, struct err *e);

#endif
