/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Message sizes: one, a range, a class, or a list of them with weights. `mixed` is a list that has
 * a name.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "job/job.h"
#include "job/value.h"

#define WEIGHT_MAX 1000000u
#define ITEM_MAX   64

/* With the weight that each has in `mixed`. */
static const struct {
    const char *name;
    struct job_size size;
} classes[] = {
    {"small", {64, 1023, 70, true}},
    {"medium", {1u << 10, 1u << 20, 25, true}},
    {"large", {1u << 20, 100u << 20, 5, true}},
};
#define CLASSES (sizeof classes / sizeof *classes)
#define MIXED   "mixed"

/* ---- from text ---- */

static int bytes_read(const struct option *o, const char *text, uint32_t *bytes)
{
    uint64_t value;
    int ret = units_parse_bytes(text, &value);
    if (ret < 0)
        return ret;
    *bytes = (uint32_t)value;
    return value >= 1 && value <= o->max ? 0 : -ERANGE;
}

/* `text` is changed: a range is cut at its dash. */
static int size_read(const struct option *o, char *text, struct job_size *size)
{
    for (size_t i = 0; i < CLASSES; i++)
        if (!strcmp(text, classes[i].name)) {
            *size = classes[i].size;
            return 0;
        }
    char *dash = strchr(text, '-');
    if (dash)
        *dash = '\0';
    int ret = bytes_read(o, text, &size->low);
    if (ret == 0)
        ret = bytes_read(o, dash ? dash + 1 : text, &size->high);
    return ret < 0 ? ret : size->low <= size->high ? 0 : -ERANGE;
}

static int weight_read(const char *text, uint32_t *weight)
{
    uint64_t value;
    int ret = units_parse_count(text, &value);
    *weight = (uint32_t)value;
    return ret < 0 ? ret : value >= 1 && value <= WEIGHT_MAX ? 0 : -ERANGE;
}

/* One item, of one alone or of a list with weights. */
static int item_read(const struct option *o, char *item, bool alone, struct job_size *size)
{
    char *colon = strchr(item, ':');
    if (!colon && !alone)
        return -EINVAL;
    if (colon)
        *colon = '\0';
    int ret = size_read(o, item, size);
    return ret < 0 ? ret : weight_read(colon ? colon + 1 : "1", &size->weight);
}

static int size_add(struct job_sizes *sizes, const struct job_size *size)
{
    if (sizes->count == JOB_SIZES)
        return -ERANGE;
    sizes->parts[sizes->count++] = *size;
    if (sizes->count == 1 || size->low < sizes->smallest)
        sizes->smallest = size->low;
    if (size->high > sizes->largest)
        sizes->largest = size->high;
    return 0;
}

static int mixed_set(struct job_sizes *sizes)
{
    int ret = 0;
    for (size_t i = 0; i < CLASSES && ret == 0; i++)
        ret = size_add(sizes, &classes[i].size);
    return ret;
}

static int list_read(const struct option *o, const char *text, struct job_sizes *sizes)
{
    bool alone = !strchr(text, ',');
    for (;;) {
        char item[ITEM_MAX];
        struct job_size size = {0};
        text += strspn(text, " \t");
        size_t len = strcspn(text, ",");
        if (len >= sizeof item)
            return -EINVAL;
        memcpy(item, text, len);
        item[len] = '\0';
        int ret = item_read(o, item, alone, &size);
        if (ret == 0)
            ret = size_add(sizes, &size);
        if (ret < 0 || !text[len])
            return ret;
        text += len + 1;
    }
}

static int sizes_parse(const struct option *o, const char *text, void *owner)
{
    struct job_sizes *sizes = option_field(o, owner);
    memset(sizes, 0, sizeof *sizes);
    if (!o->min && !strcmp(text, "0"))
        return 0;
    if (!strcmp(text, MIXED))
        return mixed_set(sizes);
    int ret = list_read(o, text, sizes);
    if (ret == 0 && sizes->count == 1)
        sizes->parts[0].weight = 1; /* alone, any weight is all */
    return ret;
}

/* ---- and back ---- */

static bool is_same(const struct job_size *a, const struct job_size *b)
{
    return a->low == b->low && a->high == b->high && a->even_ratio == b->even_ratio;
}

static void size_print(const struct job_size *size, FILE *out)
{
    for (size_t i = 0; i < CLASSES; i++)
        if (is_same(size, &classes[i].size)) {
            fputs(classes[i].name, out);
            return;
        }
    bytes_print(size->low, out);
    if (size->low == size->high)
        return;
    fputc('-', out);
    bytes_print(size->high, out);
}

static bool is_mixed(const struct job_sizes *sizes)
{
    bool same = sizes->count == CLASSES;
    for (size_t i = 0; i < CLASSES && same; i++)
        same = is_same(&sizes->parts[i], &classes[i].size) &&
               sizes->parts[i].weight == classes[i].size.weight;
    return same;
}

void job_sizes_print(const struct job_sizes *sizes, FILE *out)
{
    if (!sizes->count)
        fputc('0', out);
    if (is_mixed(sizes)) {
        fputs(MIXED, out);
        return;
    }
    for (uint32_t i = 0; i < sizes->count; i++) {
        fputs(i ? "," : "", out);
        size_print(&sizes->parts[i], out);
        if (sizes->count > 1)
            fprintf(out, ":%u", sizes->parts[i].weight);
    }
}

static void sizes_format(const struct option *o, const void *owner, FILE *out)
{
    job_sizes_print(option_field_const(o, owner), out);
}

static void sizes_expect(const struct option *o, FILE *out)
{
    fputs(o->min ? "" : "0, ", out);
    fputs("bytes from 1 to ", out);
    bytes_print(o->max, out);
    fputs(" (64, 10KiB, 1MiB), a range (64-1KiB), small, medium, large, " MIXED
          ", or up to 16 of them with weights (64:90,1MiB:10)",
          out);
}

const struct value_kind kind_sizes = {sizes_parse, sizes_format, sizes_expect};
