/* SPDX-License-Identifier: BSD-3-Clause */
/* Time-outs: exponential back-off, giving up, Karn's rule (RFC 6298). */
#include "lib/tcp_rows.h"

ROWS_TEST(test_back_off_and_give_up, "connect", "send 10", "> A len=10", "quiet 198", "+6ms",
          "> A seq=1 len=10", "quiet 396", "+8ms", "> A seq=1 len=10", "quiet 792", "+14ms",
          "> A seq=1 len=10", "quiet 1588", "+24ms", "> A seq=1 len=10", "quiet 3176", "+48ms",
          "> A seq=1 len=10", "quiet 6300", "+150ms", "event TIMEOUT", "state none",
          "count rto_fired 5", "count retransmits 5")

ROWS_TEST(test_ack_stops_the_clock, "connect", "send 10", "> A len=10", "+100ms", "< A", "quiet 5000")

ROWS_TEST(test_new_ack_restarts_the_clock, "connect", "send 2m", "> A len=1m", "> A len=1m", "+150ms",
          "< A ack=1+1m", "quiet 190", "+15ms", "> A seq=1+1m len=1m", "< A")

/* What was lost is sent one segment at first, and what arrived meanwhile is not sent again. */
ROWS_TEST(test_go_back_and_jump, "connect", "send 4m", "> A len=1m", "> A len=1m", "> A len=1m",
          "> A len=1m", "+210ms", "> A seq=1 len=1m", "nothing", "< A", "nothing", "acked 4m",
          "quiet 3000")

ROWS_TEST(test_slow_start_after_time_out, "connect", "send 4m", "> A len=1m", "> A len=1m",
          "> A len=1m", "> A len=1m", "+210ms", "> A seq=1 len=1m", "< A ack=1+1m",
          "> A seq=1+1m len=1m", "> A seq=1+2m len=1m", "nothing", "< A ack=1+3m",
          "> A seq=1+3m len=1m", "< A")

/* A round trip of 700 ms with a time-out of 1 s: the estimate grows, nothing is sent twice. */
ROWS_TEST(test_round_trip_is_learned, "open", "> S", "+700ms", "< SA", "> A", "event OPEN", "send 10",
          "> A len=10", "quiet 1500", "< A", "send 10", "> A len=10", "quiet 1500", "< A")

/* Without timestamps an answer to a repeated segment says nothing (Karn): the back-off stays. */
ROWS_TEST_IN(test_back_off_stays_without_sample, false, 0, 1460, "connect", "send 10", "> A len=10",
             "+204ms", "> A seq=1 len=10", "< A", "send 10", "> A len=10", "quiet 390", "+20ms",
             "> A seq=11 len=10", "< A", "send 10", "> A len=10", "< A", "send 10", "> A len=10",
             "quiet 190", "+20ms", "> A seq=31 len=10")

ROWS_TEST_IN(test_sample_ends_back_off, true, 0, 1460, "connect", "send 10", "> A len=10", "+204ms",
             "> A seq=1 len=10", "< A", "send 10", "> A len=10", "quiet 190", "+20ms",
             "> A seq=11 len=10", "< A")

/* RFC 6298 5.7: a network that lost the SYN is not trusted with less than 3 s. */
ROWS_TEST(test_after_a_lost_syn, "open", "> S", "+1005ms", "> S seq=0", "< SA", "> A", "event OPEN",
          "send 10", "> A len=10", "quiet 2990", "+20ms", "> A seq=1 len=10", "< A", "acked 10")

ROWS_TEST(test_after_a_lost_syn_ack, "listen", "< S", "> SA", "+1005ms", "> SA seq=0", "< A", "event OPEN",
          "send 10", "> A len=10", "quiet 2990", "+20ms", "> A seq=1 len=10", "< A")

ROWS_TEST(test_longest_time_out, "cfg rto_max=500", "connect", "send 10", "> A len=10", "+210ms",
          "> A seq=1 len=10", "+420ms", "> A seq=1 len=10", "quiet 460", "+50ms", "> A seq=1 len=10",
          "quiet 440", "+70ms", "> A seq=1 len=10", "< A")

CHECK_MAIN("tcp/timeout", test_back_off_and_give_up, test_ack_stops_the_clock,
           test_new_ack_restarts_the_clock, test_go_back_and_jump, test_slow_start_after_time_out,
           test_round_trip_is_learned, test_back_off_stays_without_sample,
           test_sample_ends_back_off, test_after_a_lost_syn, test_after_a_lost_syn_ack,
           test_longest_time_out)
