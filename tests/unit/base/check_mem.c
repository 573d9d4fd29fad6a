/* SPDX-License-Identifier: BSD-3-Clause */
/* Big blocks: zeroed, there at once, on huge pages where they can be, on the node that was asked for. */
#include "base/mem.h"

#include <linux/mempolicy.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/lib/check_main.h"

#define PAGE 4096u
#define HUGE ((size_t)2 << 20)

static uint8_t *reserve(size_t bytes)
{
    struct err e = {0};
    uint8_t *block = mem_reserve(bytes, "test", &e);
    ck_assert_msg(block != NULL, "%s", e.message);
    return block;
}

static size_t resident_pages(uint8_t *block, size_t bytes)
{
    size_t pages = (bytes + PAGE - 1) / PAGE, count = 0;
    unsigned char *seen = calloc(pages, 1);
    ck_assert_int_eq(mincore(block, pages * PAGE, seen), 0);
    for (size_t i = 0; i < pages; i++)
        count += seen[i] & 1;
    free(seen);
    return count;
}

/* Of each size on its way: a byte, pages, more than a huge page, so much that the end is rounded up. */
static const size_t sizes[] = {1, PAGE, 3 * PAGE + 1, HUGE - 1, HUGE, 5 * HUGE + PAGE, 40 * HUGE + 1};

START_TEST(test_touched_zeroed_given_back)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *block = reserve(sizes[i]);
        size_t pages = (sizes[i] + PAGE - 1) / PAGE;
        ck_assert_uint_eq(resident_pages(block, sizes[i]), pages);
        for (size_t at = 0; at < sizes[i]; at += 997)
            ck_assert_uint_eq(block[at], 0);
        memset(block, 0xff, sizes[i]);
        ck_assert(sizes[i] < HUGE || (uintptr_t)block % HUGE == 0);
        mem_release(block, sizes[i]);
        ck_assert_int_eq(mincore(block, PAGE, (unsigned char[1]){0}), -1);
        ck_assert_int_eq(mincore(block + (pages - 1) * PAGE, PAGE, (unsigned char[1]){0}), -1);
    }
    mem_release(NULL, 5);
}
END_TEST

START_TEST(test_too_much)
{
    struct err e = {0};
    ck_assert_ptr_null(mem_reserve((size_t)1 << 60, "everything", &e));
    ck_assert_int_eq(e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(e.message, "no memory for the everything: 1099511627776 MiB wanted"));
}
END_TEST

/* Where pages that are not touched yet shall lie, and where they came to lie. */
START_TEST(test_near_a_cpu)
{
    cpu_set_t set;
    struct err e = {0};
    int policy = -1, node = -1, cpu = 0;
    unsigned long nodes = 0;
    ck_assert_int_eq(sched_getaffinity(0, sizeof set, &set), 0);
    while (!CPU_ISSET(cpu, &set))
        cpu++;
    int wanted = mem_node(cpu);
    ck_assert_int_eq(mem_node(-1), -1);
    ck_assert_int_eq(mem_node(1000000), -1);
    void *block = mem_reserve_near(cpu, 4 * HUGE, "test", &e);
    ck_assert_ptr_nonnull(block);
    long asked = syscall(SYS_get_mempolicy, &policy, &nodes, 64ul, block, (unsigned long)MPOL_F_ADDR);
    if (wanted >= 0 && !asked && policy != MPOL_DEFAULT) { /* else: no such kernel, or it is forbidden */
        ck_assert_int_eq(policy, MPOL_PREFERRED);
        ck_assert_uint_eq(nodes, 1ul << wanted);
        ck_assert_int_eq(syscall(SYS_get_mempolicy, &node, NULL, 0ul, block,
                                 (unsigned long)(MPOL_F_NODE | MPOL_F_ADDR)), 0);
        ck_assert_int_eq(node, wanted);
    }
    mem_release(block, 4 * HUGE);
}
END_TEST

CHECK_MAIN("base/mem", test_touched_zeroed_given_back, test_too_much, test_near_a_cpu)
