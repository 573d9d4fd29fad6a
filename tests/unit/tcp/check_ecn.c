/* SPDX-License-Identifier: BSD-3-Clause */
/* Explicit congestion notification, a key (RFC 3168). E: ECE, W: CWR; ecn=2: ECT(0), 3: CE. */
#include "lib/tcp_rows.h"

#define CONNECT "cfg ecn=1", "open", "> SEW", "< SAE", "> A", "event OPEN"
#define SEND_4 "send 4m", "4* > A len=1m ecn=2"
#define SEND_10 "send 10m", "10* > A len=1m ecn=2"

/* 6.1.1: the handshake. */
ROWS_TEST(test_agreed, CONNECT, "send 10", "> A len=10 ecn=2", "< A")

ROWS_TEST(test_agreed_by_the_listener, "cfg ecn=1", "listen", "< SEW", "> SAE", "< A", "event OPEN",
          "send 10", "> A len=10 ecn=2", "< A")

ROWS_TEST(test_refused_by_the_listener, "cfg ecn=1", "open", "> SEW", "< SA", "> A", "event OPEN",
          "send 10", "> A len=10", "< AE", "nothing", "count ecn_reductions 0")

ROWS_TEST(test_mirrored_flags_are_no_answer, "cfg ecn=1", "open", "> SEW", "< SAEW", "> A", "event OPEN",
          "send 10", "> A len=10", "< A")

ROWS_TEST(test_not_offered_to_the_listener, "cfg ecn=1", "listen", "< S", "> SA", "< A", "event OPEN",
          "send 10", "> A len=10", "< A")

ROWS_TEST(test_half_an_offer_is_none, "cfg ecn=1", "listen", "< SE", "> SA", "< A", "event OPEN",
          "send 10", "> A len=10", "< A")

ROWS_TEST(test_off, "listen", "< SEW", "> SA", "< A", "event OPEN", "< A len=10 ecn=3", "+41ms", "> A",
          "data 10", "send 10", "> A len=10", "< AE", "count ecn_marks 0")

ROWS_TEST(test_simultaneous_open, "cfg ecn=1", "open", "> SEW", "< SEW", "> SAE seq=0", "< SAE seq=0",
          "event OPEN", "send 10", "> A len=10 ecn=2", "< A")

/* 6.1.1.1: some networks drop the offer. The SYN sent again makes none, and a late answer to the first
 * is too late. */
ROWS_TEST(test_offer_is_dropped, "cfg ecn=1", "open", "> SEW", "+1005ms", "> S seq=0", "< SA", "> A",
          "event OPEN", "send 10", "> A len=10", "< A")

ROWS_TEST(test_answer_to_the_first_offer_is_late, "cfg ecn=1", "open", "> SEW", "+1005ms", "> S seq=0",
          "< SAE", "> A", "event OPEN", "send 10", "> A len=10", "< A")

ROWS_TEST(test_peers_offer_was_dropped, "cfg ecn=1", "listen", "< SEW", "> SAE", "< S seq=0",
          "> SA seq=0", "< A", "event OPEN", "send 10", "> A len=10", "< A")

/* 6.1.4, 6.1.5, 6.1.6: what says that it may be marked. */
ROWS_TEST(test_bare_acks_do_not, CONNECT, "< A len=1m", "< A len=1m", "> A", "data 2m")

ROWS_TEST(test_repetitions_do_not, CONNECT, "send 10", "> A len=10 ecn=2", "+210ms", "> A seq=1 len=10",
          "< A", "acked 10")

ROWS_TEST(test_repairs_do_not, "only nosack", CONNECT, SEND_4, "3* < A ack=1", "> A seq=1 len=1m", "< A")

ROWS_TEST(test_window_probes_do_not, CONNECT, "< A win=0", "send 10", "+210ms", "> A seq=1 len=1",
          "< A ack=2 win=1024", "> A seq=2 len=9 ecn=2", "< A")

ROWS_TEST(test_fins_do_not, CONNECT, "close", "> FA", "< A", "state FIN-WAIT-2")

ROWS_TEST(test_last_text_does, CONNECT, "hold", "send 10", "close", "go", "> FA len=10 ecn=2", "< A")

/* 6.1.3: a mark is told of until the sender says that it knows. */
ROWS_TEST(test_mark_is_told, CONNECT, "< A len=1m ecn=3", "< A len=1m ecn=2", "> AE", "< A len=1m ecn=2",
          "< A len=1m ecn=2", "> AE", "send 10", "> AE len=10 ecn=2", "< AW len=1m ecn=2",
          "< A len=1m ecn=2", "> A", "data 6m", "count ecn_marks 1")

ROWS_TEST(test_cwr_marked_itself, CONNECT, "< A len=1m ecn=3", "< A len=1m ecn=2", "> AE",
          "< AW len=1m ecn=3", "< A len=1m ecn=2", "> AE", "data 4m", "count ecn_marks 2")

ROWS_TEST(test_mark_on_text_out_of_order, CONNECT, "< A seq=11 len=10 ecn=3", "> AE ack=1",
          "< A seq=1 len=10 ecn=2", "> AE ack=21", "data 20")

ROWS_TEST(test_mark_outside_the_window_is_nothing, CONNECT, "< A seq=3000000 len=10 ecn=3", "> A",
          "count ecn_marks 0")

ROWS_TEST(test_mark_on_a_bare_ack_is_nothing, CONNECT, "< A ecn=3", "< A len=10 ecn=2", "+41ms", "> A",
          "data 10", "count ecn_marks 0")

/* 6.1.2: the window is halved, once a round trip, and the next new text says so. */
ROWS_TEST(test_window_is_halved, "only small", CONNECT, SEND_10, "< AE ack=1+2m", "nothing", "< AE ack=1+5m",
          "nothing", "< AE", "count ecn_reductions 1", "send 10m", "> AW len=1m ecn=2",
          "5* > A len=1m ecn=2", "nothing", "< A", "4* > A len=1m ecn=2", "< A", "send 10m",
          "7* > A len=1m ecn=2", "nothing", "count retransmits 0", "< A", "whatever")

/* The second ECE may still be about the time before; once the text that said CWR is acknowledged it
 * is news. */
ROWS_TEST(test_news_after_cwr, "only small", CONNECT, SEND_10, "< AE", "send 2m", "> AW len=1m ecn=2",
          "> A len=1m ecn=2", "< AE ack=1+10m", "count ecn_reductions 1", "< AE ack=1+11m",
          "count ecn_reductions 2", "< A")

ROWS_TEST(test_waiting_peer_tells_on_and_on, "only small", CONNECT, SEND_10, "< AE", "5* < AE len=100", "data 500",
          "count ecn_reductions 1", "+41ms", "> A", "send 1m", "> AW len=1m ecn=2", "< A")

ROWS_TEST(test_never_below_two_segments, "cfg init_cwnd=2", CONNECT, "send 2m", "2* > A len=1m ecn=2",
          "< AE", "send 4m", "> AW len=1m ecn=2", "> A len=1m ecn=2", "nothing", "< A",
          "2* > A len=1m ecn=2", "< A")

/* A loss in the same round trip is repaired without another reduction. */
ROWS_TEST(test_loss_beside_a_mark, "only nosack small", CONNECT, SEND_10, "< AE ack=1+1m", "2* < AE ack=1+1m",
          "< AE ack=1+1m", "> A seq=1+1m len=1m", "< AE", "count ecn_reductions 1",
          "count fast_retransmits 1", "send 3m", "> AW len=1m ecn=2", "> A len=1m ecn=2", "nothing",
          "< A", "> A len=1m ecn=2", "< A")

/* ... which shows in where slow start ends: beyond five segments, not beyond four. */
ROWS_TEST(test_one_reduction_for_both, "only nosack small", CONNECT, SEND_10, "< AE ack=1+1m", "3* < AE ack=1+1m",
          "> A seq=1+1m len=1m", "< AE", "send 40m", "> AW len=1m ecn=2", "> A len=1m ecn=2", "< A",
          "3* > A len=1m ecn=2", "< A", "4* > A len=1m ecn=2", "< A", "5* > A len=1m ecn=2", "< A",
          "6* > A len=1m ecn=2", "nothing", "count ecn_reductions 1")

/* A repair and a time-out reduce the window, too, and say so. */
ROWS_TEST(test_repair_says_cwr, "only nosack", CONNECT, SEND_4, "3* < A ack=1", "> A seq=1 len=1m", "send 1m",
          "> AW len=1m ecn=2", "< A")

ROWS_TEST(test_time_out_says_cwr, CONNECT, "send 10", "> A len=10 ecn=2", "+210ms", "> A seq=1 len=10",
          "< A", "send 1m", "> AW len=1m ecn=2", "< A")

ROWS_TEST(test_mark_during_repair_is_no_second, "only nosack", CONNECT, SEND_4, "3* < AE ack=1", "count ecn_reductions 1",
          "> A seq=1 len=1m", "< AE ack=1", "< AE", "count ecn_reductions 1")

CHECK_MAIN("tcp/ecn", test_agreed, test_agreed_by_the_listener, test_refused_by_the_listener,
           test_mirrored_flags_are_no_answer, test_not_offered_to_the_listener,
           test_half_an_offer_is_none, test_off, test_simultaneous_open, test_offer_is_dropped,
           test_answer_to_the_first_offer_is_late, test_peers_offer_was_dropped,
           test_bare_acks_do_not, test_repetitions_do_not, test_repairs_do_not,
           test_window_probes_do_not, test_fins_do_not, test_last_text_does, test_mark_is_told,
           test_cwr_marked_itself, test_mark_on_text_out_of_order,
           test_mark_outside_the_window_is_nothing, test_mark_on_a_bare_ack_is_nothing,
           test_window_is_halved, test_news_after_cwr, test_waiting_peer_tells_on_and_on,
           test_never_below_two_segments, test_loss_beside_a_mark,
           test_one_reduction_for_both, test_repair_says_cwr,
           test_time_out_says_cwr, test_mark_during_repair_is_no_second)
