/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/app.h"
#include "base/err.h"
#include "flight/retrace.h"
#include "job/job.h"
#include "run/setup.h"
#include "run/show_print.h"
#include "run/worker.h"

#define POOL 16u /* enough for one connection and what it leaves behind */

/* The job is read as any other, from a file that only this process has. */
static int read_job(const struct flight_file *f, const char *path, struct job *job, struct err *e)
{
    char name[40];
    int fd = memfd_create("job", MFD_CLOEXEC);
    if (fd < 0 || write(fd, f->job, f->head.job_bytes) != (ssize_t)f->head.job_bytes) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return err_set(e, EXIT_ENVIRONMENT, -error, "%s: no memory for its job: %s", path,
                       strerror(error));
    }
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    struct err inner = {0};
    int rc = job_load(job, name, &(struct job_args){0}, &inner);
    close(fd);
    if (rc)
        err_set(e, EXIT_USAGE, rc, "%s: recorded by %s, whose job this program does not read: %s",
                path, f->head.build, inner.message);
    return rc;
}

/* As the worker's that recorded it, with room for one connection. */
static int config_of(const struct flight_file *f, const char *path, struct stack_config *out,
                     struct err *e)
{
    static const char unknown[] = "%s: its job's protocol \"%s\": not in this version";
    struct job *job = malloc(sizeof *job);
    struct worker_config *worker = calloc(1, sizeof *worker);
    int rc = job && worker ? read_job(f, path, job, e)
                           : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for a job");
    if (!rc) {
        const struct app_proto *proto = app_proto_find(job->protocol);
        if (proto && proto->client && f->head.worker < job->workers)
            setup_client(job, proto, f->head.worker, worker);
        else
            rc = err_set(e, EXIT_USAGE, -EINVAL, unknown, path, job->protocol);
        *out = worker->stack;
        job_fini(job);
    }
    free(job);
    free(worker);
    out->tcp.conns = out->tcp.time_wait_entries = out->paths = POOL;
    return rc;
}

static int trace(const struct flight_file *f, const struct show_ask *ask,
                 const struct stack_config *cfg, struct err *e)
{
    static const int codes[] = {[RETRACE_SAME] = EXIT_WELL, [RETRACE_DIFFERS] = EXIT_VERDICT,
                                [RETRACE_UNKNOWN] = EXIT_INCONCLUSIVE};
    struct retrace *r = malloc(sizeof *r);
    struct trace_print print = {.out = stdout, .json = ask->json};
    if (!r)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for a replay");
    int rc = retrace_open(r, f, cfg, ask->until, trace_step, &print, e);
    enum retrace_verdict verdict = RETRACE_UNKNOWN;
    if (!rc) {
        trace_begin(&print, r);
        verdict = retrace_run(r);
        trace_end(&print, r, verdict);
        retrace_close(r);
    }
    free(r);
    return rc ? e->exit_code : codes[verdict];
}

int show_recording(const struct show_ask *ask, struct err *e)
{
    struct flight_file f;
    struct stack_config cfg = {0};
    int rc = flight_load(&f, ask->path, e);
    if (rc)
        return e->exit_code;
    rc = config_of(&f, ask->path, &cfg, e);
    int code = rc ? e->exit_code : trace(&f, ask, &cfg, e);
    flight_unload(&f);
    return code;
}
