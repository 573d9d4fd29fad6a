/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs a fuzz target once on every file of a directory, and on no input at all. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* The file's bytes in an allocation of exactly their size; NULL: cannot be read. */
static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    if (f && !fseek(f, 0, SEEK_END)) {
        *size = (size_t)ftell(f);
        rewind(f);
        data = malloc(*size ? *size : 1);
        if (data && fread(data, 1, *size, f) != *size) {
            free(data);
            data = NULL;
        }
    }
    if (f)
        fclose(f);
    return data;
}

static int replay_file(const char *dir, const char *name)
{
    char path[PATH_MAX];
    size_t size;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    uint8_t *data = read_file(path, &size);
    if (!data) {
        fprintf(stderr, "%s: cannot be read: %s\n", path, strerror(errno));
        return -1;
    }
    fprintf(stderr, "%s\n", path); /* before the call: an abort then names its input */
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    unsigned replayed = 0, unread = 0;
    if (!dir) {
        fprintf(stderr, "usage: %s CORPUS_DIRECTORY\n", argv[0]);
        return EXIT_FAILURE;
    }
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        if (replay_file(argv[1], entry->d_name))
            unread++;
        else
            replayed++;
    }
    closedir(dir);
    printf("%u inputs replayed\n", replayed);
    return replayed && !unread ? EXIT_SUCCESS : EXIT_FAILURE;
}
