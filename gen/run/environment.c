/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a run's figures depend on beside the job: CPU, kernel, wire, clock. Each field is classed:
 * `must` differences make runs incomparable, `warn` ones are shown, `info` is for people.
 */
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/privilege.h"
#include "base/rng.h"
#include "db/run_row.h"
#include "run/run.h"
#include "run/sysfile.h"
#include "version.h"

static void cpu_model(char *out, size_t size)
{
    sysfile_field("/proc/cpuinfo", "model name", out, size);
}

static void kernel(char *out, size_t size)
{
    struct utsname u;
    out[0] = '\0';
    if (!uname(&u))
        snprintf(out, size, "%s %s %s", u.sysname, u.release, u.machine);
}

static void governor(char *out, size_t size)
{
    sysfile_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", out, size);
}

static void isolated(char *out, size_t size)
{
    sysfile_line("/sys/devices/system/cpu/isolated", out, size);
}

static void hugepages(char *out, size_t size)
{
    sysfile_line("/proc/sys/vm/nr_hugepages", out, size);
}

static void cpus_online(char *out, size_t size)
{
    snprintf(out, size, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
}

/* Of the loops, when the job lets them have it. */
static void best_nice(char *out, size_t size)
{
    snprintf(out, size, "%d", privilege_nice());
}

static void build(char *out, size_t size)
{
    snprintf(out, size, "%s", WIREBENCH_BUILD);
}

/* One line a field: adding one is adding a line. */
static const struct {
    const char *name;
    enum env_class class;
    void (*read)(char *out, size_t size);
} host_fields[] = {
    {"cpu_model", ENV_MUST, cpu_model},
    {"cpus_online", ENV_MUST, cpus_online},
    {"kernel", ENV_WARN, kernel},
    {"governor", ENV_WARN, governor},
    {"isolated_cpus", ENV_WARN, isolated},
    {"best_nice", ENV_WARN, best_nice},
    {"build", ENV_WARN, build},
    {"hugepages", ENV_INFO, hugepages},
};
#define HOST_FIELDS (sizeof host_fields / sizeof *host_fields)

static int add(struct run *r, const char *name, const char *value, enum env_class class,
               struct err *e)
{
    return db_env_add(r->db, r->id, name, value && value[0] ? value : NULL, class, e);
}

uint64_t environment_host_hash(void)
{
    uint64_t h = 0;
    char value[256];
    for (size_t i = 0; i < HOST_FIELDS; i++) {
        if (host_fields[i].class != ENV_MUST)
            continue;
        host_fields[i].read(value, sizeof value);
        for (const char *c = value; *c; c++)
            h = rng_mix(h, (uint8_t)*c);
    }
    return h;
}

int environment_host_record(struct db *db, int64_t run_id, struct err *e)
{
    char value[256];
    int rc = 0;
    for (size_t i = 0; !rc && i < HOST_FIELDS; i++) {
        host_fields[i].read(value, sizeof value);
        rc = db_env_add(db, run_id, host_fields[i].name, value[0] ? value : NULL,
                        host_fields[i].class, e);
    }
    return rc;
}

/* Opened before any worker, so that the key is known when the row is made. */
void environment_fingerprint(struct run *r)
{
    uint64_t h = environment_host_hash();
    const struct wire_caps *caps = &r->wires.port->caps;
    for (const char *c = caps->driver; *c; c++)
        h = rng_mix(h, (uint8_t)*c);
    snprintf(r->environment_hash, sizeof r->environment_hash, "%016llx", (unsigned long long)h);
}

int environment_record(struct run *r, struct err *e)
{
    char value[256];
    const struct wire_caps *caps = &r->wires.port->caps;
    int rc = environment_host_record(r->db, r->id, e);
    if (!rc)
        rc = add(r, "driver", caps->driver, ENV_MUST, e);
    if (!rc)
        rc = add(r, "wire_mode", caps->detail, ENV_WARN, e);
    snprintf(value, sizeof value, "%u", caps->mtu);
    if (!rc)
        rc = add(r, "mtu", value, ENV_WARN, e);
    snprintf(value, sizeof value, "%u", caps->queues);
    if (!rc)
        rc = add(r, "queues", value, ENV_WARN, e);
    snprintf(value, sizeof value, "%.0f", r->clock.tsc_hz);
    if (!rc)
        rc = add(r, "tsc_hz", r->clock.tsc_hz > 0 ? value : NULL, ENV_INFO, e);
    return rc;
}
