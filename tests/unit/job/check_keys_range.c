/* SPDX-License-Identifier: BSD-3-Clause */
/* Every key by its kind of value: a wrong unit, beyond either end of its range, too long a text. */
#include "job/options.h"
#include "job/value.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

/* ---- what a kind of value can be wrong in: units and ranges, for every key from its row ---- */

#define VALUE_MAX 300

static void with_unit(char *value, unsigned long long number, const char *unit)
{
    snprintf(value, VALUE_MAX, "%llu%s", number, unit);
}

static void count_outside(const struct option *o, bool above, char *value)
{
    if (above && o->max == UINT64_MAX)
        strcpy(value, "18446744073709551616");
    else if (above)
        with_unit(value, o->max + 1, "");
    else if (o->min)
        with_unit(value, o->min - 1, "");
    else
        strcpy(value, "-1");
}

static void ring_outside(const struct option *o, bool above, char *value)
{
    with_unit(value, above ? o->max * 2 : o->min / 2, "");
}

static void sizes_outside(const struct option *o, bool above, char *value)
{
    if (above)
        with_unit(value, o->max + 1, "");
    else
        strcpy(value, o->min ? "0" : "0-64");
}

static void time_outside(const struct option *o, bool above, char *value)
{
    if (above || o->min)
        with_unit(value, above ? o->max + 1 : o->min - 1, "ns");
    else
        strcpy(value, "-1s");
}

static void rate_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "2000000000" : "0.0001");
}

static void share_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "1.1" : "0.0000001");
}

static void factor_outside(const struct option *o, bool above, char *value)
{
    if (above)
        with_unit(value, o->max / 1000000 + 1, "");
    else
        strcpy(value, o->min ? "0" : "-1");
}

static void margins_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "p99:101%" : "p99:0%");
}

static void ports_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "1-65536" : "0-5");
}

static void targets_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "10.0.0.1:65536" : "10.0.0.1:0");
}

static void sources_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "10.0.0.0/33" : "10.0.0.0/-1");
}

static void mix_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "read_heavy:99999999999" : "read_heavy:0");
}

static void list_outside(const struct option *o, bool above, char *value)
{
    if (above)
        with_unit(value, o->max / 1000000 + 1, "");
    else
        strcpy(value, "0");
}

static void percent_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "101%" : "-1%");
}

static void enter_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "connections>=101%" : "connections>=0");
}

static void hash_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "0123456789abcdef0" : "0123456789abcde");
}

static void listener_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "65536" : "0");
}

/* One byte too many for its field; nothing below. */
static void length_outside(const struct option *o, bool above, char *value)
{
    const char *begin = o->kind == &kind_wire ? "lab:" : o->kind == &kind_peer ? "exec:" : "";
    size_t len = strlen(begin) * (o->kind == &kind_peer) + o->size;
    *value = '\0';
    if (!above)
        return;
    strcpy(value, begin);
    memset(value + strlen(begin), '1', len - strlen(begin));
    value[len] = '\0';
}

/* A kind without a unit has none to be wrong; one without a range has a list of words. */
static const struct {
    const struct value_kind *kind;
    const char *unit;
    void (*outside)(const struct option *o, bool above, char *value); /* "": nothing there */
} kinds[] = {
    {&kind_count, "64s", count_outside},     {&kind_ring, "64s", ring_outside},
    {&kind_bytes, "64s", count_outside},     {&kind_sizes, "64s", sizes_outside},
    {&kind_time, "5KiB", time_outside},      {&kind_rate, "5KiB", rate_outside},
    {&kind_load, "5KiB", rate_outside},      {&kind_share, "0.5s", share_outside},
    {&kind_factor, "0.5s", factor_outside},  {&kind_margins, "p99:5ms", margins_outside},
    {&kind_ports, NULL, ports_outside},      {&kind_targets, NULL, targets_outside},
    {&kind_sources, NULL, sources_outside},  {&kind_text, NULL, length_outside},
    {&kind_name, NULL, length_outside},      {&kind_cpus, NULL, length_outside},
    {&kind_wire, NULL, length_outside},      {&kind_peer, NULL, length_outside},
    {&kind_flag, NULL, NULL},                {&kind_choice, NULL, NULL},
    {&kind_word, NULL, NULL},                {&kind_address, NULL, NULL},
    {&kind_mix, "read:70s", mix_outside},    {&kind_list, "5s,6s", list_outside},
    {&kind_counts, "5s,6s", list_outside},   {&kind_percent, "5s", percent_outside},
    {&kind_enter, "connections>=5s", enter_outside},
    {&kind_hash, NULL, hash_outside},        {&kind_listener, "9464/s", listener_outside},
};

/* File, line, key, what was found, and what the kind expects. */
static void assert_bad(const struct option *o, const char *value)
{
    char text[VALUE_MAX + 40], message[1000], expected[400] = "";
    FILE *out = fmemopen(expected, sizeof expected, "w");
    o->kind->expect(o, out);
    fclose(out);
    expected[255] = '\0';
    snprintf(text, sizeof text, "# a job\n\n%s = %s\n", o->key, value);
    snprintf(message, sizeof message, "x.conf:3: %s = \"%s\": expected %s", o->key, value, expected);
    load_refused(text, NULL, NULL, message);
}

START_TEST(test_every_key_with_a_wrong_unit_and_out_of_range)
{
    for (const struct option *o = options; o < options + option_count; o++) {
        size_t k = 0;
        char value[VALUE_MAX];
        if (o->later) /* any value is refused by name */
            continue;
        while (k < ROWS(kinds) && kinds[k].kind != o->kind)
            k++;
        ck_assert_msg(k < ROWS(kinds), "%s: its kind of value has no row in kinds[]", o->key);
        if (kinds[k].unit)
            assert_bad(o, kinds[k].unit);
        for (int above = 0; above < 2 && kinds[k].outside; above++) {
            kinds[k].outside(o, above, value);
            if (*value)
                assert_bad(o, value);
        }
    }
}
END_TEST

/* Every text key: too long for its field. */
START_TEST(test_long_texts)
{
    static const char *const keys[] = {"description", "sla",     "warn",     "run_sla", "abort_if",
                                       "fault",       "fault_rx", "fault_tx", "pcap",    "db",
                                       "find_max",    "dpdk_eal"};
    for (size_t i = 0; i < ROWS(keys); i++) {
        char text[400], message[700], fits[256], over[257];
        memset(fits, 'a', 255);
        memset(over, 'a', 256);
        fits[255] = over[256] = '\0';
        struct fixture f;
        snprintf(text, sizeof text, "%s = %s\n", keys[i], fits);
        load_well(&f, text, NULL, NULL);
        ck_assert(has_line(f.job.resolved, keys[i], fits));
        fixture_fini(&f);
        snprintf(text, sizeof text, "%s = %s\n", keys[i], over);
        snprintf(message, sizeof message,
                 "x.conf:1: %s = \"%s\": expected one printable line of at most 255 bytes", keys[i],
                 over);
        load_refused(text, NULL, NULL, message);
    }
}
END_TEST

CHECK_MAIN("job/keys_range", test_every_key_with_a_wrong_unit_and_out_of_range, test_long_texts)
