/* SPDX-License-Identifier: BSD-3-Clause */
/* gen ctl: finds a run that goes on, asks it, shows its answer. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "live/ctl_parse.h"
#include "live/ctl_socket.h"
#include "run/commands.h"

#define RUNS_MAX   64
#define SOCKET_MAX 120

struct ask {
    const char *run, *socket; /* NULL: not said */
    bool json;
    char line[CTL_LINE_MAX];
};

/* --- the command line ------------------------------------------------------------------------- */

/* "--run=1" or "--run 1"; NULL: another option. */
static const char *option_value(const struct command_args *a, int *at, const char *name)
{
    const char *arg = a->argv[*at];
    size_t len = strlen(name);
    if (strncmp(arg, name, len))
        return NULL;
    if (arg[len] == '=')
        return arg + len + 1;
    if (arg[len] || *at + 1 >= a->argc)
        return NULL;
    return a->argv[++*at];
}

static int take_option(const struct command_args *a, int *at, struct ask *ask, struct err *e)
{
    const char *arg = a->argv[*at], *value;
    if (!strcmp(arg, "--json"))
        ask->json = true;
    else if ((value = option_value(a, at, "--run")) != NULL)
        ask->run = value;
    else if ((value = option_value(a, at, "--socket")) != NULL)
        ask->socket = value;
    else
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "ctl: %s: expected --run ID, --socket NAME or --json", arg);
    return 0;
}

static int parse_args(const struct command_args *a, struct ask *ask, struct err *e)
{
    struct ctl_command checked;
    char why[160];
    size_t used = 0;
    int i = 0, rc = 0;
    for (; !rc && i < a->argc && a->argv[i][0] == '-'; i++)
        rc = take_option(a, &i, ask, e);
    for (; !rc && i < a->argc; i++) {
        if (!strcmp(a->argv[i], "--json")) {
            ask->json = true;
            continue;
        }
        used += (size_t)snprintf(ask->line + used, sizeof ask->line - used, "%s%s", used ? " " : "",
                                 a->argv[i]);
        if (used >= sizeof ask->line)
            return err_set(e, EXIT_USAGE, -E2BIG, "ctl: a command of more than %d bytes",
                           CTL_LINE_MAX - 1);
    }
    if (rc)
        return rc;
    if (!used)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "ctl: no command: expected status, rate, next, fault or stop");
    if (ask->run && ask->socket)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "ctl: --run and --socket both say which: expected one of them");
    rc = ctl_parse(ask->line, used, &checked, why, sizeof why);
    return rc ? err_set(e, EXIT_USAGE, rc, "ctl: %s", why) : 0;
}

/* --- which run -------------------------------------------------------------------------------- */

struct found {
    pid_t pids[RUNS_MAX];
    int count;
    char list[400]; /* for messages: "run 3 of results.db (process 812)" */
};

static json_t *status_of(pid_t pid)
{
    char socket[SOCKET_MAX], reply[CTL_REPLY_MAX];
    struct err ignored = {0};
    snprintf(socket, sizeof socket, "@" CTL_NAME "%d", (int)pid);
    return ctl_ask(socket, "status", reply, &ignored) ? NULL : json_loads(reply, 0, NULL);
}

/* By its id, or what its uuid begins with (4 characters at least). */
static bool is_run(const json_t *status, const char *wanted)
{
    char id[24];
    const char *uuid = json_string_value(json_object_get(status, "uuid"));
    snprintf(id, sizeof id, "%lld", (long long)json_integer_value(json_object_get(status, "run")));
    return !wanted || !strcmp(id, wanted) ||
           (uuid && strlen(wanted) >= 4 && !strncmp(uuid, wanted, strlen(wanted)));
}

static void look_at(struct found *f, pid_t pid, const char *wanted)
{
    json_t *status = status_of(pid);
    const char *db = json_string_value(json_object_get(status, "db"));
    size_t used = strlen(f->list);
    if (db && is_run(status, wanted)) {
        snprintf(f->list + used, sizeof f->list - used,
                 "%srun %lld of %s (--socket @" CTL_NAME "%d)", used ? ", " : "",
                 (long long)json_integer_value(json_object_get(status, "run")), db, (int)pid);
        f->pids[f->count++] = pid;
    }
    json_decref(status);
}

static int choose_socket(const struct ask *ask, char socket[SOCKET_MAX], struct err *e)
{
    pid_t pids[RUNS_MAX];
    struct found f = {.count = 0};
    int n = ctl_find(pids, RUNS_MAX);
    if (ask->socket) {
        snprintf(socket, SOCKET_MAX, "%s", ask->socket);
        return 0;
    }
    for (int i = 0; i < n && i < RUNS_MAX; i++)
        look_at(&f, pids[i], ask->run);
    if (f.count > 1)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "ctl: which one? expected --run ID or --socket NAME of %s", f.list);
    if (!f.count)
        return err_set(e, EXIT_ENVIRONMENT, -ENOENT,
                       "ctl: no run%s%s goes on here: expected one of this user in this "
                       "network namespace, with control = yes",
                       ask->run ? " " : "", ask->run ? ask->run : "");
    snprintf(socket, SOCKET_MAX, "@" CTL_NAME "%d", (int)f.pids[0]);
    return 0;
}

/* --- its answer ---------------------------------------------------------------------------------
 */

static void print_number(const char *name, const json_t *value, const char *unit)
{
    if (json_is_number(value))
        printf("%-18s %.6g%s\n", name, json_number_value(value), unit);
    else
        printf("%-18s -\n", name);
}

static void print_status(const json_t *o)
{
    const json_t *phase = json_object_get(o, "phase"), *faults = json_object_get(o, "faults");
    printf("%-18s %lld of %s, %s (process %lld)\n", "run",
           (long long)json_integer_value(json_object_get(o, "run")),
           json_string_value(json_object_get(o, "db")),
           json_string_value(json_object_get(o, "workload_id")),
           (long long)json_integer_value(json_object_get(o, "pid")));
    if (json_is_object(phase)) {
        printf("%-18s %s, %s\n", "phase", json_string_value(json_object_get(phase, "name")),
               json_string_value(json_object_get(phase, "kind")));
        print_number("left", json_object_get(phase, "left_s"), " s");
        print_number("offered", json_object_get(phase, "offered_rate_per_s"), "/s");
    }
    print_number("transactions", json_object_get(o, "transactions_per_s"), "/s");
    print_number("latency p50", json_object_get(o, "latency_p50_us"), " us");
    print_number("latency p99", json_object_get(o, "latency_p99_us"), " us");
    print_number("connections", json_object_get(o, "open_connections"), "");
    print_number("completed", json_object_get(o, "completed"), "");
    print_number("failed", json_object_get(o, "failed"), "");
    if (json_is_object(faults))
        printf("%-18s received: %s; sent: %s\n", "faults",
               json_string_value(json_object_get(faults, "rx")),
               json_string_value(json_object_get(faults, "tx")));
}

static int show(const struct ask *ask, const char *reply, struct err *e)
{
    json_t *o = json_loads(reply, 0, NULL);
    bool ok = json_is_true(json_object_get(o, "ok"));
    const char *error = json_string_value(json_object_get(o, "error"));
    if (ask->json)
        puts(reply);
    else if (ok && json_object_get(o, "uuid"))
        print_status(o);
    else if (ok)
        puts(json_string_value(json_object_get(o, "result")));
    if (!ok)
        err_set(e, EXIT_USAGE, -EPERM, "ctl: %s",
                error ? error : "an answer that is no JSON object");
    json_decref(o);
    return ok ? EXIT_WELL : EXIT_USAGE;
}

int command_ctl(const struct command_args *a, struct err *e)
{
    struct ask ask = {0};
    char socket[SOCKET_MAX], reply[CTL_REPLY_MAX];
    int rc = parse_args(a, &ask, e);
    if (!rc)
        rc = choose_socket(&ask, socket, e);
    if (!rc)
        rc = ctl_ask(socket, ask.line, reply, e);
    return rc ? e->exit_code : show(&ask, reply, e);
}
