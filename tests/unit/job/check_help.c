/* SPDX-License-Identifier: BSD-3-Clause */
/* --help, the man page and docs/JOBS.md name every key that can be used. */
#include <stdio.h>

#include "job/job.h"
#include "job/options.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

static char *printed(void (*print)(FILE *))
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    print(out);
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

static void assert_names_every_key(void (*print)(FILE *), const char *format)
{
    char *text = printed(print), line[128];
    for (uint32_t i = 0; i < option_count; i++) {
        snprintf(line, sizeof line, format, options[i].key);
        bool usable = options[i].help != NULL;
        ck_assert_msg((strstr(text, line) != NULL) == usable, "%s", options[i].key);
    }
    free(text);
}

START_TEST(test_help)
{
    assert_names_every_key(job_print_help, "\n  --%s=");
}
END_TEST

START_TEST(test_man)
{
    assert_names_every_key(job_print_man, "\n.BI \\-\\-%s= ");
}
END_TEST

/* docs/JOBS.md ends with the table as the program prints it. */
START_TEST(test_jobs_document)
{
    char *table = printed(job_print_markdown), *text = NULL;
    size_t size = 0;
    FILE *file = fopen(DOCS_DIR "/JOBS.md", "r");
    ck_assert_msg(file && getdelim(&text, &size, '\0', file) > 0, DOCS_DIR "/JOBS.md: cannot read");
    fclose(file);
    const char *there = strstr(text, "| key |");
    ck_assert_msg(there && !strcmp(there, table), "docs/JOBS.md: replace its table by the output of"
                                                  " build/tests/unit/job/print_options markdown");
    free(table);
    free(text);
}
END_TEST

/* The example at its head is a job. */
START_TEST(test_jobs_document_example)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(DOCS_DIR "/JOBS.md", "r");
    ck_assert(file && getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    char *from = strstr(text, "```ini\n"), *to = from ? strstr(from, "\n```\n") : NULL;
    ck_assert(from && to);
    to[1] = '\0';
    struct fixture f;
    load_well(&f, from + 7, NULL, NULL);
    ck_assert_uint_eq(f.job.phases_count, 2);
    fixture_fini(&f);
    free(text);
}
END_TEST

/* A row is whole: usable with all that help needs, or refused by name. */
START_TEST(test_rows_are_whole)
{
    for (uint32_t i = 0; i < option_count; i++) {
        const struct option *o = &options[i];
        ck_assert_ptr_nonnull(o->kind);
        ck_assert_msg(o->help ? o->form && o->size : o->later != NULL, "%s", o->key);
        ck_assert_msg(o->max >= o->min, "%s", o->key);
        ck_assert_ptr_eq(option_find(o->key), o); /* no key twice */
    }
}
END_TEST

CHECK_MAIN("job/help", test_help, test_man, test_jobs_document, test_jobs_document_example,
           test_rows_are_whole)
