/* SPDX-License-Identifier: BSD-3-Clause */
/* SEGMENT ARRIVES, state by state and step by step (RFC 9293 3.10.7): what no other file has. */
#include "lib/tcp_rows.h"

#define FIN_WAIT_1 "connect", "close", "> FA", "state FIN-WAIT-1"
#define FIN_WAIT_2 "connect", "close", "> FA", "< A", "state FIN-WAIT-2"
#define CLOSE_WAIT "connect", "< FA", "event PEER_CLOSED", "> A", "state CLOSE-WAIT"
#define CLOSING    "connect", "close", "> FA", "< FA ack=1", "> A seq=2", "state CLOSING"
#define LAST_ACK   CLOSE_WAIT, "close", "> FA", "state LAST-ACK"
#define TIME_WAIT  "connect", "close", "> FA", "< FA", "event CLOSED", "> A", "state none"

/* 3.10.7.1 CLOSED */
ROWS_TEST(test_closed_text_without_ack, "< P len=10 seq=5", "drop tcp_no_conn", "> RA seq=* ack=15")

ROWS_TEST(test_closed_fin_counts, "< F len=10 seq=5", "> RA seq=* ack=16")

ROWS_TEST(test_closed_reset_is_not_answered, "< R", "drop tcp_no_conn", "nothing", "< RA", "nothing")

/* 3.10.7.2 LISTEN */
ROWS_TEST(test_listen_first_reset, "listen", "< R", "nothing", "< RS", "nothing", "state none")

ROWS_TEST(test_listen_second_ack, "listen", "< A ack=77", "> R seq=*", "< SA ack=78", "> R seq=*",
          "state none", "count rst_sent 2")

ROWS_TEST(test_listen_third_syn_with_fin, "listen", "< SF", "> SA ack=1", "< A seq=1", "event OPEN",
          "< FA seq=1", "event PEER_CLOSED", "> A ack=2")

ROWS_TEST(test_listen_fourth_other, "listen", "< P len=10", "drop tcp_state", "nothing", "< F",
          "drop tcp_state", "nothing", "state none", "count rst_sent 0")

/* 3.10.7.3 SYN-SENT */
ROWS_TEST(test_syn_sent_first_old_ack, "open", "> S", "< A ack=0", "drop tcp_bad_ack", "> R seq=0",
          "state SYN-SENT")

ROWS_TEST(test_syn_sent_fourth_text_in_the_answer, "open", "> S", "< SA len=5", "> A ack=1", "event OPEN",
          "data 0", "< A seq=1 len=5", "data 5", "+41ms", "> A ack=6")

ROWS_TEST(test_syn_sent_fifth_neither, "open", "> S", "< A ack=1", "drop tcp_state", "nothing",
          "< FA seq=1 ack=1", "drop tcp_state", "nothing", "< P seq=1 len=10", "drop tcp_state", "nothing",
          "state SYN-SENT", "< SA seq=0", "> A ack=1", "event OPEN")

/* 3.10.7.4, first: sequence number */
ROWS_TEST(test_syn_received_first_outside, "listen", "< S", "> SA", "< A seq=3000000", "> A seq=1 ack=1",
          "< A", "event OPEN")

ROWS_TEST(test_fin_wait_1_first_outside, FIN_WAIT_1, "< A seq=3000000 len=5", "drop tcp_out_of_window",
          "> A seq=2 ack=1", "state FIN-WAIT-1")

ROWS_TEST(test_close_wait_first_outside, CLOSE_WAIT, "< A seq=3000000 len=5", "> A ack=2",
          "state CLOSE-WAIT")

ROWS_TEST(test_closing_first_outside, CLOSING, "< A seq=3000000", "> A seq=2 ack=2", "state CLOSING")

ROWS_TEST(test_last_ack_first_outside, LAST_ACK, "< A seq=3000000", "> A seq=2 ack=2", "state LAST-ACK")

/* A closed window: text is refused, ACKs and resets are taken. */
#define CLOSED_WINDOW "cfg window=2000", "connect", "pause", "< A len=1000", "< A len=1000", "> A win=0",     \
                      "data 2000"

ROWS_TEST_IN(test_closed_window_takes_acks, false, 0, 1000, CLOSED_WINDOW, "send 10", "> A len=10", "< A",
             "acked 10", "nothing")

ROWS_TEST_IN(test_closed_window_takes_acks_with_text, false, 0, 1000, CLOSED_WINDOW, "send 10",
             "> A len=10", "< A len=5", "acked 10", "data 0", "> A ack=2001 win=0")

ROWS_TEST_IN(test_closed_window_takes_resets, false, 0, 1000, CLOSED_WINDOW, "< R", "event RESET")

ROWS_TEST_IN(test_closed_window_takes_fins, false, 0, 1000, CLOSED_WINDOW, "< FA", "event PEER_CLOSED",
             "> A ack=2002 win=0")

/* second: RST */
ROWS_TEST(test_syn_received_second_inexact, "listen", "< S", "> SA", "< R seq=2", "drop tcp_bad_rst",
          "> A seq=1 ack=1", "count aborts 0", "< R seq=1", "count aborts 1", "nothing")

ROWS_TEST(test_fin_wait_1_second_inexact, FIN_WAIT_1, "< R seq=2", "drop tcp_bad_rst", "> A seq=2",
          "state FIN-WAIT-1", "count challenge_acks 1")

ROWS_TEST(test_fin_wait_2_second_inexact, FIN_WAIT_2, "< R seq=2", "> A", "state FIN-WAIT-2")

ROWS_TEST(test_close_wait_second_inexact, CLOSE_WAIT, "< R seq=3", "> A", "state CLOSE-WAIT")

ROWS_TEST(test_closing_second_inexact, CLOSING, "< R seq=3", "> A seq=2", "state CLOSING")

ROWS_TEST(test_last_ack_second_inexact, LAST_ACK, "< R seq=3", "> A seq=2", "state LAST-ACK")

ROWS_TEST(test_closing_second_exact, CLOSING, "< R seq=2", "event CLOSED", "state none")

ROWS_TEST(test_reset_may_carry_an_ack, "connect", "< RA", "event RESET", "state none")

/* fourth: SYN */
ROWS_TEST(test_syn_received_fourth, "listen", "< S", "> SA", "< S seq=100", "drop tcp_bad_syn", "nothing",
          "count aborts 1", "< S seq=200", "> SA seq=* ack=201")

ROWS_TEST(test_syn_received_active_fourth, "open", "> S", "< S", "> SA seq=0", "< S seq=100",
          "drop tcp_bad_syn", "> A seq=1 ack=1", "state SYN-RECEIVED", "< A", "event OPEN")

ROWS_TEST(test_fin_wait_1_fourth, FIN_WAIT_1, "< S seq=100", "drop tcp_bad_syn", "> A seq=2",
          "state FIN-WAIT-1")

ROWS_TEST(test_fin_wait_2_fourth, FIN_WAIT_2, "< S seq=100", "> A", "state FIN-WAIT-2")

ROWS_TEST(test_close_wait_fourth, CLOSE_WAIT, "< S seq=100", "> A", "state CLOSE-WAIT")

ROWS_TEST(test_closing_fourth, CLOSING, "< S seq=100", "> A seq=2", "state CLOSING")

ROWS_TEST(test_last_ack_fourth, LAST_ACK, "< S seq=100", "> A seq=2", "state LAST-ACK")

ROWS_TEST(test_syn_ack_in_established, "connect", "< SA seq=100 ack=1", "drop tcp_bad_syn", "> A",
          "state ESTABLISHED")

/* fifth: ACK */
ROWS_TEST(test_syn_received_fifth_no_ack, "listen", "< S", "> SA", "< P seq=1 len=10", "drop tcp_state",
          "nothing", "< A seq=1", "event OPEN")

ROWS_TEST(test_fin_wait_1_fifth_no_ack, FIN_WAIT_1, "< F", "drop tcp_state", "nothing",
          "state FIN-WAIT-1")

ROWS_TEST(test_close_wait_fifth_unsent, CLOSE_WAIT, "< A ack=7", "drop tcp_bad_ack", "> A",
          "state CLOSE-WAIT")

ROWS_TEST(test_fin_wait_1_fifth_text_alone, "connect", "send 10", "> A len=10", "close", "> FA",
          "< A ack=11", "acked 10", "state FIN-WAIT-1", "< A", "state FIN-WAIT-2", "acked 10")

ROWS_TEST(test_closing_fifth_text_alone, "connect", "send 10", "> A len=10", "close", "> FA",
          "< FA ack=1", "> A", "state CLOSING", "< A ack=11", "state CLOSING", "< A", "event CLOSED",
          "> A")

ROWS_TEST(test_last_ack_fifth_text_alone, CLOSE_WAIT, "send 10", "> A len=10", "close", "> FA",
          "< A ack=11", "acked 10", "state LAST-ACK", "< A", "event CLOSED")

ROWS_TEST(test_last_ack_fifth_unsent, LAST_ACK, "< A ack=3", "drop tcp_bad_ack", "> A seq=2",
          "state LAST-ACK")

/* sixth: URG: the bytes are text like any other */
ROWS_TEST(test_urgent_text_is_delivered_in_line, "connect", "< AU len=10", "data 10", "< A len=10",
          "data 10", "+41ms", "> A")

/* seventh: text */
ROWS_TEST(test_fin_wait_1_seventh, FIN_WAIT_1, "< A ack=1 len=10", "data 10", "+41ms", "> A seq=2")

ROWS_TEST(test_fin_wait_2_seventh, FIN_WAIT_2, "< A len=1m", "< A len=1m", "> A", "data 2m",
          "state FIN-WAIT-2")

ROWS_TEST(test_close_wait_seventh_none_is_taken, CLOSE_WAIT, "< A len=10", "data 0", "nothing",
          "state CLOSE-WAIT")

ROWS_TEST(test_closing_seventh_none_is_taken, CLOSING, "< A ack=1 len=10", "data 0", "nothing",
          "state CLOSING")

ROWS_TEST(test_last_ack_seventh_none_is_taken, LAST_ACK, "< A ack=1 len=10", "data 0", "nothing",
          "state LAST-ACK")

/* eighth: FIN */
ROWS_TEST(test_syn_received_eighth, "listen", "< S", "> SA", "< FA seq=1", "event OPEN", "event PEER_CLOSED",
          "> A ack=2", "state CLOSE-WAIT")

ROWS_TEST(test_syn_received_closed_eighth, "open", "> S", "< S", "> SA seq=0", "close", "< FA", "event OPEN",
          "> FA ack=2", "state CLOSING", "< A", "event CLOSED", "> A")

ROWS_TEST(test_fin_wait_2_eighth_with_text, FIN_WAIT_2, "< FA len=10", "data 10", "event CLOSED", "> A ack=12")

ROWS_TEST(test_closing_eighth_again, CLOSING, "< FA seq=1 ack=1", "drop tcp_duplicate", "> A seq=2 ack=2",
          "state CLOSING", "< A", "event CLOSED", "> A")

ROWS_TEST(test_time_wait_eighth_without_ack, TIME_WAIT, "< F seq=1", "drop tcp_time_wait", "> A seq=2 ack=2")

/* 3.10.4 CLOSE a second time */
ROWS_TEST(test_close_twice, FIN_WAIT_1, "close", "nothing", "< A", "close", "nothing", "state FIN-WAIT-2",
          "< FA", "event CLOSED", "> A")

ROWS_TEST(test_close_twice_from_the_other_side, LAST_ACK, "close", "nothing", "< A", "event CLOSED")

ROWS_TEST(test_close_twice_when_both_do, CLOSING, "close", "nothing", "< A", "event CLOSED", "> A")

CHECK_MAIN("tcp/arrives", test_closed_text_without_ack, test_closed_fin_counts,
           test_closed_reset_is_not_answered, test_listen_first_reset, test_listen_second_ack,
           test_listen_third_syn_with_fin, test_listen_fourth_other, test_syn_sent_first_old_ack,
           test_syn_sent_fourth_text_in_the_answer, test_syn_sent_fifth_neither,
           test_syn_received_first_outside, test_fin_wait_1_first_outside,
           test_close_wait_first_outside, test_closing_first_outside, test_last_ack_first_outside,
           test_closed_window_takes_acks, test_closed_window_takes_acks_with_text,
           test_closed_window_takes_resets, test_closed_window_takes_fins,
           test_syn_received_second_inexact, test_fin_wait_1_second_inexact,
           test_fin_wait_2_second_inexact, test_close_wait_second_inexact,
           test_closing_second_inexact, test_last_ack_second_inexact, test_closing_second_exact,
           test_reset_may_carry_an_ack, test_syn_received_fourth, test_syn_received_active_fourth,
           test_fin_wait_1_fourth, test_fin_wait_2_fourth, test_close_wait_fourth,
           test_closing_fourth, test_last_ack_fourth, test_syn_ack_in_established,
           test_syn_received_fifth_no_ack, test_fin_wait_1_fifth_no_ack,
           test_close_wait_fifth_unsent, test_fin_wait_1_fifth_text_alone,
           test_closing_fifth_text_alone, test_last_ack_fifth_text_alone,
           test_last_ack_fifth_unsent, test_urgent_text_is_delivered_in_line,
           test_fin_wait_1_seventh, test_fin_wait_2_seventh, test_close_wait_seventh_none_is_taken,
           test_closing_seventh_none_is_taken, test_last_ack_seventh_none_is_taken,
           test_syn_received_eighth, test_syn_received_closed_eighth,
           test_fin_wait_2_eighth_with_text, test_closing_eighth_again,
           test_time_wait_eighth_without_ack, test_close_twice, test_close_twice_from_the_other_side,
           test_close_twice_when_both_do)
