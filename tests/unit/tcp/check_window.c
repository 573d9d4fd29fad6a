/* SPDX-License-Identifier: BSD-3-Clause */
/* Windows: zero and probed, reopened, never taken back, silly ones (RFC 9293 3.8.6). */
#include "lib/tcp_rows.h"

/* Windows are multiples of 128, so that scale 7 can say them. */
ROWS_TEST(test_zero_window_is_probed, "connect", "< A win=0", "send 100", "nothing", "quiet 190", "+20ms",
          "> A seq=1 len=1", "< A ack=1 win=0", "quiet 380", "+40ms", "> A seq=1 len=1",
          "< A ack=1 win=0", "quiet 740", "+100ms", "> A seq=1 len=1", "< A ack=1 win=1024",
          "> A seq=1 len=100", "< A", "acked 100", "count window_probes 3", "count rto_fired 0",
          "quiet 3000")

/* The last number of the handshake and the first of what follows are the same. */
ROWS_TEST(test_window_of_equal_numbers_closes, "accept", "< A win=0", "send 100", "nothing", "quiet 190",
          "+20ms", "> A seq=1 len=1", "< A ack=1 win=1024", "> A seq=1 len=100", "< A", "acked 100",
          "count window_probes 1", "count rto_fired 0")

ROWS_TEST(test_probe_byte_is_taken, "connect", "< A win=0", "send 100", "+210ms", "> A seq=1 len=1",
          "< A ack=2 win=0", "quiet 190", "+30ms", "> A seq=2 len=1", "< A ack=3 win=1024",
          "> A seq=3 len=98", "< A", "acked 100")

ROWS_TEST_IN(test_window_closes_on_waiting_data, true, 0, 1460, "connect", "< A win=1448",
             "send 2m", "> A len=1m", "nothing", "< A win=0", "count zero_window 1", "+230ms",
             "> A seq=1+1m len=1", "< A", "> A seq=2+1m len=1m-1", "< A", "acked 2m")

/* Which window data waits for is counted apart. */
ROWS_TEST_IN(test_waits_are_told_apart, true, 0, 1460, "cfg init_cwnd=2", "connect", "< A win=1448",
             "send 3m", "> A len=1m", "nothing", "count window_waits 1", "count cwnd_waits 0",
             "< A win=65535", "> A seq=1+1m len=1m", "> A seq=1+2m len=1m", "< A",
             "count window_waits 1", "send 9m", "5* > A len=1m",
             "nothing", "count window_waits 1", "count cwnd_waits 1", "< A", "4* > A len=1m", "< A", "acked 12m",
             "count cwnd_waits 1")

/* Answered probes keep a connection for ever, unanswered ones do not. */
ROWS_TEST(test_answered_probes_go_on, "cfg retries=2", "connect", "< A win=0", "send 10", "+210ms",
          "> A len=1 seq=1", "< A ack=1 win=0", "+420ms", "> A len=1 seq=1", "< A ack=1 win=0", "+830ms",
          "> A len=1 seq=1", "< A ack=1 win=0", "+1650ms", "> A len=1 seq=1", "< A ack=1 win=0", "+3300ms",
          "> A len=1 seq=1", "< A ack=1 win=0", "state ESTABLISHED")

ROWS_TEST(test_unanswered_probes_give_up, "cfg retries=2", "connect", "< A win=0", "send 10", "+210ms",
          "> A len=1 seq=1", "+420ms", "> A len=1 seq=1", "+850ms", "event TIMEOUT", "state none")

ROWS_TEST(test_fin_waits_for_an_answer, "cfg retries=2", "connect", "< A win=0", "close", "> FA",
          "+210ms", "> FA seq=1", "< A ack=1 win=0", "+420ms", "> FA seq=1", "< A ack=1 win=0",
          "+830ms", "> FA seq=1", "< A ack=1 win=0", "+1650ms", "> FA seq=1", "< A win=0",
          "state FIN-WAIT-2")

/* The text that the probe was for arrives after all, and the FIN behind it is on its own. */
ROWS_TEST(test_fin_outlives_the_probe, "only nosack", "connect", "send 100", "> A len=100", "close",
          "> FA", "< A ack=1 win=0", "+210ms", "nothing", "< A ack=101 win=0", "> FA seq=101",
          "< A ack=101 win=1024", "+250ms", "> FA seq=101", "< A", "state FIN-WAIT-2")

/* The peer takes its window back: what is out stays out, nothing new leaves. */
ROWS_TEST(test_peer_shrinks, "connect", "send 4m", "> A len=1m", "> A len=1m", "> A len=1m",
          "> A len=1m", "< A ack=1+1m win=0", "send 1m", "nothing", "+210ms", "nothing", "+210ms",
          "> A seq=1+1m len=1", "< A ack=1+4m win=65535", "> A seq=1+4m len=1m", "< A")

/* RFC 9293 3.8.6.2.1: no small part while something is under way. */
ROWS_TEST(test_silly_window_of_sender, "connect", "< A win=65024", "send 1m", "> A len=1m", "send 1m",
          "> A len=1m", "< A ack=1+1m win=640", "send 1m", "nothing", "< A win=128", "> A len=128",
          "< A win=65024", "> A len=1m-128", "< A")

ROWS_TEST(test_pause_lets_the_window_close, "connect", "pause", "count window_closed 1", "< A len=1m",
          "< A len=1m", "> A", "data 2m", "resume", "> A", "quiet 100")

ROWS_TEST_IN(test_window_never_shrinks, false, 0, 1460, "connect", "< A len=1460", "< A len=1460",
             "> A win=65535", "pause", "< A len=1460", "< A len=1460", "> A win=62615", "< A len=100",
             "+41ms", "> A win=62515", "data 5940", "resume", "> A win=65535")

ROWS_TEST_IN(test_scaled_window_never_shrinks, true, 7, 1460, "connect", "< A len=1448",
             "< A len=1448", "> A win=262016", "pause", "< A len=1280", "< A len=1920", "> A win=258816",
             "resume", "> A win=262016")

ROWS_TEST_IN(test_closed_window_refuses, false, 0, 1000, "cfg window=2000", "connect", "pause",
             "< A len=1000", "< A len=1000", "> A win=0", "data 2000", "< A len=1", "> A win=0 ack=2001",
             "data 0", "resume", "> A win=2000 ack=2001", "< A seq=2001 len=1", "+41ms", "> A ack=2002",
             "data 1")

/* RFC 9293 3.8.6.2.2: with less than a segment open the edge moves by half the window or a segment. */
ROWS_TEST_IN(test_silly_window_of_receiver, false, 0, 1000, "cfg window=1200", "connect", "< A len=300",
             "+41ms", "> A win=900", "< A len=300", "+41ms", "> A win=1200", "< A len=599", "+41ms",
             "> A win=601", "< A len=1", "+41ms", "> A win=1200", "data 1200")

ROWS_TEST(test_application_takes_a_part, "connect", "take 10", "< A len=100", "drop tcp_app_full",
          "> A ack=11", "data 10", "take 1000", "< A seq=11 len=90", "+41ms", "> A", "data 90")

ROWS_TEST(test_application_takes_nothing, "connect", "take 0", "on data pause", "< FA len=100",
          "drop tcp_app_full", "> A ack=1", "data 0", "take 1000", "resume", "> A ack=1",
          "< FA seq=1 len=100", "event PEER_CLOSED", "> A ack=102", "data 100")

ROWS_TEST_IN(test_text_beyond_the_window_is_cut, false, 0, 1460, "cfg window=1500", "connect",
             "< A len=1460", "< FA len=1000", "> A ack=1501", "data 1500")

/* All of it was sent, its first part is lost: the ACK at the very edge counts all the same. */
ROWS_TEST_IN(test_ack_at_the_edge, false, 0, 1000, "cfg window=2000", "connect", "send 10", "> A len=10",
             "< A seq=1001 len=1000 ack=1", "> A ack=1", "< A seq=2001 ack=11", "drop none",
             "acked 10", "< A seq=1 len=1000", "> A ack=2001", "data 2000")

CHECK_MAIN("tcp/window", test_zero_window_is_probed, test_window_of_equal_numbers_closes,
           test_probe_byte_is_taken,
           test_window_closes_on_waiting_data, test_waits_are_told_apart, test_answered_probes_go_on,
           test_unanswered_probes_give_up, test_fin_waits_for_an_answer, test_fin_outlives_the_probe, test_peer_shrinks,
           test_silly_window_of_sender, test_pause_lets_the_window_close,
           test_window_never_shrinks, test_scaled_window_never_shrinks, test_closed_window_refuses,
           test_silly_window_of_receiver, test_application_takes_a_part, test_application_takes_nothing,
           test_text_beyond_the_window_is_cut, test_ack_at_the_edge)
