/* SPDX-License-Identifier: BSD-3-Clause */
/* Fast retransmit, NewReno, limited transmit (RFC 5681 3.2, RFC 6582, RFC 3042). */
#include "lib/tcp_rows.h"

#define SEND_6 "send 6m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m"

ROWS_TEST(test_three_duplicates, "only nosack", "connect", SEND_6, "< A ack=1", "nothing", "< A ack=1", "nothing",
          "< A ack=1", "> A seq=1 len=1m", "nothing", "count fast_retransmits 1", "count dup_acks 3",
          "< A", "acked 6m", "quiet 3000", "count rto_fired 0", "count retransmits 1")

ROWS_TEST(test_partial_acks, "only nosack", "connect", SEND_6, "< A ack=1", "< A ack=1", "< A ack=1",
          "> A seq=1 len=1m", "< A ack=1+2m", "> A seq=1+2m len=1m", "nothing", "< A ack=1+4m",
          "> A seq=1+4m len=1m", "nothing", "< A", "acked 6m", "count retransmits 3",
          "count fast_retransmits 1", "quiet 3000")

ROWS_TEST(test_limited_transmit, "only nosack", "cfg init_cwnd=4", "connect", "send 8m", "> A len=1m", "> A len=1m",
          "> A len=1m", "> A len=1m", "nothing", "< A ack=1", "> A seq=1+4m len=1m", "nothing",
          "< A ack=1", "> A seq=1+5m len=1m", "nothing", "< A ack=1", "> A seq=1 len=1m", "< A",
          "> A len=1m", "> A len=1m", "< A", "acked 8m")

/* ssthresh 3m, window 3m + 3m: what is new leaves as further duplicates arrive. */
ROWS_TEST(test_recovery_inflates, "only nosack small", "cfg init_cwnd=6", "connect", "send 12m", "> A len=1m", "> A len=1m",
          "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "< A ack=1", "> A len=1m",
          "< A ack=1", "> A len=1m", "< A ack=1", "> A seq=1 len=1m", "nothing", "2* < A ack=1",
          "nothing", "< A ack=1", "> A seq=1+8m len=1m", "< A ack=1+8m", "> A seq=1+9m len=1m",
          "nothing", "< A", "> A len=1m", "> A len=1m", "< A")

ROWS_TEST(test_window_update_is_no_duplicate, "connect", SEND_6, "< A ack=1 win=60000",
          "< A ack=1 win=59000", "< A ack=1 win=58000", "< A ack=1 win=57000", "nothing",
          "count dup_acks 0", "< A")

ROWS_TEST(test_text_is_no_duplicate, "connect", SEND_6, "< A ack=1 len=1", "< A ack=1 len=1",
          "< A ack=1 len=1", "nothing", "count dup_acks 0", "data 3", "+41ms", "> A", "< A")

ROWS_TEST(test_lost_repair_times_out, "only nosack", "connect", SEND_6, "< A ack=1", "< A ack=1", "< A ack=1",
          "> A seq=1 len=1m", "quiet 190", "+20ms", "> A seq=1 len=1m", "nothing", "< A",
          "acked 6m", "quiet 2000", "count fast_retransmits 1")

/* After a time-out everything may arrive twice: its duplicates repair nothing (RFC 6582 4). */
ROWS_TEST(test_duplicates_after_time_out, "only nosack", "connect", SEND_6, "+210ms", "> A seq=1 len=1m", "< A ack=1+3m",
          "> A seq=1+3m len=1m", "> A seq=1+4m len=1m", "< A ack=1+3m", "> A seq=1+5m len=1m",
          "< A ack=1+3m", "< A ack=1+3m", "< A ack=1+3m", "nothing", "count fast_retransmits 0",
          "< A", "acked 6m")

ROWS_TEST(test_lost_fin_and_text, "only nosack", "connect", "send 4m", "> A len=1m", "> A len=1m", "> A len=1m",
          "> A len=1m", "close", "> FA", "< A ack=1", "< A ack=1", "< A ack=1", "> A seq=1 len=1m",
          "< A ack=1+4m", "> FA seq=1+4m", "nothing", "< A", "state FIN-WAIT-2")

ROWS_TEST(test_without_congestion_control, "only nosack", "cfg congestion=0", "connect", SEND_6, "< A ack=1",
          "< A ack=1", "< A ack=1", "> A seq=1 len=1m", "< A ack=1+3m", "> A seq=1+3m len=1m", "< A",
          "quiet 1000", "count retransmits 2")

/* The repair that the third duplicate asks for is overtaken by an ACK of everything. */
ROWS_TEST(test_repair_overtaken, "only nosack", "connect", SEND_6, "< A ack=1", "< A ack=1", "hold", "< A ack=1", "< A",
          "go", "nothing", "hold", "send 1m", "go", "> A len=1m", "< A", "count retransmits 0",
          "acked 7m")

ROWS_TEST(test_repair_overtaken_with_text_waiting, "only nosack", "connect", SEND_6, "< A ack=1", "< A ack=1", "hold",
          "< A ack=1", "< A", "send 1m", "close", "go", "> FA len=1m", "nothing", "< A",
          "state FIN-WAIT-2", "count retransmits 0")

/* A repair says no more than what was said before: the window is full. */
ROWS_TEST_IN(test_repair_keeps_to_the_window, false, 0, 1460, "connect", "< A win=1000", "send 3000",
             "> A len=1000", "< A ack=1 win=1000", "< A ack=1 win=1000", "< A ack=1 win=1000",
             "> A seq=1 len=1000", "< A", "> A len=1460", "> A len=540", "< A")

CHECK_MAIN("tcp/recovery", test_three_duplicates, test_partial_acks, test_limited_transmit,
           test_recovery_inflates, test_window_update_is_no_duplicate, test_text_is_no_duplicate,
           test_lost_repair_times_out, test_duplicates_after_time_out, test_lost_fin_and_text,
           test_without_congestion_control, test_repair_overtaken,
           test_repair_overtaken_with_text_waiting, test_repair_keeps_to_the_window)
