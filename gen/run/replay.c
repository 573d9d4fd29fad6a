/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "run/setup.h"

#define SHAPE    "replay"
#define OWN_FILE "run:"

/* --- what the key names ---------------------------------------------------------------------- */

/* ID of "...:ID"; *path gets what stands before it. False: it is no run. */
static bool names_run(const char *text, char path[JOB_TEXT], int64_t *id)
{
    const char *colon = strrchr(text, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    if (!digits || digits > 18 || colon[1 + digits])
        return false;
    snprintf(path, JOB_TEXT, "%.*s", (int)(colon - text), text);
    *id = strtoll(colon + 1, NULL, 10);
    return true;
}

static int read_file(const char *path, struct arrivals *out, struct err *e)
{
    char why[300];
    FILE *in = fopen(path, "re");
    if (!in)
        return err_set(e, EXIT_USAGE, -errno, "%s: cannot be read: %s", path, strerror(errno));
    errno = 0;
    int ret = arrivals_read(out, in, path, why, sizeof why);
    fclose(in);
    return ret ? err_set(e, EXIT_USAGE, ret, "%s", why) : 0;
}

static int read_source(const struct job *job, const char *text, struct arrivals *out, struct err *e)
{
    char path[JOB_TEXT];
    int64_t id;
    bool run = names_run(text, path, &id), own = !strncmp(text, OWN_FILE, strlen(OWN_FILE));
    if (own && (!run || strcmp(path, "run")))
        return err_set(e, EXIT_USAGE, -EINVAL, "expected run:ID, as analyze --list shows it");
    if (!run)
        return read_file(text, out, e);
    return replay_read_run(own ? job->db : path, id, out, e);
}

/* --- into the job ---------------------------------------------------------------------------- */

static int refuse_source(const struct job *job, uint32_t p, const struct err *why, struct err *e)
{
    if (why->exit_code == EXIT_USAGE)
        return job_refuse(e, job, p, "replay", "%s", why->message);
    return err_set(e, (enum exit_code)why->exit_code, -EIO, "%s", why->message);
}

/* A job that names the hash asks for that very list. */
static int take_hash(struct job *job, uint32_t p, const struct arrivals *list, struct err *e)
{
    struct job_phase *phase = &job->phases[p];
    char hash[sizeof phase->replay_hash];
    snprintf(hash, sizeof hash, "%016" PRIx64, arrivals_hash(list));
    if (*phase->replay_hash && strcmp(phase->replay_hash, hash))
        return job_refuse(e, job, p, "replay_hash",
                          "%s holds another list: expected %s, or nothing to take what is there",
                          phase->replay, hash);
    strcpy(phase->replay_hash, hash);
    return 0;
}

/* The mean rate over the phase, before rate_scale, is what others take for its rate. */
static int take_rate(struct job *job, uint32_t p, struct err *e)
{
    struct load_spec spec;
    struct job_phase *phase = &job->phases[p];
    setup_spec(job, phase, 0, &spec);
    phase->rate_per_s = schedule_mean_per_s(&spec) / phase->rate_scale;
    if (phase->rate_per_s > 0)
        return 0;
    return job_refuse(e, job, p, "duration",
                      "the first of the arrivals of %s is at %g s: expected more", phase->replay,
                      (double)phase->arrivals_ns[0] / 1e9 / phase->rate_scale);
}

static int load_phase(struct job *job, uint32_t p, struct err *e)
{
    struct job_phase *phase = &job->phases[p];
    struct arrivals list = {0};
    struct err why = {0};
    if (!*phase->replay)
        return job_refuse(
            e, job, p, "replay",
            "shape = replay takes its times from somewhere: expected FILE.csv, run:ID "
            "or FILE.db:ID");
    int ret = read_source(job, phase->replay, &list, &why);
    if (ret)
        ret = refuse_source(job, p, &why, e);
    else
        ret = take_hash(job, p, &list, e);
    phase->arrivals_ns = list.times_ns; /* the job's from here on, whatever comes */
    phase->arrivals = list.count;
    phase->arrivals_sorted = !list.was_sorted;
    return ret ? ret : take_rate(job, p, e);
}

int replay_load(struct job *job, struct err *e)
{
    bool any = false;
    int ret = 0;
    for (uint32_t p = 0; p < job->phases_count && ret == 0; p++) {
        if (strcmp(job->phases[p].shape, SHAPE) || job->phases[p].arrivals_ns)
            continue;
        any = true;
        ret = load_phase(job, p, e);
    }
    return any && ret == 0 ? job_resolve_again(job, e) : ret;
}

void replay_describe(const struct job_phase *phase, char *buf, size_t size)
{
    double last_s = (double)phase->arrivals_ns[phase->arrivals - 1] / 1e9;
    snprintf(buf, size,
             "phase %s replays %" PRIu64 " arrivals over %.9g s from %s (%" PRIu64
             " bytes of memory)%s",
             phase->name, phase->arrivals, last_s, phase->replay,
             phase->arrivals * (uint64_t)sizeof *phase->arrivals_ns,
             phase->arrivals_sorted ? "; they were not in order there" : "");
}
