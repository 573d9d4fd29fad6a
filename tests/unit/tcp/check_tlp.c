/* SPDX-License-Identifier: BSD-3-Clause */
/* Tail loss probes (RFC 8985 7). The round trip takes 40 ms, so that a probe is due after 80. */
#include "lib/tcp_rows.h"

#define CONNECT "only sack small", "cfg rack=1", "open", "> S", "+40ms", "< SA", "> A", "event OPEN"
#define SEND_4  "send 4m", "4* > A len=1m"
#define WAIT    "quiet 78", "+5ms"

ROWS_TEST(test_the_end_again, CONNECT, SEND_4, WAIT, "> A seq=1+3m len=1m", "nothing",
          "count tlp_probes 1", "< A", "< A sack=1+3m:1+4m", "quiet 20", "send 12m",
          "10* > A len=1m", "nothing", "< A", "whatever", "< A", "quiet 1000", "count rto_fired 0")

/* Reports came late, but they came. */
ROWS_TEST(test_reports_instead, CONNECT, SEND_4, "+75ms", "< A ack=1 sack=1+1m:1+2m", "quiet 8", "< A",
          "count tlp_probes 0")

ROWS_TEST(test_answer_before_the_probe_left, CONNECT, SEND_4, "hold", "+85ms", "< A", "go", "nothing",
          "count tlp_probes 0", "quiet 1000")

/* The probe's report shows the hole. */
ROWS_TEST(test_probe_shows_the_loss, CONNECT, SEND_4, "+40ms", "< A ack=1+2m", WAIT,
          "> A seq=1+3m len=1m", "+40ms", "< A ack=1+2m sack=1+3m:1+4m", "quiet 8", "+4ms",
          "> A seq=1+2m len=1m", "< A", "acked 4m", "count rto_fired 0", "quiet 1000")

ROWS_TEST(test_new_text_first, CONNECT, "send 12m", "10* > A len=1m", "nothing", WAIT,
          "> A seq=1+10m len=1m", "nothing", "count tlp_probes 1", "< A", "> A len=1m", "< A",
          "quiet 1000", "count retransmits 0")

/* The next look is the time-out's. */
ROWS_TEST(test_only_one, CONNECT, SEND_4, WAIT, "> A seq=1+3m len=1m", "quiet 190", "+20ms",
          "> A seq=1 len=1m", "count tlp_probes 1", "count rto_fired 1", "< A", "quiet 1000")

/* One segment alone: its answer may be delayed, the time-out would come first. The probe takes its place. */
ROWS_TEST(test_one_segment, CONNECT, "send 1m", "> A len=1m", "quiet 190", "+20ms", "> A seq=1 len=1m",
          "count tlp_probes 1", "count rto_fired 0", "quiet 188", "+22ms", "> A seq=1 len=1m",
          "count rto_fired 1", "quiet 370", "+40ms", "> A seq=1 len=1m", "count tlp_probes 1", "< A",
          "quiet 1000")

/* ... so that the window stays where only the ACK was lost, */
ROWS_TEST(test_window_after_a_lost_ack, CONNECT, "send 1m", "> A len=1m", "+210ms", "> A seq=1 len=1m",
          "< A sack=1:1+1m", "send 12m", "10* > A len=1m", "nothing", "< A", "whatever")

/* ... and is halved where it was the segment. */
ROWS_TEST(test_window_after_a_lost_segment, CONNECT, "send 1m", "> A len=1m", "+210ms", "> A seq=1 len=1m",
          "< A", "send 1m", "> A len=1m", "< A", "send 12m", "5* > A len=1m", "nothing", "< A", "whatever")

/* Nothing is noted without a block: it is the time-out. */
ROWS_TEST(test_no_block_at_the_time_out, "only sack small", "cfg rack=1 side_blocks=0", "open", "> S", "+40ms",
          "< SA", "> A", "event OPEN", "send 1m", "> A len=1m", "quiet 190", "+20ms", "> A seq=1 len=1m",
          "count tlp_probes 0", "count rto_fired 1", "< A", "quiet 1000")

ROWS_TEST(test_lost_fin, CONNECT, "send 2m", "> A len=1m", "> A len=1m", "close", "> FA", "+40ms",
          "< A ack=1+1m", WAIT, "> FA seq=1+1m len=1m", "< A", "state FIN-WAIT-2",
          "count tlp_probes 1")

/* The probe repaired a loss that nothing else shows: the window is halved when that is sure. */
ROWS_TEST(test_repaired_loss_is_a_loss, CONNECT, "send 10m", "10* > A len=1m", "+40ms",
          "< A ack=1+8m", WAIT, "> A seq=1+9m len=1m", "< A ack=1+9m", "+40ms", "< A", "nothing",
          "send 4m", "4* > A len=1m", "+40ms", "< A ack=1+11m", "send 12m", "6* > A len=1m",
          "nothing", "< A", "whatever")

ROWS_TEST(test_no_block_left, CONNECT, "send 2m", "> A len=1m", "> A len=1m", "< A", "quiet 1000")

ROWS_TEST(test_without_rack, "only sack", "open", "> S", "+40ms", "< SA", "> A", "event OPEN",
          "send 2m", "> A len=1m", "> A len=1m", "quiet 190", "+20ms", "> A seq=1 len=1m", "< A")

CHECK_MAIN("tcp/tlp", test_the_end_again, test_reports_instead,
           test_answer_before_the_probe_left, test_probe_shows_the_loss, test_new_text_first, test_only_one, test_one_segment,
           test_window_after_a_lost_ack, test_window_after_a_lost_segment, test_no_block_at_the_time_out,
           test_lost_fin, test_repaired_loss_is_a_loss, test_no_block_left, test_without_rack)
