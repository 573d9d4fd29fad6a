/* SPDX-License-Identifier: BSD-3-Clause */
/* gen doctor: what this machine, or one interface of it, can do, and what to do about each lack. */
#include "run/doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"
#include "run/commands.h"

enum { DEFAULT_NOISE_S = 2, LONGEST_NOISE_S = 10 };

enum when { ALWAYS, MACHINE, INTERFACE, NOISE };

/* In the order of the print; a heading begins a section. */
static const struct {
    enum when when;
    const char *heading;
    void (*check)(struct doctor *d);
} checks[] = {
    {ALWAYS, "machine", doctor_cpus},
    {ALWAYS, NULL, doctor_isolated},
    {ALWAYS, NULL, doctor_governor},
    {ALWAYS, NULL, doctor_clock},
    {ALWAYS, NULL, doctor_kernel},
    {ALWAYS, NULL, doctor_realtime},
    {ALWAYS, NULL, doctor_autogroup},
    {ALWAYS, NULL, doctor_hugepages},
    {ALWAYS, NULL, doctor_transparent},
    {ALWAYS, NULL, doctor_files},
    {ALWAYS, "privileges", doctor_capabilities},
    {ALWAYS, NULL, doctor_memlock},
    {ALWAYS, NULL, doctor_jit},
    {ALWAYS, "wires", doctor_lab},
    {ALWAYS, NULL, doctor_pair},
    {ALWAYS, NULL, doctor_ip6},
    {ALWAYS, NULL, doctor_impair},
    {ALWAYS, NULL, doctor_dpdk},
    {ALWAYS, NULL, doctor_vfio},
    {ALWAYS, NULL, doctor_later},
    {MACHINE, "interfaces (gen doctor IFACE tries one)", doctor_interfaces},
    {MACHINE, "PCI network devices", doctor_nics},
    {INTERFACE, "interface", doctor_link},
    {INTERFACE, NULL, doctor_native},
    {INTERFACE, NULL, doctor_stamps},
    {INTERFACE, NULL, doctor_queues},
    {INTERFACE, NULL, doctor_offloads},
    {NOISE, "noise, measured now", doctor_stolen},
    {NOISE, NULL, doctor_handover},
    {NOISE, NULL, doctor_pair_ceiling},
    {NOISE, NULL, doctor_lab_ceiling},
};
#define CHECKS (sizeof checks / sizeof *checks)

static const char *const words[] = {
    [FINDING_OK] = "ok",
    [FINDING_LACK] = "lack",
    [FINDING_INFO] = "info",
};

void doctor_row(enum finding f, const char *name, const char *format, ...)
{
    va_list args;
    printf("  %-4s  %-22s  ", words[f], name);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

static bool is_wanted(enum when when, const struct doctor *d)
{
    switch (when) {
    case ALWAYS:
        return true;
    case MACHINE:
        return !d->iface;
    case INTERFACE:
        return d->iface;
    case NOISE:
        return d->noise_ns;
    }
    return false;
}

static int parse_noise(struct doctor *d, const char *value, struct err *e)
{
    d->noise_ns = DEFAULT_NOISE_S * NS_PER_S;
    if (*value == '\0')
        return 0;
    if (units_parse_ns(value + 1, &d->noise_ns) || d->noise_ns < NS_PER_MS ||
        d->noise_ns > LONGEST_NOISE_S * NS_PER_S)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "doctor: --noise%s: expected a duration from 1ms to %ds", value,
                       LONGEST_NOISE_S);
    return 0;
}

static int parse_one(struct doctor *d, const char *arg, struct err *e)
{
    static const char noise[] = "--noise";
    const char *behind = arg + strlen(noise);
    if (!strncmp(arg, noise, strlen(noise)) && (*behind == '\0' || *behind == '='))
        return parse_noise(d, behind, e);
    if (arg[0] == '-' || !arg[0] || d->iface)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "doctor: \"%s\": expected gen doctor [IFACE] [--noise[=2s]]", arg);
    d->iface = arg;
    return 0;
}

/* An interface that is not there is told before anything is tried. */
static int prepare(struct doctor *d, const struct command_args *a, struct err *e)
{
    int rc = 0;
    for (int i = 0; !rc && i < a->argc; i++)
        rc = parse_one(d, a->argv[i], e);
    if (!rc && d->iface)
        rc = xdp_facts(d->iface, &d->facts, e);
    return rc;
}

static void check_all(struct doctor *d)
{
    for (size_t i = 0; i < CHECKS && !*d->signal; i++) {
        if (!is_wanted(checks[i].when, d))
            continue;
        if (checks[i].heading)
            printf("%s%s%s\n", checks[i].heading, checks[i].when == INTERFACE ? " " : "",
                   checks[i].when == INTERFACE ? d->iface : "");
        checks[i].check(d);
    }
}

int command_doctor(const struct command_args *a, struct err *e)
{
    struct doctor d = {.signal = a->signal};
    if (prepare(&d, a, e))
        return e->exit_code;
    check_all(&d);
    if (*a->signal)
        return 128 + *a->signal;
    bool works = d.iface ? d.iface_works : d.lab_works;
    printf("%s%s %s\n", d.iface ? "xdp:" : "the lab wire", d.iface ? d.iface : "",
           works ? "can be used" : "cannot be used: see the lacks above");
    return works ? EXIT_WELL : EXIT_ENVIRONMENT;
}
