/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/mem.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"

#define PAGE      4096u
#define HUGE_PAGE ((size_t)2 << 20)
#define NODES_MAX 63 /* a word of bits for the kernel */

#define WHOLE_HUGE (32 * HUGE_PAGE) /* from here on the last page is huge, too: at most 3 % more */

static size_t rounded(size_t bytes)
{
    size_t page = bytes < WHOLE_HUGE ? PAGE : HUGE_PAGE;
    return ((bytes ? bytes : 1) + page - 1) & ~(page - 1);
}

/* Begins where a huge page may: newer kernels do that by themselves. MAP_FAILED. */
static void *map(size_t size)
{
    size_t more = size < HUGE_PAGE ? 0 : HUGE_PAGE;
    uint8_t *at = mmap(NULL, size + more, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED || !more)
        return at;
    size_t before = -(uintptr_t)at & (HUGE_PAGE - 1);
    if (before)
        munmap(at, before);
    if (more - before)
        munmap(at + before + size, more - before);
    return at + before;
}

int mem_node(int cpu)
{
    char path[80];
    for (int node = 0; cpu >= 0 && node < NODES_MAX; node++) {
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/node%d", cpu, node);
        if (!access(path, F_OK))
            return node;
    }
    return -1;
}

/* A wish: a container may forbid it, and then the pages lie where they are touched. */
void mem_prefer(void *block, size_t bytes, int cpu)
{
    int node = mem_node(cpu);
    unsigned long nodes = node < 0 ? 0 : 1ul << node;
    if (node >= 0)
        (void)syscall(SYS_mbind, block, bytes, MPOL_PREFERRED, &nodes, NODES_MAX + 1ul, 0u);
}

void *mem_reserve(size_t bytes, const char *what, struct err *e)
{
    return mem_reserve_near(-1, bytes, what, e);
}

void *mem_reserve_near(int cpu, size_t bytes, const char *what, struct err *e)
{
    size_t size = rounded(bytes);
    void *block = map(size);
    if (block == MAP_FAILED) {
        err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for the %s: %zu MiB wanted: %s", what,
                size >> 20, strerror(errno));
        return NULL;
    }
    if (size >= HUGE_PAGE) /* a hint: without huge pages it only costs more TLB misses */
        (void)madvise(block, size, MADV_HUGEPAGE);
    mem_prefer(block, size, cpu);
    for (size_t at = 0; at < size; at += PAGE)
        ((volatile uint8_t *)block)[at] = 0;
    return block;
}

void mem_release(void *block, size_t bytes)
{
    if (block)
        munmap(block, rounded(bytes));
}
