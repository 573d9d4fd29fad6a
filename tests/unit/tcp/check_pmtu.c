/* SPDX-License-Identifier: BSD-3-Clause */
/* Segments that are too long for the path: told by a router, or found out where routers are silent. */
#include "tests/lib/tcp_rows.h"

ROWS_TEST_IN(test_told_by_a_router, true, 7, 1460, "connect", "send 2896", "> A seq=1 len=1448",
             "> A seq=1449 len=1448", "path_mss 1000", "> A seq=1 len=988", "> A seq=989 len=988",
             "> A seq=1977 len=920", "path_mss 1000", "nothing", "path_mss 1400", "nothing",
             "< A ack=2897", "send 1000", "> A seq=2897 len=988", "> A seq=3885 len=12",
             "< A ack=3897", "acked 3896")

/* What arrived all the same starts no repair, and the timer still runs. */
ROWS_TEST_IN(test_duplicates_after_it, false, 0, 1460, "connect", "send 4380", "> A seq=1 len=1460",
             "> A seq=1461 len=1460", "> A seq=2921 len=1460", "path_mss 1200", "> A seq=1 len=1200",
             "> A seq=1201 len=1200", "> A seq=2401 len=1200", "> A seq=3601 len=780", "< A ack=1",
             "< A ack=1", "< A ack=1", "nothing", "count fast_retransmits 0", "+300ms",
             "> A seq=1 len=1200", "count rto_fired 1")

ROWS_TEST_IN(test_before_anything_was_sent, true, 0, 1460, "open", "> S", "path_mss 1000", "< SA",
             "> A", "event OPEN", "send 2000", "> A seq=1 len=988", "> A seq=989 len=988",
             "> A seq=1977 len=24")

ROWS_TEST_IN(test_fin_goes_with_it, false, 0, 1460, "connect", "send 1460",
             "> A seq=1 len=1460", "close", "> FA seq=1461", "path_mss 1000", "> A seq=1 len=1000",
             "> FA seq=1001 len=460", "< A ack=1462", "state FIN-WAIT-2")

ROWS_TEST_IN(test_black_hole, true, 0, 1460, "cfg mss_min=536", "connect", "send 1448",
             "> A seq=1 len=1448", "+300ms", "> A seq=1 len=1448", "count black_holes 0", "+500ms",
             "> A seq=1 len=524", "count black_holes 1", "< A ack=525", "> A seq=525 len=524",
             "> A seq=1049 len=400")

/* Small segments that are lost say nothing of their size. */
ROWS_TEST_IN(test_small_segments_are_no_black_hole, false, 0, 1460, "cfg mss_min=536", "connect",
             "send 1459", "> A seq=1 len=1459", "+300ms", "> A seq=1 len=1459", "+500ms",
             "> A seq=1 len=1459", "+1000ms", "> A seq=1 len=1459", "count black_holes 0")

/* Where full segments have arrived before, losses are the more likely cause: it takes four. */
ROWS_TEST_IN(test_where_full_segments_have_passed, false, 0, 1460, "cfg mss_min=536", "connect",
             "send 1460", "> A seq=1 len=1460", "< A ack=1461", "send 1460", "> A seq=1461 len=1460",
             "+300ms", "> A seq=1461 len=1460", "+500ms", "> A seq=1461 len=1460", "+1000ms",
             "> A seq=1461 len=1460", "count black_holes 0", "+2000ms", "> A seq=1461 len=536",
             "count black_holes 1")

/* What CUBIC remembers of an earlier loss is no repair that would find the smaller size. */
ROWS_TEST(test_told_after_an_earlier_loss, "only sack small", "cfg congestion=2 rack=1", "connect",
          "send 10m", "10* > A len=1m", "+210ms", "whatever", "< A", "send 2m", "2* > A len=1m", "< A",
          "quiet 500", "send 2m", "2* > A len=1m", "path_mss 500", "> A seq=1+12m len=*", "whatever")

/* Nor is the probe of a tail. */
ROWS_TEST(test_told_beside_a_probe, "only sack small", "cfg rack=1", "open", "> S", "+40ms", "< SA", "> A",
          "event OPEN", "send 2m", "2* > A len=1m", "quiet 78", "+5ms", "> A seq=1+1m len=1m",
          "path_mss 500", "> A seq=1 len=*", "whatever")

/* After a mark, too, duplicates of what had arrived start no repair. */
ROWS_TEST(test_duplicates_after_a_mark, "only nosack small", "cfg ecn=1", "open", "> SEW", "< SAE", "> A",
          "event OPEN", "send 6m", "6* > A len=1m ecn=2", "< AE ack=1+1m", "count ecn_reductions 1",
          "path_mss 500", "whatever", "3* < A ack=1+1m", "whatever", "count fast_retransmits 0")

CHECK_MAIN("tcp/pmtu", test_told_by_a_router, test_duplicates_after_it,
           test_before_anything_was_sent, test_fin_goes_with_it, test_black_hole,
           test_small_segments_are_no_black_hole, test_where_full_segments_have_passed,
           test_told_after_an_earlier_loss, test_told_beside_a_probe, test_duplicates_after_a_mark)
