/* SPDX-License-Identifier: BSD-3-Clause */
/* What is counted of stamped arrivals. */
#include "tests/lib/check_main.h"

#include "base/measure.h"
#include "base/units.h"
#include "run/worker.h"

enum { AHEAD_NS = 1000 };
#define NOW_NS (5 * NS_PER_S)

static uint64_t counters[COUNTER_COUNT];

/* Frames that waited so long by the kernel's clock, which is ahead of ours; UINT64_MAX: not stamped. */
static void note(enum wire_stamps source, const uint64_t *waits_ns, uint32_t n)
{
    struct stamps t = {.rx = source, .mono_ahead_ns = AHEAD_NS};
    struct frame frames[8] = {{0}};
    for (uint32_t i = 0; i < n; i++)
        frames[i].stamp_ns = waits_ns[i] == UINT64_MAX ? 0 : NOW_NS + AHEAD_NS - waits_ns[i];
    stamps_note_rx(&t, frames, n, NOW_NS, counters);
}

START_TEST(waits_are_counted_by_their_length)
{
    static const uint64_t waits_ns[] = {0, 500, 10 * NS_PER_US, 10 * NS_PER_US + 1, 100 * NS_PER_US + 1,
                                        3 * NS_PER_MS, UINT64_MAX};
    note(WIRE_STAMPS_KERNEL, waits_ns, 7);
    ck_assert_uint_eq(counters[COUNTER_FRAMES_STAMPED], 6);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT], 500 + 120 * NS_PER_US + 2 + 3 * NS_PER_MS);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT_MAX], 3 * NS_PER_MS);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT_10US], 3);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT_100US], 2);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT_1MS], 1);
    note(WIRE_STAMPS_KERNEL, waits_ns, 2); /* a shorter one does not lower the longest */
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT_MAX], 3 * NS_PER_MS);
}
END_TEST

/* The two clocks agree within their error only. */
START_TEST(a_stamp_of_the_future_waited_not_at_all)
{
    struct stamps t = {.rx = WIRE_STAMPS_KERNEL, .mono_ahead_ns = -AHEAD_NS};
    struct frame f = {.stamp_ns = NOW_NS - AHEAD_NS + 1};
    stamps_note_rx(&t, &f, 1, NOW_NS, counters);
    ck_assert_uint_eq(counters[COUNTER_FRAMES_STAMPED], 1);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT], 0);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT_MAX], 0);
}
END_TEST

/* Its zero is anywhere. */
START_TEST(times_of_another_clock_are_counted_and_not_compared)
{
    static const uint64_t waits_ns[] = {3 * NS_PER_S, 1, UINT64_MAX};
    note(WIRE_STAMPS_DEVICE, waits_ns, 3);
    ck_assert_uint_eq(counters[COUNTER_FRAMES_STAMPED], 2);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT], 0);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT_1MS], 0);
}
END_TEST

/* From the flush, told by our clock, to the kernel's stamp. */
START_TEST(departures_are_counted_likewise)
{
    struct stamps t = {.tx = WIRE_STAMPS_KERNEL, .tai_ahead_ns = AHEAD_NS, .mono_ahead_ns = 7};
    const struct wire_stamp left[] = {{.handed_ns = NOW_NS, .stamp_ns = NOW_NS + AHEAD_NS + 200 * NS_PER_US},
                                      {.handed_ns = NOW_NS, .stamp_ns = NOW_NS + AHEAD_NS - 1}};
    stamps_note_tx(&t, left, 2, counters);
    ck_assert_uint_eq(counters[COUNTER_FRAMES_TX_STAMPED], 2);
    ck_assert_uint_eq(counters[COUNTER_TX_WAIT], 200 * NS_PER_US);
    ck_assert_uint_eq(counters[COUNTER_TX_WAIT_MAX], 200 * NS_PER_US);
    ck_assert_uint_eq(counters[COUNTER_TX_WAIT_100US], 1);
    ck_assert_uint_eq(counters[COUNTER_TX_WAIT_1MS], 0);
    ck_assert_uint_eq(counters[COUNTER_RX_WAIT], 0);
    t.tx = WIRE_STAMPS_DEVICE;
    stamps_note_tx(&t, left, 2, counters);
    ck_assert_uint_eq(counters[COUNTER_FRAMES_TX_STAMPED], 4);
    ck_assert_uint_eq(counters[COUNTER_TX_WAIT], 200 * NS_PER_US);
}
END_TEST

CHECK_MAIN("run/stamps", departures_are_counted_likewise, waits_are_counted_by_their_length, a_stamp_of_the_future_waited_not_at_all,
           times_of_another_clock_are_counted_and_not_compared)
