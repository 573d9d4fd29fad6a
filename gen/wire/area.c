/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/area.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

#define HUGE_BYTES ((size_t)2 << 20)

static size_t round_to_huge(size_t size_bytes)
{
    return (size_bytes + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1);
}

/* Cuts a mapping of `size + HUGE_BYTES` down to the aligned part. */
static uint8_t *trim_to_huge(uint8_t *map, size_t size)
{
    uint8_t *area = (uint8_t *)round_to_huge((size_t)map);
    size_t before = (size_t)(area - map);
    if (before)
        munmap(map, before);
    if (HUGE_BYTES - before)
        munmap(area + size, HUGE_BYTES - before);
    return area;
}

static void touch(uint8_t *area, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < size; i += page)
        ((volatile uint8_t *)area)[i] = 0;
}

void *area_map(size_t size_bytes, int cpu)
{
    size_t size = round_to_huge(size_bytes);
    void *map =
        mmap(NULL, size + HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    uint8_t *area = trim_to_huge(map, size);
    madvise(area, size, MADV_HUGEPAGE); /* a wish: without it the pages are merely smaller */
    mem_prefer(area, size, cpu);
    touch(area, size);
    return area;
}

void area_unmap(void *area, size_t size_bytes)
{
    if (area)
        munmap(area, round_to_huge(size_bytes));
}
