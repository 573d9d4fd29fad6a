/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"
#include "tests/lib/check_main.h"

static const uint8_t mac1[6] = {2, 0, 0, 0, 0, 1};

START_TEST(fields_are_read)
{
    struct bytes f = bytes_from_hex(PING_FRAME);
    struct pkt p;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert_int_eq(p.kind, PKT_ICMP);
    ck_assert_uint_eq(p.icmp.type, 8);
    ck_assert_uint_eq(p.icmp.code, 0);
    ck_assert_uint_eq(p.icmp.body_len, 17);
    ck_assert_ptr_eq(p.icmp.body, f.data + 38);
    free(f.data);
}
END_TEST

START_TEST(every_flipped_bit_is_dropped)
{
    struct bytes f = bytes_from_hex(PING_FRAME);
    struct pkt p;
    for (uint32_t bit = IP_AT * 8; bit < f.len * 8; bit++) {
        f.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_lt(pkt_parse(&p, f.data, f.len, true), 0);
        f.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(f.data);
}
END_TEST

START_TEST(seven_bytes_are_too_few)
{
    struct bytes f = bytes_from_hex(PING_FRAME);
    struct pkt p;
    put16(f.data + IP_AT + 2, 27);
    put16(f.data + 36, 0);
    put16(f.data + 36, ~reference_sum(0, f.data + 34, 7));
    ip_csum_fix(f);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_ICMP_BAD);
    free(f.data);
}
END_TEST

/* Puts `tags` hex after the MACs of the ping. */
static struct bytes tagged_ping(const char *tags)
{
    char hex[300] = "020000000001 020000000002 ";
    strcat(hex, tags);
    return bytes_from_hex(strcat(hex, &PING_FRAME[26]));
}

static void check_reply(struct bytes f)
{
    struct pkt ask, tell;
    uint8_t reply[200];
    ck_assert_int_eq(pkt_parse(&ask, f.data, f.len, false), 0);
    uint32_t len = net_icmp_echo_reply(reply, sizeof reply, &ask, mac1);
    ck_assert_uint_eq(len, f.len);
    ck_assert_int_eq(pkt_parse(&tell, reply, len, false), 0);
    ck_assert_int_eq(tell.kind, PKT_ICMP);
    ck_assert_uint_eq(tell.icmp.type, 0);
    ck_assert_uint_eq(tell.icmp.body_len, ask.icmp.body_len);
    ck_assert_mem_eq(tell.icmp.body, ask.icmp.body, ask.icmp.body_len);
    ck_assert(ip_equal(tell.src, ask.dst) && ip_equal(tell.dst, ask.src));
    ck_assert(net_vlan_equal(tell.vlan, ask.vlan));
    ck_assert_mem_eq(reply, f.data + 6, 6);
    ck_assert_mem_eq(reply + 6, mac1, 6);
    ck_assert_uint_eq(net_icmp_echo_reply(reply, len - 1, &ask, mac1), 0);
    free(f.data);
}

START_TEST(echo_is_answered_the_way_it_came)
{
    check_reply(tagged_ping(""));
    check_reply(tagged_ping("81000064 "));
    check_reply(tagged_ping("88a800c8 81000064 "));
}
END_TEST

START_TEST(only_echo_is_answered)
{
    struct bytes f = bytes_from_hex(PING_FRAME);
    struct pkt p;
    uint8_t reply[200];
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    p.icmp.type = 0;
    ck_assert_uint_eq(net_icmp_echo_reply(reply, sizeof reply, &p, mac1), 0);
    p.icmp.type = 13;
    ck_assert_uint_eq(net_icmp_echo_reply(reply, sizeof reply, &p, mac1), 0);
    free(f.data);
}
END_TEST

CHECK_MAIN("net/icmp", fields_are_read, every_flipped_bit_is_dropped, seven_bytes_are_too_few,
           echo_is_answered_the_way_it_came, only_echo_is_answered)
