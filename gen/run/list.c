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

static void print_workload(FILE *out, const char *dir, const char *file)
{
    char path[512];
    struct err e = {0};
    struct job job;
    snprintf(path, sizeof path, "%s/%s", dir, file);
    if (job_load(&job, path, &(struct job_args){0}, &e) || check_job(&job, &e))
        fprintf(out, "  %-34s cannot be run: %s\n", file, e.message);
    else
        fprintf(out, "  %-34s %s, %u connections%s%s\n", job.workload_id, job.protocol,
                job.connections, job.description[0] ? ": " : "", job.description);
    job_fini(&job);
}

static int print_workloads(FILE *out, const char *conf_dir)
{
    char dir[400];
    struct dirent **files;
    snprintf(dir, sizeof dir, "%s/workloads", conf_dir);
    int n = scandir(dir, &files, is_conf, alphasort);
    if (n < 0) {
        fprintf(out, "  none: %s: %s\n", dir, strerror(errno));
        return -errno;
    }
    for (int i = 0; i < n; i++) {
        print_workload(out, dir, files[i]->d_name);
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
        row(out, load_shapes[i].name, load_shapes[i].meaning, load_shapes[i].later);
    fprintf(out, "suites\n");
    for (uint32_t i = 0; i < suite_count; i++)
        row(out, suites[i]->name, suites[i]->meaning, NULL);
}

int list_print(FILE *out, const char *conf_dir)
{
    fprintf(out, "workloads (%s/workloads/NAME.conf)\n", conf_dir);
    int rc = print_workloads(out, conf_dir);
    list_kinds(out);
    return rc;
}
