/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"
#include "tests/lib/check_main.h"

START_TEST(every_truncation_is_dropped)
{
    drop_every_truncation(known_frames, KNOWN_FRAMES);
}
END_TEST

START_TEST(padding_is_ignored)
{
    for (size_t i = 0; i < KNOWN_FRAMES; i++) {
        struct bytes f = bytes_from_hex(known_frames[i]);
        struct pkt bare, padded;
        ck_assert_int_eq(pkt_parse(&bare, f.data, f.len, false), 0);
        f.data = realloc(f.data, f.len + 9);
        memset(f.data + f.len, 0xa5, 9);
        ck_assert_int_eq(pkt_parse(&padded, f.data, f.len + 9, false), 0);
        ck_assert_int_eq(padded.kind, bare.kind);
        if (bare.kind == PKT_TCP)
            ck_assert_uint_eq(padded.tcp.payload_len, bare.tcp.payload_len);
        if (bare.kind == PKT_ICMP)
            ck_assert_uint_eq(padded.icmp.body_len, bare.icmp.body_len);
        free(f.data);
    }
}
END_TEST

static void check_tags(const char *hex, uint16_t vlan, uint16_t vlan_outer)
{
    struct bytes f = bytes_from_hex(hex);
    struct pkt p;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert_int_eq(p.kind, PKT_TCP);
    ck_assert_uint_eq(p.vlan.id, vlan);
    ck_assert_uint_eq(p.vlan.outer, vlan_outer);
    ck_assert_ptr_eq(p.eth_src, f.data + 6);
    ck_assert_uint_eq(p.tcp.window, 0xffff);
    free(f.data);
}

START_TEST(tags_are_reported)
{
    check_tags(ACK_FRAME, 0, 0);
    check_tags(ACK_VLAN_FRAME, 100, 0);
    check_tags(ACK_QINQ_FRAME, 100, 200);
}
END_TEST

/* The MACs and everything behind the EtherType are those of ACK_FRAME. */
START_TEST(priority_tags_count_as_none)
{
    static const struct {
        const char *tags;
        uint16_t vlan;
    } rows[] = {{"8100a000", 0},
                {"8100e000 81000005", 5},
                {"88a80005 81000000", 5},
                {"88a80000 81000000", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char hex[300] = "020000000001 020000000002 ";
        strcat(hex, rows[i].tags);
        check_tags(strcat(strcat(hex, " "), &ACK_FRAME[26]), rows[i].vlan, 0);
    }
}
END_TEST

static int parse_hex(const char *hex)
{
    struct bytes f = bytes_from_hex(hex);
    struct pkt p;
    int ret = pkt_parse(&p, f.data, f.len, false);
    free(f.data);
    return ret;
}

START_TEST(other_types_are_dropped)
{
    ck_assert_int_eq(parse_hex("020000000001 020000000002 86dd 60000000"), -DROP_IP_SHORT);
    ck_assert_int_eq(parse_hex("020000000001 020000000002 88cc 00"), -DROP_ETH_TYPE);
    ck_assert_int_eq(parse_hex("020000000001 020000000002 0004 00000000"), -DROP_ETH_TYPE);
    ck_assert_int_eq(parse_hex("020000000001 020000000002 8100 0001 8100 0002 8100 0003 0800"),
                     -DROP_ETH_TYPE);
    ck_assert_int_eq(parse_hex("020000000001 020000000002 8100 00"), -DROP_ETH_SHORT);
    ck_assert_int_eq(parse_hex("020000000001 020000000002 08"), -DROP_ETH_SHORT);
}
END_TEST

static int parse_to_mac(const char *hex, const char *mac_hex)
{
    struct bytes f = bytes_from_hex(hex), mac = bytes_from_hex(mac_hex);
    struct pkt p;
    memcpy(f.data, mac.data, 6);
    int ret = pkt_parse(&p, f.data, f.len, false);
    free(f.data);
    free(mac.data);
    return ret;
}

START_TEST(group_addresses_carry_only_arp)
{
    ck_assert_int_eq(parse_to_mac(ACK_FRAME, "ffffffffffff"), -DROP_ETH_NOT_OURS);
    ck_assert_int_eq(parse_to_mac(ACK_VLAN_FRAME, "ffffffffffff"), -DROP_ETH_NOT_OURS);
    ck_assert_int_eq(parse_to_mac(ACK_FRAME, "01005e000001"), -DROP_ETH_NOT_OURS);
    ck_assert_int_eq(parse_to_mac(PING_FRAME, "ffffffffffff"), -DROP_ETH_NOT_OURS);
    ck_assert_int_eq(parse_to_mac(ARP_ASK_FRAME, "01005e000001"), -DROP_ETH_NOT_OURS);
    ck_assert_int_eq(parse_to_mac(ARP_ASK_FRAME, "ffffffffffff"), 0);
    ck_assert_int_eq(parse_to_mac(ARP_ASK_FRAME, "020000000001"), 0);
}
END_TEST

START_TEST(nobody_sends_from_a_group)
{
    ck_assert_int_eq(parse_hex("020000000001 01005e000001 0800 00"), -DROP_ETH_NOT_OURS);
    ck_assert_int_eq(parse_hex("020000000001 ffffffffffff 86dd 00"), -DROP_ETH_NOT_OURS);
    ck_assert_int_eq(parse_hex("ffffffffffff 01005e000001 0806 00"), -DROP_ETH_NOT_OURS);
    ck_assert_int_eq(parse_hex("020000000001 01005e000001 81000007 0800 00"), -DROP_ETH_NOT_OURS);
}
END_TEST

CHECK_MAIN("net/eth", every_truncation_is_dropped, padding_is_ignored, tags_are_reported,
           priority_tags_count_as_none, other_types_are_dropped, group_addresses_carry_only_arp,
           nobody_sends_from_a_group)
