/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks of what only a disturbed connection needs: lent when something is amiss, given back when
 * all is well (tcp_validate asks after every row), and done without when there is none. */
#include "base/err.h"
#include "lib/tcp_rows.h"

START_TEST(test_pool)
{
    struct side_pool p;
    struct err e = {0};
    ck_assert_int_eq(side_pool_init(&p, 2, &e), 0);
    uint32_t first = side_take(&p), second = side_take(&p);
    ck_assert(first < 2 && second < 2 && first != second);
    ck_assert_uint_eq(side_take(&p), SIDE_NONE);
    side_give(&p, first);
    ck_assert_uint_eq(p.free_count, 1);
    ck_assert_uint_eq(side_take(&p), first);
    side_pool_fini(&p);
}
END_TEST

/* One block serves one connection after the other. */
ROWS_TEST(test_given_back_when_the_hole_is_filled, "cfg side_blocks=1", "connect",
          "< A seq=11 len=10", "> A ack=1", "< A seq=1 len=10", "> A ack=21", "port 1", "connect",
          "port 1", "< A seq=11 len=10", "drop none", "> A ack=1", "count side_empty 0")

ROWS_TEST(test_given_back_at_reset, "cfg side_blocks=1", "connect", "< A seq=11 len=10", "> A ack=1",
          "< R seq=1", "event RESET", "port 1", "connect", "port 1", "< A seq=11 len=10",
          "drop none", "> A ack=1")

ROWS_TEST(test_given_back_at_fin, "cfg side_blocks=1", "connect", "< A seq=21 len=10", "> A ack=1",
          "< FA seq=1 len=10", "event PEER_CLOSED", "> A ack=12", "port 1", "connect", "port 1",
          "< A seq=21 len=10", "drop none", "> A ack=1")

/* Without a block nothing is kept out of order, and nothing is lost. */
ROWS_TEST(test_none_left, "cfg side_blocks=0", "connect", "< A seq=11 len=10", "drop tcp_ooo_full",
          "> A ack=1", "count side_empty 1", "count pool_empty 1", "< A seq=1 len=10", "data 10",
          "> A ack=11", "< A seq=11 len=10", "data 10", "> A ack=21")

ROWS_TEST(test_none_left_for_the_second, "cfg side_blocks=1", "connect", "< A seq=11 len=10",
          "> A ack=1", "port 1", "connect", "port 1", "< A seq=11 len=10", "drop tcp_ooo_full",
          "> A ack=1", "port 0", "< A seq=1 len=10", "> A ack=21", "data 20", "port 1",
          "< A seq=11 len=10", "drop none", "> A ack=1")

CHECK_MAIN("tcp/side", test_pool, test_given_back_when_the_hole_is_filled, test_given_back_at_reset,
           test_given_back_at_fin, test_none_left, test_none_left_for_the_second)
