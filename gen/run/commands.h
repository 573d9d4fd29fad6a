/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The subcommands behind main.c's table. Each gets the arguments behind its name, prints to
 * stdout what it is for, and returns an exit code with `e` set when there is something to tell.
 */
#ifndef RUN_COMMANDS_H
#define RUN_COMMANDS_H

#include <signal.h>

struct err;

struct command_args {
    int argc;
    char **argv;
    char **environ;
    const volatile sig_atomic_t *signal; /* 0, or the signal that asked to end */
    struct flight_crash *crash;          /* what a failed assertion saves */
};

int command_run(const struct command_args *a, struct err *e);
int command_respond(const struct command_args *a, struct err *e);
int command_ctl(const struct command_args *a, struct err *e);
int command_replay(const struct command_args *a, struct err *e);
int command_list(const struct command_args *a, struct err *e);
int command_impair(const struct command_args *a, struct err *e);
int command_doctor(const struct command_args *a, struct err *e);

#endif
