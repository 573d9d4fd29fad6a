/* SPDX-License-Identifier: BSD-3-Clause */
/* Mixes of operations: one operation, several with weights, or a mix that has a name. */
#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "job/job.h"
#include "job/value.h"

#define WEIGHT_MAX 1000000u
#define ITEM_MAX   40
#define NONE       "none"

static const struct {
    const char *name;
    struct job_mix mix;
} named[] = {
    {NONE, {{[OPERATION_PLAIN] = 1}}},
    {"read_heavy", {{[OPERATION_READ] = 90, [OPERATION_WRITE] = 10}}},
    {"write_heavy", {{[OPERATION_READ] = 10, [OPERATION_WRITE] = 90}}},
    {"balanced", {{[OPERATION_READ] = 50, [OPERATION_WRITE] = 50}}},
};
#define NAMED (sizeof named / sizeof *named)

/* ---- from text ---- */

static int operation_find(const char *name)
{
    for (int i = 0; i < OPERATION_COUNT; i++)
        if (!strcmp(name, operation_name((enum operation)i)))
            return i;
    return -EINVAL;
}

static int weight_read(const char *text, uint32_t *weight)
{
    uint64_t value;
    int ret = units_parse_count(text, &value);
    *weight = (uint32_t)value;
    return ret < 0 ? ret : value >= 1 && value <= WEIGHT_MAX ? 0 : -ERANGE;
}

/* One item, of one alone or of a list with weights; `item` is cut at its colon. */
static int item_read(char *item, bool alone, struct job_mix *mix)
{
    char *colon = strchr(item, ':');
    if (!colon && !alone)
        return -EINVAL;
    if (colon)
        *colon = '\0';
    int operation = operation_find(item);
    if (operation < 0 || mix->weight[operation])
        return -EINVAL;
    return weight_read(colon ? colon + 1 : "1", &mix->weight[operation]);
}

static int list_read(const char *text, struct job_mix *mix)
{
    bool alone = !strchr(text, ',');
    for (;;) {
        char item[ITEM_MAX];
        text += strspn(text, " \t");
        size_t len = strcspn(text, ","), used = len;
        while (used && strchr(" \t", text[used - 1]))
            used--;
        if (used >= sizeof item)
            return -EINVAL;
        memcpy(item, text, used);
        item[used] = '\0';
        int ret = item_read(item, alone, mix);
        if (ret < 0 || !text[len])
            return ret;
        text += len + 1;
    }
}

static uint32_t operations_of(const struct job_mix *mix)
{
    uint32_t n = 0;
    for (int i = 0; i < OPERATION_COUNT; i++)
        n += mix->weight[i] > 0;
    return n;
}

static int mix_parse(const struct option *o, const char *text, void *owner)
{
    struct job_mix *mix = option_field(o, owner);
    for (size_t i = 0; i < NAMED; i++)
        if (!strcmp(text, named[i].name)) {
            *mix = named[i].mix;
            return 0;
        }
    *mix = (struct job_mix){0};
    int ret = list_read(text, mix);
    for (int i = 0; ret == 0 && operations_of(mix) == 1 && i < OPERATION_COUNT; i++)
        mix->weight[i] = mix->weight[i] > 0; /* alone, any weight is all */
    return ret;
}

/* ---- and back ---- */

void job_mix_print(const struct job_mix *mix, FILE *out)
{
    for (size_t i = 0; i < NAMED; i++)
        if (!memcmp(mix, &named[i].mix, sizeof *mix)) {
            fputs(named[i].name, out);
            return;
        }
    bool alone = operations_of(mix) == 1;
    const char *between = "";
    for (int i = 0; i < OPERATION_COUNT; i++) {
        if (!mix->weight[i])
            continue;
        fprintf(out, "%s%s", between, operation_name((enum operation)i));
        if (!alone)
            fprintf(out, ":%u", mix->weight[i]);
        between = ",";
    }
}

void job_phase_mix_print(const struct job_phase *phase, FILE *out)
{
    const char *between = " (";
    if (!memcmp(&phase->mix, &named[0].mix, sizeof phase->mix))
        return;
    fputs(" mix ", out);
    job_mix_print(&phase->mix, out);
    if (phase->mix.weight[OPERATION_BATCH]) {
        fprintf(out, "%srequests=%u", between, phase->batch_requests);
        between = ", ";
    }
    if (phase->mix.weight[OPERATION_STREAM]) {
        fprintf(out, "%smessages=%u", between, phase->stream_messages);
        between = ", ";
    }
    fputs(*between == ',' ? ")" : "", out);
}

static void mix_format(const struct option *o, const void *owner, FILE *out)
{
    job_mix_print(option_field_const(o, owner), out);
}

static void mix_expect(const struct option *o, FILE *out)
{
    (void)o;
    for (size_t i = 0; i < NAMED; i++)
        fprintf(out, "%s, ", named[i].name);
    fputs("or ", out);
    for (int i = 0; i < OPERATION_COUNT; i++)
        fprintf(out, "%s%s",
                i == 0                    ? ""
                : i + 1 < OPERATION_COUNT ? ", "
                                          : " or ",
                operation_name((enum operation)i));
    fputs(", several with weights (read:70,write:30)", out);
}

const struct value_kind kind_mix = {mix_parse, mix_format, mix_expect};
