/* SPDX-License-Identifier: BSD-3-Clause */
/* Bounded pools run empty; the application calls back from inside its callbacks. */
#include "lib/tcp_rows.h"

ROWS_TEST(test_no_connection_left, "cfg conns=1", "connect", "port 1", "open", "state none", "nothing",
          "count pool_empty 1")

ROWS_TEST(test_no_connection_left_passive, "cfg conns=1", "listen", "connect", "port 1", "< S",
          "drop tcp_no_conn_slot", "nothing", "port 0", "abort", "> RA", "port 1", "< S seq=0",
          "> SA", "< A", "event OPEN")

ROWS_TEST(test_backlog, "cfg half_open=1", "listen", "< S", "> SA", "port 1", "< S", "drop tcp_backlog",
          "nothing", "port 0", "< A", "event OPEN", "port 1", "< S seq=0", "> SA", "< A", "event OPEN")

ROWS_TEST(test_tuple_in_use, "connect", "open", "nothing")

ROWS_TEST(test_slots_come_back, "cfg conns=1", "connect", "abort", "> RA", "port 1", "connect",
          "port 1", "< R", "event RESET", "port 2", "connect")

ROWS_TEST(test_close_inside_data, "connect", "on data close", "< A len=10", "data 10", "> FA",
          "state FIN-WAIT-1", "< A", "state FIN-WAIT-2")

ROWS_TEST(test_close_inside_data_with_fin, "connect", "on data close", "< FA len=10", "data 10",
          "> FA", "state CLOSING", "< A", "event CLOSED", "> A")

ROWS_TEST(test_abort_inside_data, "connect", "on data abort", "< A len=10", "data 10", "> RA ack=*",
          "state none")

ROWS_TEST(test_abort_inside_data_with_fin, "connect", "on data abort", "< FA len=10", "data 10",
          "> RA ack=*", "state none")

ROWS_TEST(test_abort_inside_open, "open", "> S", "on open abort", "< SA", "event OPEN", "> RA",
          "state none")

ROWS_TEST(test_abort_inside_accept, "listen", "< S", "> SA", "on open abort", "< A len=10", "event OPEN",
          "> RA ack=1", "data 0")

ROWS_TEST(test_close_inside_open, "listen", "< S", "> SA", "on open close", "< A", "event OPEN", "> FA",
          "state FIN-WAIT-1")

ROWS_TEST(test_abort_inside_acked, "connect", "send 10", "> A len=10", "on acked abort", "< A len=10",
          "> RA ack=1", "data 0", "state none")

ROWS_TEST(test_close_inside_acked, "connect", "send 10", "> A len=10", "on acked close", "< FA",
          "> FA", "state CLOSING", "< A", "event CLOSED", "> A")

ROWS_TEST(test_send_inside_acked, "connect", "send 10", "> A len=10", "on acked send 20", "< A",
          "> A len=20", "< A", "acked 30")

ROWS_TEST(test_open_inside_data, "connect", "on data open", "< A len=10", "data 10", "> S", "port 0",
          "+41ms", "> A")

ROWS_TEST(test_open_inside_final, "cfg conns=2", "connect", "on final open", "< R", "event RESET", "> S",
          "state SYN-SENT")

/* The slot is not free before its own last callback returned. */
ROWS_TEST(test_open_inside_final_without_room, "cfg conns=1", "connect", "on final open", "< R",
          "event RESET", "nothing", "count pool_empty 1", "port 1", "connect")

ROWS_TEST(test_abort_inside_final, "connect", "on final abort", "< R", "event RESET", "nothing")

ROWS_TEST(test_timer_inside_final, "connect", "on final timer 5", "< R", "event RESET", "quiet 100")

ROWS_TEST(test_abort_inside_timer, "connect", "on timer abort", "timer 5", "+8ms", "> RA")

ROWS_TEST(test_timer_fires_once, "connect", "on timer send 5", "timer 5", "quiet 4", "+3ms", "> A len=5",
          "< A", "quiet 100")

ROWS_TEST(test_timer_again_inside_timer, "connect", "on timer timer 50", "timer 5", "quiet 52",
          "on timer send 5", "quiet 1", "+5ms", "> A len=5", "< A", "quiet 100")

ROWS_TEST(test_abort_inside_peer_closed, "connect", "on peer_closed abort", "< FA", "event PEER_CLOSED",
          "> RA ack=2")

ROWS_TEST(test_open_inside_time_out, "connect", "on final open", "close", "> FA", "< A", "+60200ms",
          "event TIMEOUT", "> S", "+1010ms", "> S seq=0")

CHECK_MAIN("tcp/callbacks", test_no_connection_left, test_no_connection_left_passive, test_backlog,
           test_tuple_in_use, test_slots_come_back, test_close_inside_data,
           test_close_inside_data_with_fin, test_abort_inside_data,
           test_abort_inside_data_with_fin, test_abort_inside_open, test_abort_inside_accept,
           test_close_inside_open, test_abort_inside_acked, test_close_inside_acked,
           test_send_inside_acked, test_open_inside_data, test_open_inside_final,
           test_open_inside_final_without_room, test_abort_inside_final, test_timer_inside_final,
           test_abort_inside_timer, test_timer_fires_once, test_timer_again_inside_timer,
           test_abort_inside_peer_closed, test_open_inside_time_out)
