/* SPDX-License-Identifier: BSD-3-Clause */
/* The resolved text: complete, the same job when read back, and blind to what is not hashed. */
#include "job/options.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

static const char rich[] =
    "[global]\ndescription = a; b # c\nprotocol = echo\ncontent = binary\nconnections = 31\n"
    "connect_rate = 333/min\nwire = xdp:eth0:3\ntarget = 10.0.0.1:80, 10.0.0.2:81\n"
    "source = 10.9.0.0/16, 10.8.0.3\ngateway = 10.0.0.254\nwindow = 3000\nseed = 42\nquiet = yes\n"
    "rto_min = 1us\n";

/* Two jobs are the same when every byte is, but for the texts' pointers and the file's name. */
static void assert_same_job(const struct job *a, const struct job *b)
{
    struct job x = *a, y = *b;
    x.resolved = x.resolved_unseeded = x.overrides = NULL;
    y.resolved = y.resolved_unseeded = y.overrides = NULL;
    x.loader = y.loader = NULL;
    memset(x.source, 0, sizeof x.source);
    memset(y.source, 0, sizeof y.source);
    memset(x.workload_id, 0, sizeof x.workload_id);
    memset(y.workload_id, 0, sizeof y.workload_id);
    ck_assert_str_eq(a->resolved, b->resolved);
    ck_assert_mem_eq(&x, &y, sizeof x);
}

static void assert_reads_back(const char *text, char *const *arguments)
{
    struct fixture f, again;
    load_well(&f, text, arguments, NULL);
    load_well(&again, f.job.resolved, NULL, NULL);
    assert_same_job(&f.job, &again.job);
    ck_assert_str_eq(f.job.resolved_unseeded, again.job.resolved_unseeded);
    fixture_fini(&f);
    fixture_fini(&again);
}

START_TEST(test_resolved_text_is_the_same_job)
{
    char text[1024];
    snprintf(text, sizeof text, "%s", rich);
    *strstr(text, "rto_min") = '\0'; /* 1us is below the bound */
    strcat(text, "[a]\nrate = 86/min\nduration = 1234567ns\n[b-2]\nsla = p99<1ms, errors<0.05%\n");
    assert_reads_back(text, NULL);
    assert_reads_back(text, WORDS("--a.payload=9", "--peer=none", "--rto_min=3ms"));
    assert_reads_back("", NULL);
    assert_reads_back("protocol = discard\npeer = exec:a; b 'c d'\n", NULL);
    assert_reads_back("shape = max\n", NULL);
}
END_TEST

START_TEST(test_every_key_is_in_the_resolved_text)
{
    struct fixture f;
    load_well(&f, "", NULL, NULL);
    for (uint32_t i = 0; i < option_count; i++) {
        char line[64];
        snprintf(line, sizeof line, "\n%s = ", options[i].key);
        bool there = strstr(f.job.resolved, line) != NULL;
        bool hashed = strstr(f.job.resolved_unseeded, line) != NULL;
        ck_assert_msg(there == (options[i].initial != NULL), "%s", options[i].key);
        ck_assert_msg(hashed == (there && !options[i].unhashed), "%s", options[i].key);
    }
    fixture_fini(&f);
}
END_TEST

START_TEST(test_what_the_history_key_does_not_see)
{
    struct fixture plain, aside, other;
    load_well(&plain, "", NULL, NULL);
    load_well(&aside,
              "description = d\nseed = 5\ndb = q\nquiet = yes\nlog_level = debug\npcap = p\n", NULL,
              NULL);
    load_well(&other, "depth = 2\n", NULL, NULL);
    ck_assert_str_eq(plain.job.resolved_unseeded, aside.job.resolved_unseeded);
    ck_assert_str_ne(plain.job.resolved, aside.job.resolved);
    ck_assert_str_ne(plain.job.resolved_unseeded, other.job.resolved_unseeded);
    fixture_fini(&plain);
    fixture_fini(&aside);
    fixture_fini(&other);
}
END_TEST

/* The same value written differently is the same job. */
START_TEST(test_spelling_does_not_matter)
{
    struct fixture a, b;
    load_well(&a, "[global]\nduration = 2min\npayload = 2048\nrate = 60k/s\nquiet = 1\n", NULL,
              NULL);
    load_well(&b, "rate = 60000\nquiet = yes\n[main]\npayload = 2KiB\nduration = 120000ms\n", NULL,
              NULL);
    ck_assert_str_eq(a.job.resolved, b.job.resolved);
    fixture_fini(&a);
    fixture_fini(&b);
}
END_TEST

CHECK_MAIN("job/resolve", test_resolved_text_is_the_same_job,
           test_every_key_is_in_the_resolved_text, test_what_the_history_key_does_not_see,
           test_spelling_does_not_matter)
