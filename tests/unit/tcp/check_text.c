/* SPDX-License-Identifier: BSD-3-Clause */
/* Text both ways and delayed ACKs (RFC 9293 3.8.6.3, RFC 5681 4.2). */
#include "lib/tcp_rows.h"

ROWS_TEST(test_both_ways, "connect", "send 100", "> A len=100", "< A len=50", "data 50", "acked 100",
          "send 20", "> A len=20", "< A", "acked 120", "quiet 3000", "count retransmits 0")

ROWS_TEST(test_lone_segment_is_acknowledged_late, "connect", "< A len=100", "data 100", "quiet 39",
          "+3ms", "> A", "quiet 1000")

ROWS_TEST(test_every_second_full_segment_at_once, "connect", "< A len=1m", "nothing", "< A len=1m",
          "> A", "< A len=1m", "nothing", "< A len=1m", "> A", "data 4m", "quiet 1000")

/* Something was missing: the peer's window may be small, and the next sixteen are acknowledged one by one. */
#define SEGMENT  "< A len=1m", "> A"
#define SEGMENTS SEGMENT, SEGMENT, SEGMENT, SEGMENT
ROWS_TEST(test_acks_at_once_after_a_hole, "connect", "< A seq=1+1m len=1m", "> A ack=1", "< A seq=1 len=2m",
          "> A ack=1+2m", SEGMENTS, SEGMENTS, SEGMENTS, SEGMENTS, "< A len=1m", "nothing", "< A len=1m", "> A",
          "data 20m", "quiet 1000")

ROWS_TEST(test_acks_at_once_after_a_repetition, "connect", "< A len=1m", "nothing", "< A seq=1 len=1m", "> A",
          SEGMENT, "data 2m", "quiet 1000")

/* Before the connection is open nothing of this is noted: the SYN-ACK says what it said. */
ROWS_TEST(test_repetition_in_the_handshake, "listen", "< S", "> SA", "< A seq=0 len=1", "> A ack=1",
          "+1005ms", "> SA seq=0", "< A", "event OPEN")

ROWS_TEST(test_ack_rides_on_text, "connect", "on data send 30", "< A len=10", "data 10", "> A len=30",
          "< A", "quiet 1000")

ROWS_TEST(test_delay_off, "cfg delayed_ack=0", "connect", "< A len=1", "> A", "data 1")

ROWS_TEST(test_segments_are_full, "connect", "send 3m+7", "> A len=1m", "> A len=1m", "> A len=1m",
          "> A len=7", "< A", "acked 3m+7")

ROWS_TEST(test_first_window_is_ten, "only small", "connect", "send 12m", "> A len=1m", "> A len=1m", "> A len=1m",
          "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m",
          "> A len=1m", "nothing", "< A ack=1+2m", "> A len=1m", "> A len=1m", "nothing", "< A", "acked 12m")

ROWS_TEST(test_without_congestion_control, "only small", "cfg congestion=0", "connect", "send 15m", "> A len=1m",
          "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m",
          "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m",
          "> A len=1m", "> A len=1m", "< A", "acked 15m")

ROWS_TEST(test_keep_alive_is_answered, "connect", "< A seq=0", "> A", "< A seq=0 len=1", "> A",
          "data 0", "state ESTABLISHED")

ROWS_TEST(test_payload_counters, "connect", "send 30", "> A len=30", "+210ms", "> A seq=1 len=30",
          "< A len=5", "data 5", "count payload_sent_bytes 30", "count payload_received_bytes 5",
          "+41ms", "> A")

CHECK_MAIN("tcp/text", test_both_ways, test_lone_segment_is_acknowledged_late,
           test_every_second_full_segment_at_once, test_acks_at_once_after_a_hole,
           test_acks_at_once_after_a_repetition, test_repetition_in_the_handshake, test_ack_rides_on_text, test_delay_off,
           test_segments_are_full, test_first_window_is_ten, test_without_congestion_control,
           test_keep_alive_is_answered, test_payload_counters)
