/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/joblist.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_RUN, -ENOMEM, "no memory for the list of jobs");
}

/* Takes `path`. */
static int add(struct listed_jobs *list, char *path, bool of_folder, struct err *e)
{
    if (path && list->count == list->room) {
        uint32_t room = list->room ? list->room * 2 : 16;
        struct listed_job *all = realloc(list->all, room * sizeof *all);
        if (all) {
            list->all = all;
            list->room = room;
        }
    }
    if (!path || list->count == list->room) {
        free(path);
        return no_memory(e);
    }
    list->all[list->count++] = (struct listed_job){path, of_folder};
    return 0;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static char *path_in(const char *folder, const char *name)
{
    char *path;
    size_t len = strlen(folder);
    bool slash = len && folder[len - 1] == '/';
    return asprintf(&path, "%s%s%s", folder, slash ? "" : "/", name) < 0 ? NULL : path;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool is_job_name(const char *name)
{
    size_t len = strlen(name);
    return len > 5 && !strcmp(name + len - 5, ".conf");
}

#define NAMES_MAX 200

static void name_add(char names[NAMES_MAX], const char *name)
{
    size_t used = strlen(names);
    snprintf(names + used, NAMES_MAX - used, "%s%.100s", used ? ", " : "", name);
}

/* One name in a folder: a job, a folder (noted for the message), or nothing of ours. */
static int entry_take(struct listed_jobs *list, const char *folder, const char *name,
                      char folders[NAMES_MAX], struct err *e)
{
    char *path = path_in(folder, name);
    bool inner = path && is_folder(path);
    if (path && (inner || !is_job_name(name))) {
        if (inner)
            name_add(folders, name);
        free(path);
        return 0;
    }
    return add(list, path, true, e);
}

static int folder_add(struct listed_jobs *list, const char *folder, struct err *e)
{
    struct dirent **entries;
    char folders[NAMES_MAX] = "";
    uint32_t before = list->count;
    int rc = 0, n = scandir(folder, &entries, is_shown, alphasort);
    if (n < 0)
        return err_set(e, EXIT_USAGE, -errno, "%s: cannot read the folder: %s", folder,
                       strerror(errno));
    for (int i = 0; i < n; i++) {
        if (!rc)
            rc = entry_take(list, folder, entries[i]->d_name, folders, e);
        free(entries[i]);
    }
    free(entries);
    if (rc || list->count > before)
        return rc;
    return err_set(e, EXIT_USAGE, -ENOENT, "%s: no job in this folder: expected *.conf in it%s%s%s",
                   folder, *folders ? ", or one of its folders (" : "", folders,
                   *folders ? "), which are not looked into" : "");
}

int listed_jobs_make(struct listed_jobs *list, char *const *names, int count, struct err *e)
{
    int rc = 0;
    *list = (struct listed_jobs){0};
    for (int i = 0; i < count && !rc; i++)
        rc = is_folder(names[i]) ? folder_add(list, names[i], e)
                                 : add(list, strdup(names[i]), false, e);
    return rc;
}

void listed_jobs_free(struct listed_jobs *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        free(list->all[i].path);
    free(list->all);
    *list = (struct listed_jobs){0};
}
