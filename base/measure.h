/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The vocabulary of what is measured, shared by the generator that counts, the database that
 * stores and the analyzer that reads. One line here adds a counter, a time or an error kind; the
 * names are the names in SQLite and JSON.
 */
#ifndef BASE_MEASURE_H
#define BASE_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

/* The five times, all in ns. X(NAME, name, meaning) */
#define TIME_LIST(X)                                                                               \
    X(LATENCY, latency, "intended start to last byte of the matching reply")                       \
    X(SERVICE, service, "sent to last byte of the matching reply")                                 \
    X(QUEUEING, queueing, "intended start to eligible: waiting for a free connection")             \
    X(LATENESS, lateness, "eligible to sent: the generator's own error")                           \
    X(CONNECT, connect, "SYN sent to ESTABLISHED")

enum time_kind {
#define X(NAME, name, meaning) TIME_##NAME,
    TIME_LIST(X)
#undef X
        TIME_COUNT
};

/* How a transaction ended. X(NAME, name, meaning) */
#define RESULT_LIST(X)                                                                             \
    X(OK, ok, "matching reply received")                                                           \
    X(CONNECT_REFUSED, connect_refused, "the peer answered the SYN with RST")                      \
    X(CONNECT_TIMEOUT, connect_timeout, "no answer to the SYN within connect_timeout")             \
    X(NO_ROUTE, no_route, "no neighbour answers for the target")                                   \
    X(RESET, reset, "the peer reset the connection")                                               \
    X(CLOSED_EARLY, closed_early, "the peer closed before the reply was whole")                    \
    X(TIMEOUT, timeout, "no whole reply within timeout")                                           \
    X(BAD_REPLY, bad_reply, "the reply is not what was asked for")                                 \
    X(WRONG_ID, wrong_id, "the reply carries an id that is not outstanding")                       \
    X(OUT_OF_ORDER, out_of_order, "the reply overtook an earlier one")                             \
    X(SERVER_ERROR, server_error, "the peer answered with an error")                               \
    X(NOT_SENT, not_sent, "never sent: queue full or the run ended first")                         \
    X(TLS, tls, "TLS handshake or record error")

enum result {
#define X(NAME, name, meaning) RESULT_##NAME,
    RESULT_LIST(X)
#undef X
        RESULT_COUNT
};

/* What a transaction asks for, drawn from a job's mix. X(NAME, name, meaning) */
#define OPERATION_LIST(X)                                                                          \
    X(PLAIN, plain, "request and reply of the sizes that the job says")                            \
    X(READ, read, "a small request that gets the payload")                                         \
    X(WRITE, write, "the payload, and a small reply")                                              \
    X(BATCH, batch, "one of several requests sent in one write")                                   \
    X(STREAM, stream, "a small request, and several messages of the server's")

enum operation {
#define X(NAME, name, meaning) OPERATION_##NAME,
    OPERATION_LIST(X)
#undef X
        OPERATION_COUNT
};

/* What a worker counts; each starts at 0 and only grows. X(NAME, name, meaning) */
#define COUNTER_LIST(X)                                                                            \
    X(STARTED, started, "transactions started")                                                    \
    X(COMPLETED, completed, "transactions completed with the right reply")                         \
    X(FAILED, failed, "transactions failed, for any reason")                                       \
    X(MESSAGES_SENT, messages_sent, "messages whose last byte was handed to the wire first")       \
    X(MESSAGES_RECEIVED, messages_received, "whole messages received")                             \
    X(PAYLOAD_SENT, payload_sent_bytes, "payload bytes sent, retransmissions not counted")         \
    X(PAYLOAD_RECEIVED, payload_received_bytes, "payload bytes received in order, once")           \
    X(CONNECTS_STARTED, connects_started, "active opens begun")                                    \
    X(CONNECTS_COMPLETED, connects_completed, "active opens that reached ESTABLISHED")             \
    X(CONNECTS_FAILED, connects_failed, "active opens that failed")                                \
    X(REOPENS, reopens, "lost connections opened again (pattern reconnect)")                       \
    X(CHURNED, churned, "connections replaced (pattern churn)")                                    \
    X(ACCEPTS, accepts, "passive opens that reached ESTABLISHED")                                  \
    X(CLOSES, closes, "connections closed in order")                                               \
    X(ABORTS, aborts, "connections ended by reset or time-out")                                    \
    X(FRAMES_TX, frames_tx, "frames sent")                                                         \
    X(FRAMES_RX, frames_rx, "frames received")                                                     \
    X(WIRE_TX, wire_tx_bytes, "bytes of frames sent, without FCS and preamble")                    \
    X(WIRE_RX, wire_rx_bytes, "bytes of frames received, without FCS and preamble")                \
    X(SEGMENTS_TX, segments_tx, "TCP segments sent")                                               \
    X(SEGMENTS_RX, segments_rx, "TCP segments accepted by the parser")                             \
    X(RETRANSMITS, retransmits, "segments sent again, for any reason")                             \
    X(RTO_FIRED, rto_fired, "retransmission time-outs")                                            \
    X(FAST_RETRANSMITS, fast_retransmits, "fast retransmits begun")                                \
    X(DUP_ACKS, dup_acks, "duplicate ACKs received")                                               \
    X(OOO_STORED, ooo_stored, "segments kept in the out-of-order store")                           \
    X(ZERO_WINDOW, zero_window, "times the peer closed its window on waiting data")                \
    X(WINDOW_WAITS, window_waits, "times data had to wait for room in the peer's window")          \
    X(CWND_WAITS, cwnd_waits, "times data had to wait for room in the congestion window")          \
    X(WINDOW_PROBES, window_probes, "zero-window probes sent")                                     \
    X(WINDOW_CLOSED, window_closed, "times an empty pool closed our window")                       \
    X(POOL_EMPTY, pool_empty, "times a bounded pool had nothing left")                             \
    X(RST_SENT, rst_sent, "resets sent")                                                           \
    X(RST_RECEIVED, rst_received, "acceptable resets received")                                    \
    X(CHALLENGE_ACKS, challenge_acks, "challenge ACKs sent (RFC 5961)")                            \
    X(TIME_WAIT_FULL, time_wait_full, "oldest TIME_WAIT entry given up for a new one")             \
    X(TIME_WAIT_REUSED, time_wait_reused, "own tuple reused from TIME_WAIT")                       \
    X(ARP_SENT, arp_sent, "ARP requests and replies sent")                                         \
    X(ICMP_SENT, icmp_sent, "ICMP messages sent")                                                  \
    X(TX_FULL, tx_full, "times the transmit ring or frame pool was full")                          \
    X(KICKS, kicks, "system calls that asked the kernel to transmit")                              \
    X(POLLS, polls, "system calls that asked the kernel to receive")                               \
    X(ROUNDS, rounds, "rounds of the worker's loop")                                               \
    X(ROUNDS_IDLE, rounds_idle, "rounds that found nothing to do")                                 \
    X(CYCLES_RX, cycles_rx, "clock ticks spent receiving from the wire")                           \
    X(CYCLES_POLL, cycles_poll, "clock ticks spent having the kernel receive, where it is polled") \
    X(CYCLES_ENGINE, cycles_engine, "clock ticks spent in parsing, TCP and the application")       \
    X(CYCLES_APP, cycles_app, "clock ticks spent starting and timing transactions")                \
    X(CYCLES_TX, cycles_tx, "clock ticks spent building frames")                                   \
    X(CYCLES_KICK, cycles_kick, "clock ticks spent asking the kernel to transmit")                 \
    X(CYCLES_IDLE, cycles_idle, "clock ticks of rounds that found nothing to do")                  \
    X(GAPS, gaps, "loop gaps over 100 us outside system calls: stolen time")                       \
    X(GAP_MAX, gap_max_ns, "longest loop gap of the interval, ns")                                 \
    X(BACKLOG_MAX, backlog_max, "largest number of arrivals waiting in the interval")              \
    X(MISSED, missed, "arrivals that the loop looked at more than 1 ms too late")                  \
    X(SIDE_EMPTY, side_empty, "times a disturbed connection found no side block")                  \
    X(TUPLES_BUSY, tuples_busy, "tuples passed over at an open: still in use or in TIME_WAIT")     \
    X(SACK_INVALID, sack_invalid, "SACK blocks that name what was never sent, or nothing")         \
    X(SACK_FORGOTTEN, sack_forgotten, "SACK blocks that found no room on the scoreboard")          \
    X(DSACK_SENT, dsack_sent, "ACKs that told of what arrived twice (RFC 2883)")                   \
    X(DSACK_RECEIVED, dsack_received, "ACKs that say something arrived twice (RFC 2883)")          \
    X(TLP_PROBES, tlp_probes, "tail loss probes sent (RFC 8985)")                                  \
    X(UNDONE, undone, "repairs that turned out needless: the window was given back")               \
    X(KEEPALIVES, keepalives, "keep-alive probes sent")                                            \
    X(ECN_MARKS, ecn_marks, "segments received that a router marked for congestion")               \
    X(ECN_REDUCTIONS, ecn_reductions, "windows reduced because the peer told of such marks")       \
    X(NDP_SENT, ndp_sent, "neighbour solicitations and advertisements sent")                       \
    X(ICMP_ERRORS, icmp_errors, "ICMP errors about segments of ours under way")                    \
    X(PATH_MTU_LOWERED, path_mtu_lowered, "paths whose MTU a router told to be lower")             \
    X(PATH_MTU_RAISED, path_mtu_raised, "paths whose MTU was tried anew, 10 minutes later")        \
    X(BLACK_HOLES, black_holes, "connections that went down to the least MTU, unanswered")         \
    X(NEIGHBOURS_MOVED, neighbours_moved, "neighbours in use that told another MAC than before")   \
    X(FRAMES_HANDED, frames_handed, "frames that had arrived at another worker's queue")           \
    X(FRAMES_CUT, frames_cut, "frames sent whose text the device cut into segments (TSO)")         \
    X(FRAMES_UNCUT, frames_uncut, "frames received that are several segments nobody cut (LRO)")    \
    X(FRAMES_STAMPED, frames_stamped, "frames received with a time of arrival (rx_stamps)")        \
    X(RX_WAIT, rx_wait_ns, "of those stamped by our clock: time until they were read, summed, ns") \
    X(RX_WAIT_MAX, rx_wait_max_ns, "longest of them in the interval, ns")                          \
    X(RX_WAIT_10US, rx_wait_over_10us, "of them, those of more than 10 us")                        \
    X(RX_WAIT_100US, rx_wait_over_100us, "of them, those of more than 100 us")                     \
    X(RX_WAIT_1MS, rx_wait_over_1ms, "of them, those of more than 1 ms")                           \
    X(FRAMES_TX_STAMPED, frames_tx_stamped, "frames sent with a time of departure (tx_stamps)")    \
    X(TX_WAIT, tx_wait_ns, "of those stamped by the kernel: time from our flush on, summed, ns")   \
    X(TX_WAIT_MAX, tx_wait_max_ns, "longest of them in the interval, ns")                          \
    X(TX_WAIT_10US, tx_wait_over_10us, "of them, those of more than 10 us")                        \
    X(TX_WAIT_100US, tx_wait_over_100us, "of them, those of more than 100 us")                     \
    X(TX_WAIT_1MS, tx_wait_over_1ms, "of them, those of more than 1 ms")

enum counter {
#define X(NAME, name, meaning) COUNTER_##NAME,
    COUNTER_LIST(X)
#undef X
        COUNTER_COUNT
};

/* Names for any of them; the value must be in range. */
const char *time_name(enum time_kind t);
const char *result_name(enum result r);
const char *operation_name(enum operation o);
const char *counter_name(enum counter c);
const char *counter_meaning(enum counter c);
/* Whether of two values of a counter the larger one stands for both, and not their sum. */
bool counter_is_max(enum counter c);
/* COUNTER_COUNT values, added to as many. */
void counters_add(uint64_t *to, const uint64_t *more);

#endif
