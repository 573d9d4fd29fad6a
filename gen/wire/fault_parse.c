/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"
#include "wire/fault.h"

enum fault_unit { UNIT_RATIO, UNIT_BITS, UNIT_TIME };

static const struct {
    const char *key;
    enum fault_unit unit;
    size_t offset;
} keys[] = {
    {"loss", UNIT_RATIO, offsetof(struct fault_rates, loss)},
    {"duplicate", UNIT_RATIO, offsetof(struct fault_rates, duplicate)},
    {"reorder", UNIT_RATIO, offsetof(struct fault_rates, reorder)},
    {"corrupt", UNIT_RATIO, offsetof(struct fault_rates, corrupt)},
    {"truncate", UNIT_RATIO, offsetof(struct fault_rates, truncate)},
    {"corrupt_bits", UNIT_BITS, offsetof(struct fault_rates, corrupt_bits)},
    {"delay", UNIT_TIME, offsetof(struct fault_rates, delay_all_ns)},
    {"jitter", UNIT_TIME, offsetof(struct fault_rates, jitter_ns)},
    {"reorder_delay", UNIT_TIME, offsetof(struct fault_rates, delay_ns)},
};

static const char *expected(enum fault_unit unit)
{
    switch (unit) {
    case UNIT_RATIO:
        return "a share from 0% to 100%";
    case UNIT_BITS:
        return "1, 2, 4, 6 or 8 bits";
    case UNIT_TIME:
        return "a time such as 5ms";
    }
    return "";
}

static bool parse_bits(const char *text, uint32_t *out)
{
    uint64_t bits;
    if (units_parse_count(text, &bits) || bits == 0 || bits > 8 || (bits > 1 && bits % 2))
        return false;
    *out = (uint32_t)bits;
    return true;
}

static bool parse_ratio(const char *text, double *out)
{
    return units_parse_ratio(text, out) == 0 && *out >= 0 && *out <= 1;
}

static bool parse_value(enum fault_unit unit, const char *text, void *out)
{
    switch (unit) {
    case UNIT_RATIO:
        return parse_ratio(text, out);
    case UNIT_BITS:
        return parse_bits(text, out);
    case UNIT_TIME:
        return units_parse_ns(text, out) == 0;
    }
    return false;
}

static int parse_item(char *item, struct fault_rates *out, struct err *e)
{
    char *value = strchr(item, '=');
    if (value)
        *value++ = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(item, keys[i].key) != 0)
            continue;
        if (value && parse_value(keys[i].unit, value, (char *)out + keys[i].offset))
            return 0;
        return err_set(e, EXIT_USAGE, -EINVAL, "fault: %s = \"%s\": expected %s", item,
                       value ? value : "", expected(keys[i].unit));
    }
    return err_set(
        e, EXIT_USAGE, -EINVAL,
        "fault: unknown key \"%s\": expected loss, duplicate, reorder, corrupt, truncate, "
        "corrupt_bits, delay, jitter or reorder_delay",
        item);
}

int fault_parse(const char *text, struct fault_rates *out, struct err *e)
{
    char copy[512], *rest = copy, *item;
    *out = (struct fault_rates){.corrupt_bits = 1};
    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return err_set(e, EXIT_USAGE, -EINVAL, "fault: description of more than 511 bytes");
    int ret = 0;
    while (!ret && (item = strsep(&rest, ",")) != NULL) {
        item += strspn(item, " ");
        item[strcspn(item, " ")] = 0;
        if (*item)
            ret = parse_item(item, out, e);
    }
    return ret;
}
