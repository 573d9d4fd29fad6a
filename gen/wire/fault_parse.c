/* SPDX-License-Identifier: BSD-3-Clause */
/* A description of faults, as people write it, to struct fault_rates. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"
#include "wire/fault.h"

enum fault_unit { UNIT_RATIO, UNIT_FRAMES, UNIT_BITS, UNIT_TIME, UNIT_SPREAD, UNIT_RATE, UNIT_BYTES };
enum fault_key {
    KEY_LOSS,
    KEY_BURST_LOSS,
    KEY_BURST_LEN,
    KEY_DUPLICATE,
    KEY_REORDER,
    KEY_REORDER_DELAY,
    KEY_CORRUPT,
    KEY_CORRUPT_BITS,
    KEY_TRUNCATE,
    KEY_DELAY,
    KEY_JITTER,
    KEY_RATE,
    KEY_QUEUE,
    KEY_ECN_MARK,
    KEY_COUNT
};

#define FIELD(field) offsetof(struct fault_rates, field)
static const struct {
    const char *key;
    enum fault_unit unit;
    size_t offset;
} keys[KEY_COUNT] = {
    [KEY_LOSS] = {"loss", UNIT_RATIO, FIELD(loss)},
    [KEY_BURST_LOSS] = {"burst_loss", UNIT_RATIO, FIELD(burst_loss)},
    [KEY_BURST_LEN] = {"burst_len", UNIT_FRAMES, FIELD(burst_len)},
    [KEY_DUPLICATE] = {"duplicate", UNIT_RATIO, FIELD(duplicate)},
    [KEY_REORDER] = {"reorder", UNIT_RATIO, FIELD(reorder)},
    [KEY_REORDER_DELAY] = {"reorder_delay", UNIT_TIME, FIELD(delay_ns)},
    [KEY_CORRUPT] = {"corrupt", UNIT_RATIO, FIELD(corrupt)},
    [KEY_CORRUPT_BITS] = {"corrupt_bits", UNIT_BITS, FIELD(corrupt_bits)},
    [KEY_TRUNCATE] = {"truncate", UNIT_RATIO, FIELD(truncate)},
    [KEY_DELAY] = {"delay", UNIT_SPREAD, FIELD(delay_all_ns)},
    [KEY_JITTER] = {"jitter", UNIT_TIME, FIELD(jitter_ns)},
    [KEY_RATE] = {"rate", UNIT_RATE, FIELD(rate_bit_per_s)},
    [KEY_QUEUE] = {"queue", UNIT_BYTES, FIELD(queue_bytes)},
    [KEY_ECN_MARK] = {"ecn_mark", UNIT_BYTES, FIELD(ecn_mark_bytes)},
};

struct parsing {
    struct fault_rates *out;
    uint32_t given; /* a bit a key */
    bool spread;    /* of the delay */
    struct err *e;
};

static bool has(const struct parsing *p, enum fault_key key)
{
    return p->given >> key & 1;
}

static const char *expected(enum fault_unit unit)
{
    switch (unit) {
    case UNIT_RATIO:
        return "a share from 0% to 100%";
    case UNIT_FRAMES:
        return "a number of frames from 1 to 1000000";
    case UNIT_BITS:
        return "1, 2, 4, 6 or 8 bits";
    case UNIT_TIME:
        return "a time such as 5ms";
    case UNIT_SPREAD:
        return "a time such as 5ms, or 5ms+-1ms with a spread of at most the time";
    case UNIT_RATE:
        return "a rate from 1kbit to 1000gbit, such as 100mbit";
    case UNIT_BYTES:
        return "bytes such as 64KiB, at least 1";
    }
    return "";
}

static char *trim(char *text)
{
    text += strspn(text, " ");
    size_t len = strlen(text);
    while (len && text[len - 1] == ' ')
        text[--len] = '\0';
    return text;
}

/* ---- values ---- */

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

/* Not only whole ones: it is a mean. */
static bool parse_frames(const char *text, double *out)
{
    return units_parse_rate(text, out) == 0 && !strchr(text, '/') && *out >= 1 && *out <= 1e6;
}

/* Both signs are two bytes long. */
static const char *find_spread(const char *text)
{
    const char *sign = strstr(text, "±");
    return sign ? sign : strstr(text, "+-");
}

/* T, T±S or T+-S: from T - S on, evenly over 2 S. */
static bool parse_spread(const char *text, struct fault_rates *out)
{
    char time[64];
    const char *sign = find_spread(text);
    uint64_t spread = 0;
    size_t len = sign ? (size_t)(sign - text) : strlen(text);
    if (len >= sizeof time)
        return false;
    memcpy(time, text, len);
    time[len] = '\0';
    if (units_parse_ns(time, &out->delay_all_ns) || (sign && units_parse_ns(sign + 2, &spread)) ||
        spread > out->delay_all_ns)
        return false;
    out->delay_all_ns -= spread;
    out->jitter_ns = sign ? 2 * spread : out->jitter_ns;
    return true;
}

static bool parse_rate(const char *text, uint64_t *out)
{
    return units_parse_bit_rate(text, out) == 0 && *out >= 1000 && *out <= 1000000000000;
}

static bool parse_bytes(const char *text, uint64_t *out)
{
    return (units_parse_bytes(text, out) == 0 || units_parse_count(text, out) == 0) && *out > 0;
}

static bool parse_value(enum fault_key key, const char *text, struct fault_rates *rates)
{
    void *out = (char *)rates + keys[key].offset;
    switch (keys[key].unit) {
    case UNIT_RATIO:
        return parse_ratio(text, out);
    case UNIT_FRAMES:
        return parse_frames(text, out);
    case UNIT_BITS:
        return parse_bits(text, out);
    case UNIT_TIME:
        return units_parse_ns(text, out) == 0;
    case UNIT_SPREAD:
        return parse_spread(text, rates);
    case UNIT_RATE:
        return parse_rate(text, out);
    case UNIT_BYTES:
        return parse_bytes(text, out);
    }
    return false;
}

static int parse_item(struct parsing *p, char *item)
{
    char *value = strchr(item, '=');
    if (value)
        *value++ = 0;
    item = trim(item);
    value = value ? trim(value) : NULL;
    for (enum fault_key i = 0; i < KEY_COUNT; i++) {
        if (strcmp(item, keys[i].key) != 0)
            continue;
        p->given |= 1u << i;
        p->spread |= i == KEY_DELAY && value && find_spread(value);
        if (value && parse_value(i, value, p->out))
            return 0;
        return err_set(p->e, EXIT_USAGE, -EINVAL, "fault: %s = \"%s\": expected %s", item,
                       value ? value : "", expected(keys[i].unit));
    }
    return err_set(
        p->e, EXIT_USAGE, -EINVAL,
        "fault: unknown key \"%s\": expected loss, burst_loss, burst_len, duplicate, reorder, "
        "reorder_delay, corrupt, corrupt_bits, truncate, delay, jitter, rate, queue or ecn_mark",
        item);
}

/* ---- what keys say together ---- */

static int refuse(const struct parsing *p, enum fault_key key, const char *why)
{
    return err_set(p->e, EXIT_USAGE, -EINVAL, "fault: %s: %s", keys[key].key, why);
}

static int check_bursts(const struct parsing *p)
{
    const struct fault_rates *r = p->out;
    if (has(p, KEY_BURST_LEN) && !has(p, KEY_BURST_LOSS))
        return refuse(p, KEY_BURST_LEN, "there are no bursts: expected burst_loss beside it");
    if (r->burst_loss <= r->burst_len / (r->burst_len + 1))
        return 0;
    return err_set(p->e, EXIT_USAGE, -EINVAL,
                   "fault: burst_loss = %g%%: bursts of %g frames with one frame between them lose "
                   "%g%%: expected at most that, or longer bursts",
                   r->burst_loss * 100, r->burst_len, 100 * r->burst_len / (r->burst_len + 1));
}

static int check_queue(const struct parsing *p)
{
    const struct fault_rates *r = p->out;
    uint64_t queue = r->queue_bytes ? r->queue_bytes : FAULT_QUEUE_BYTES;
    for (enum fault_key key = KEY_QUEUE; key <= KEY_ECN_MARK; key++)
        if (has(p, key) && !has(p, KEY_RATE))
            return refuse(p, key, "there is no queue: expected rate beside it");
    if (r->ecn_mark_bytes >= queue)
        return refuse(p, KEY_ECN_MARK, "the queue is full before that: expected less than queue "
                                       "(256KiB unless given)");
    return 0;
}

static int check_together(const struct parsing *p)
{
    if (has(p, KEY_JITTER) && p->spread)
        return refuse(p, KEY_JITTER, "delay has a spread: expected one of them");
    int ret = check_bursts(p);
    return ret ? ret : check_queue(p);
}

int fault_parse(const char *text, struct fault_rates *out, struct err *e)
{
    char copy[512], *rest = copy, *item;
    struct parsing p = {.out = out, .e = e};
    *out = (struct fault_rates){.corrupt_bits = 1, .burst_len = FAULT_BURST_LEN};
    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return err_set(e, EXIT_USAGE, -EINVAL, "fault: description of more than 511 bytes");
    int ret = 0;
    while (!ret && (item = strsep(&rest, ",")) != NULL) {
        if (*trim(item))
            ret = parse_item(&p, item);
    }
    return ret ? ret : check_together(&p);
}
