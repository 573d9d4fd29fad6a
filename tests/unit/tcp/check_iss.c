/* SPDX-License-Identifier: BSD-3-Clause */
/* Initial sequence numbers (RFC 6528 3): a clock of 4.096 us, and a hash of tuple and secret. */
#include <string.h>

#include "base/err.h"
#include "base/siphash.h"
#include "lib/check_main.h"
#include "tcp/tcp.h"

#define S 1000000000ull

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    (void)ctx, (void)conn, (void)event;
}

static const struct tcp_ops ops = {.event = on_event};

/* Of an active open at `now_ns` in an engine of its own. */
static uint32_t iss_of(uint64_t secret, uint64_t now_ns, uint32_t path, uint16_t lport, uint16_t rport)
{
    static uint64_t count[COUNTER_COUNT];
    const struct tcp_config cfg = {.conns = 2, .time_wait_entries = 1, .ooo_pieces = 1, .piece_bytes = 64,
                                   .secret = secret};
    struct tcp t;
    struct err e = {0};
    ck_assert_int_eq(tcp_init(&t, &cfg, &ops, NULL, count, now_ns, &e), 0);
    uint32_t conn = tcp_open(&t, path, lport, rport, 1460, 0), iss = tcp_conn(&t, conn)->iss;
    tcp_fini(&t);
    return iss;
}

START_TEST(test_clock_moves_it)
{
    uint32_t first = iss_of(1, 5 * S, 2, 3, 4);
    ck_assert_uint_eq(iss_of(1, 5 * S, 2, 3, 4), first);
    ck_assert_uint_eq(iss_of(1, 5 * S + 4096, 2, 3, 4) - first, 1);
    ck_assert_uint_eq((iss_of(1, 6 * S, 2, 3, 4) - first) / 10, S / 4096 / 10);
}
END_TEST

/* Neighbouring tuples and secrets share about half of their bits, as strangers would. */
START_TEST(test_tuple_and_secret_move_it)
{
    uint32_t first = iss_of(1, 5 * S, 2, 3, 4), bits = 0;
    for (uint16_t i = 1; i <= 64; i++)
        bits += (uint32_t)(__builtin_popcount(first ^ iss_of(1, 5 * S, 2, (uint16_t)(3 + i), 4)) +
                           __builtin_popcount(first ^ iss_of(1, 5 * S, 2, 3, (uint16_t)(4 + i))) +
                           __builtin_popcount(first ^ iss_of(1, 5 * S, 2u + i, 3, 4)) +
                           __builtin_popcount(first ^ iss_of(1u + i, 5 * S, 2, 3, 4)));
    ck_assert_uint_ge(bits, 4 * 64 * 16 - 250); /* four times the standard deviation */
    ck_assert_uint_le(bits, 4 * 64 * 16 + 250);
}
END_TEST

CHECK_MAIN("tcp/iss", test_clock_moves_it, test_tuple_and_secret_move_it)
