/* SPDX-License-Identifier: BSD-3-Clause */
/* The way from a report to its database, on real folders. */
#include "analyzer/out/link.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/check_main.h"

/* A folder with a/b and a file x.db in each, the working directory while it is there. */
struct tree {
    char path[32];
};

static void touch(const char *path)
{
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fclose(f);
}

static void tree_open(struct tree *t)
{
    strcpy(t->path, "/tmp/wb-link.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(t->path));
    ck_assert_int_eq(chdir(t->path), 0);
    ck_assert_int_eq(mkdir("a", 0700), 0);
    ck_assert_int_eq(mkdir("a/b", 0700), 0);
    touch("x.db");
    touch("a/x.db");
    touch("a/b/x.db");
}

static void tree_close(struct tree *t)
{
    static const char *const all[] = {"a/b/x.db", "a/x.db", "x.db", "a/b", "a"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ck_assert_int_eq(remove(all[i]), 0);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(t->path), 0);
}

static void expect(const char *from, const char *target, const char *want)
{
    char buf[256];
    ck_assert_str_eq(link_relative(buf, sizeof buf, from, target), want);
}

START_TEST(by_the_shortest_way)
{
    struct tree t;
    tree_open(&t);
    expect("r.html", "x.db", "x.db");
    expect("r.html", "a/b/x.db", "a/b/x.db");
    expect("a/r.html", "x.db", "../x.db");
    expect("a/b/r.html", "./a/../x.db", "../../x.db");
    expect("a/b/r.html", "a/x.db", "../x.db");
    expect("missing/r.html", "x.db", "x.db"); /* cannot be resolved: as given */
    tree_close(&t);
}
END_TEST

START_TEST(a_url_of_any_name)
{
    char *got = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&got, &size);
    link_put_url(out, "../a b/50%#?\"ü.db");
    fclose(out);
    ck_assert_str_eq(got, "../a%20b/50%25%23%3F%22%C3%BC.db");
    free(got);
}
END_TEST

CHECK_MAIN("analyzer/link", by_the_shortest_way, a_url_of_any_name)
