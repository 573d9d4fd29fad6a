/* SPDX-License-Identifier: BSD-3-Clause */
/* Several segments as one, for a wire that cuts them (TSO). `sim/transfer` holds the rest against what
 * is sent one by one. */
#include "lib/tcp_rows.h"

ROWS_TEST(test_what_waits_leaves_as_one, "long 8", "connect", "send 4m", "> A len=4m", "nothing",
          "count payload_sent_bytes 4m", "< A", "acked 4m", "count retransmits 0", "quiet 3000")

ROWS_TEST(test_the_end_goes_along, "long 8", "connect", "send 2m+7", "> A len=2m+7", "< A", "acked 2m+7")

ROWS_TEST(test_one_segment_is_one, "long 8", "connect", "send 1m", "> A len=1m", "send 5", "> A len=5", "< A")

ROWS_TEST(test_as_many_as_asked_for, "long 3", "connect", "send 7m+1", "> A len=3m", "> A len=3m",
          "> A len=1m+1", "< A")

/* Seven of 8,960 bytes: eight are more than 65,000. */
ROWS_TEST_IN(test_no_longer_than_a_frame, false, 7, 8960, "cfg init_cwnd=60", "long 32", "connect",
             "< A win=131072", "send 71680", "> A len=62720", "> A len=8960", "< A")

ROWS_TEST(test_up_to_the_peers_window, "long 8", "connect", "send 1m", "> A len=1m", "< A win=2m+256", "send 4m",
          "> A len=2m", "nothing", "< A win=2m+256", "> A len=2m", "< A")

ROWS_TEST(test_up_to_the_congestion_window, "only small", "cfg init_cwnd=4", "long 32", "connect", "send 6m",
          "> A len=4m", "nothing", "< A", "> A len=2m", "< A")

ROWS_TEST(test_time_out_in_the_middle, "only nosack", "long 8", "connect", "send 4m", "> A len=4m", "+210ms",
          "> A seq=1 len=1m", "nothing", "< A ack=2m+1", "> A seq=2m+1 len=1m", "> A seq=3m+1 len=1m",
          "< A ack=4m+1", "acked 4m", "send 2m", "> A len=2m", "< A")

ROWS_TEST(test_hole_in_the_middle, "only sack", "long 8", "connect", "send 6m", "> A len=6m",
          "< A ack=1m+1 sack=2m+1:6m+1", "> A seq=1m+1 len=1m", "nothing", "< A ack=6m+1", "acked 6m",
          "count retransmits 1")

ROWS_TEST(test_a_middle_that_is_acknowledged, "long 8", "connect", "send 5m", "> A len=5m", "< A ack=2m+1",
          "acked 2m", "< A ack=3m+10", "acked 3m+9", "< A", "acked 5m")

ROWS_TEST_IN(test_segments_of_a_smaller_peer, false, 0, 1460, "peer mss=500", "long 4", "connect",
             "count segments_tx 2", "send 2700", "> A len=2000", "> A len=700", "count segments_tx 8", "< A")

ROWS_TEST(test_fin_goes_with_its_segment, "long 8", "connect", "hold", "send 3m", "close", "go", "> A len=1m",
          "> A len=1m", "> FA len=1m", "< A", "state FIN-WAIT-2")

ROWS_TEST(test_with_nagle_each_alone, "cfg nagle=1", "long 8", "connect", "send 2m+1", "> A len=1m",
          "> A len=1m", "nothing", "< A", "> A len=1", "< A")

ROWS_TEST(test_too_long_for_the_path, "only small", "long 8", "connect", "send 3m", "> A len=3m", "path_mss 300",
          "> A seq=1 len=*", "whatever", "< A", "acked 3m")

CHECK_MAIN("tcp/long", test_what_waits_leaves_as_one, test_the_end_goes_along, test_one_segment_is_one,
           test_as_many_as_asked_for, test_no_longer_than_a_frame, test_up_to_the_peers_window,
           test_up_to_the_congestion_window, test_time_out_in_the_middle, test_hole_in_the_middle,
           test_a_middle_that_is_acknowledged, test_segments_of_a_smaller_peer,
           test_fin_goes_with_its_segment, test_with_nagle_each_alone, test_too_long_for_the_path)
