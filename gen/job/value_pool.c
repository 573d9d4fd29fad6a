/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools of addresses and ports: lists of blocks, text to field and exactly back. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "job/job.h"
#include "job/value.h"

/* Calls `take` with each item of a comma-separated list, spaces around it taken off. */
static int list_each(const char *text, int (*take)(const char *item, void *ctx), void *ctx)
{
    for (;;) {
        char item[128];
        text += strspn(text, " \t");
        size_t len = strcspn(text, ",");
        const char *next = text + len;
        while (len && isspace((unsigned char)text[len - 1]))
            len--;
        if (len == 0 || len >= sizeof item)
            return -EINVAL;
        memcpy(item, text, len);
        item[len] = '\0';
        int ret = take(item, ctx);
        if (ret < 0 || *next == '\0')
            return ret;
        text = next + 1;
    }
}

/* "9000", "9000-9003", to the end of the text. */
static int port_range_read(const char *text, struct port_range *out)
{
    if (port_read(&text, &out->lo) < 0)
        return -EINVAL;
    out->hi = out->lo;
    if (*text == '-' && (text++, port_read(&text, &out->hi) < 0))
        return -EINVAL;
    return *text || out->hi < out->lo ? -EINVAL : 0;
}

static void block_print(const struct ip_range *range, FILE *out)
{
    address_print(range->first, out);
    if (range->count > 1)
        fprintf(out, "/%u", range->prefix_len);
}

/* ---- sources ---- */

static int source_add(const char *item, void *ctx)
{
    struct job *job = ctx;
    if (job->sources_count == JOB_RANGES)
        return -ERANGE;
    return ip_parse_range(item, &job->sources[job->sources_count++]);
}

static int sources_parse(const struct option *o, const char *text, void *owner)
{
    (void)o;
    ((struct job *)owner)->sources_count = 0;
    return list_each(text, source_add, owner);
}

static void sources_format(const struct option *o, const void *owner, FILE *out)
{
    (void)o;
    const struct job *job = owner;
    for (uint32_t i = 0; i < job->sources_count; i++) {
        fputs(i ? ", " : "", out);
        block_print(&job->sources[i], out);
    }
}

static void sources_expect(const struct option *o, FILE *out)
{
    (void)o;
    fprintf(out, "1 to %d addresses or blocks with commas (198.18.1.0/28)", JOB_RANGES);
}

const struct value_kind kind_sources = {sources_parse, sources_format, sources_expect};

/* ---- targets ---- */

static int target_add(const char *item, void *ctx)
{
    struct job *job = ctx;
    char copy[128], *head = copy; /* list_each bounds an item */
    if (job->targets_count == JOB_TARGETS)
        return -ERANGE;
    struct job_target *target = &job->targets[job->targets_count++];
    strcpy(copy, item);
    char *ports = ip_cut_ports(&head);
    if (!ports || port_range_read(ports, &target->ports))
        return -EINVAL;
    return ip_parse_range(head, &target->addrs);
}

static int targets_parse(const struct option *o, const char *text, void *owner)
{
    (void)o;
    ((struct job *)owner)->targets_count = 0;
    return list_each(text, target_add, owner);
}

void job_target_print(const struct job_target *target, FILE *out)
{
    bool is4 = ip_is4(target->addrs.first);
    fputs(is4 ? "" : "[", out);
    block_print(&target->addrs, out);
    fprintf(out, "%s:%u", is4 ? "" : "]", target->ports.lo);
    if (target->ports.hi != target->ports.lo)
        fprintf(out, "-%u", target->ports.hi);
}

static void targets_format(const struct option *o, const void *owner, FILE *out)
{
    (void)o;
    const struct job *job = owner;
    for (uint32_t i = 0; i < job->targets_count; i++) {
        fputs(i ? ", " : "", out);
        job_target_print(&job->targets[i], out);
    }
}

static void targets_expect(const struct option *o, FILE *out)
{
    (void)o;
    fprintf(out, "1 to %d ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)",
            JOB_TARGETS);
}

const struct value_kind kind_targets = {targets_parse, targets_format, targets_expect};

/* ---- ports ---- */

static int ports_add(const char *item, void *ctx)
{
    struct job *job = ctx;
    if (job->ports_count == JOB_PORT_RANGES)
        return -ERANGE;
    return port_range_read(item, &job->ports[job->ports_count++]);
}

static int ports_parse(const struct option *o, const char *text, void *owner)
{
    (void)o;
    ((struct job *)owner)->ports_count = 0;
    return list_each(text, ports_add, owner);
}

static void ports_format(const struct option *o, const void *owner, FILE *out)
{
    (void)o;
    const struct job *job = owner;
    for (uint32_t i = 0; i < job->ports_count; i++)
        fprintf(out, "%s%u-%u", i ? ", " : "", job->ports[i].lo, job->ports[i].hi);
}

static void ports_expect(const struct option *o, FILE *out)
{
    (void)o;
    fprintf(out, "1 to %d LOW-HIGH within 1-65535 with commas (10000-59999)", JOB_PORT_RANGES);
}

const struct value_kind kind_ports = {ports_parse, ports_format, ports_expect};
