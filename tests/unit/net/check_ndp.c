/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbour discovery and echo of IPv6. */
#include "frames6.h"
#include "tests/lib/check_main.h"

#define ASK6_MAPPED_FRAME                                                                          \
    "3333ff120001 020000000002 86dd 60000000 00203aff 20010002 00000000 00000000 00000002 "        \
    "ff020000 00000000 00000001 ff120001 8700ffff 00000000 "                                       \
    "00000000 00000000 0000ffff c6120001 01010200 00000002"

static const uint8_t mac1[6] = {2, 0, 0, 0, 0, 1}, mac2[6] = {2, 0, 0, 0, 0, 2};
static const struct ip_addr ip1 = {0x2001000200000000, 1}, ip2 = {0x2001000200000000, 2};

START_TEST(an_ask_is_read)
{
    struct bytes f = bytes_from_hex(ASK6_FRAME);
    struct pkt p;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert(p.kind == PKT_NDP && !p.ndp.tells && p.ndp.has_mac);
    ck_assert(ip_equal(p.src, ip2) && ip_equal(p.ndp.target, ip1));
    ck_assert_mem_eq(p.ndp.mac, mac2, 6);
    free(f.data);
    f = bytes_from_hex(ASK6_DAD_FRAME);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert(ip_is_none(p.src) && !p.ndp.has_mac);
    free(f.data);
}
END_TEST

START_TEST(a_tell_is_read)
{
    struct bytes f = bytes_from_hex(TELL6_FRAME);
    struct pkt p;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert(p.kind == PKT_NDP && p.ndp.tells && p.ndp.solicited && p.ndp.override);
    ck_assert(ip_equal(p.ndp.target, ip2) && p.ndp.has_mac);
    ck_assert_mem_eq(p.ndp.mac, mac2, 6);
    free(f.data);
}
END_TEST

START_TEST(every_flipped_bit_is_dropped)
{
    struct bytes f = bytes_from_hex(TELL6_FRAME);
    struct pkt p;
    for (uint32_t bit = (14 + 7) * 8; bit < f.len * 8; bit++) { /* from the hop limit on */
        f.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_lt(pkt_parse(&p, f.data, f.len, true), 0);
        f.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(f.data);
}
END_TEST

/* RFC 4861 7.1.1 and 7.1.2, each rule broken alone. `at`: offset in the frame. */
START_TEST(what_must_be_discarded)
{
    static const struct {
        const char *hex;
        uint32_t at;
        uint8_t value;
        int result;
    } rows[] = {
        {ASK6_FRAME, 21, 255, 0},
        {ASK6_FRAME, 21, 254, -DROP_NDP_BAD},           /* came through a router */
        {ASK6_FRAME, 55, 1, -DROP_NDP_BAD},             /* code */
        {ASK6_FRAME, 62, 0xff, -DROP_NDP_BAD},          /* target is a group */
        {ASK6_MAPPED_FRAME, 0, 0x33, -DROP_NDP_BAD},    /* target is IPv4 in disguise */
        {ASK6_FRAME, 79, 0, -DROP_NDP_BAD},             /* option without length */
        {ASK6_FRAME, 79, 2, -DROP_NDP_BAD},             /* option beyond the message */
        {ASK6_FRAME, 78, 7, 0},                         /* an option of another kind */
        {ASK6_FRAME, 77, 9, -DROP_NDP_BAD},             /* the group is not the target's */
        {ASK6_DAD_FRAME, 38 + 15, 9, -DROP_NDP_BAD},    /* the same, from nobody */
        {TELL6_FRAME, 21, 64, -DROP_NDP_BAD},
        {TELL6_FRAME, 62, 0xff, -DROP_NDP_BAD},
        {TELL6_FRAME, 58, 0x20, 0},                     /* unsolicited */
        {TELL6_FRAME, 79, 0, -DROP_NDP_BAD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes f = bytes_from_hex(rows[i].hex);
        struct pkt p;
        f.data[rows[i].at] = rows[i].value;
        ip6_csum_fix(f, 58);
        ck_assert_msg(pkt_parse(&p, f.data, f.len, false) == rows[i].result, "row %zu", i);
        free(f.data);
    }
}
END_TEST

static void set_addr(struct bytes f, uint32_t at, struct ip_addr a)
{
    for (int i = 0; i < 8; i++) {
        f.data[at + (uint32_t)i] = (uint8_t)(a.hi >> (56 - 8 * i));
        f.data[at + 8 + (uint32_t)i] = (uint8_t)(a.lo >> (56 - 8 * i));
    }
    ip6_csum_fix(f, 58);
}

START_TEST(who_may_say_what_to_whom)
{
    const struct ip_addr none = {0, 0}, all_nodes = {0xff02000000000000, 1};
    struct pkt p;
    struct bytes f = bytes_from_hex(ASK6_FRAME);
    set_addr(f, 22, none); /* nobody has no MAC */
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_NDP_BAD);
    free(f.data);
    f = bytes_from_hex(ASK6_DAD_FRAME);
    set_addr(f, 38, ip1); /* nobody asks a group */
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_NDP_BAD);
    free(f.data);
    f = bytes_from_hex(TELL6_FRAME);
    set_addr(f, 38, all_nodes); /* an answer is for one */
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_NDP_BAD);
    f.data[58] = 0x20;
    ip6_csum_fix(f, 58);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    set_addr(f, 22, none); /* nobody tells nothing */
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_NDP_BAD);
    free(f.data);
}
END_TEST

START_TEST(a_group_mac_is_no_neighbours)
{
    struct bytes f = bytes_from_hex(TELL6_FRAME);
    struct pkt p;
    f.data[80] = 0x33;
    ip6_csum_fix(f, 58);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert(!p.ndp.has_mac);
    free(f.data);
}
END_TEST

START_TEST(an_ask_is_built_as_known)
{
    struct bytes known = bytes_from_hex(ASK6_FRAME);
    uint8_t frame[100];
    ck_assert_uint_eq(net_ndp_ask(frame, mac2, ip2, ip1, (struct net_vlan){0, 0}), known.len);
    ck_assert_mem_eq(frame, known.data, known.len);
    free(known.data);
}
END_TEST

static void check_tell(const char *hex, struct ip_addr to, const uint8_t to_mac[6], bool solicited)
{
    struct bytes f = bytes_from_hex(hex);
    struct pkt ask, tell;
    uint8_t frame[100];
    ck_assert_int_eq(pkt_parse(&ask, f.data, f.len, false), 0);
    uint32_t len = net_ndp_tell(frame, &ask, mac1);
    ck_assert_int_eq(pkt_parse(&tell, frame, len, false), 0);
    ck_assert(tell.kind == PKT_NDP && tell.ndp.tells && tell.ndp.override);
    ck_assert_int_eq(tell.ndp.solicited, solicited);
    ck_assert(ip_equal(tell.src, ip1) && ip_equal(tell.ndp.target, ip1) && ip_equal(tell.dst, to));
    ck_assert_mem_eq(tell.ndp.mac, mac1, 6);
    ck_assert_mem_eq(frame, to_mac, 6);
    free(f.data);
}

START_TEST(an_answer_goes_to_who_asked)
{
    static const uint8_t all_nodes_mac[6] = {0x33, 0x33, 0, 0, 0, 1};
    check_tell(ASK6_FRAME, ip2, mac2, true);
    check_tell(ASK6_DAD_FRAME, (struct ip_addr){0xff02000000000000, 1}, all_nodes_mac, false);
}
END_TEST

START_TEST(tags_go_both_ways)
{
    const struct net_vlan vlan = {100, 200};
    struct pkt ask, tell;
    uint8_t frame[100], answer[100];
    uint32_t len = net_ndp_ask(frame, mac2, ip2, ip1, vlan);
    ck_assert_uint_eq(len, 94);
    ck_assert_int_eq(pkt_parse(&ask, frame, len, false), 0);
    ck_assert(net_vlan_equal(ask.vlan, vlan));
    len = net_ndp_tell(answer, &ask, mac1);
    ck_assert_int_eq(pkt_parse(&tell, answer, len, false), 0);
    ck_assert(net_vlan_equal(tell.vlan, vlan));
}
END_TEST

START_TEST(echo_is_answered)
{
    struct bytes f = bytes_from_hex(PING6_FRAME);
    struct pkt ask, tell;
    uint8_t reply[200];
    ck_assert_int_eq(pkt_parse(&ask, f.data, f.len, false), 0);
    ck_assert(ask.kind == PKT_ICMP && net_icmp_asks_echo(&ask));
    uint32_t len = net_icmp_echo_reply(reply, sizeof reply, &ask, mac1);
    ck_assert_uint_eq(len, f.len);
    ck_assert_int_eq(pkt_parse(&tell, reply, len, false), 0);
    ck_assert_uint_eq(tell.icmp.type, 129);
    ck_assert_uint_eq(tell.icmp.body_len, ask.icmp.body_len);
    ck_assert_mem_eq(tell.icmp.body, ask.icmp.body, ask.icmp.body_len);
    ck_assert(ip_equal(tell.src, ask.dst) && ip_equal(tell.dst, ask.src));
    ck_assert_uint_eq(net_icmp_echo_reply(reply, len - 1, &ask, mac1), 0);
    ask.icmp.type = 8; /* IPv4's number asks nothing here */
    ck_assert(!net_icmp_asks_echo(&ask));
    free(f.data);
}
END_TEST

CHECK_MAIN("net/ndp", an_ask_is_read, a_tell_is_read, every_flipped_bit_is_dropped,
           what_must_be_discarded, who_may_say_what_to_whom, a_group_mac_is_no_neighbours,
           an_ask_is_built_as_known, an_answer_goes_to_who_asked, tags_go_both_ways,
           echo_is_answered)
