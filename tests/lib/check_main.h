/* SPDX-License-Identifier: BSD-3-Clause */
/* A unit test file is tests/unit/<folder>/check_<file>.c: START_TEST blocks, then one
 * CHECK_MAIN("folder/file", test_a, test_b, ...). Exit 0 when all passed. */
#ifndef TESTS_LIB_CHECK_MAIN_H
#define TESTS_LIB_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

/* At the head of a test that counts over thousands of simulated series: it checks shares, and no
 * memory that the other tests of its file do not touch. A sanitizer takes ten times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIMULATION() return
#else
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
