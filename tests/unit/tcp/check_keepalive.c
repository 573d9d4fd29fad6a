/* SPDX-License-Identifier: BSD-3-Clause */
/* Keep-alives of our own (RFC 9293 3.8.4, RFC 1122 4.2.3.6); how theirs are answered is in check_text. */
#include "lib/tcp_rows.h"

#define CFG "cfg keepalive=1000 keepalive_interval=300 keepalive_probes=3"

ROWS_TEST(test_silence_is_probed, CFG, "connect", "quiet 998", "+4ms", "> A seq=0", "< A", "quiet 998",
          "+4ms", "> A seq=0", "< A", "count keepalives 2", "count retransmits 0", "count rto_fired 0",
          "state ESTABLISHED")

ROWS_TEST(test_dead_peer, CFG, "connect", "+1003ms", "> A seq=0", "quiet 297", "+5ms", "> A seq=0",
          "quiet 297", "+5ms", "> A seq=0", "quiet 297", "+5ms", "event TIMEOUT", "state none",
          "count keepalives 3", "count aborts 1")

ROWS_TEST(test_passive_side_too, CFG, "accept", "+1003ms", "> A seq=0", "< A", "state ESTABLISHED")

ROWS_TEST(test_text_moves_the_time, CFG, "connect", "+900ms", "< A len=10", "data 10", "+41ms", "> A",
          "quiet 958", "+4ms", "> A seq=0", "< A")

ROWS_TEST(test_our_text_moves_the_time, CFG, "connect", "+900ms", "send 10", "> A len=10", "+50ms",
          "< A", "quiet 998", "+4ms", "> A seq=10", "< A")

/* Text under way is waited for by the retransmission timer alone. */
ROWS_TEST(test_time_out_comes_first, CFG, "cfg retries=1", "connect", "+900ms", "send 10", "> A len=10",
          "quiet 198", "+6ms", "> A seq=1 len=10", "quiet 390", "+20ms", "event TIMEOUT",
          "count keepalives 0")

ROWS_TEST(test_text_after_an_unanswered_probe, CFG, "connect", "+1003ms", "> A seq=0", "send 10",
          "> A len=10", "quiet 190", "+20ms", "> A seq=1 len=10", "< A", "quiet 998", "+4ms",
          "> A seq=10", "< A")

/* What the probes were tried in vain does not count against the text. */
ROWS_TEST(test_text_has_its_own_tries, CFG, "cfg retries=1", "connect", "+1003ms", "> A seq=0", "+305ms",
          "> A seq=0", "send 10", "> A len=10", "+210ms", "> A seq=1 len=10", "< A", "state ESTABLISHED")

ROWS_TEST(test_heard_before_the_probe_left, CFG, "connect", "hold", "+1003ms", "< A", "go", "nothing",
          "count keepalives 0", "quiet 990", "+15ms", "> A seq=0", "< A")

/* The probe of a peer that asks the same moment is a sign of life. */
ROWS_TEST(test_both_ask, CFG, "connect", "+900ms", "< A seq=0", "> A", "quiet 998", "+4ms", "> A seq=0",
          "< A")

/* What may be forged is none. */
ROWS_TEST(test_strangers_do_not_count, CFG, "connect", "+900ms", "< A seq=1000000", "> A",
          "quiet 98", "+4ms", "> A seq=0", "< A")

ROWS_TEST(test_close_wait_is_watched, CFG, "connect", "< FA", "event PEER_CLOSED", "> A", "quiet 998",
          "+4ms", "> A seq=0", "< A", "state CLOSE-WAIT", "close", "> FA", "< A", "event CLOSED")

/* FIN-WAIT-2 has its own bound: no probe, 60 s. */
ROWS_TEST(test_fin_wait_2_is_not, CFG, "connect", "close", "> FA", "< A", "state FIN-WAIT-2",
          "quiet 5000", "count keepalives 0")

ROWS_TEST(test_zero_window_probes_go_first, CFG, "connect", "< A win=0", "send 10", "quiet 190", "+20ms",
          "> A seq=1 len=1", "< A ack=1 win=0", "+420ms", "> A seq=1 len=1", "< A ack=1 win=1024",
          "> A seq=1 len=10", "< A", "quiet 998", "+4ms", "> A seq=10", "< A", "count keepalives 1",
          "count window_probes 2")

ROWS_TEST(test_reset_in_answer, CFG, "connect", "+1003ms", "> A seq=0", "< R", "event RESET",
          "state none")

ROWS_TEST(test_off, "connect", "quiet 100000", "count keepalives 0")

CHECK_MAIN("tcp/keepalive", test_silence_is_probed, test_dead_peer, test_passive_side_too,
           test_text_moves_the_time, test_our_text_moves_the_time, test_time_out_comes_first,
           test_text_after_an_unanswered_probe, test_text_has_its_own_tries,
           test_heard_before_the_probe_left, test_both_ask, test_strangers_do_not_count,
           test_close_wait_is_watched, test_fin_wait_2_is_not, test_zero_window_probes_go_first,
           test_reset_in_answer, test_off)
