/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/err.h"

#define PAGE      4096u
#define HUGE_PAGE (2u << 20)

static size_t rounded(size_t bytes)
{
    return (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
}

void *mem_reserve(size_t bytes, const char *what, struct err *e)
{
    size_t size = rounded(bytes ? bytes : 1);
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) {
        err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for the %s: %zu MiB wanted: %s", what,
                size >> 20, strerror(errno));
        return NULL;
    }
    if (size >= HUGE_PAGE) /* a hint: without huge pages it only costs more TLB misses */
        (void)madvise(block, size, MADV_HUGEPAGE);
    for (size_t at = 0; at < size; at += PAGE)
        ((volatile uint8_t *)block)[at] = 0;
    return block;
}

void mem_release(void *block, size_t bytes)
{
    if (block)
        munmap(block, rounded(bytes ? bytes : 1));
}
