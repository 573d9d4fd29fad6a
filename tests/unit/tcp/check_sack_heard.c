/* SPDX-License-Identifier: BSD-3-Clause */
/* What the peer reports by SACK, and the repair that follows from it (RFC 6675, 6937). */
#include "lib/tcp_rows.h"

#define SEND_6 "send 6m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m", "> A len=1m"

ROWS_TEST(test_three_reports, "only sack", "connect", SEND_6, "< A ack=1 sack=1+1m:1+2m", "nothing",
          "< A ack=1 sack=1+1m:1+3m", "nothing", "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m",
          "nothing", "count fast_retransmits 1", "count dup_acks 3", "< A", "acked 6m",
          "quiet 3000", "count rto_fired 0", "count retransmits 1")

/* More than two segments behind the hole are enough, in one report too. */
ROWS_TEST(test_much_behind, "only sack", "connect", SEND_6, "< A ack=1 sack=1+1m:1+3m", "nothing",
          "< A ack=1 sack=1+1m:1+3m+1", "> A seq=1 len=1m", "< A")

ROWS_TEST(test_three_runs_behind, "only sack", "connect", SEND_6,
          "< A ack=1 sack=1+5m:1+5m+1,1+3m:1+3m+1,1+1m:1+1m+1", "> A seq=1 len=1m", "nothing", "< A",
          "count retransmits 1")

ROWS_TEST(test_no_report_no_duplicate, "only sack", "connect", SEND_6, "4* < A ack=1", "nothing",
          "count dup_acks 0", "< A")

/* What was reported is not sent again, and makes room for what is new. */
ROWS_TEST(test_two_holes, "only sack", "cfg congestion=0", "connect", SEND_6,
          "< A ack=1 sack=1+3m:1+6m,1+1m:1+2m", "> A seq=1 len=1m", "> A seq=1+2m len=1m",
          "nothing", "< A ack=1+2m sack=1+3m:1+6m", "nothing", "< A", "acked 6m", "quiet 1000",
          "count retransmits 2")

/* Ten, and two that reports let out, are to become five: one for each two that arrive, then one for one
 * (RFC 6937). */
ROWS_TEST(test_proportional_rate, "only sack small", "connect", "send 20m", "10* > A len=1m",
          "< A ack=1 sack=1+1m:1+2m", "> A len=1m", "< A ack=1 sack=1+1m:1+3m", "> A len=1m",
          "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "nothing", "< A ack=1 sack=1+1m:1+5m",
          "nothing", "< A ack=1 sack=1+1m:1+6m", "nothing", "< A ack=1 sack=1+1m:1+7m",
          "> A len=1m", "nothing", "< A ack=1 sack=1+1m:1+8m", "nothing", "< A ack=1 sack=1+1m:1+9m",
          "nothing", "< A ack=1+9m", "whatever", "< A", "whatever")

ROWS_TEST(test_report_of_the_unsent, "only sack", "connect", "send 2m", "> A len=1m", "> A len=1m",
          "< A ack=1 sack=1+1m:1+3m,50:40,1+2m:1+2m", "nothing", "count sack_invalid 3", "< A")

ROWS_TEST(test_report_of_the_acknowledged, "only sack", "connect", SEND_6,
          "< A ack=1+3m sack=1:1+1m", "nothing", "count sack_invalid 0", "count dsack_received 1",
          "< A")

/* After a time-out the holes leave in order, as the window opens; what was reported does not. */
ROWS_TEST(test_time_out, "only sack", "connect", SEND_6, "< A ack=1 sack=1+2m:1+4m", "nothing",
          "+210ms", "> A seq=1 len=1m", "nothing", "< A ack=1+1m sack=1+2m:1+4m",
          "> A seq=1+1m len=1m", "> A seq=1+4m len=1m", "< A ack=1+5m", "> A seq=1+5m len=1m", "< A",
          "acked 6m", "count retransmits 4", "count rto_fired 1", "quiet 3000")

/* RFC 2018 8: a second time-out, and nothing that was reported counts any more. */
ROWS_TEST(test_second_time_out_forgets, "only sack", "connect", SEND_6, "< A ack=1 sack=1+1m:1+3m",
          "+210ms", "> A seq=1 len=1m", "nothing", "+410ms", "> A seq=1 len=1m", "nothing",
          "< A ack=1+1m", "> A seq=1+1m len=1m", "> A seq=1+2m len=1m", "< A", "acked 6m")

/* ... nor when what was reported stands next in line and is not acknowledged. */
ROWS_TEST(test_peer_that_takes_back, "only sack", "connect", SEND_6, "< A ack=1 sack=1+1m:1+3m",
          "< A ack=1+1m", "+210ms", "> A seq=1+1m len=1m", "< A ack=1+2m", "> A seq=1+2m len=1m",
          "> A seq=1+3m len=1m", "< A", "acked 6m")

/* The end is lost too, and nothing behind it tells: one look, once a recovery. */
ROWS_TEST(test_rescue, "only sack", "cfg congestion=0", "connect", SEND_6,
          "< A ack=1 sack=1+1m:1+5m", "> A seq=1 len=1m", "> A seq=1+5m len=1m", "nothing",
          "< A ack=1 sack=1+1m:1+5m", "nothing", "< A", "acked 6m", "count retransmits 2")

ROWS_TEST(test_lost_fin, "only sack", "connect", "send 4m", "4* > A len=1m", "close", "> FA",
          "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "< A ack=1+4m", "+410ms", "> FA seq=1+4m",
          "< A", "state FIN-WAIT-2")

ROWS_TEST(test_lost_text_before_fin, "only sack", "connect", "send 1m", "> A len=1m", "close", "> FA",
          "< A ack=1 sack=1+1m:2+1m", "+210ms", "> FA seq=1 len=1m", "< A", "state FIN-WAIT-2")

/* D-SACKs for all of a repair: nothing was lost, the window is what it was. */
ROWS_TEST(test_needless_repair, "only sack small", "connect", "send 10m", "10* > A len=1m",
          "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "< A ack=1+10m", "< A sack=1:1+1m",
          "count undone 1", "send 12m", "10* > A len=1m", "nothing", "< A ack=1+15m", "whatever")

ROWS_TEST(test_needed_repair, "only sack small", "connect", "send 10m", "10* > A len=1m",
          "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "< A ack=1+10m", "count undone 0",
          "send 12m", "5* > A len=1m", "nothing", "< A", "whatever")

/* RFC 3522: the ACK of the repaired echoes what left before. The D-SACK behind it says nothing new. */
ROWS_TEST(test_first_copy_is_echoed, "only sack ts small", "connect", "send 10m", "10* > A len=1m", "+40ms",
          "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "+5ms", "< A ack=1+10m echo=-40", "count undone 1",
          "send 12m", "10* > A len=1m", "nothing", "< A ack=1+10m sack=1:1+1m", "count undone 1", "nothing",
          "< A ack=1+15m", "whatever")

/* Eight were under way, six not yet reported: the window is six at once, and the rest by slow start. */
ROWS_TEST(test_window_before_a_needless_repair, "only sack small", "connect", "send 10m", "10* > A len=1m",
          "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "< A ack=1+10m", "send 5m", "5* > A len=1m",
          "< A", "send 6m", "6* > A len=1m", "< A", "send 7m", "7* > A len=1m", "< A", "send 8m",
          "8* > A len=1m", "< A ack=1+28m sack=1+29m:1+30m", "nothing", "< A ack=1+28m sack=1+29m:1+31m",
          "nothing", "< A ack=1+28m sack=1+29m:1+32m", "> A seq=1+28m len=1m", "nothing",
          "< A ack=1+36m", "< A sack=1+28m:1+29m", "count undone 1", "send 20m", "6* > A len=1m", "nothing",
          "< A ack=1+38m", "3* > A len=1m", "nothing", "< A", "whatever", "< A", "whatever")

/* Two were sent again: what is known of the first is not of the second. */
ROWS_TEST(test_first_copy_of_two, "only sack ts small", "connect", "send 10m", "10* > A len=1m", "+40ms",
          "< A ack=1 sack=1+1m:1+2m,1+3m:1+10m", "> A seq=1 len=1m", "> A seq=1+2m len=1m", "+5ms",
          "< A ack=1+2m sack=1+3m:1+10m echo=-40", "count undone 0", "< A", "whatever")

/* The repair undone, the next loss is a new one: it is repaired, and halves the window. */
ROWS_TEST(test_loss_after_a_needless_repair, "only sack ts small", "connect", "send 10m", "10* > A len=1m", "+40ms",
          "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "+5ms", "< A ack=1+5m echo=-40", "count undone 1",
          "< A ack=1+5m sack=1+6m:1+10m", "> A seq=1+5m len=1m", "count fast_retransmits 2", "< A",
          "send 12m", "2* > A len=1m", "nothing", "< A", "whatever")

/* Without a block NewReno repairs. */
ROWS_TEST(test_no_block_left, "only sack", "cfg side_blocks=0", "connect", SEND_6,
          "< A ack=1 sack=1+1m:1+2m", "< A ack=1 sack=1+1m:1+3m", "nothing",
          "< A ack=1 sack=1+1m:1+4m", "> A seq=1 len=1m", "< A", "count side_empty 3", "quiet 1000")

ROWS_TEST(test_no_block_left_at_time_out, "only sack", "cfg side_blocks=0", "connect", SEND_6,
          "+210ms", "> A seq=1 len=1m", "nothing", "< A ack=1+1m", "> A seq=1+1m len=1m",
          "> A seq=1+2m len=1m", "< A", "acked 6m")

/* The board needs a second block beyond eight runs; without one the ninth is forgotten. */
ROWS_TEST(test_no_room_for_a_report, "only sack nots", "cfg side_blocks=2", "connect", SEND_6,
          "< A ack=1 sack=101:102,103:104,105:106,107:108",
          "> A seq=1 len=100", "whatever", "< A ack=1 sack=109:110,111:112,113:114,115:116", "whatever",
          "count sack_forgotten 0", "< A ack=1 sack=117:118", "whatever", "count sack_forgotten 1", "< A")

ROWS_TEST(test_peer_shrinks_in_repair, "only sack", "cfg congestion=0", "connect", SEND_6,
          "< A ack=1 win=1 sack=1+3m:1+6m,1+1m:1+2m", "> A seq=1 len=1m", "nothing",
          "< A ack=1+2m win=65408 sack=1+3m:1+6m", "> A seq=1+2m len=1m", "< A")

CHECK_MAIN("tcp/sack_heard", test_three_reports, test_much_behind, test_three_runs_behind,
           test_no_report_no_duplicate, test_two_holes, test_proportional_rate,
           test_report_of_the_unsent, test_report_of_the_acknowledged, test_time_out,
           test_second_time_out_forgets, test_peer_that_takes_back, test_rescue, test_lost_fin,
           test_lost_text_before_fin, test_needless_repair, test_needed_repair, test_first_copy_is_echoed, test_window_before_a_needless_repair, test_first_copy_of_two,
           test_loss_after_a_needless_repair, test_no_block_left,
           test_no_block_left_at_time_out, test_no_room_for_a_report, test_peer_shrinks_in_repair)
