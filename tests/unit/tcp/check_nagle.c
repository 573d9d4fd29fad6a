/* SPDX-License-Identifier: BSD-3-Clause */
/* Nagle's algorithm, a key (RFC 9293 3.7.4, RFC 1122 4.2.3.4). */
#include "lib/tcp_rows.h"

ROWS_TEST(test_small_text_waits, "cfg nagle=1", "connect", "send 10", "> A len=10", "send 20", "nothing",
          "send 30", "nothing", "< A", "> A len=50", "< A", "acked 60", "quiet 3000",
          "count window_waits 0", "count cwnd_waits 0")

ROWS_TEST(test_full_segments_do_not_wait, "cfg nagle=1", "connect", "send 10", "> A len=10", "send 2m+7",
          "> A len=1m", "> A len=1m", "nothing", "< A ack=11", "nothing", "< A", "> A len=7", "< A")

ROWS_TEST(test_gathers_to_a_full_segment, "cfg nagle=1", "connect", "send 10", "> A len=10",
          "send 1m-1", "nothing", "send 1", "> A len=1m", "< A")

ROWS_TEST(test_last_text_goes_with_the_fin, "cfg nagle=1", "connect", "send 10", "> A len=10", "send 20",
          "nothing", "close", "> FA len=20", "< A", "state FIN-WAIT-2")

ROWS_TEST(test_idle_connection_sends_at_once, "cfg nagle=1", "connect", "send 1", "> A len=1", "< A",
          "send 1", "> A len=1", "< A", "acked 2")

/* What waits is sent with what is sent again: a time-out leaves nothing under way. */
ROWS_TEST(test_time_out_takes_it_along, "only nosack", "cfg nagle=1", "connect", "send 10", "> A len=10", "send 20",
          "nothing", "+210ms", "> A seq=1 len=30", "< A", "acked 30")

ROWS_TEST(test_off, "connect", "send 10", "> A len=10", "send 20", "> A len=20", "< A", "acked 30")

CHECK_MAIN("tcp/nagle", test_small_text_waits, test_full_segments_do_not_wait,
           test_gathers_to_a_full_segment, test_last_text_goes_with_the_fin,
           test_idle_connection_sends_at_once, test_time_out_takes_it_along, test_off)
