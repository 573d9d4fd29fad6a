/* SPDX-License-Identifier: BSD-3-Clause */
/* A unit test file is tests/unit/<folder>/check_<file>.c: START_TEST blocks, then one
 * CHECK_MAIN("folder/file", test_a, test_b, ...). Exit 0 when all passed. */
#ifndef TESTS_LIB_CHECK_MAIN_H
#define TESTS_LIB_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

/* Check writes down each assertion that held, into a file, so as to tell the last one before a crash:
 * of a million in a loop that takes seconds. A debugger tells where a crash was (docs/HACKING.md). */
#define _mark_point(file, line) ((void)0)

/* A test that simulates thousands of times checks shares: a sanitized build, which takes ten times as
 * long, goes through the same code with fewer, or with none where the other tests of the file do. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED    1
#define SIMULATION() return
#else
#define SANITIZED    0
#define SIMULATION() ((void)0)
#endif

#define CHECK_MAIN(title, ...)                                                                     \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        Suite *suite = suite_create(title);                                                        \
        TCase *all = tcase_create(title);                                                          \
        tcase_set_timeout(all, 120);                                                               \
        for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)                                  \
            tcase_add_test(all, tests[i]);                                                         \
        suite_add_tcase(suite, all);                                                               \
        SRunner *runner = srunner_create(suite);                                                   \
        srunner_run_all(runner, CK_NORMAL);                                                        \
        int failed = srunner_ntests_failed(runner);                                                \
        srunner_free(runner);                                                                      \
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                               \
    }

#endif
