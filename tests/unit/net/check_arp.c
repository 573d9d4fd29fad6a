/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"
#include "tests/lib/check_main.h"

static const uint8_t mac1[6] = {2, 0, 0, 0, 0, 1}, mac2[6] = {2, 0, 0, 0, 0, 2};
static const struct ip_addr ip1 = {0, IP4_MAPPED | 0xc6120001}, ip2 = {0, IP4_MAPPED | 0xc6120002};

static void check_parsed(const char *hex, uint8_t op)
{
    struct bytes f = bytes_from_hex(hex);
    struct pkt p;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert_int_eq(p.kind, PKT_ARP);
    ck_assert_uint_eq(p.arp.op, op);
    ck_assert_mem_eq(p.arp.sender_mac, mac2, 6);
    ck_assert(ip_equal(p.src, ip2) && ip_equal(p.dst, ip1));
    free(f.data);
}

START_TEST(fields_are_read)
{
    check_parsed(ARP_ASK_FRAME, 1);
    check_parsed(ARP_TELL_FRAME, 2);
}
END_TEST

/* Offsets into the frame: the ARP header begins at 14. */
static const struct {
    const char *what;
    uint8_t at, value;
    int drop;
} bad_rows[] = {
    {"hardware type", 15, 6, DROP_ARP_BAD},      {"protocol type", 16, 0x86, DROP_ARP_BAD},
    {"hardware length", 18, 8, DROP_ARP_BAD},    {"protocol length", 19, 16, DROP_ARP_BAD},
    {"operation 3", 21, 3, DROP_ARP_BAD},        {"operation 0x102", 20, 1, DROP_ARP_BAD},
    {"group sender MAC", 22, 3, DROP_ARP_BAD},   {"loopback sender", 28, 127, DROP_ARP_BAD},
    {"multicast sender", 28, 224, DROP_ARP_BAD}, {"sender in 0/8", 28, 0, DROP_ARP_BAD},
};

START_TEST(bad_ones_are_dropped)
{
    for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
        struct bytes f = bytes_from_hex(ARP_TELL_FRAME);
        struct pkt p;
        f.data[bad_rows[i].at] = bad_rows[i].value;
        int ret = pkt_parse(&p, f.data, f.len, false);
        ck_assert_msg(ret == -bad_rows[i].drop, "%s: %d", bad_rows[i].what, ret);
        free(f.data);
    }
}
END_TEST

START_TEST(a_probe_may_ask_but_not_tell_from_nowhere)
{
    struct bytes f = bytes_from_hex(ARP_ASK_FRAME);
    struct pkt p;
    memset(f.data + 28, 0, 4);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert(ip_equal(p.src, ip4_addr(0)));
    f.data[21] = 2;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_ARP_BAD);
    free(f.data);
}
END_TEST

static void check_built(const char *hex, uint8_t op, const uint8_t *to)
{
    struct bytes known = bytes_from_hex(hex);
    uint8_t frame[60], zeros[18] = {0};
    ck_assert_uint_eq(net_arp_build(frame, op, mac2, ip2, to, ip1, (struct net_vlan){0, 0}), 60);
    ck_assert_mem_eq(frame, known.data, known.len);
    ck_assert_mem_eq(frame + known.len, zeros, 60 - known.len);
    free(known.data);
}

START_TEST(built_as_known)
{
    check_built(ARP_ASK_FRAME, 1, NULL);
    check_built(ARP_TELL_FRAME, 2, mac1);
}
END_TEST

START_TEST(built_with_tag)
{
    uint8_t frame[60];
    struct pkt p;
    ck_assert_uint_eq(net_arp_build(frame, 2, mac2, ip2, mac1, ip1, (struct net_vlan){4094, 7}), 60);
    ck_assert_int_eq(pkt_parse(&p, frame, 60, false), 0);
    ck_assert(p.vlan.id == 4094 && p.vlan.outer == 7);
    ck_assert_mem_eq(p.arp.sender_mac, mac2, 6);
}
END_TEST

CHECK_MAIN("net/arp", fields_are_read, bad_ones_are_dropped,
           a_probe_may_ask_but_not_tell_from_nowhere, built_as_known, built_with_tag)
