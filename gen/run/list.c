/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/err.h"
#include "job/job.h"
#include "load/schedule.h"
#include "run/check.h"
#include "suite/suite.h"
#include "wire/wire.h"

static void row(FILE *out, const char *name, const char *meaning, const char *later)
{
    if (later)
        fprintf(out, "  %-34s %s; not in this version: %s\n", name, meaning, later);
    else
        fprintf(out, "  %-34s %s\n", name, meaning);
}

static int is_conf(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 5 && !strcmp(d->d_name + n - 5, ".conf");
}

/* `conf/x.conf:12: protocol = "http": not in this version (...)` without the place. */
static const char *reason(const char *message)
{
    const char *end = strstr(message, ": ");
    return end ? end + 2 : message;
}

/* One that only waits for a later version is no broken file. */
static void print_job(FILE *out, const char *dir, const char *file)
{
    char path[800];
    struct err e = {0};
    struct job job;
    snprintf(path, sizeof path, "%s/%s", dir, file);
    int len = (int)strlen(file) - (int)strlen(".conf");
    int rc = job_load(&job, path, &(struct job_args){0}, &e);
    rc = rc ? rc : check_job(&job, &e);
    if (rc == -EOPNOTSUPP)
        fprintf(out, "  %-34.*s waits: %s\n", len, file, reason(e.message));
    else if (rc)
        fprintf(out, "  %-34.*s cannot be run: %s\n", len, file, e.message);
    else
        fprintf(out, "  %-34s %s, %u connections%s%s\n", job.workload_id, job.protocol,
                job.connections, job.description[0] ? ": " : "", job.description);
    job_fini(&job);
}

static int print_folder(FILE *out, const char *conf_dir, const char *name)
{
    char dir[400];
    struct dirent **files;
    fprintf(out, "%s (%s/%s/NAME.conf)\n", name, conf_dir, name);
    snprintf(dir, sizeof dir, "%s/%s", conf_dir, name);
    int n = scandir(dir, &files, is_conf, alphasort);
    if (n < 0) {
        int error = errno;
        fprintf(out, "  none: %s: %s\n", dir, strerror(error));
        return -error;
    }
    for (int i = 0; i < n; i++) {
        print_job(out, dir, files[i]->d_name);
        free(files[i]);
    }
    free(files);
    return 0;
}

void list_kinds(FILE *out)
{
    fprintf(out, "wires\n");
    for (uint32_t i = 0; i < wire_kind_count; i++)
        row(out, wire_kinds[i].form, wire_kinds[i].meaning, wire_kinds[i].later);
    fprintf(out, "protocols\n");
    for (uint32_t i = 0; i < app_proto_count; i++)
        row(out, app_protos[i].name, app_protos[i].meaning, app_protos[i].later);
    fprintf(out, "shapes\n");
    for (uint32_t i = 0; i < load_shape_count; i++)
        row(out, load_shapes[i].name, load_shapes[i].meaning, NULL);
    fprintf(out, "suites\n");
    for (uint32_t i = 0; i < suite_count; i++)
        row(out, suites[i]->name, suites[i]->meaning, NULL);
}

/* The workloads must be there; the other folders may not be. */
int list_print(FILE *out, const char *conf_dir)
{
    int rc = print_folder(out, conf_dir, "workloads");
    print_folder(out, conf_dir, "scenarios");
    print_folder(out, conf_dir, "suites");
    list_kinds(out);
    return rc;
}
