/* SPDX-License-Identifier: BSD-3-Clause */
/* Text out of order, twice, overlapping; FIN among it; the store running full. */
#include "lib/tcp_rows.h"

ROWS_TEST(test_hole_is_filled, "connect", "< A seq=1+1m len=1m", "drop none", "> A ack=1", "data 0",
          "< A seq=1+2m len=1m", "> A ack=1", "< A seq=1 len=1m", "> A ack=1+3m", "data 3m",
          "count ooo_stored 2", "quiet 500")

ROWS_TEST(test_backwards, "connect", "< A seq=21 len=10", "> A ack=1", "< A seq=11 len=10",
          "> A ack=1", "< A seq=1 len=10", "> A ack=31", "data 30")

ROWS_TEST(test_duplicate, "connect", "< A len=10", "data 10", "< A seq=1 len=10", "drop tcp_duplicate",
          "> A ack=11", "data 0")

ROWS_TEST(test_overlap_in_front, "connect", "< A len=10", "data 10", "< A seq=6 len=10",
          "> A ack=16", "data 5")

ROWS_TEST(test_overlap_of_stored, "connect", "< A seq=11 len=10", "> A ack=1", "< A seq=6 len=20",
          "> A ack=1", "< A seq=1 len=15", "> A ack=26", "data 25")

ROWS_TEST(test_stored_twice, "connect", "< A seq=11 len=10", "> A ack=1", "< A seq=11 len=10",
          "drop tcp_duplicate", "> A ack=1", "< A seq=1 len=10", "> A ack=21", "data 20")

ROWS_TEST(test_in_order_covers_stored, "connect", "< A seq=11 len=10", "> A ack=1", "< A seq=1 len=40",
          "> A ack=41", "data 40")

ROWS_TEST(test_fin_behind_a_hole, "connect", "< FA seq=11 len=10", "> A ack=1", "< A seq=1 len=10",
          "event PEER_CLOSED", "> A ack=22", "data 20", "state CLOSE-WAIT")

ROWS_TEST(test_bare_fin_behind_a_hole, "connect", "< FA seq=11", "> A ack=1", "< A seq=1 len=10",
          "data 10", "> A ack=11", "< FA seq=11", "event PEER_CLOSED", "> A ack=12")

ROWS_TEST(test_nothing_follows_a_fin, "connect", "< A seq=21 len=10", "> A ack=1", "< FA seq=1 len=10",
          "event PEER_CLOSED", "> A ack=12", "data 10")

ROWS_TEST(test_store_full, "cfg ooo_pieces=1", "connect", "< A seq=11 len=10", "> A ack=1",
          "< A seq=31 len=10", "drop tcp_ooo_full", "> A ack=1", "count pool_empty 1",
          "< A seq=1 len=10", "> A ack=21", "data 20", "< A seq=21 len=20",
          "> A ack=41", "data 20")

ROWS_TEST(test_outside_the_window, "connect", "< A seq=400000 len=10", "drop tcp_out_of_window",
          "> A ack=1", "data 0")

ROWS_TEST(test_stored_is_given_back_at_reset, "connect", "< A seq=11 len=10", "> A ack=1",
          "< R seq=1", "event RESET")

ROWS_TEST(test_application_stops_inside_stored, "connect", "< A seq=11 len=10", "> A ack=1",
          "take 10", "< A seq=1 len=10", "> A ack=21", "data 20", "< A seq=31 len=20", "> A ack=21",
          "take 5", "< A seq=21 len=10", "drop tcp_app_full", "> A ack=26", "take 100",
          "< A seq=26 len=25", "> A ack=51", "data 30")

ROWS_TEST(test_close_inside_stored, "connect", "< A seq=11 len=10", "> A ack=1", "< A seq=21 len=10",
          "> A ack=1", "on data abort", "< A seq=1 len=10", "> RA ack=1",
          "data 10")

ROWS_TEST(test_fin_gives_back_what_follows, "cfg ooo_pieces=1", "connect", "< A seq=21 len=10", "> A ack=1",
          "< FA seq=1 len=10", "event PEER_CLOSED", "> A ack=12", "port 1", "connect", "port 1",
          "< A seq=21 len=10", "drop none", "> A ack=1", "data 10")

CHECK_MAIN("tcp/order", test_hole_is_filled, test_backwards, test_duplicate, test_overlap_in_front,
           test_overlap_of_stored, test_stored_twice, test_in_order_covers_stored,
           test_fin_behind_a_hole, test_bare_fin_behind_a_hole, test_nothing_follows_a_fin,
           test_store_full, test_outside_the_window, test_stored_is_given_back_at_reset,
           test_application_stops_inside_stored, test_close_inside_stored,
           test_fin_gives_back_what_follows)
