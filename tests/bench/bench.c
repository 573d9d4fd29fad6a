/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench --list | bench [--db FILE] [NAME...]
 *
 * Each benchmark prints the median of its rounds as NAME<TAB>VALUE<TAB>UNIT on stdout; everything
 * else goes to stderr. A round is a real run of `gen` in a process of its own, read back from the
 * database that it wrote. Run nothing else meanwhile. With --db (or BENCH_DB) the rounds are kept in
 * a results file, for `analyze --db FILE --compare`.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "bench/bench.h"
#include "bench/book.h"

int bench_rounds(int otherwise)
{
    const char *text = getenv("BENCH_ROUNDS");
    int n = text ? (int)strtod(text, NULL) : otherwise;
    return n < 1 ? 1 : n > BENCH_ROUNDS_MAX ? BENCH_ROUNDS_MAX : n;
}

static const struct bench *const groups[] = {
#define X(group) group##_benches,
    BENCH_GROUPS(X)
#undef X
};
#define GROUPS (sizeof groups / sizeof *groups)

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int run_bench(const struct bench *b, struct book *book)
{
    double values[BENCH_ROUNDS_MAX];
    fprintf(stderr, "%s: %s\n", b->name, b->meaning);
    book_begin(book);
    int n = b->rounds(values);
    if (!n) {
        fprintf(stderr, "bench: %s could not be measured\n", b->name);
        return 1;
    }
    int failed = book_enter(book, b, values, n);
    qsort(values, (size_t)n, sizeof *values, by_value);
    double median = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    printf("%s\t%.10g\t%s\n", b->name, median, b->unit);
    fflush(stdout);
    return failed != 0;
}

static const struct bench *find(const char *name)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (const struct bench *b = groups[g]; b->name; b++)
            if (!strcmp(b->name, name))
                return b;
    return NULL;
}

static void list_all(void)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (const struct bench *b = groups[g]; b->name; b++)
            printf("%s\t%s\t%s\n", b->name, b->unit, b->meaning);
}

static int run_all(struct book *book)
{
    int failed = 0;
    for (size_t g = 0; g < GROUPS; g++)
        for (const struct bench *b = groups[g]; b->name; b++)
            failed |= run_bench(b, book);
    return failed;
}

/* One measurement at a time on this machine, whoever asks. */
static void take_turn(void)
{
    int fd = open("/tmp/wirebench-bench.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (fd >= 0)
        flock(fd, LOCK_EX);
}

/* The file that --db names; the words behind it, or all of them, are benchmarks. */
static int take_db(struct book *book, int argc, char **argv)
{
    book->path = getenv("BENCH_DB");
    if (argc < 2 || strncmp(argv[1], "--db", 4))
        return 1;
    bool apart = !argv[1][4] && argc > 2;
    book->path = argv[1][4] == '=' ? argv[1] + 5 : apart ? argv[2] : "";
    return apart ? 3 : 2;
}

int main(int argc, char **argv)
{
    struct book book = {0};
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        list_all();
        return EXIT_WELL;
    }
    int first = take_db(&book, argc, argv);
    for (int i = first; i < argc; i++) {
        if (!find(argv[i])) {
            fprintf(stderr, "bench: no benchmark \"%s\": see bench --list\n", argv[i]);
            return EXIT_USAGE;
        }
    }
    if (book.path && !*book.path) {
        fprintf(stderr, "bench: --db needs a value: --db FILE\n");
        return EXIT_USAGE;
    }
    take_turn();
    int failed = first < argc ? 0 : run_all(&book);
    for (int i = first; i < argc; i++)
        failed |= run_bench(find(argv[i]), &book);
    return failed ? EXIT_RUN : EXIT_WELL;
}
