/* SPDX-License-Identifier: BSD-3-Clause */
/* Congestion avoidance: Reno's (RFC 5681 3.1) and CUBIC's (RFC 9438) on a connection. The windows of
 * CUBIC over time are in check_cubic. */
#include "lib/tcp_rows.h"

/* A time-out with N segments under way, all of which arrived: the window is two. */
#define TIME_OUT(n) "send " #n "m", #n "* > A len=1m", "+210ms", "> A seq=1 len=1m", "< A"

/* Up to the threshold of four the window grows by a segment an ACK, from there by a segment a window,
 * however many ACKs tell of it. */
ROWS_TEST(test_one_segment_a_round_trip, "only small", "cfg init_cwnd=8", "connect", TIME_OUT(8), "send 30m",
          "2* > A len=1m", "nothing", "< A ack=1+9m", "2* > A len=1m", "nothing", "< A ack=1+10m",
          "2* > A len=1m", "nothing", "< A ack=1+11m", "> A len=1m", "nothing", "< A ack=1+12m",
          "> A len=1m", "nothing", "< A ack=1+13m", "> A len=1m", "nothing", "< A ack=1+14m",
          "> A len=1m", "nothing", "< A ack=1+15m", "2* > A len=1m", "nothing", "< A", "6* > A len=1m",
          "nothing", "< A", "7* > A len=1m", "nothing", "< A", "5* > A len=1m", "< A")

/* A window that is not used does not grow. */
ROWS_TEST(test_unused_window_stays, "only small", "cfg init_cwnd=8", "connect", TIME_OUT(8), "send 4m", "2* > A len=1m",
          "< A ack=1+9m", "2* > A len=1m", "< A ack=1+10m", "< A", "send 1", "> A len=1", "< A",
          "send 1", "> A len=1", "< A", "send 1", "> A len=1", "< A", "send 1", "> A len=1", "< A",
          "send 9m", "4* > A len=1m", "nothing", "< A", "5* > A len=1m", "< A")

/* RFC 9438 4.6: seven tenths instead of a half. */
ROWS_TEST(test_cubic_falls_to_seven_tenths, "only small", "cfg congestion=2", "connect", TIME_OUT(10), "send 90m",
          "2* > A len=1m", "< A", "3* > A len=1m", "< A", "4* > A len=1m", "< A", "5* > A len=1m", "< A",
          "6* > A len=1m", "< A", "7* > A len=1m", "nothing", "< A", "7* > A len=1m", "nothing",
          "count side_empty 0")

/* Without a block for its state it is Reno's. */
ROWS_TEST(test_cubic_without_room, "only nosack small", "cfg congestion=2 side_blocks=0", "connect", TIME_OUT(10), "send 90m",
          "2* > A len=1m", "< A", "3* > A len=1m", "< A", "4* > A len=1m", "< A", "5* > A len=1m", "< A",
          "6* > A len=1m", "nothing", "< A", "7* > A len=1m", "nothing", "< A", "whatever",
          "count side_empty 1")

ROWS_TEST(test_cubic_gives_its_block_back, "only small", "cfg congestion=2 side_blocks=1", "connect", TIME_OUT(4), "< R",
          "event RESET", "port 1", "connect", "port 1", TIME_OUT(4), "count side_empty 0")

/* RFC 5681 4.1: after a pause it knows nothing any more; its block serves the next. */
ROWS_TEST(test_cubic_forgets_in_a_pause, "only small", "cfg congestion=2 side_blocks=1 init_cwnd=2", "connect", "send 2m",
          "2* > A len=1m", "+210ms", "> A seq=1 len=1m", "< A", "send 2m", "2* > A len=1m", "< A",
          "send 3m", "3* > A len=1m", "< A", "+5000ms", "send 1m", "> A len=1m", "port 1",
          "connect", "port 1", "< A seq=11 len=10", "drop none", "> A ack=1", "count side_empty 0")

/* A mark of ECN counts like a loss. */
ROWS_TEST(test_cubic_on_a_mark, "only small", "cfg congestion=2 ecn=1", "open", "> SEW", "< SAE", "> A", "event OPEN",
          "send 10m", "10* > A len=1m ecn=2", "< AE", "send 20m", "> AW len=1m ecn=2",
          "11* > A len=1m ecn=2", "nothing", "count ecn_reductions 1")

CHECK_MAIN("tcp/avoidance", test_one_segment_a_round_trip, test_unused_window_stays,
           test_cubic_falls_to_seven_tenths, test_cubic_without_room, test_cubic_gives_its_block_back,
           test_cubic_forgets_in_a_pause, test_cubic_on_a_mark)
