/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/err.h"
#include "run/commands.h"

int command_doctor(const struct command_args *a, struct err *e)
{
    (void)a;
    return err_set(e, EXIT_USAGE, EXIT_USAGE, "gen doctor: being written");
}
