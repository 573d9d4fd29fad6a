/* SPDX-License-Identifier: BSD-3-Clause */
/* A window after a pause (RFC 5681 4.1), its growth (3.1), its beginning (RFC 6928 2). */
#include "lib/tcp_rows.h"

/* From two segments to seven: an ACK counts by what it tells of. */
#define GROW "cfg init_cwnd=2", "connect", "send 2m", "2* > A len=1m", "< A", "send 3m", "3* > A len=1m", "< A"

ROWS_TEST(test_restart_after_a_pause, GROW, "+1500ms", "send 9m", "2* > A len=1m", "nothing", "< A",
          "4* > A len=1m", "nothing", "< A", "3* > A len=1m", "< A")

ROWS_TEST(test_no_restart_after_a_short_one, GROW, "+150ms", "send 9m", "7* > A len=1m", "nothing", "< A",
          "2* > A len=1m", "< A")

/* A window that is smaller than the first one stays. */
ROWS_TEST(test_small_window_does_not_grow_by_a_pause, "connect", "send 2m", "2* > A len=1m", "+210ms",
          "> A seq=1 len=1m", "< A", "+1500ms", "send 5m", "2* > A len=1m", "nothing", "< A",
          "3* > A len=1m", "< A")

ROWS_TEST(test_without_congestion_control, "only small", "cfg congestion=0", "connect", "send 20m", "20* > A len=1m", "< A",
          "+5000ms", "send 20m", "20* > A len=1m", "< A")

/* RFC 6928 (1): segments of 1460 bytes count whole, larger ones by their bytes. */
ROWS_TEST_IN(test_first_window_of_large_segments, false, 7, 8960, "connect", "send 30000", "> A len=8960",
             "> A len=8960", "nothing", "< A", "> A len=8960", "> A len=3120", "< A")

ROWS_TEST_IN(test_first_window_of_middling_segments, false, 7, 4000, "connect", "send 30000",
             "3* > A len=4000", "nothing", "< A", "4* > A len=4000", "> A len=2000", "< A")

CHECK_MAIN("tcp/idle", test_restart_after_a_pause, test_no_restart_after_a_short_one,
           test_small_window_does_not_grow_by_a_pause, test_without_congestion_control,
           test_first_window_of_large_segments, test_first_window_of_middling_segments)
