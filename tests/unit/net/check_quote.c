/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP errors of both families: kinds, MTUs, quotes. The quoted segments are built as we send them. */
#include "frames.h"
#include "tests/lib/check_main.h"

struct error {
    bool is4;
    uint8_t type, code;
    uint32_t rest;       /* between header and quote: the MTU */
    uint32_t quote_len;
    uint16_t segment_len; /* payload of the quoted segment */
};

static struct net_path our_path(bool is4)
{
    struct net_path path = {.ttl = 64};
    path.src = is4 ? ip4_addr(0xc6120001) : (struct ip_addr){0x2001000200000000, 1};
    path.dst = is4 ? ip4_addr(0xc6120002) : (struct ip_addr){0x2001000200000000, 2};
    return path;
}

/* As a router would send it to us; returns what is made of it. */
static int judge(const struct error *row, struct net_error *out)
{
    static uint8_t frame[2000], body[2000];
    const struct net_seg seg = {.src_port = 5001, .dst_port = 80, .seq = 0xfffffff0, .flags = TCP_ACK};
    struct net_path path = our_path(row->is4);
    struct net_template t;
    net_template_init(&t, &path);
    net_tcp_build(&t, frame, &seg, row->segment_len, 0);
    for (int i = 0; i < 4; i++)
        body[i] = (uint8_t)(row->rest >> (24 - 8 * i));
    memcpy(body + 4, frame + 14, row->quote_len);
    struct pkt p = {.kind = PKT_ICMP, .dst = path.src};
    p.src = row->is4 ? ip4_addr(0xc61200fe) : (struct ip_addr){0x2001000200000000, 0xfe};
    p.icmp.type = row->type;
    p.icmp.code = row->code;
    struct bytes exact = bytes_copy(body, 4 + row->quote_len);
    p.icmp.body = exact.data;
    p.icmp.body_len = (uint16_t)exact.len;
    int ret = net_icmp_error(&p, out);
    free(exact.data);
    return ret;
}

START_TEST(kinds)
{
    static const struct {
        struct error e;
        enum net_error_kind kind;
    } rows[] = {
        {{true, 3, 0, 0, 28, 9}, NET_ERROR_OTHER},  {{true, 3, 1, 0, 28, 9}, NET_ERROR_OTHER},
        {{true, 3, 2, 0, 28, 9}, NET_ERROR_OTHER},  {{true, 3, 3, 0, 28, 9}, NET_ERROR_OTHER},
        {{true, 3, 5, 0, 28, 9}, NET_ERROR_OTHER},  {{true, 11, 0, 0, 28, 9}, NET_ERROR_OTHER},
        {{true, 12, 0, 0, 28, 9}, NET_ERROR_OTHER}, {{true, 3, 4, 1400, 28, 1400}, NET_ERROR_TOO_BIG},
        {{false, 1, 0, 0, 48, 9}, NET_ERROR_OTHER}, {{false, 1, 1, 0, 48, 9}, NET_ERROR_OTHER},
        {{false, 1, 4, 0, 48, 9}, NET_ERROR_OTHER}, {{false, 3, 0, 0, 48, 9}, NET_ERROR_OTHER},
        {{false, 4, 1, 0, 48, 9}, NET_ERROR_OTHER}, {{false, 2, 0, 1400, 48, 1400}, NET_ERROR_TOO_BIG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_error e;
        ck_assert_msg(judge(&rows[i].e, &e) == 0, "row %zu", i);
        ck_assert_msg(e.kind == rows[i].kind, "row %zu: kind %d", i, e.kind);
        ck_assert(e.src_port == 5001 && e.dst_port == 80 && e.seq == 0xfffffff0);
        ck_assert(ip_equal(e.dst, our_path(rows[i].e.is4).dst));
    }
}
END_TEST

START_TEST(others_are_no_errors)
{
    static const struct error rows[] = {{true, 0, 0, 0, 28, 9},   {true, 5, 0, 0, 28, 9},
                                        {true, 4, 0, 0, 28, 9},   {true, 13, 0, 0, 28, 9},
                                        {false, 129, 0, 0, 48, 9}, {false, 137, 0, 0, 48, 9},
                                        {false, 100, 0, 0, 48, 9}};
    struct net_error e;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_int_eq(judge(&rows[i], &e), -DROP_ICMP_IGNORED);
}
END_TEST

START_TEST(too_short_a_quote)
{
    struct net_error e;
    for (uint32_t len = 0; len < 28; len++)
        ck_assert_int_eq(judge(&(struct error){true, 3, 4, 1400, len, 1400}, &e), -DROP_ICMP_QUOTE);
    for (uint32_t len = 0; len < 48; len++)
        ck_assert_int_eq(judge(&(struct error){false, 2, 0, 1400, len, 1400}, &e), -DROP_ICMP_QUOTE);
}
END_TEST

START_TEST(mtus)
{
    static const struct {
        struct error e;
        int ret;
        uint16_t mtu;
    } rows[] = {
        {{true, 3, 4, 1400, 28, 1460}, 0, 1400},
        {{true, 3, 4, 0xabcd0000 | 1400, 28, 1460}, 0, 1400}, /* the upper half is unused */
        {{true, 3, 4, 0, 28, 1460}, 0, 1492},                 /* old router: RFC 1191 7.1 */
        {{true, 3, 4, 0, 28, 1452}, 0, 1006},
        {{true, 3, 4, 67, 28, 1460}, -DROP_ICMP_BAD, 0},
        {{true, 3, 4, 1500, 28, 1460}, -DROP_ICMP_BAD, 0}, /* it would have fitted */
        {{false, 2, 0, 1280, 48, 1440}, 0, 1280},
        {{false, 2, 0, 1279, 48, 1440}, -DROP_ICMP_BAD, 0}, /* RFC 8201 4 */
        {{false, 2, 0, 1500, 48, 1440}, -DROP_ICMP_BAD, 0},
        {{false, 2, 0, 0x00010500, 48, 1440}, -DROP_ICMP_BAD, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_error e;
        ck_assert_msg(judge(&rows[i].e, &e) == rows[i].ret, "row %zu", i);
        ck_assert_msg(rows[i].ret || e.mtu == rows[i].mtu, "row %zu: %u", i, e.mtu);
    }
}
END_TEST

CHECK_MAIN("net/quote", kinds, others_are_no_errors, too_short_a_quote, mtus)
