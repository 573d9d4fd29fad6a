/* SPDX-License-Identifier: BSD-3-Clause */
/* What gen ctl says to a run, and the faults in it: any bytes are a command or refused with a
 * reason. */
#include <string.h>

#include "base/err.h"
#include "live/ctl_parse.h"
#include "tests/fuzz/fuzz.h"
#include "wire/fault.h"

static void check_command(const struct ctl_command *c)
{
    struct fault_rates rates;
    struct err e = {0};
    FUZZ_CHECK(c->verb < CTL_COUNT);
    FUZZ_CHECK(memchr(c->argument, 0, sizeof c->argument));
    if (c->verb == CTL_RATE)
        FUZZ_CHECK(c->rate_per_s >= 0.001 && c->rate_per_s <= 1e9);
    if (c->verb != CTL_FAULT)
        return;
    if (!fault_parse(c->faults, &rates, &e))
        FUZZ_CHECK(rates.loss >= 0 && rates.loss <= 1 && rates.corrupt_bits <= 8);
    else
        FUZZ_CHECK(e.exit_code == EXIT_USAGE && e.message[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctl_command c;
    char why[160] = "";
    int rc = ctl_parse((const char *)data, size, &c, why, sizeof why);
    FUZZ_CHECK(rc == 0 || why[0]);
    FUZZ_CHECK(memchr(why, 0, sizeof why));
    if (!rc)
        check_command(&c);
    return 0;
}
