/* SPDX-License-Identifier: BSD-3-Clause */
/* What SYN and SYN-ACK agree on: MSS, window scale, timestamps (RFC 9293 3.7.1, RFC 7323), PAWS. */
#include "lib/tcp_rows.h"

ROWS_TEST_IN(test_we_offer_all, true, 7, 1460, "open", "> S mss=1460 ws=7 ts=1 win=65535", "< SA", "> A ts=1",
             "event OPEN")

ROWS_TEST_IN(test_we_offer_no_timestamps, false, 0, 1460, "open", "> S mss=1460 ws=0 ts=0", "< SA",
             "> A ts=0", "event OPEN")

ROWS_TEST_IN(test_peer_offers_nothing, true, 7, 1460, "peer mss=0 ws=-1 ts=0", "open", "> S", "< SA",
             "> A ts=0 win=65535", "event OPEN", "send 1000", "> A len=536 ts=0", "> A len=464 ts=0",
             "< A", "acked 1000")

ROWS_TEST_IN(test_answer_to_nothing, true, 7, 1460, "peer mss=0 ws=-1 ts=0", "listen", "< S",
             "> SA mss=1460 ws=-1 ts=0", "< A", "event OPEN", "send 600", "> A len=536 ts=0",
             "> A len=64 ts=0", "< A")

ROWS_TEST_IN(test_answer_to_all, true, 7, 1460, "listen", "< S", "> SA mss=1460 ws=7 ts=1", "< A",
             "event OPEN", "< A", "send 2000", "> A len=1448", "> A len=552", "< A")

ROWS_TEST_IN(test_answer_to_mss_alone, true, 7, 1460, "peer mss=1000 ws=-1 ts=0", "listen", "< S",
             "> SA mss=1460 ws=-1 ts=0", "< A", "event OPEN", "send 1001", "> A len=1000 ts=0",
             "> A len=1 ts=0", "< A")

ROWS_TEST_IN(test_answer_to_scale_alone, true, 7, 1460, "peer ws=2 ts=0", "listen", "< S",
             "> SA ws=7 ts=0", "< A win=400", "event OPEN", "send 1000", "> A len=400 ts=0", "< A",
             "> A len=600 ts=0", "< A")

ROWS_TEST_IN(test_answer_to_timestamps_alone, true, 7, 1460, "peer ws=-1 mss=0", "listen", "< S",
             "> SA ws=-1 ts=1", "< A", "event OPEN", "send 600", "> A len=524", "> A len=76", "< A")

ROWS_TEST_IN(test_scale_0_is_a_scale, false, 7, 1460, "peer ws=0", "listen", "< S", "> SA ws=7", "< A",
             "event OPEN")

ROWS_TEST_IN(test_tiny_mss_is_raised, false, 0, 1460, "peer mss=1", "open", "> S", "< SA", "> A",
             "event OPEN", "send 65", "> A len=64", "> A len=1", "< A")

ROWS_TEST_IN(test_larger_mss_is_ours, false, 0, 1460, "peer mss=9000", "open", "> S", "< SA", "> A",
             "event OPEN", "send 1461", "> A len=1460", "> A len=1", "< A")

/* PAWS (RFC 7323 5.3) and a segment without the agreed timestamp (3.2). */
ROWS_TEST_IN(test_old_timestamp, true, 7, 1460, "connect", "+10ms", "< A len=1", "+41ms", "> A",
             "data 1", "< A len=1 ts=-60", "drop tcp_paws", "> A ack=2", "data 0",
             "< A seq=2 len=1", "data 1", "+41ms", "> A")

/* A repair fills a hole, and what was sent before it comes behind it: that is taken, the newest timestamp
 * stays. What is much older is not, nor an ACK alone. */
ROWS_TEST_IN(test_overtaken_by_a_repair, true, 7, 1460, "connect", "+500ms", "< A seq=11 len=10", "> A ack=1",
             "+100ms", "< A seq=1 len=10", "> A ack=21", "< A seq=21 len=10 ts=-90", "drop none",
             "> A ack=31 ecr=0", "< A seq=31 len=10 ts=-150", "drop tcp_paws", "> A ack=31", "< A ts=-90",
             "drop tcp_paws", "> A ack=31", "< A seq=31 len=10", "> A ack=41", "data 40")

/* RFC 7323 5.5: the peer's clock has turned half round. A week is not enough for that. */
ROWS_TEST_IN(test_timestamp_of_last_month, true, 7, 1460, "connect", "+1100ms", "skip 30", "< A len=1",
             "drop none", "data 1", "+43ms", "> A ack=2", "< A len=1 ts=-60", "drop tcp_paws", "> A ack=2")

ROWS_TEST_IN(test_timestamp_of_last_week, true, 7, 1460, "connect", "+1100ms", "skip 6", "< A len=1 ts=-518402000",
             "drop tcp_paws", "> A ack=1", "< A seq=1 len=1", "data 1", "+43ms", "> A")

ROWS_TEST_IN(test_missing_timestamp, true, 7, 1460, "connect", "< A len=1 nots", "drop tcp_paws", "nothing",
             "data 0", "< R seq=1 nots", "event RESET")

ROWS_TEST_IN(test_unagreed_timestamp_is_ignored, true, 7, 1460, "peer ts=0", "connect", "< A len=5",
             "data 5", "+41ms", "> A ts=0")

/* The echo is of the oldest segment not yet acknowledged, or of one sent again (RFC 7323 4.3). */
ROWS_TEST_IN(test_echo, true, 7, 1460, "connect", "< A len=1", "data 1", "+45ms", "> A ecr=*", "+5ms",
             "< A len=1m", "+10ms", "< A len=1m", "> A ecr=-10", "data 2m", "+500ms",
             "< A seq=2+1m len=1m", "> A ecr=0", "< A seq=3+3m len=1", "> A ack=2+2m ecr=0", "+5ms",
             "< A seq=2+2m len=1m+1", "> A ack=4+3m ecr=0", "data 1m+2")

ROWS_TEST_IN(test_window_of_syn_is_not_scaled, false, 7, 1460, "open", "> S", "< SA win=2048", "> A",
             "event OPEN", "send 700", "> A len=700", "send 3000", "> A len=1348", "nothing", "< A",
             "> A len=1460", "> A len=192", "< A")

CHECK_MAIN("tcp/options", test_we_offer_all, test_we_offer_no_timestamps, test_peer_offers_nothing,
           test_answer_to_nothing, test_answer_to_all, test_answer_to_mss_alone,
           test_answer_to_scale_alone, test_answer_to_timestamps_alone, test_scale_0_is_a_scale,
           test_tiny_mss_is_raised, test_larger_mss_is_ours, test_old_timestamp, test_overtaken_by_a_repair,
           test_missing_timestamp, test_echo, test_window_of_syn_is_not_scaled,
           test_unagreed_timestamp_is_ignored, test_timestamp_of_last_month,
           test_timestamp_of_last_week)
