/* SPDX-License-Identifier: BSD-3-Clause */
/* Closing by either side or both (RFC 9293 3.6). */
#include "lib/tcp_rows.h"

ROWS_TEST(test_by_us, "connect", "close", "> FA", "state FIN-WAIT-1", "< A", "state FIN-WAIT-2",
          "< FA", "event CLOSED", "> A", "state none", "count closes 1")

ROWS_TEST(test_by_us_fin_with_ack, "connect", "close", "> FA", "< FA", "event CLOSED", "> A",
          "state none")

ROWS_TEST(test_by_peer, "connect", "< FA", "event PEER_CLOSED", "> A", "state CLOSE-WAIT", "close",
          "> FA", "state LAST-ACK", "< A", "event CLOSED", "state none")

ROWS_TEST(test_by_peer_at_once, "connect", "on peer_closed close", "< FA", "event PEER_CLOSED",
          "> FA", "state LAST-ACK", "< A", "event CLOSED")

ROWS_TEST(test_simultaneous, "connect", "close", "> FA", "< FA ack=1", "> A seq=2", "state CLOSING",
          "< A", "event CLOSED", "> A", "state none")

ROWS_TEST(test_fin_with_data, "open", "> S", "send 2m+10", "on open close", "< SA", "event OPEN",
          "> A len=1m", "> A len=1m", "> FA len=10", "< A", "state FIN-WAIT-2", "acked 2m+10", "< FA", "event CLOSED", "> A")

ROWS_TEST(test_half_close_still_receives, "connect", "close", "> FA", "< A", "< A len=100", "data 100",
          "+41ms", "> A", "quiet 50000", "< A len=1m", "< A len=1m", "> A", "data 2m", "quiet 59000",
          "< FA", "event CLOSED", "> A")

ROWS_TEST(test_peer_never_closes, "connect", "close", "> FA", "< A", "quiet 59900", "+200ms",
          "event TIMEOUT", "state none")

ROWS_TEST(test_we_send_after_peer_closed, "connect", "< FA", "event PEER_CLOSED", "> A", "send 2m",
          "> A len=1m", "> A len=1m", "< A", "close", "> FA", "< A", "event CLOSED")

ROWS_TEST(test_lost_fin, "connect", "close", "> FA", "quiet 190", "+20ms", "> FA seq=1", "< A",
          "state FIN-WAIT-2", "< FA", "event CLOSED", "> A")

ROWS_TEST(test_lost_ack_of_peers_fin, "connect", "< FA", "event PEER_CLOSED", "> A", "< FA seq=1",
          "drop tcp_duplicate", "> A", "state CLOSE-WAIT", "close", "> FA", "< FA seq=1 ack=1",
          "> A", "state LAST-ACK", "< A", "event CLOSED")

ROWS_TEST(test_lost_data_and_fin, "connect", "send 10", "> A len=10", "close", "> FA", "+210ms",
          "> FA seq=1 len=10", "< A", "state FIN-WAIT-2")

ROWS_TEST(test_close_before_open, "open", "> S", "close", "state none", "< SA", "drop tcp_no_conn",
          "> R seq=1")

ROWS_TEST(test_close_in_simultaneous_open, "open", "> S", "< S", "> SA seq=0", "close", "nothing",
          "< A", "event OPEN", "> FA", "state FIN-WAIT-1")

ROWS_TEST(test_closing_loses_ack, "connect", "close", "> FA", "< FA ack=1", "> A seq=2", "+210ms",
          "> FA seq=1", "< A", "event CLOSED", "> A")

CHECK_MAIN("tcp/close", test_by_us, test_by_us_fin_with_ack, test_by_peer, test_by_peer_at_once,
           test_simultaneous, test_fin_with_data, test_half_close_still_receives,
           test_peer_never_closes, test_we_send_after_peer_closed, test_lost_fin,
           test_lost_ack_of_peers_fin, test_lost_data_and_fin, test_close_before_open,
           test_close_in_simultaneous_open, test_closing_loses_ack)
