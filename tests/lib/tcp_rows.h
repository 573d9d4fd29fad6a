/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One engine, a scripted peer and a virtual clock: TCP behaviour as rows of text. A row is a
 * stimulus or an expectation; what the engine sends must be expected before the next stimulus.
 * Numbers are relative: ours to our ISS (the SYN is 0, the first byte 1), theirs to theirs. `2m+5`
 * is two full segments and five bytes.
 *
 *   only WORD ..        the very first row: only the modes with SACK (sack), without (nosack), with
 *                       timestamps (ts), without (nots), segments up to 1460 bytes (small)
 *   cfg NAME=V ..       before anything else: a field of tcp_config (conns, retries, window, ..);
 *                       times in milliseconds
 *   peer NAME=V ..      the scripted peer's SYN: mss= ws= ts= sack= (0: option left out) iss=
 *   open | listen       active open | listener
 *   connect | accept    the whole handshake, either way
 *   < FLAGS [seq= ack= len= win= mss= ecn= ts=OFFSET nots echo=OFFSET sack=]   a segment arrives. Left
 *                       out: the peer's next number, everything seen of ours acknowledged, no text,
 *                       65408 bytes; ts, echo: milliseconds added to the peer's clock and to what was
 *                       seen last of ours; sack: FROM:TO,.. in our numbers
 *   > FLAGS [seq= ack= len= win= mss= ws= ecn= ts=0|1 ecr= sack=]  the engine sent this (PSH is not
 *                       compared). Left out: our next number, the peer's next number acknowledged,
 *                       no text; `*` as a value: anything; ecr: milliseconds from the peer's clock;
 *                       sack: exactly these blocks, or `none`; left out: not compared
 *   whatever            the engine sent any number of segments
 *   hold | go           segments arrive and calls are made, nothing is sent meanwhile | it is
 *   nothing             the engine sent nothing more
 *   drop NAME           the last segment was dropped for this reason ("none": taken)
 *   +5ms                time passes, timers fire
 *   send N, close, abort, pause, resume, timer MS        the application calls
 *   path_mss N          an ICMP error told that segments of the path have at most N bytes
 *   long N              from now on the wire cuts text into segments: up to N may leave as one
 *   take N              the application takes only N bytes a call from now on
 *   on CALLBACK ACTION  what it does inside `open`, `data`, `acked`, `peer_closed`, `final`, `timer`
 *   event NAME          the next event; all events must have been expected at the end
 *   data N              N bytes were delivered since the last such row
 *   acked N             the last position told by `acked`
 *   state NAME | none   the connection's state
 *   count NAME N        a counter
 *   port N              from now on the connection with remote port 5000 + N, N < 4
 *   quiet MS            nothing happens for so long
 *   skip DAYS           they pass at once; no timer may be running
 *   N* ROW              the row, N times
 *
 * FLAGS: FIN, SYN, RST, ACK, URG by their first letters, E for ECE, W for CWR. ecn: 2 ECT(0), 3 CE.
 */
#ifndef TESTS_LIB_TCP_ROWS_H
#define TESTS_LIB_TCP_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "check_main.h"
#include "tcp/tcp.h"

struct rows_mode {
    int ip;         /* 4, 6: segments go through frames of that family; 0: as they are */
    bool ts, sack;
    bool wide; /* init_cwnd is made to give as many of large segments, too */
    uint8_t scale;
    uint16_t mss;
    uint32_t peer_iss;
    uint64_t start_ns;
    bool iss_wraps; /* our stream's numbers wrap soon after the SYN */
};

/* Plays a script that ends with NULL in one mode, then aborts what is left, lets TIME-WAIT pass and
 * checks that everything was given back. */
void rows_play(const struct rows_mode *mode, const char *const *script);
/* The same in every mode: {IPv4, IPv6} x {timestamps} x {scale 0, 7} x {SACK} x {MSS 536, 1460, 8960},
 * and about to wrap. */
void rows_matrix(const char *const *script);

#define ROWS_TEST(name, ...)                                                                       \
    START_TEST(name)                                                                               \
    {                                                                                              \
        static const char *const script[] = {__VA_ARGS__, NULL};                                   \
        rows_matrix(script);                                                                       \
    }                                                                                              \
    END_TEST

/* One mode only: for rows about the options themselves. */
#define ROWS_TEST_IN(name, with_ts, with_scale, with_mss, ...)                                     \
    START_TEST(name)                                                                               \
    {                                                                                              \
        static const char *const script[] = {__VA_ARGS__, NULL};                                   \
        const struct rows_mode mode = {.ts = with_ts, .scale = with_scale, .mss = with_mss,        \
                                       .peer_iss = 1000, .start_ns = 5000000000ull};               \
        rows_play(&mode, script);                                                                  \
    }                                                                                              \
    END_TEST

#endif
