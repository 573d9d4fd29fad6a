/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/flights.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/run.h"
#include "version.h"

struct flights {
    struct flight_origin *origins;                  /* a worker each */
    char (*crash_paths)[FLIGHT_PATH_BYTES];         /* a worker each */
    char kept[FLIGHTS_KEPT][FLIGHT_PATH_BYTES + 80]; /* what is told at the end */
    uint32_t kept_count, written;
};

static void path_make(const struct run *r, const char *what, const char *suffix, char *path)
{
    snprintf(path, FLIGHT_PATH_BYTES, "%s.%.8s-%s.%s", r->job->db, r->uuid, what, suffix);
}

/* --- before ------------------------------------------------------------------------------------ */

static void origin_make(const struct run *r, uint32_t worker, struct flight_origin *out)
{
    *out = (struct flight_origin){.job = r->job->resolved,
                                  .head = {.mono_to_real_ns = r->mono_to_real_ns,
                                           .worker = worker, .workers = r->job->workers,
                                           .mtu = r->job->mtu}};
    memcpy(out->head.mac, r->wires.port->mac, sizeof out->head.mac);
    snprintf(out->head.uuid, sizeof out->head.uuid, "%s", r->uuid);
    snprintf(out->head.build, sizeof out->head.build, "%s %s", WIREBENCH_VERSION, WIREBENCH_COMMIT);
}

/* "results.db.12345678-fault1.replay.part", of the results whose writer's lock is ours. */
static bool is_part(const char *name, const char *results)
{
    static const char made[] = ".xxxxxxxx-";
    size_t len = strlen(results), all = strlen(name), end = strlen(FLIGHT_PART);
    return all > len + strlen(made) + end && !strncmp(name, results, len) && name[len] == '.' &&
           strspn(name + len + 1, "0123456789abcdef") == 8 && name[len + 9] == '-' &&
           !strcmp(name + all - end, FLIGHT_PART);
}

static void remove_parts(const char *results)
{
    char folder[JOB_TEXT];
    const char *slash = strrchr(results, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - results) + 1 : 1, slash ? results : ".");
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (is_part(entry->d_name, slash ? slash + 1 : results))
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
}

int flights_open(struct run *r, struct err *e)
{
    uint32_t n = r->job->workers;
    remove_parts(r->job->db);
    if (!r->job->flight)
        return 0;
    struct flights *f = calloc(1, sizeof *f);
    r->flights = f;
    if (f) {
        f->origins = calloc(n, sizeof *f->origins);
        f->crash_paths = calloc(n, sizeof *f->crash_paths);
    }
    if (!f || !f->origins || !f->crash_paths)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for flight recorders");
    for (uint32_t w = 0; w < n; w++) {
        char what[32];
        snprintf(what, sizeof what, "assertion-w%u", w);
        origin_make(r, w, &f->origins[w]);
        path_make(r, what, "replay", f->crash_paths[w]);
    }
    return 0;
}

/* --- an assertion ------------------------------------------------------------------------------ */

void flights_arm(struct run *r)
{
    struct flight_crash *c = r->crash;
    if (!r->flights || !c)
        return;
    for (uint32_t w = 0; w < r->workers_count; w++) {
        c->workers[w].thread = r->workers[w].thread;
        c->workers[w].flight = &r->workers[w].flight;
        c->workers[w].origin = &r->flights->origins[w];
        c->workers[w].path = r->flights->crash_paths[w];
    }
    c->count = (sig_atomic_t)r->workers_count;
}

void flights_disarm(struct run *r)
{
    if (r->crash)
        r->crash->count = 0;
}

static void say(const char *text)
{
    ssize_t n = write(STDERR_FILENO, text, strlen(text));
    (void)n; /* there is nobody left to tell */
}

void flight_crash_save(const struct flight_crash *crash)
{
    for (int i = 0; i < crash->count; i++) {
        if (!pthread_equal(crash->workers[i].thread, pthread_self()))
            continue;
        const char *path = crash->workers[i].path;
        int rc = flight_save(crash->workers[i].flight, crash->workers[i].origin, FLIGHT_WHOLE, path);
        say(rc ? "gen: the flight recording could not be written: " : "gen: flight recording: ");
        say(path);
        say("\n");
    }
}

/* --- a fault ----------------------------------------------------------------------------------- */

static void note(struct run *r, const char *text)
{
    if (r->rec)
        rec_note(r->rec, "warn", text, clock_now_ns(&r->clock));
}

static void keep(struct run *r, const struct flight *f, const struct flight_origin *origin)
{
    struct flights *all = r->flights;
    char what[16], replay[FLIGHT_PATH_BYTES], pcap[FLIGHT_PATH_BYTES];
    snprintf(what, sizeof what, "fault%u", all->kept_count + 1);
    path_make(r, what, "replay", replay);
    path_make(r, what, "pcap", pcap);
    int rc = flight_save(f, origin, FLIGHT_CONNECTION, replay);
    int pcap_rc = rc ? rc : flight_save_pcap(f, origin, pcap);
    char *line = all->kept[all->kept_count++];
    snprintf(line, sizeof *all->kept, "flight recording of a %s: %s%s%s", result_name(f->fault.why),
             replay, rc ? ": " : pcap_rc ? ", without its .pcap: " : " and .pcap",
             pcap_rc ? strerror(-pcap_rc) : "");
    all->written += !rc;
    note(r, line);
}

void flights_tick(struct run *r)
{
    if (!r->flights)
        return;
    for (uint32_t w = 0; w < r->workers_count; w++) {
        struct flight *f = &r->workers[w].flight;
        if (!flight_is_frozen(f))
            continue;
        if (r->flights->kept_count < FLIGHTS_KEPT)
            keep(r, f, &r->flights->origins[w]);
        flight_hand_back(f);
    }
}

/* --- the end ----------------------------------------------------------------------------------- */

static uint64_t faults(const struct run *r)
{
    uint64_t sum = 0;
    for (uint32_t w = 0; w < r->workers_count; w++)
        sum += atomic_load_explicit(&r->workers[w].flight.faults, memory_order_relaxed);
    return sum;
}

void flights_tell(struct run *r)
{
    struct flights *f = r->flights;
    if (!f || !f->kept_count)
        return;
    for (uint32_t i = 0; i < f->kept_count; i++)
        log_warn(&r->log, "%s", f->kept[i]);
    log_warn(&r->log, "faults: %llu, recorded: %u%s", (unsigned long long)faults(r), f->written,
             f->written ? "; gen replay FILE shows one" : "");
}

void flights_close(struct run *r)
{
    struct flights *f = r->flights;
    if (!f)
        return;
    free(f->origins);
    free(f->crash_paths);
    free(f);
    r->flights = NULL;
}
