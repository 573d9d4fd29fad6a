/* SPDX-License-Identifier: BSD-3-Clause */
/* include = FILE: who wins, where a value is said to stand, and what is refused with its chain. */
#include <ftw.h>
#include <sys/stat.h>

#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

struct files {
    char folder[32];
    struct job job;
    struct err e;
};

static void files_make(struct files *f)
{
    memset(f, 0, sizeof *f);
    strcpy(f->folder, "/tmp/wb-inc-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(f->folder));
}

/* '@' in `text` stands for the folder. */
static void expand(const struct files *f, const char *text, FILE *out)
{
    for (; *text; text++)
        if (*text == '@')
            fputs(f->folder, out);
        else
            fputc(*text, out);
}

static void file_write(const struct files *f, const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    expand(f, text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void files_end(struct files *f)
{
    nftw(f->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    job_fini(&f->job);
}

static int load(struct files *f, char *const *arguments, char *const *environment)
{
    char path[64];
    struct job_args args = {.argv = (char **)arguments, .environ = environment};
    while (arguments && arguments[args.argc])
        args.argc++;
    snprintf(path, sizeof path, "%s/a.conf", f->folder);
    return job_load(&f->job, path, &args, &f->e);
}

static void assert_loads(struct files *f)
{
    ck_assert_msg(load(f, NULL, NULL) == 0, "%s", f->e.message);
}

static void assert_refused(struct files *f, const char *message)
{
    char expected[1000];
    FILE *out = fmemopen(expected, sizeof expected, "w");
    ck_assert_ptr_nonnull(out);
    expand(f, message, out);
    fclose(out);
    ck_assert_int_lt(load(f, NULL, NULL), 0);
    ck_assert_str_eq(f->e.message, expected);
    ck_assert_int_eq(f->e.exit_code, EXIT_USAGE);
    ck_assert_ptr_null(f->job.resolved);
    files_end(f);
}

START_TEST(test_the_including_file_wins)
{
    struct files f;
    files_make(&f);
    file_write(&f, "b.conf", "connections = 7\ndepth = 2\n[x]\ndepth = 3\npayload = 99\n[y]\n");
    file_write(&f, "a.conf", "include = b.conf\n\n[global]\nconnections = 8\n[y]\ndepth = 5\n");
    assert_loads(&f);
    ck_assert_str_eq(f.job.workload_id, "a");
    ck_assert_uint_eq(f.job.phases_count, 2);
    ck_assert_str_eq(f.job.phases[0].name, "x");
    ck_assert_uint_eq(f.job.phases[0].connections, 8);
    ck_assert_uint_eq(f.job.phases[0].depth, 3);
    ck_assert_uint_eq(f.job.phases[0].payload.largest, 99);
    ck_assert_uint_eq(f.job.phases[1].depth, 5);
    ck_assert_ptr_null(strstr(f.job.resolved, "include"));
    files_end(&f);
}
END_TEST

/* Also what it says for all phases, over what the other says for one. */
START_TEST(test_a_global_wins_over_an_included_section)
{
    struct files f;
    files_make(&f);
    file_write(&f, "b.conf", "[x]\ndepth = 3\n[y]\ndepth = 4\n");
    file_write(&f, "a.conf", "[global]\ninclude = b.conf\ndepth = 6\n[y]\ndepth = 9\n[z]\n");
    assert_loads(&f);
    ck_assert_uint_eq(f.job.phases_count, 3);
    ck_assert_uint_eq(f.job.phases[0].depth, 6);
    ck_assert_uint_eq(f.job.phases[1].depth, 9);
    ck_assert_str_eq(f.job.phases[2].name, "z");
    job_fini(&f.job);
    ck_assert_int_eq(load(&f, WORDS("--y.depth=10"), WORDS("BENCH_DEPTH=2")), 0);
    ck_assert_uint_eq(f.job.phases[0].depth, 2);
    ck_assert_uint_eq(f.job.phases[1].depth, 10);
    files_end(&f);
}
END_TEST

START_TEST(test_of_two_included_files_the_later_wins)
{
    struct files f;
    files_make(&f);
    file_write(&f, "b.conf", "depth = 2\nmtu = 1400\n");
    file_write(&f, "c.conf", "depth = 3\n");
    file_write(&f, "a.conf", "# first\ninclude = b.conf\ninclude = c.conf\n");
    assert_loads(&f);
    ck_assert_uint_eq(f.job.phases[0].depth, 3);
    ck_assert_uint_eq(f.job.mtu, 1400);
    files_end(&f);
}
END_TEST

/* Paths are those of the including file, whatever the working directory; a file may come twice. */
START_TEST(test_paths_are_relative_to_the_including_file)
{
    struct files f;
    char path[64], text[128];
    files_make(&f);
    snprintf(path, sizeof path, "%s/sub", f.folder);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    file_write(&f, "sub/b.conf", "include = c.conf\ninclude = ../d.conf\n");
    file_write(&f, "sub/c.conf", "depth = 2\n");
    file_write(&f, "d.conf", "mtu = 1400\n");
    snprintf(text, sizeof text, "include = sub/b.conf\ninclude = %s/d.conf\n", f.folder);
    file_write(&f, "a.conf", text);
    assert_loads(&f);
    ck_assert_uint_eq(f.job.phases[0].depth, 2);
    ck_assert_uint_eq(f.job.mtu, 1400);
    files_end(&f);
}
END_TEST

static const struct {
    const char *a, *b, *message;
} refused[] = {
    {"include = b.conf\n", "\n\ndepth = none\n",
     "@/b.conf:3: depth = \"none\": expected a whole number from 1 to 65535"},
    {"include = b.conf\n", "paylod = 1\n",
     "@/b.conf:1: unknown key \"paylod\": did you mean payload?"},
    {"include = b.conf\n", "depth = 1\ndepth = 2\n",
     "@/b.conf:2: depth is set twice, first at line 1"},
    {"include = b.conf\n", "[x]\n[x]\n", "@/b.conf:2: [x] is there twice, first at line 1"},
    {"include = b.conf\n[x]\n", "[x]\nmtu = 1000\n",
     "@/b.conf:2: mtu = \"1000\": mtu holds for the whole run: expected it in [global]"},
    /* a contradiction between two files names the place that set the key at fault */
    {"include = b.conf\npattern = short_lived\n", "\ndepth = 2\n",
     "@/b.conf:2: depth = \"2\": a short_lived connection carries one transaction: expected depth"
     " = 1"},
    {"include = b.conf\ndepth = 2\n", "pattern = short_lived\n",
     "@/a.conf:2: depth = \"2\": a short_lived connection carries one transaction: expected depth"
     " = 1"},
    /* where it may stand */
    {"depth = 1\ninclude = b.conf\n", "",
     "@/a.conf:2: include: expected it before all other keys and all phases"},
    {"[x]\ninclude = b.conf\n", "",
     "@/a.conf:2: include: expected it before all other keys and all phases"},
    {"include =\n", "", "@/a.conf:1: include = \"\": expected a file"},
    /* chains */
    {"\ninclude = c.conf\n", "",
     "@/a.conf:2: include = c.conf: @/c.conf: cannot read the job file: No such file or directory"},
    {"\n\ninclude = b.conf\n", "#\ninclude = c.conf\n",
     "@/a.conf:3: include = b.conf: @/b.conf:2: include = c.conf: @/c.conf: cannot read the job"
     " file: No such file or directory"},
    {"include = a.conf\n", "",
     "@/a.conf:1: include = a.conf: it is being read already: expected no circle of files"},
    {"include = b.conf\n", "\ninclude = @/./a.conf\n",
     "@/a.conf:1: include = b.conf: @/b.conf:2: include = @/./a.conf: it is being read already:"
     " expected no circle of files"},
    {"include = b.conf\n", "include = .\n",
     "@/a.conf:1: include = b.conf: @/b.conf:1: include = .: expected a file"},
    {"include = /dev/zero\n", "", "@/a.conf:1: include = /dev/zero: expected a file"},
};

START_TEST(test_what_is_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct files f;
        files_make(&f);
        file_write(&f, "a.conf", refused[i].a);
        file_write(&f, "b.conf", refused[i].b);
        assert_refused(&f, refused[i].message);
    }
}
END_TEST

/* a.conf includes 1.conf, that 2.conf, ...: `deep` files behind it. */
static void chain_make(struct files *f, int deep)
{
    files_make(f);
    for (int i = 0; i <= deep; i++) {
        char name[16], text[32] = "depth = 4\n";
        snprintf(name, sizeof name, i ? "%d.conf" : "a.conf", i);
        if (i < deep)
            snprintf(text, sizeof text, "include = %d.conf\n", i + 1);
        file_write(f, name, text);
    }
}

START_TEST(test_eight_deep)
{
    struct files f;
    chain_make(&f, 8);
    assert_loads(&f);
    ck_assert_uint_eq(f.job.phases[0].depth, 4);
    files_end(&f);
    chain_make(&f, 9);
    assert_refused(&f, "@/a.conf:1: include = 1.conf: ... @/8.conf:1: include = 9.conf: expected at"
                       " most 8 files one inside the other");
}
END_TEST

START_TEST(test_many_files)
{
    struct files f;
    char text[64 * 20] = "";
    for (int i = 0; i < 63; i++)
        strcat(text, "include = b.conf\n");
    files_make(&f);
    file_write(&f, "b.conf", "");
    file_write(&f, "a.conf", text);
    assert_loads(&f);
    job_fini(&f.job);
    file_write(&f, "a.conf", strcat(text, "include = b.conf\n"));
    assert_refused(&f, "@/a.conf:64: include = b.conf: expected at most 64 files");
}
END_TEST

START_TEST(test_phases_of_all_files_count)
{
    struct files f;
    char text[1200] = "", name[16];
    for (int i = 0; i < JOB_PHASES; i++)
        strcat(text, (snprintf(name, sizeof name, "[p%d]\n", i), name));
    files_make(&f);
    file_write(&f, "b.conf", text);
    file_write(&f, "a.conf", "include = b.conf\n[p0]\n[more]\n");
    assert_refused(&f, "@/a.conf:3: [more]: expected at most 64 phases");
}
END_TEST

START_TEST(test_it_stands_in_files_only)
{
    load_refused("", WORDS("--include=b.conf"), NULL,
                 "--include=b.conf: expected it in a job file: include = FILE");
}
END_TEST

CHECK_MAIN("job/include", test_the_including_file_wins,
           test_a_global_wins_over_an_included_section, test_of_two_included_files_the_later_wins,
           test_paths_are_relative_to_the_including_file, test_what_is_refused, test_eight_deep,
           test_many_files, test_phases_of_all_files_count, test_it_stands_in_files_only)
