/* SPDX-License-Identifier: BSD-3-Clause */
/* TIME-WAIT: answers, restarts, reuse from both sides, no assassination (RFC 1337, RFC 6191). */
#include "lib/tcp_rows.h"

#define TO_TIME_WAIT "close", "> FA", "< FA", "event CLOSED", "> A", "state none"

ROWS_TEST(test_fin_again_is_answered, "connect", TO_TIME_WAIT, "< FA seq=1", "drop tcp_time_wait",
          "> A seq=2 ack=2", "quiet 50000", "< FA seq=1", "> A seq=2 ack=2", "quiet 50000",
          "< FA seq=1", "> A seq=2 ack=2", "quiet 61500", "< FA seq=1", "drop tcp_no_conn", "> R seq=2")

ROWS_TEST(test_bare_ack_is_not_answered, "connect", TO_TIME_WAIT, "< A", "drop tcp_time_wait", "nothing")

ROWS_TEST(test_reset_does_not_end_it, "connect", TO_TIME_WAIT, "< R", "drop tcp_time_wait",
          "< FA seq=1", "> A seq=2 ack=2")

ROWS_TEST(test_old_text_is_answered, "connect", TO_TIME_WAIT, "< A seq=1 len=10", "> A seq=2 ack=2")

ROWS_TEST(test_passive_reuse, "listen", "connect", TO_TIME_WAIT, "+3000ms", "< S seq=10", "> SA seq=* ack=11",
          "count time_wait_reused 1")

ROWS_TEST(test_old_syn_is_answered, "listen", "connect", TO_TIME_WAIT, "< S seq=-5 ts=-5000",
          "drop tcp_time_wait", "> A seq=2 ack=2")

ROWS_TEST_IN(test_passive_reuse_by_timestamp, true, 7, 1460, "listen", "connect", TO_TIME_WAIT,
             "+10ms", "< S seq=-5000", "> SA seq=65539 ack=-4999", "count time_wait_reused 1")

ROWS_TEST_IN(test_newer_number_older_timestamp, true, 7, 1460, "listen", "connect", TO_TIME_WAIT,
             "< S seq=5000 ts=-1", "drop tcp_time_wait", "> A seq=2 ack=2", "< S seq=5000",
             "> SA seq=65539 ack=5001")

ROWS_TEST_IN(test_active_reuse, true, 7, 1460, "connect", TO_TIME_WAIT, "open", "state none", "nothing",
             "+5ms", "open", "> S", "count time_wait_reused 1", "< SA seq=0", "> A ack=1", "event OPEN")

ROWS_TEST_IN(test_no_active_reuse_without_timestamps, false, 0, 1460, "connect", TO_TIME_WAIT,
             "+50000ms", "open", "state none", "nothing", "+11500ms", "open", "> S")

ROWS_TEST(test_oldest_goes_when_full, "cfg time_wait_entries=1", "connect", TO_TIME_WAIT, "port 1",
          "connect", TO_TIME_WAIT, "count time_wait_full 1", "port 0", "< FA seq=1",
          "drop tcp_no_conn", "> R seq=2", "port 1", "< FA seq=1", "drop tcp_time_wait", "> A seq=2 ack=2")

ROWS_TEST(test_two_in_time_wait_stay_quiet, "connect", "close", "> FA", "< FA ack=1", "> A seq=2", "< A",
          "event CLOSED", "> A", "< A", "nothing", "< A", "nothing")

CHECK_MAIN("tcp/wait", test_fin_again_is_answered, test_bare_ack_is_not_answered,
           test_reset_does_not_end_it, test_old_text_is_answered, test_passive_reuse,
           test_old_syn_is_answered, test_passive_reuse_by_timestamp,
           test_newer_number_older_timestamp, test_active_reuse,
           test_no_active_reuse_without_timestamps, test_oldest_goes_when_full,
           test_two_in_time_wait_stay_quiet)
