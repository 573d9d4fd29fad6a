/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrival times to replay, as text: refused with the line and what was expected, or a list in order
 * that reads the same when it is written again. */
#include <inttypes.h>
#include <string.h>

#include "load/arrivals.h"
#include "tests/fuzz/fuzz.h"

static int read_text(const void *text, size_t size, struct arrivals *out)
{
    char why[300] = "";
    FILE *in = fmemopen((void *)(uintptr_t)text, size, "r");
    FUZZ_CHECK(in);
    int ret = arrivals_read(out, in, "x.csv", why, sizeof why);
    fclose(in);
    FUZZ_CHECK(ret == 0 || (ret < 0 && !strncmp(why, "x.csv:", 6) && strstr(why, "expected")));
    return ret;
}

static void check_list(const struct arrivals *a)
{
    FUZZ_CHECK(a->count && a->count <= a->room);
    for (uint64_t i = 0; i < a->count; i++)
        FUZZ_CHECK(a->times_ns[i] <= ARRIVALS_END_NS && (!i || a->times_ns[i - 1] <= a->times_ns[i]));
}

static void read_again(const struct arrivals *a)
{
    struct arrivals again = {0};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    FUZZ_CHECK(out);
    fputs("intended_ns\n", out);
    for (uint64_t i = 0; i < a->count; i++)
        fprintf(out, "%" PRIu64 "\n", a->times_ns[i]);
    fclose(out);
    FUZZ_CHECK(read_text(text, size, &again) == 0 && again.was_sorted);
    FUZZ_CHECK(again.count == a->count && arrivals_hash(&again) == arrivals_hash(a));
    arrivals_free(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arrivals list = {0};
    if (!size)
        return 0; /* fmemopen() opens nothing */
    if (read_text(data, size, &list) == 0) {
        check_list(&list);
        read_again(&list);
    }
    arrivals_free(&list);
    return 0;
}
