/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"
#include "run/impair.h"

/* A value where there is one: "--key=value", with - or _ in the key. NULL: another option. */
static const char *value_of(const char *arg, const char *key)
{
    size_t i = 0;
    if (strncmp(arg, "--", 2))
        return NULL;
    for (arg += 2; key[i] && (arg[i] == key[i] || (arg[i] == '-' && key[i] == '_')); i++)
        continue;
    return key[i] == '\0' && arg[i] == '=' ? arg + i + 1 : NULL;
}

static int refuse(struct err *e, const char *arg, const char *expected)
{
    return err_set(e, EXIT_USAGE, -EINVAL, "impair: %s: expected %s", arg, expected);
}

static int take_fault(const char *arg, const char *text, const char **to, struct err *e)
{
    struct fault_rates rates;
    struct err why = {0};
    if (fault_parse(text, &rates, &why))
        return err_set(e, EXIT_USAGE, -EINVAL, "impair: %s: %s", arg, why.message);
    *to = text;
    return 0;
}

static int take_number(struct impair *m, const char *arg, struct err *e)
{
    const char *v;
    if ((v = value_of(arg, "duration")) != NULL)
        return units_parse_ns(v, &m->duration_ns) || !m->duration_ns
                   ? refuse(e, arg, "a time such as 10s, above 0")
                   : 0;
    if ((v = value_of(arg, "count")) != NULL)
        return units_parse_count(v, &m->count) || !m->count
                   ? refuse(e, arg, "a whole number of frames, above 0")
                   : 0;
    if ((v = value_of(arg, "seed")) != NULL)
        return units_parse_count(v, &m->seed) || m->seed > INT64_MAX /* JSON numbers have a sign */
                   ? refuse(e, arg, "a whole number below 2^63; 0: chosen")
                   : 0;
    return refuse(e, arg,
                  "--fault=FAULTS, --fault_ab=FAULTS, --fault_ba=FAULTS, --duration=TIME, "
                  "--count=FRAMES, --seed=N, --priority=normal|high or --json");
}

static int take_option(struct impair *m, const char *arg, const char **both, struct err *e)
{
    const char *v;
    if (!strcmp(arg, "--json")) {
        m->json = true;
        return 0;
    }
    if ((v = value_of(arg, "priority")) != NULL) {
        m->hurry = !strcmp(v, "high");
        return m->hurry || !strcmp(v, "normal") ? 0 : refuse(e, arg, "normal or high");
    }
    if ((v = value_of(arg, "fault")) != NULL)
        return take_fault(arg, v, both, e);
    if ((v = value_of(arg, "fault_ab")) != NULL)
        return take_fault(arg, v, &m->fault[IMPAIR_AB], e);
    if ((v = value_of(arg, "fault_ba")) != NULL)
        return take_fault(arg, v, &m->fault[IMPAIR_BA], e);
    return take_number(m, arg, e);
}

static int settle(struct impair *m, int names, const char *both, struct err *e)
{
    if (names != 2)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "impair: %d interfaces: expected two: gen impair IFACE IFACE "
                       "--fault=loss=1%%,delay=5ms", names);
    if (both && (m->fault[IMPAIR_AB] || m->fault[IMPAIR_BA]))
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "impair: --fault=%s holds both ways: expected it alone, or --fault_ab and "
                       "--fault_ba", both);
    for (enum impair_way way = 0; way < IMPAIR_WAYS; way++)
        m->fault[way] = both ? both : m->fault[way] ? m->fault[way] : "";
    return 0;
}

int impair_parse(struct impair *m, const struct command_args *a, struct err *e)
{
    const char *both = NULL;
    int names = 0, rc = 0;
    for (int i = 0; i < a->argc && !rc; i++) {
        if (a->argv[i][0] == '-')
            rc = take_option(m, a->argv[i], &both, e);
        else if (names++ < 2)
            m->iface[names - 1] = a->argv[i];
    }
    return rc ? rc : settle(m, names, both, e);
}
