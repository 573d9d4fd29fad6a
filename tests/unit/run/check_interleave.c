/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/interleave.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "run/commands.h"
#include "tests/lib/check_main.h"

#define SEEDS 2000

static uint32_t b_rounds(const bool *b_first, uint32_t rounds)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < rounds; i++)
        n += b_first[i];
    return n;
}

START_TEST(each_side_goes_first_in_half_of_the_rounds)
{
    bool b_first[INTERLEAVE_ROUNDS_MAX];
    uint32_t more = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        for (uint32_t rounds = INTERLEAVE_ROUNDS_MIN; rounds <= 9; rounds++) {
            interleave_order(seed, rounds, b_first);
            uint32_t n = b_rounds(b_first, rounds);
            ck_assert_msg(n == rounds / 2 || n == (rounds + 1) / 2, "%u of %u", n, rounds);
            more += rounds == 9 && n == 5;
        }
    ck_assert(more > SEEDS * 0.45 && more < SEEDS * 0.55); /* the odd round is nobody's */
    interleave_order(1, INTERLEAVE_ROUNDS_MAX, b_first);
    ck_assert_uint_eq(b_rounds(b_first, INTERLEAVE_ROUNDS_MAX), INTERLEAVE_ROUNDS_MAX / 2);
}
END_TEST

/* All 6 orders of 4 rounds, each as often: chi square with 5 degrees of freedom, far beyond its
 * 99.99 % point of 25.7 if the shuffle were not fair. The seeds are fixed: it cannot fail by chance
 * tomorrow. */
START_TEST(every_order_is_as_likely)
{
    bool b_first[4];
    uint32_t seen[16] = {0}, orders = 0;
    double chi = 0, expected = SEEDS / 6.0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        interleave_order(seed, 4, b_first);
        seen[b_first[0] | b_first[1] << 1 | b_first[2] << 2 | b_first[3] << 3]++;
    }
    for (int i = 0; i < 16; i++)
        if (seen[i]) {
            orders++;
            chi += (seen[i] - expected) * (seen[i] - expected) / expected;
        }
    ck_assert_uint_eq(orders, 6);
    ck_assert_double_le(chi, 25.7);
}
END_TEST

START_TEST(the_seed_decides)
{
    bool a[100], b[100];
    interleave_order(7, 100, a);
    interleave_order(7, 100, b);
    ck_assert_mem_eq(a, b, sizeof a);
    interleave_order(8, 100, b);
    ck_assert_mem_ne(a, b, sizeof a);
    ck_assert_uint_eq(interleave_seed(7, 0), interleave_seed(7, 0));
    ck_assert_uint_ne(interleave_seed(7, 0), interleave_seed(7, 1));
    ck_assert_uint_ne(interleave_seed(7, 0), interleave_seed(8, 0));
    for (uint32_t round = 0; round < 1000; round++) {
        ck_assert_uint_ne(interleave_seed(7, round), 0);
        ck_assert_uint_le(interleave_seed(7, round), INT64_MAX);
    }
}
END_TEST

/* --- the command line ------------------------------------------------------------------------- */

static struct err e;
static struct interleave set;

static int parse(char **words)
{
    struct command_args a = {.argv = words};
    while (words[a.argc])
        a.argc++;
    e = (struct err){0};
    ck_assert(interleave_asked(&a));
    return interleave_parse(&a, &set, &e);
}
#define PARSE(...) parse((char *[]){__VA_ARGS__, NULL})

static void has_options(int side, const char *text)
{
    char all[200] = "";
    for (int i = 0; i < set.side[side].options_count; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? " " : "",
                 set.side[side].options[i]);
    ck_assert_str_eq(all, text);
}

START_TEST(options_go_to_both_sides_or_to_one)
{
    ck_assert_int_eq(PARSE("--interleave", "a.conf", "b.conf", "--depth=2", "--A:target=10.0.0.1:1",
                           "--B:full.rate=5k", "--quiet"),
                     0);
    ck_assert_uint_eq(set.rounds, INTERLEAVE_ROUNDS);
    ck_assert_str_eq(set.side[0].path, "a.conf");
    ck_assert_str_eq(set.side[1].path, "b.conf");
    has_options(0, "--depth=2 --target=10.0.0.1:1 --quiet");
    has_options(1, "--depth=2 --full.rate=5k --quiet");
    interleave_free(&set);
    ck_assert_int_eq(PARSE("--rounds", "3", "x.conf", "--interleave", "x.conf", "--A.depth=4"), 0);
    ck_assert_uint_eq(set.rounds, 3);
    has_options(0, "--A.depth=4"); /* a phase may be called A */
    has_options(1, "--A.depth=4");
    interleave_free(&set);
    ck_assert_int_eq(PARSE("--interleave", "x.conf", "x.conf", "--rounds=1000"), 0);
    ck_assert_uint_eq(set.rounds, 1000);
    interleave_free(&set);
}
END_TEST

static void refused(int rc, const char *message)
{
    ck_assert_int_lt(rc, 0);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    ck_assert_msg(strstr(e.message, message), "%s", e.message);
    interleave_free(&set);
}

START_TEST(what_is_no_set_is_refused)
{
    static const char rounds[] = "expected a whole number from 2 to 1000";
    refused(PARSE("--interleave", "a.conf"), "expected gen run --interleave JOB_A JOB_B");
    refused(PARSE("--rounds=3", "a.conf", "b.conf"), "expected gen run --interleave");
    refused(PARSE("--A:depth=3", "a.conf", "b.conf"), "expected gen run --interleave");
    refused(PARSE("--interleave", "a.conf", "b.conf", "c.conf"), "c.conf: a third job");
    refused(PARSE("--interleave", "a.conf", "b.conf", "--rounds=1"), rounds);
    refused(PARSE("--interleave", "a.conf", "b.conf", "--rounds", "1001"), rounds);
    refused(PARSE("--interleave", "a.conf", "b.conf", "--rounds=many"), rounds);
    refused(PARSE("--interleave", "a.conf", "b.conf", "--rounds"), rounds);
}
END_TEST

START_TEST(an_ordinary_run_is_no_set)
{
    char *words[] = {"a.conf", "b.conf", "--depth=3", "--A.depth=2", "--quiet", NULL};
    struct command_args a = {.argc = 5, .argv = words};
    ck_assert(!interleave_asked(&a));
}
END_TEST

CHECK_MAIN("run/interleave", each_side_goes_first_in_half_of_the_rounds, every_order_is_as_likely,
           the_seed_decides, options_go_to_both_sides_or_to_one, what_is_no_set_is_refused,
           an_ordinary_run_is_no_set)
