/* SPDX-License-Identifier: BSD-3-Clause */
/* Losses found by time (RFC 8985 6). The round trip takes 40 ms. */
#include "lib/tcp_rows.h"

#define CONNECT "only sack small", "cfg rack=1", "open", "> S", "+40ms", "< SA", "> A", "event OPEN"
#define SEND_6  "send 6m", "6* > A len=1m", "+40ms"

ROWS_TEST(test_one_report_and_time, CONNECT, SEND_6, "< A ack=1 sack=1+1m:1+2m", "quiet 8", "+4ms",
          "> A seq=1 len=1m", "nothing", "count fast_retransmits 1", "< A", "quiet 1000",
          "count retransmits 1")

/* Three segments behind it: at once, while nothing was ever late. */
ROWS_TEST(test_three_reports, CONNECT, SEND_6, "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "< A",
          "quiet 1000")

ROWS_TEST(test_only_late, CONNECT, SEND_6, "< A ack=1 sack=1+1m:1+2m", "+5ms", "< A ack=1+2m",
          "< A", "quiet 1000", "count retransmits 0")

/* Once something was late, even three segments are waited for. */
ROWS_TEST(test_patience_after_reordering, CONNECT, SEND_6, "< A ack=1 sack=1+1m:1+2m",
          "< A", SEND_6, "< A ack=1+6m sack=1+7m:1+10m", "quiet 8", "+4ms",
          "> A seq=1+6m len=1m", "< A", "quiet 1000", "count retransmits 1")

/* A repair in vain: the window is given back, and next time twice as long is waited. */
ROWS_TEST(test_patience_after_a_repair_in_vain, CONNECT, SEND_6, "< A ack=1 sack=1+1m:1+4m",
          "> A seq=1 len=1m", "< A", "< A sack=1:1+1m", "count undone 1", SEND_6,
          "< A ack=1+6m sack=1+7m:1+10m", "quiet 8", "+4ms", "> A seq=1+6m len=1m", "< A",
          "quiet 1000")

/* The repair is lost as well; what left after it arrives, and a round trip is over. */
ROWS_TEST(test_lost_repair, CONNECT, "send 8m", "8* > A len=1m", "+40ms", "< A ack=1 sack=1+1m:1+4m",
          "> A seq=1 len=1m", "+1ms", "send 2m", "< A ack=1 sack=1+1m:1+8m", "> A len=1m",
          "> A len=1m", "+41ms", "< A ack=1 sack=1+1m:1+10m", "> A seq=1 len=1m", "nothing", "< A",
          "count rto_fired 0", "count retransmits 2", "quiet 1000")

/* The repair arrived, what had left long before it did not. */
ROWS_TEST(test_lost_end, CONNECT, SEND_6, "< A ack=1 sack=1+1m:1+5m", "> A seq=1 len=1m", "nothing",
          "+40ms", "< A ack=1+5m", "> A seq=1+5m len=1m", "nothing", "+40ms", "< A", "acked 6m",
          "count rto_fired 0", "count retransmits 2", "quiet 1000")

/* An ACK at once after the repair speaks of the first copy. */
ROWS_TEST(test_first_copy_was_late, CONNECT, SEND_6, "< A ack=1 sack=1+1m:1+5m", "> A seq=1 len=1m",
          "+5ms", "< A ack=1+5m", "quiet 60", "< A", "quiet 1000", "count retransmits 1")

ROWS_TEST(test_time_out_still_comes, CONNECT, SEND_6, "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m",
          "quiet 140", "+80ms", "> A seq=1 len=1m", "count rto_fired 1", "< A", "quiet 1000")

/* ... and the window grows with what is reported, not with the strides of the acknowledgement. */
ROWS_TEST(test_window_grows_with_reports, CONNECT, "send 2m", "2* > A len=1m", "+40ms",
          "< A ack=1 sack=1+1m:1+2m", "< A", "send 40m", "10* > A len=1m", "nothing", "+40ms",
          "< A ack=1+2m sack=1+3m:1+4m", "2* > A len=1m", "nothing", "< A ack=1+2m sack=1+3m:1+5m",
          "2* > A len=1m", "nothing", "< A", "whatever", "< A", "whatever", "< A", "whatever", "< A",
          "count retransmits 0")

CHECK_MAIN("tcp/rack", test_one_report_and_time, test_three_reports, test_only_late,
           test_patience_after_reordering, test_window_grows_with_reports, test_patience_after_a_repair_in_vain, test_lost_repair,
           test_lost_end, test_first_copy_was_late, test_time_out_still_comes)
