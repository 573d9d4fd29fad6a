/* SPDX-License-Identifier: BSD-3-Clause */
/* drop and measure: every value has a name that SQLite and JSON can carry, and no two share one. */
#include "tests/lib/check_main.h"

#include <string.h>

#include "base/drop.h"
#include "base/measure.h"

static const char *drop_at(unsigned i)
{
    return drop_name((enum drop)i);
}

static const char *time_at(unsigned i)
{
    return time_name((enum time_kind)i);
}

static const char *result_at(unsigned i)
{
    return result_name((enum result)i);
}

static const char *operation_at(unsigned i)
{
    return operation_name((enum operation)i);
}

static const char *counter_at(unsigned i)
{
    return counter_name((enum counter)i);
}

static void check_names(const char *(*name_at)(unsigned), unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const char *name = name_at(i);
        ck_assert_uint_gt(strlen(name), 0);
        ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(name));
        for (unsigned j = 0; j < i; j++)
            ck_assert_str_ne(name, name_at(j));
    }
}

START_TEST(names_are_plain_and_unique)
{
    check_names(drop_at, DROP_COUNT);
    check_names(time_at, TIME_COUNT);
    check_names(result_at, RESULT_COUNT);
    check_names(operation_at, OPERATION_COUNT);
    check_names(counter_at, COUNTER_COUNT);
}
END_TEST

START_TEST(names_belong_to_their_values)
{
    ck_assert_str_eq(drop_name(DROP_NONE), "none");
    ck_assert_str_eq(drop_name(DROP_TCP_CSUM), "tcp_csum");
    ck_assert_str_eq(drop_name(DROP_TCP_OUT_OF_WINDOW), "tcp_out_of_window");
    ck_assert_str_eq(drop_name(DROP_FAULT_FULL), "fault_full");
    ck_assert_str_eq(drop_meaning(DROP_TCP_CSUM), "TCP checksum is wrong");
    ck_assert_str_eq(time_name(TIME_CONNECT), "connect");
    ck_assert_str_eq(result_name(RESULT_BAD_REPLY), "bad_reply");
    ck_assert_str_eq(operation_name(OPERATION_BATCH), "batch");
    ck_assert_str_eq(counter_name(COUNTER_PAYLOAD_SENT), "payload_sent_bytes");
    ck_assert_str_eq(counter_meaning(COUNTER_ACCEPTS), "passive opens that reached ESTABLISHED");
}
END_TEST

START_TEST(maxima_do_not_add_up)
{
    uint64_t to[COUNTER_COUNT] = {[COUNTER_GAPS] = 1, [COUNTER_GAP_MAX] = 7, [COUNTER_RX_WAIT_MAX] = 2};
    const uint64_t more[COUNTER_COUNT] = {[COUNTER_GAPS] = 2, [COUNTER_GAP_MAX] = 5, [COUNTER_RX_WAIT_MAX] = 3,
                                          [COUNTER_BACKLOG_MAX] = 4};
    counters_add(to, more);
    ck_assert_uint_eq(to[COUNTER_GAPS], 3);
    ck_assert_uint_eq(to[COUNTER_GAP_MAX], 7);
    ck_assert_uint_eq(to[COUNTER_RX_WAIT_MAX], 3);
    ck_assert_uint_eq(to[COUNTER_BACKLOG_MAX], 4);
}
END_TEST

CHECK_MAIN("base/names", names_are_plain_and_unique, names_belong_to_their_values, maxima_do_not_add_up)
