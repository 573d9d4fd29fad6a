/* SPDX-License-Identifier: BSD-3-Clause */
/* gen: the traffic generator's front door. A table of subcommands; the only place that exits. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "job/job.h"
#include "run/commands.h"
#include "run/flights.h"
#include "run/list.h"
#include "version.h"

extern char **environ;

/* The one thing that a signal handler may write to. */
static volatile sig_atomic_t ended_by;

static void on_signal(int sig)
{
    if (ended_by)
        _exit(128 + sig); /* the second one ends at once; the kernel takes everything back */
    ended_by = sig;
}

static struct flight_crash crash; /* the handler of SIGABRT reads it */

/* An assertion has failed: what led to it is saved, then it kills (SA_RESETHAND). */
static void on_abort(int sig)
{
    flight_crash_save(&crash);
    raise(sig);
}

static int command_help(const struct command_args *a, struct err *e);

static const struct command {
    const char *name, *form, *meaning;
    int (*run)(const struct command_args *a, struct err *e);
} commands[] = {
    {"run", "run JOB|FOLDER... [--key=value...] [--stop-on-failure]", "run one or more jobs",
     command_run},
    {"run", "run --dry-run JOB|FOLDER... [--key=value...]",
     "plan, arithmetic and checks; nothing is sent", command_run},
    {"run", "run JOB --find-max RULES", "the highest rate that holds the rules, as p99<1ms,errors<0.05%",
     command_run},
    {"run", "run --interleave JOB_A JOB_B [--rounds N] [--A:key=value...]",
     "two jobs in turn, round by round, to be compared", command_run},
    {"respond", "respond --wire=xdp:IFACE --listen=ADDR:PORT [--key=value...]",
     "answer traffic until SIGTERM", command_respond},
    {"ctl", "ctl [--run ID|--socket NAME] [--json] status|rate R|next|fault F|stop",
     "ask or steer a run that goes on", command_ctl},
    {"replay", "replay FILE [--until=N] [--json]",
     "a flight recording, stepped through the engine again", command_replay},
    {"replay", "replay FILE.pkt [--key=value...] [--json]",
     "a script of segments, played on the engine", command_replay},
    {"impair", "impair IFACE IFACE [--fault=FAULTS] [--duration=TIME] [--json]",
     "a bridge that loses, delays, slows down frames", command_impair},
    {"list", "list [CONF_DIR]", "workloads, scenarios, suites, wires, protocols and shapes", command_list},
    {"doctor", "doctor [IFACE] [--noise[=2s]]", "what this machine can do, and what to do about lacks",
     command_doctor},
    {"help", "help", "this text and every job key", command_help},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *out)
{
    fprintf(out, "gen " WIREBENCH_VERSION ": a TCP traffic generator\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  gen %-66s %s\n", commands[i].form, commands[i].meaning);
}

static int command_help(const struct command_args *a, struct err *e)
{
    (void)a, (void)e;
    print_usage(stdout);
    printf("\nJob keys, in a job file (key = value), on the command line (--key=value) or in the "
           "environment (BENCH_KEY=value):\n\n");
    job_print_help(stdout);
    puts("\nWhat can be named there:\n");
    list_kinds(stdout);
    printf("\nExit codes: 0 well, 1 a rule failed, 2 usage, 3 environment, 4 the run failed, "
           "5 not measured, 6 invalid, 130/143 ended by a signal.\n");
    return EXIT_WELL;
}

static const struct command *find(const char *name)
{
    if (!strcmp(name, "--help") || !strcmp(name, "-h"))
        name = "help";
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--version")) {
        puts("gen " WIREBENCH_VERSION " " WIREBENCH_COMMIT);
        return EXIT_WELL;
    }
    const struct command *command = argc > 1 ? find(argv[1]) : NULL;
    if (!command) {
        if (argc > 1)
            fprintf(stderr, "gen: no command \"%s\"\n", argv[1]);
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (argc > 2 && (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h")))
        command = find("help");
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction abort_action = {.sa_handler = on_abort, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGABRT, &abort_action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a full disk is an error to tell, not a death */
    struct command_args args = {argc - 2, argv + 2, environ, &ended_by, &crash};
    struct err e = {0};
    int code = command->run(&args, &e);
    if (e.exit_code)
        fprintf(stderr, "gen: %s\n", e.message);
    return code;
}
