/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <string.h>

#include "base/csum.h"
#include "base/rng.h"
#include "net/complete.h"

enum { ETH = 14, TCP = 6, UDP = 17 };

/* Where things lie in a packet under test. */
struct made {
    uint8_t data[1600];
    uint16_t len;
    uint32_t ip, transport, transport_len, field;
    bool ip6;
    uint8_t protocol;
};

static uint64_t pseudo(const struct made *m)
{
    uint8_t tail[4] = {0, m->protocol, (uint8_t)(m->transport_len >> 8), (uint8_t)m->transport_len};
    return csum_add(m->data + m->ip + (m->ip6 ? 8 : 12), m->ip6 ? 32 : 8) + csum_add(tail, 4);
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* As a kernel that leaves the checksum to the device. */
static struct made make(bool ip6, uint8_t protocol, uint32_t tags, uint32_t payload, uint64_t seed)
{
    struct made m = {.ip6 = ip6, .protocol = protocol};
    struct rng r;
    rng_seed(&r, seed);
    for (size_t i = 0; i < sizeof m.data; i++)
        m.data[i] = (uint8_t)rng_u64(&r);
    for (uint32_t i = 0; i < tags; i++)
        put16(m.data + 12 + 4 * i, i + 1 < tags ? 0x88a8 : 0x8100);
    put16(m.data + 12 + 4 * tags, ip6 ? 0x86dd : 0x0800);
    m.ip = ETH + 4 * tags;
    m.transport = m.ip + (ip6 ? 40 : 20);
    m.transport_len = (protocol == TCP ? 20 : 8) + payload;
    m.field = m.transport + (protocol == TCP ? 16 : 6);
    m.len = (uint16_t)(m.transport + m.transport_len);
    uint8_t *ip = m.data + m.ip;
    ip[0] = ip6 ? 0x60 : 0x45;
    put16(ip + (ip6 ? 4 : 2), ip6 ? m.transport_len : m.transport_len + 20);
    ip[ip6 ? 6 : 9] = protocol;
    if (!ip6)
        put16(ip + 6, 0x4000); /* don't fragment */
    uint16_t sum = csum_fold(pseudo(&m));
    memcpy(m.data + m.field, &sum, 2);
    return m;
}

static bool holds(const struct made *m)
{
    return csum_fold(csum_add(m->data + m->transport, m->transport_len) + pseudo(m)) == 0xffff;
}

START_TEST(unfinished_checksums_are_finished)
{
    for (uint64_t i = 0; i < 4000; i++) {
        struct made m = make(i & 1, i & 2 ? UDP : TCP, (uint32_t)(i / 4 % 3),
                             (uint32_t)(i % 1400), i);
        ck_assert(!holds(&m));
        ck_assert(net_complete(m.data, m.len));
        ck_assert(holds(&m));
        struct made again = m;
        net_complete(again.data, again.len); /* by chance it may look unfinished; it is the same */
        ck_assert_mem_eq(again.data, m.data, sizeof m.data);
    }
}
END_TEST

START_TEST(padding_does_not_count)
{
    struct made m = make(false, TCP, 0, 0, 1);
    ck_assert(net_complete(m.data, 60));
    ck_assert(holds(&m));
}
END_TEST

static void expect_left_alone(const struct made *m, uint16_t len)
{
    struct made copy = *m;
    ck_assert(!net_complete(copy.data, len));
    ck_assert_mem_eq(copy.data, m->data, sizeof m->data);
}

START_TEST(all_others_are_left_as_they_are)
{
    struct made m = make(false, TCP, 0, 100, 5);
    expect_left_alone(&m, (uint16_t)(m.len - 1)); /* cut short */
    expect_left_alone(&m, 30);
    m.data[m.field] ^= 1; /* a wrong checksum stays wrong */
    expect_left_alone(&m, m.len);
    m = make(false, UDP, 0, 100, 5);
    put16(m.data + m.ip + 6, 0x2000); /* a first fragment */
    expect_left_alone(&m, m.len);
    put16(m.data + m.ip + 6, 0x0005); /* a later one */
    expect_left_alone(&m, m.len);
    m = make(false, TCP, 0, 100, 5);
    m.data[m.ip + 9] = 1; /* ICMP */
    expect_left_alone(&m, m.len);
    m = make(false, TCP, 0, 100, 5);
    put16(m.data + 12, 0x0806); /* ARP */
    expect_left_alone(&m, m.len);
}
END_TEST

START_TEST(no_bytes_lead_astray)
{
    struct rng r;
    rng_seed(&r, 3);
    for (int i = 0; i < 200000; i++) {
        struct made m = make(i & 1, i & 2 ? UDP : TCP, 0, 60, (uint64_t)i % 16);
        for (int k = 0; k < 3; k++)
            m.data[12 + rng_below(&r, 40)] = (uint8_t)rng_u64(&r);
        struct made before = m;
        uint16_t len = (uint16_t)rng_below(&r, m.len + 1u), changed = 0;
        net_complete(m.data, len);
        for (uint16_t k = 0; k < sizeof m.data; k++)
            if (m.data[k] != before.data[k]) {
                changed++;
                ck_assert_uint_lt(k, len);
            }
        ck_assert_uint_le(changed, 2); /* the checksum field */
    }
}
END_TEST

CHECK_MAIN("net/complete", unfinished_checksums_are_finished, padding_does_not_count,
           all_others_are_left_as_they_are, no_bytes_lead_astray)
