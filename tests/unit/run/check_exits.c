/* SPDX-License-Identifier: BSD-3-Clause */
/* The worst of several exit codes, by its documented order, whoever comes first. */
#include "run/exits.h"

#include "base/err.h"
#include "tests/lib/check_main.h"

static const int from_best[] = {EXIT_WELL, EXIT_INCONCLUSIVE, EXIT_VERDICT,     EXIT_INVALID,
                                EXIT_RUN,  EXIT_ENVIRONMENT,  EXIT_USAGE,       130};

START_TEST(test_the_worse_of_two)
{
    for (size_t a = 0; a < sizeof from_best / sizeof *from_best; a++)
        for (size_t b = 0; b < sizeof from_best / sizeof *from_best; b++)
            ck_assert_int_eq(exit_worse(from_best[a], from_best[b]), from_best[a > b ? a : b]);
}
END_TEST

CHECK_MAIN("run/exits", test_the_worse_of_two)
