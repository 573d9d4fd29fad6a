/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening: active, passive, simultaneous, with losses, refused (RFC 9293 3.5, RFC 6298 2). */
#include "lib/tcp_rows.h"

ROWS_TEST(test_active, "open", "state SYN-SENT", "> S ack=*", "quiet 900", "< SA", "drop none", "> A",
          "event OPEN", "state ESTABLISHED", "quiet 5000", "count retransmits 0")

ROWS_TEST(test_passive, "listen", "< S", "> SA", "quiet 900", "< A", "event OPEN",
          "state ESTABLISHED", "count accepts 1", "quiet 5000")

ROWS_TEST(test_passive_with_data_in_the_ack, "listen", "< S", "> SA", "< A len=10", "event OPEN",
          "data 10", "+41ms", "> A")

ROWS_TEST(test_syn_with_text_is_taken_without_it, "listen", "< S len=5", "> SA ack=1",
          "< A seq=1", "event OPEN")

ROWS_TEST(test_simultaneous, "open", "> S", "< S", "> SA seq=0", "state SYN-RECEIVED",
          "< SA seq=0 ack=1", "drop none", "event OPEN", "state ESTABLISHED", "quiet 3000",
          "send 10", "> A len=10")

ROWS_TEST(test_simultaneous_then_plain_ack, "open", "> S", "< S", "> SA seq=0", "< A", "event OPEN",
          "state ESTABLISHED")

ROWS_TEST(test_simultaneous_answer_lost, "open", "> S", "< S", "> SA seq=0", "+990ms", "nothing",
          "+20ms", "> SA seq=0", "< SA seq=0 ack=1", "event OPEN")

ROWS_TEST(test_lost_syn_backs_off, "open", "> S", "quiet 998", "+4ms", "> S seq=0", "quiet 1996",
          "+6ms", "> S seq=0", "quiet 3990", "+12ms", "> S seq=0", "quiet 7980", "+30ms",
          "event TIMEOUT", "state none", "count rto_fired 3", "count retransmits 3", "count aborts 1")

/* RFC 5681 3.1: after a lost SYN the first window is one segment. */
ROWS_TEST(test_lost_syn_shrinks_first_window, "open", "> S", "+1002ms", "> S seq=0", "< SA", "> A",
          "event OPEN", "send 4m", "> A len=1m", "nothing", "< A", "> A len=1m", "> A len=1m",
          "nothing")

ROWS_TEST(test_lost_syn_ack, "listen", "< S", "> SA", "quiet 998", "+4ms", "> SA seq=0", "< A",
          "event OPEN", "count retransmits 1")

/* ... and does not halve what slow start may reach. */
ROWS_TEST(test_lost_syn_ack_keeps_slow_start, "listen", "< S", "> SA", "+1010ms", "> SA seq=0", "< A",
          "event OPEN", "send 7m", "> A len=1m", "< A", "> A len=1m", "> A len=1m", "< A ack=1+2m",
          "> A len=1m", "> A len=1m", "< A ack=1+3m", "> A len=1m", "> A len=1m", "nothing", "< A")

/* What was not sent cannot be acknowledged. */
ROWS_TEST(test_ack_before_syn, "hold", "open", "< SA ack=1", "drop tcp_bad_ack", "> R seq=1 ack=*", "go",
          "> S seq=0 ack=*", "< SA seq=0", "> A", "event OPEN")

/* The peer asks again: our answer was lost. */
ROWS_TEST(test_repeated_syn, "listen", "< S", "> SA", "< S seq=0", "drop tcp_duplicate", "> SA seq=0",
          "< A", "event OPEN")

ROWS_TEST(test_passive_gives_up_silently, "listen", "< S", "> SA", "+1010ms", "> SA seq=0", "+2010ms",
          "> SA seq=0", "+4010ms", "> SA seq=0", "+8050ms", "state none", "count aborts 1")

ROWS_TEST(test_refused, "open", "> S", "< RA seq=0", "event REFUSED", "state none",
          "count rst_received 1")

ROWS_TEST(test_reset_without_ack_is_ignored, "open", "> S", "< R seq=0", "drop tcp_bad_rst", "nothing",
          "state SYN-SENT", "< RA seq=0 ack=7", "drop tcp_bad_ack", "nothing", "state SYN-SENT")

ROWS_TEST(test_wrong_ack_in_syn_sent, "open", "> S", "< SA ack=2", "drop tcp_bad_ack", "> R seq=2",
          "state SYN-SENT", "< SA seq=0", "> A", "event OPEN")

ROWS_TEST(test_wrong_ack_in_syn_received, "listen", "< S", "> SA", "< A ack=2", "drop tcp_bad_ack",
          "> R seq=2", "state none", "< A", "event OPEN", "state ESTABLISHED")

ROWS_TEST(test_passive_reset_is_silent, "listen", "< S", "> SA", "< R", "state none", "nothing")

ROWS_TEST(test_simultaneous_refused, "open", "> S", "< S", "> SA seq=0", "< R", "event REFUSED")

ROWS_TEST(test_nobody_listens, "< S", "drop tcp_no_conn", "> RA seq=* ack=1", "< A seq=9 ack=9",
          "> R seq=9", "< R", "nothing", "count rst_sent 2")

ROWS_TEST(test_text_queued_before_open, "open", "> S", "send 100", "nothing", "< SA", "event OPEN",
          "> A len=100", "< A", "acked 100")

ROWS_TEST(test_lost_last_ack_of_handshake, "connect", "< SA seq=0 ack=1", "drop tcp_duplicate", "> A")

CHECK_MAIN("tcp/open", test_active, test_passive, test_passive_with_data_in_the_ack,
           test_syn_with_text_is_taken_without_it, test_simultaneous,
           test_simultaneous_then_plain_ack, test_simultaneous_answer_lost, test_lost_syn_backs_off,
           test_lost_syn_shrinks_first_window, test_lost_syn_ack, test_lost_syn_ack_keeps_slow_start, test_ack_before_syn,
           test_repeated_syn,
           test_passive_gives_up_silently, test_refused, test_reset_without_ack_is_ignored,
           test_wrong_ack_in_syn_sent, test_wrong_ack_in_syn_received, test_passive_reset_is_silent,
           test_simultaneous_refused, test_nobody_listens, test_text_queued_before_open,
           test_lost_last_ack_of_handshake)
