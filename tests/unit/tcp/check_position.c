/* SPDX-License-Identifier: BSD-3-Clause */
/* Positions in a stream: from 0, modulo 2^32, wherever its sequence numbers begin. */
#include "lib/check_main.h"
#include "tcp/internal.h"

static struct conn fresh(uint32_t iss)
{
    struct conn c = {.side = SIDE_NONE};
    conn_number(&c, iss);
    return c;
}

START_TEST(test_before_the_handshake)
{
    struct conn c = fresh(0xfffffff0u);
    c.snd_lim += 100;
    ck_assert_uint_eq(tcp_end(&c), 100);
    ack_advance(&c, c.iss + 1);
    ck_assert_uint_eq(tcp_end(&c), 100);
    ck_assert_uint_eq(conn_position(&c, c.snd_una), 0);
}
END_TEST

START_TEST(test_beyond_32_bits)
{
    for (uint32_t iss = 0; iss < 5; iss++) {
        struct conn c = fresh(iss * 0x3ffffffdu);
        uint64_t pos = 0;
        ack_advance(&c, c.iss + 1);
        for (uint32_t step = 1; pos < 20ull << 32; step = step * 3 % 0x7fffffffu + 1) {
            pos += step;
            ack_advance(&c, c.snd_una + step);
            ck_assert_uint_eq(conn_position(&c, c.snd_una), (uint32_t)pos);
            ck_assert_uint_eq(conn_position(&c, c.snd_una + 1000000), (uint32_t)(pos + 1000000));
        }
    }
}
END_TEST

CHECK_MAIN("tcp/position", test_before_the_handshake, test_beyond_32_bits)
