/* SPDX-License-Identifier: BSD-3-Clause */
/* Where values come from: files, environment, command line; who wins; what the id becomes. */
#include <errno.h>
#include <sys/stat.h>

#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

#define S 1000000000ull

START_TEST(test_defaults_without_a_file)
{
    struct fixture f;
    load_well(&f, NULL, NULL, NULL);
    ck_assert_str_eq(f.job.workload_id, "default");
    ck_assert_str_eq(f.job.overrides, "");
    ck_assert_str_eq(f.job.protocol, "line");
    ck_assert_uint_eq(f.job.connections, 100);
    ck_assert_uint_eq(f.job.phases_count, 1);
    ck_assert_str_eq(f.job.phases[0].name, "main");
    ck_assert(f.job.phases[0].rate_max);
    ck_assert_str_eq(f.job.phases[0].shape, "max");
    ck_assert_uint_eq(f.job.phases[0].payload.largest, 1024);
    ck_assert_uint_eq(f.job.phases[0].reply.count, 0);
    ck_assert_uint_eq(f.job.phases[0].duration_ns, 10 * S);
    ck_assert_uint_eq(f.job.targets_count, 1);
    ck_assert(ip_equal(f.job.targets[0].addrs.first, ip4_addr(0xc6130001)));
    ck_assert_uint_eq(f.job.targets[0].ports.lo, 9000);
    ck_assert_uint_eq(f.job.targets[0].ports.hi, 9000);
    ck_assert(f.job.timestamps && !f.job.allow_public);
    fixture_fini(&f);
}
END_TEST

START_TEST(test_precedence)
{
    const char *text = "[global]\ndepth = 2\n[a]\ndepth = 3\n[b]\n";
    struct fixture f;
    load_well(&f, "[a]\n[b]\n", NULL, NULL);
    ck_assert_uint_eq(f.job.phases[0].depth, 1); /* default */
    fixture_fini(&f);
    load_well(&f, text, NULL, NULL);
    ck_assert_uint_eq(f.job.phases[0].depth, 3); /* section */
    ck_assert_uint_eq(f.job.phases[1].depth, 2); /* [global] */
    fixture_fini(&f);
    load_well(&f, text, NULL, WORDS("BENCH_DEPTH=4"));
    ck_assert_uint_eq(f.job.phases[0].depth, 4);
    ck_assert_uint_eq(f.job.phases[1].depth, 4);
    fixture_fini(&f);
    load_well(&f, text, WORDS("--depth=5"), WORDS("BENCH_DEPTH=4"));
    ck_assert_uint_eq(f.job.phases[0].depth, 5);
    ck_assert_uint_eq(f.job.phases[1].depth, 5);
    fixture_fini(&f);
    load_well(&f, text, WORDS("--b.depth=6", "--depth=5"), WORDS("BENCH_DEPTH=4"));
    ck_assert_uint_eq(f.job.phases[0].depth, 5);
    ck_assert_uint_eq(f.job.phases[1].depth, 6); /* one phase beats all, whatever the order */
    fixture_fini(&f);
}
END_TEST

START_TEST(test_global_counts_wherever_it_stands)
{
    struct fixture f;
    load_well(&f, "payload = 5\n[a]\n depth = 3\n[b]\n[global]\ndepth = 2\nprotocol = echo\n", NULL,
              NULL);
    ck_assert_uint_eq(f.job.phases_count, 2);
    ck_assert_uint_eq(f.job.phases[0].depth, 3);
    ck_assert_uint_eq(f.job.phases[1].depth, 2);
    ck_assert_uint_eq(f.job.phases[1].payload.largest, 5);
    fixture_fini(&f);
}
END_TEST

START_TEST(test_a_replaced_value_must_be_right_too)
{
    load_refused("depth = none\n", WORDS("--depth=5"), NULL,
                 "x.conf:1: depth = \"none\": expected a whole number from 1 to 65535");
}
END_TEST

START_TEST(test_overrides_mark_the_workload)
{
    struct fixture f;
    load_well(&f, "", NULL, NULL);
    ck_assert_str_eq(f.job.workload_id, "x");
    fixture_fini(&f);
    load_well(&f, "", WORDS("--duration=9s", "--main.payload=640"),
              WORDS("HOME=/", "BENCH_CONNECTIONS=7"));
    ck_assert_str_eq(f.job.workload_id, "x+");
    ck_assert_str_eq(f.job.overrides, "BENCH_CONNECTIONS=7 --duration=9s --main.payload=640");
    ck_assert_uint_eq(f.job.connections, 7);
    fixture_fini(&f);
    /* what does not change the work leaves the id alone */
    load_well(&f, "",
              WORDS("--db=y.db", "--quiet", "--log_level=warn", "--pcap=p", "--margins=p99:5%"),
              WORDS("BENCH_DESCRIPTION=mine"));
    ck_assert_str_eq(f.job.workload_id, "x");
    ck_assert_str_eq(f.job.overrides, "");
    ck_assert_str_eq(f.job.db, "y.db");
    ck_assert(f.job.quiet);
    fixture_fini(&f);
}
END_TEST

START_TEST(test_spelling_of_arguments)
{
    struct fixture f;
    load_well(&f, "", WORDS("--connect-rate=500", "--ecn", "--description= two words "),
              NULL);
    ck_assert_double_eq(f.job.phases[0].connect_rate_per_s, 500);
    ck_assert(f.job.ecn);
    ck_assert_str_eq(f.job.description, "two words");
    fixture_fini(&f);
    load_refused("", WORDS("--depth"), NULL, "--depth: expected --depth=N");
    load_refused("", WORDS("depth=5"), NULL, "depth=5: expected --key=value or --PHASE.key=value");
    load_refused("", WORDS("--.depth=5"), NULL,
                 "--.depth=5: expected --key=value or --PHASE.key=value");
    load_refused("", WORDS("--conections=5"), NULL,
                 "--conections=5: unknown option: did you mean --connections?");
    load_refused("", WORDS("--zebra=5"), NULL, "--zebra=5: unknown option");
    load_refused("", WORDS("--connections=many"), NULL,
                 "--connections=many: expected a whole number from 1 to 20000000");
}
END_TEST

START_TEST(test_arguments_for_one_phase)
{
    load_refused("[a]\n[b]\n", WORDS("--c.depth=5"), NULL,
                 "--c.depth=5: there is no phase \"c\": expected a, b");
    load_refused("[a]\n", WORDS("--a.mtu=1000"), NULL,
                 "--a.mtu=1000: mtu holds for the whole run: expected it without a"
                 " phase");
}
END_TEST

START_TEST(test_environment)
{
    struct fixture f;
    load_refused("", NULL, WORDS("BENCH_CONNECTIONS=many"),
                 "BENCH_CONNECTIONS=many: expected a whole number from 1 to 20000000");
    load_refused("", NULL, WORDS("BENCH_CONECTIONS=5"),
                 "BENCH_CONECTIONS: unknown variable: did you mean BENCH_CONNECTIONS?");
    /* other people's, lower case, empty */
    load_well(&f, "", NULL, WORDS("BENCH_HOME_OF=/x", "bench_depth=4", "BENCH_DEPTH="));
    ck_assert_uint_eq(f.job.phases[0].depth, 1);
    ck_assert_str_eq(f.job.workload_id, "x");
    fixture_fini(&f);
}
END_TEST

START_TEST(test_unknown_keys)
{
    load_refused("conections = 5\n", NULL, NULL,
                 "x.conf:1: unknown key \"conections\": did you mean connections?");
    load_refused("[a]\n\n\npaylod = 5\n", NULL, NULL,
                 "x.conf:4: unknown key \"paylod\": did you mean payload?");
    load_refused("zebra = 5\n", NULL, NULL, "x.conf:1: unknown key \"zebra\"");
}
END_TEST

START_TEST(test_structure_of_the_file)
{
    load_refused("depth = 1\ndepth = 2\n", NULL, NULL,
                 "x.conf:2: depth is set twice, first at line 1");
    load_refused("depth = 1\n[global]\ndepth = 2\n", NULL, NULL,
                 "x.conf:3: depth is set twice, first at line 1");
    load_refused("[a]\n[b]\n[a]\n", NULL, NULL, "x.conf:3: [a] is there twice, first at line 1");
    load_refused("[a b]\n", NULL, NULL,
                 "x.conf:1: expected [NAME] of at most 49 letters, digits, _ and -");
    load_refused("depth = 1\n[a\n", NULL, NULL,
                 "x.conf:2: expected [NAME] of at most 49 letters, digits, _ and -");
    load_refused("[a]\ndepth\n", NULL, NULL, "x.conf:2: expected key = value");
    load_refused(
        "[a]\nmtu = 1000\n", NULL, NULL,
        "x.conf:2: mtu = \"1000\": mtu holds for the whole run: expected it in"
        " [global]");
}
END_TEST

START_TEST(test_too_many_phases)
{
    char text[1200] = "", name[16];
    for (int i = 0; i < JOB_PHASES; i++)
        strcat(text, (snprintf(name, sizeof name, "[p%d]\n", i), name));
    struct fixture f;
    load_well(&f, text, NULL, NULL);
    ck_assert_uint_eq(f.job.phases_count, JOB_PHASES);
    ck_assert_str_eq(f.job.phases[63].name, "p63");
    fixture_fini(&f);
    load_refused(strcat(text, "[one_more]\n"), NULL, NULL,
                 "x.conf:65: [one_more]: expected at most 64 phases");
}
END_TEST

/* inih would cut the line at 198 bytes and read the rest as a key of its own. */
START_TEST(test_long_lines)
{
    char text[4100], sla[256];
    memset(sla, 's', 255);
    sla[255] = '\0';
    snprintf(text, sizeof text, "sla = %s\ndepth = 7\n", sla);
    struct fixture f;
    load_well(&f, text, NULL, NULL);
    ck_assert_str_eq(f.job.phases[0].sla, sla);
    ck_assert_uint_eq(f.job.phases[0].depth, 7);
    fixture_fini(&f);
    memset(text, 'x', 4090);
    memcpy(text, "depth = 2\n# ", 12);
    text[4090] = '\0';
    load_refused(text, NULL, NULL, "x.conf:2: the line is too long: expected at most 4000 bytes");
}
END_TEST

START_TEST(test_comments_indentation_and_line_ends)
{
    struct fixture f;
    load_well(
        &f, "\xef\xbb\xbf# comment\r\n; too\r\n[global]\r\n  depth = 2\r\n\tsla = a;b ; c # d\r\n",
        NULL, NULL);
    ck_assert_uint_eq(f.job.phases[0].depth, 2);
    ck_assert_str_eq(f.job.phases[0].sla, "a;b ; c # d");
    fixture_fini(&f);
    load_well(&f, "  [a]\n\t[b] \n", NULL, NULL);
    ck_assert_uint_eq(f.job.phases_count, 2);
    fixture_fini(&f);
}
END_TEST

static void load_path_refused(const char *path, const char *message, int ret)
{
    struct job job;
    struct err e = {0};
    ck_assert_int_eq(job_load(&job, path, NULL, &e), ret);
    ck_assert_str_eq(e.message, message);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
}

START_TEST(test_unreadable_files)
{
    load_path_refused("/nowhere/y.conf",
                      "/nowhere/y.conf: cannot read the job file: No such file or directory",
                      -ENOENT);
    load_path_refused("/tmp", "/tmp: cannot read the job file: Is a directory", -EISDIR);
    char path[] = "/tmp/wb-job-XXXXXX", message[128];
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, "depth = 2\nx\0y\n", 14), 14);
    close(fd);
    snprintf(message, sizeof message, "%s:2: found a NUL byte: expected a text file", path);
    load_path_refused(path, message, -EINVAL);
    unlink(path);
}
END_TEST

CHECK_MAIN("job/load", test_defaults_without_a_file, test_precedence,
           test_global_counts_wherever_it_stands, test_a_replaced_value_must_be_right_too,
           test_overrides_mark_the_workload, test_spelling_of_arguments,
           test_arguments_for_one_phase, test_environment, test_unknown_keys,
           test_structure_of_the_file, test_too_many_phases, test_long_lines,
           test_comments_indentation_and_line_ends, test_unreadable_files)
