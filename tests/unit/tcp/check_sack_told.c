/* SPDX-License-Identifier: BSD-3-Clause */
/* What we tell the peer by SACK (RFC 2018 4) and D-SACK (RFC 2883 4). */
#include "lib/tcp_rows.h"

/* Behind holes: 11 to 21, 31 to 41, 51 to 61, in this order. */
#define THREE_RUNS                                                                                 \
    "< A seq=11 len=10", "> A ack=1 sack=11:21", "< A seq=31 len=10", "> A ack=1 sack=31:41,11:21", \
        "< A seq=51 len=10", "> A ack=1 sack=51:61,31:41,11:21"

ROWS_TEST(test_the_newest_comes_first, "only sack", "connect", THREE_RUNS, "< A seq=16 len=10",
          "> A ack=1 sack=11:26,51:61,31:41")

ROWS_TEST(test_three_beside_timestamps, "only sack ts", "connect", THREE_RUNS, "< A seq=71 len=10",
          "> A ack=1 sack=71:81,51:61,31:41")

ROWS_TEST(test_four_without_timestamps, "only sack nots", "connect", THREE_RUNS, "< A seq=71 len=10",
          "> A ack=1 sack=71:81,51:61,31:41,11:21", "< A seq=91 len=10",
          "> A ack=1 sack=91:101,71:81,51:61,31:41")

ROWS_TEST(test_runs_grow_together, "only sack", "connect", THREE_RUNS, "< A seq=21 len=10",
          "> A ack=1 sack=11:41,51:61", "< A seq=41 len=10", "> A ack=1 sack=11:61")

ROWS_TEST(test_a_filled_hole, "only sack", "connect", THREE_RUNS, "< A seq=1 len=10",
          "> A ack=21 sack=51:61,31:41", "< A seq=21 len=10", "> A ack=41 sack=51:61",
          "< A seq=41 len=10", "> A ack=61 sack=none", "data 60")

ROWS_TEST(test_what_the_application_leaves, "only sack", "connect", "< A seq=11 len=10",
          "> A ack=1 sack=11:21", "< A seq=31 len=10", "> A ack=1 sack=31:41,11:21", "take 5",
          "< A seq=1 len=5", "> A ack=6", "< A seq=6 len=5", "> A ack=16 sack=31:41")

ROWS_TEST(test_twice, "only sack", "connect", "< A len=10", "data 10", "+41ms", "> A sack=none",
          "< A seq=1 len=10", "drop tcp_duplicate", "> A ack=11 sack=1:11", "count dsack_sent 1",
          "< A len=1", "> A ack=12 sack=none")

ROWS_TEST(test_partly_twice, "only sack", "connect", "< A len=10", "< A seq=6 len=10",
          "> A ack=16 sack=6:11")

ROWS_TEST(test_twice_behind_a_hole, "only sack", "connect", "< A seq=11 len=20",
          "> A ack=1 sack=11:31", "< A seq=21 len=10", "drop tcp_duplicate",
          "> A ack=1 sack=21:31,11:31")

/* The blocks take their bytes from the text. */
ROWS_TEST(test_beside_text, "only sack", "connect", "< A seq=11 len=10", "> A ack=1 sack=11:21",
          "send 2m", "> A ack=1 len=1m-12 sack=11:21", "> A ack=1 len=1m-12 sack=11:21",
          "> A ack=1 len=24 sack=11:21", "< A seq=1 len=10", "> A ack=21 sack=none")

ROWS_TEST(test_not_agreed, "only sack", "peer sack=0", "connect", "< A seq=11 len=10",
          "> A ack=1 sack=none", "< A seq=1 len=10", "> A ack=21")

ROWS_TEST(test_not_wanted, "cfg sack=0", "peer sack=1", "accept", "< A seq=11 len=10",
          "> A ack=1 sack=none")

ROWS_TEST(test_agreed_by_the_passive_end, "only sack", "accept", "< A seq=11 len=10",
          "> A ack=1 sack=11:21")

ROWS_TEST(test_no_block_left, "only sack", "cfg side_blocks=0", "connect", "< A len=10", "+41ms",
          "> A", "< A seq=1 len=10", "> A ack=11 sack=none", "count side_empty 1")

/* What is told twice may have an older timestamp than what overtook it: the sender must learn all the
 * same that its repair was needless. */
ROWS_TEST(test_twice_and_old, "only sack ts", "connect", "< A len=10", "data 10", "+41ms", "> A", "+20ms",
          "< A len=10", "data 10", "+41ms", "> A ack=21 sack=none", "< A seq=1 len=10 ts=-60",
          "drop tcp_paws", "> A ack=21 sack=1:11")

CHECK_MAIN("tcp/sack_told", test_twice_and_old, test_the_newest_comes_first, test_three_beside_timestamps,
           test_four_without_timestamps, test_runs_grow_together, test_a_filled_hole,
           test_what_the_application_leaves, test_twice, test_partly_twice,
           test_twice_behind_a_hole, test_beside_text, test_not_agreed, test_not_wanted,
           test_agreed_by_the_passive_end, test_no_block_left)
