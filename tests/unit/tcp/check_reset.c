/* SPDX-License-Identifier: BSD-3-Clause */
/* Resets and forged segments (RFC 9293 3.5.2 and 3.10.7.4, RFC 5961), aborts. */
#include "lib/tcp_rows.h"

ROWS_TEST(test_exact_reset, "connect", "< R", "event RESET", "state none", "count rst_received 1")

ROWS_TEST(test_reset_inside_window_is_challenged, "connect", "< R seq=2", "drop tcp_bad_rst", "> A",
          "state ESTABLISHED", "count challenge_acks 1")

ROWS_TEST(test_reset_outside_window_is_ignored, "connect", "< R seq=400000", "drop tcp_bad_rst",
          "nothing", "< R seq=0", "nothing", "state ESTABLISHED")

ROWS_TEST(test_syn_in_established_is_challenged, "connect", "< S seq=5", "drop tcp_bad_syn", "> A",
          "state ESTABLISHED", "< S seq=1", "drop tcp_bad_syn",
          "> A ack=1", "count challenge_acks 2")

ROWS_TEST(test_syn_outside_window_is_answered, "connect", "< S seq=500000", "> A",
          "state ESTABLISHED")

ROWS_TEST(test_ack_of_the_unsent, "connect", "< A ack=2", "drop tcp_bad_ack", "> A",
          "count challenge_acks 1", "state ESTABLISHED")

ROWS_TEST(test_ack_of_the_unsent_takes_no_text, "connect", "< A ack=2 len=10", "drop tcp_bad_ack",
          "> A ack=1", "data 0", "< A seq=1 len=10", "data 10", "+41ms", "> A")

ROWS_TEST(test_very_old_ack, "connect", "send 10", "> A len=10", "< A", "< A ack=-8400000",
          "drop tcp_bad_ack", "> A")

ROWS_TEST(test_old_ack_is_harmless, "connect", "send 20", "> A len=20", "< A", "< A ack=11",
          "drop none", "nothing")

ROWS_TEST(test_no_ack_no_entry, "connect", "< P len=10", "drop tcp_state", "data 0", "nothing",
          "< A seq=1", "nothing")

ROWS_TEST(test_abort_established, "connect", "abort", "> RA", "state none", "count rst_sent 1")

ROWS_TEST(test_abort_syn_sent, "open", "> S", "abort", "nothing", "state none")

ROWS_TEST(test_abort_syn_received, "open", "> S", "< S", "> SA seq=0", "abort", "> RA",
          "state none")

ROWS_TEST(test_abort_fin_wait, "connect", "close", "> FA", "abort", "> RA", "state none")

ROWS_TEST(test_abort_fin_wait_2, "connect", "close", "> FA", "< A", "abort", "> RA")

ROWS_TEST(test_abort_close_wait, "connect", "< FA", "event PEER_CLOSED", "> A", "abort", "> RA")

ROWS_TEST(test_abort_closing, "connect", "close", "> FA", "< FA ack=1", "> A", "abort", "> RA")

ROWS_TEST(test_abort_last_ack, "connect", "< FA", "event PEER_CLOSED", "> A", "close", "> FA",
          "abort", "> RA", "state none")

ROWS_TEST(test_abort_with_text_under_way, "connect", "send 2m", "> A len=1m", "> A len=1m", "+210ms",
          "> A seq=1 len=1m", "abort", "> RA seq=1+2m")

ROWS_TEST(test_reset_in_each_closing_state, "connect", "close", "> FA", "< R", "event RESET", "port 1",
          "connect", "port 1", "close", "> FA", "< A", "< R", "event RESET", "port 2", "connect",
          "port 2", "< FA", "event PEER_CLOSED", "> A", "< R", "event RESET")

ROWS_TEST(test_reset_behind_everything_closes, "connect", "< FA", "event PEER_CLOSED", "> A", "close",
          "> FA", "< R ack=*", "event CLOSED", "count closes 1")

ROWS_TEST(test_reset_behind_lost_text, "connect", "< FA", "event PEER_CLOSED", "> A", "send 5", "> A len=5",
          "close", "> FA", "< R", "event RESET")

/* RFC 5961 7: a bound for all connections, a second of 2^30 ns. */
ROWS_TEST(test_challenges_are_bounded, "connect", "hold", "1000* < R seq=2", "go", "> A",
          "count challenge_acks 1000", "< R seq=2", "drop tcp_bad_rst", "nothing", "< A ack=2",
          "drop tcp_bad_ack", "nothing", "< S seq=5", "drop tcp_bad_syn", "nothing", "+1100ms",
          "< R seq=2", "> A", "count challenge_acks 1001", "state ESTABLISHED")

ROWS_TEST(test_after_the_end_strangers, "connect", "< R", "event RESET", "< A len=10",
          "drop tcp_no_conn", "> R seq=1")

CHECK_MAIN("tcp/reset", test_exact_reset, test_reset_inside_window_is_challenged,
           test_reset_outside_window_is_ignored, test_syn_in_established_is_challenged,
           test_syn_outside_window_is_answered, test_ack_of_the_unsent,
           test_ack_of_the_unsent_takes_no_text, test_very_old_ack, test_old_ack_is_harmless,
           test_no_ack_no_entry, test_abort_established, test_abort_syn_sent,
           test_abort_syn_received, test_abort_fin_wait, test_abort_fin_wait_2,
           test_abort_close_wait, test_abort_closing, test_abort_last_ack,
           test_abort_with_text_under_way, test_reset_in_each_closing_state,
           test_reset_behind_everything_closes, test_reset_behind_lost_text,
           test_challenges_are_bounded, test_after_the_end_strangers)
