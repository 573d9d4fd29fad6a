/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A figure is a number that knows what it is worth: how many samples or how much time lie behind
 * it, how far the truth may be, and, when it is missing, why. A missing figure is never a 0.
 */
#ifndef ANALYZER_FIGURE_H
#define ANALYZER_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct figure {
    bool has;          /* false: value means nothing, reason says why */
    bool has_interval; /* 95 %, two-sided; its seconds are surely worth ten independent ones */
    bool has_band;     /* lo and hi are there, whatever they rest on: not to be shown without has_interval */
    double value, lo, hi;
    double error;      /* standard error of its logarithm, for who adds up errors; 0: not known */
    double duration_s; /* the time that a rate is over; 0: not a rate */
    uint64_t count;    /* samples behind it; 0: not a sample statistic */
    char reason[120];  /* why value is missing; else why the interval is, or "" */
};

void figure_set(struct figure *f, double value);
/* The 95 % interval of a value that is set, from `seconds` of the run that are worth `k_eff`
 * independent ones at least; where these are too few it is kept, but not to be shown. */
void figure_bound(struct figure *f, double lo, double hi, double k_eff, size_t seconds);
void figure_miss(struct figure *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The figures of a run in the order of the outputs; times and error kinds have tables of their own.
 * X(ID, path, unit, scope, meaning). path: the field in JSON; "a.b" is field b of object a. */
#define FIGURE_LIST(X)                                                                             \
    X(CONNECTIONS, "connections", "connections", "run", "connections opened")                      \
    X(CONNECTIONS_REQUESTED, "connections_requested", "connections", "run",                        \
      "connections that the job asked for")                                                        \
    X(DURATION, "duration_s", "s", "measured", "measured time that the job asked for")             \
    X(ACTUAL_DURATION, "actual_duration_s", "s", "measured", "measured time")                      \
    X(STARTED, "transactions_started", "transactions", "measured", "transactions started")         \
    X(TRANSACTIONS, "transactions", "transactions", "measured",                                    \
      "transactions completed with the right reply")                                               \
    X(ERRORS, "error_count", "transactions", "measured", "transactions that failed")               \
    X(ERRORS_PERCENT, "errors_percent", "%", "measured", "failed / (completed + failed)")          \
    X(SUCCESS_RATE, "success_rate", "ratio", "measured", "completed / (completed + failed)")       \
    X(CENSORED, "censored", "transactions", "measured",                                            \
      "transactions cut off by timeout, which no percentile includes")                             \
    X(CONNECT_ERRORS, "connect_error_count", "connections", "run", "active opens that failed")     \
    X(MESSAGES_SENT, "messages_sent", "messages", "measured", "messages sent by the client")       \
    X(MESSAGES_RECEIVED, "messages_received", "messages", "measured",                              \
      "whole messages received by the client")                                                     \
    X(MSG_PER_S, "throughput_msg_per_s", "messages/s", "measured", "messages sent by the client")  \
    X(TRANSACTIONS_PER_S, "transactions_per_s", "transactions/s", "measured",                      \
      "transactions completed")                                                                    \
    X(FRAMES_PER_S, "frames_per_s", "frames/s", "measured",                                        \
      "frames sent and received by the client")                                                    \
    X(BANDWIDTH_OUT, "bandwidth_mib_per_s", "MiB/s", "measured",                                   \
      "payload sent by the client, retransmissions not counted")                                   \
    X(BANDWIDTH_IN, "bandwidth_in_mib_per_s", "MiB/s", "measured",                                 \
      "payload received by the client")                                                            \
    X(WIRE_OUT, "wire_gbit_per_s", "Gbit/s", "measured",                                           \
      "frames sent by the client, without FCS and preamble")                                       \
    X(WIRE_IN, "wire_in_gbit_per_s", "Gbit/s", "measured",                                         \
      "frames received by the client, without FCS and preamble")                                   \
    X(SEGMENTS, "segments_sent", "segments", "measured", "TCP segments sent by the client")        \
    X(RETRANSMISSIONS, "retransmissions", "segments", "measured",                                  \
      "segments sent again by the client, for any reason")                                         \
    X(IN_ORDER, "in_order_percent", "%", "measured",                                               \
      "replies that came in order, of all that came")                                              \
    X(DROPS, "dropped_frames", "frames", "run", "frames and segments not taken, all reasons")      \
    X(CPU_GEN, "cpu_percent_per_node.gen", "%", "measured",                                        \
      "CPU of the generator's process, 100 = one core busy")                                       \
    X(CPU_PEER, "cpu_percent_per_node.peer", "%", "measured",                                      \
      "CPU of the local peer's process, 100 = one core busy")                                      \
    X(RSS_GEN, "memory_rss_mib_per_node.gen", "MiB", "measured",                                   \
      "peak resident memory of the generator, huge pages included")                                \
    X(RSS_PEER, "memory_rss_mib_per_node.peer", "MiB", "measured",                                 \
      "peak resident memory of the local peer, huge pages included")                               \
    X(SWITCHES_GEN, "context_switches_per_s_per_node.gen", "1/s", "measured",                      \
      "context switches of all threads of the generator, waits and preemptions")                   \
    X(SWITCHES_PEER, "context_switches_per_s_per_node.peer", "1/s", "measured",                    \
      "context switches of all threads of the local peer and its children")                        \
    X(BASE_RSS, "memory_base_rss_mib", "MiB", "run",                                               \
      "resident memory of the generator configured for 0 connections")                             \
    X(CONN_BYTES_GEN, "memory_bytes_per_conn.gen", "B", "run",                                     \
      "resident bytes a connection in the generator")                                              \
    X(CONN_BYTES_PEER, "memory_bytes_per_conn.peer", "B", "run",                                   \
      "resident bytes a connection in the peer")                                                   \
    X(CONN_RESERVED_GEN, "memory_reserved_bytes_per_conn.gen", "B", "run",                         \
      "bytes a connection that the generator reserved in pools of connections")                    \
    X(CONN_RESERVED_PEER, "memory_reserved_bytes_per_conn.peer", "B", "run",                       \
      "bytes a connection that the peer reserved in pools of connections")                         \
    X(CONTROL_WAKE_P50, "control_timer_wake_p50_ns", "ns", "run",                                  \
      "negative control: how late a sleeping thread woke up, median")                              \
    X(CONTROL_WAKE_P99, "control_timer_wake_p99_ns", "ns", "run",                                  \
      "negative control: how late a sleeping thread woke up, p99")                                 \
    X(CONTROL_COPY, "control_memory_copy_mib_per_s", "MiB/s", "run",                               \
      "negative control: a copy of 32 MiB, median")                                                \
    X(CONTROL_CPU, "control_cpu_per_transaction_ns", "ns", "measured",                             \
      "negative control: the generator's own CPU a transaction, system calls left out")          \
    X(PRECISION, "precision_ns", "ns", "run", "measured error of one clock reading")               \
    X(LOST_INTERVALS, "lost_intervals", "intervals", "run", "intervals that were not recorded")

enum figure_id {
#define X(ID, path, unit, scope, meaning) FIGURE_##ID,
    FIGURE_LIST(X)
#undef X
        FIGURE_COUNT
};

struct figure_kind {
    const char *path, *unit, *scope, *meaning;
};
extern const struct figure_kind figure_kinds[FIGURE_COUNT];

#endif
