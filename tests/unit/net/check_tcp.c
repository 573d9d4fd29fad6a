/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"
#include "tests/lib/check_main.h"

static struct bytes parse_known(const char *hex, struct pkt *p)
{
    struct bytes f = bytes_from_hex(hex);
    ck_assert_int_eq(pkt_parse(p, f.data, f.len, false), 0);
    ck_assert_int_eq(p->kind, PKT_TCP);
    return f;
}

START_TEST(syn_fields)
{
    struct pkt p;
    struct bytes f = parse_known(SYN_FRAME, &p);
    ck_assert_uint_eq(p.tcp.src_port, 9000);
    ck_assert_uint_eq(p.tcp.dst_port, 40000);
    ck_assert_uint_eq(p.tcp.seq, 0xfffffff0);
    ck_assert_uint_eq(p.tcp.ack, 0);
    ck_assert_uint_eq(p.tcp.flags, TCP_SYN);
    ck_assert_uint_eq(p.tcp.window, 64240);
    ck_assert_uint_eq(p.tcp.opts, TCP_OPT_MSS | TCP_OPT_WSCALE | TCP_OPT_TS | TCP_OPT_SACK_OK);
    ck_assert_uint_eq(p.tcp.mss, 1460);
    ck_assert_uint_eq(p.tcp.wscale, 7);
    ck_assert_uint_eq(p.tcp.ts_val, 1000);
    ck_assert_uint_eq(p.tcp.ts_ecr, 0);
    ck_assert_uint_eq(p.tcp.payload_len, 0);
    free(f.data);
}
END_TEST

START_TEST(data_fields)
{
    struct pkt p;
    struct bytes f = parse_known(DATA_TS_FRAME, &p);
    ck_assert_uint_eq(p.tcp.seq, 0x01020304);
    ck_assert_uint_eq(p.tcp.ack, 0xa0b0c0d0);
    ck_assert_uint_eq(p.tcp.flags, TCP_PSH | TCP_ACK);
    ck_assert_uint_eq(p.tcp.window, 501);
    ck_assert_uint_eq(p.tcp.opts, TCP_OPT_TS);
    ck_assert_uint_eq(p.tcp.ts_val, 0x11223344);
    ck_assert_uint_eq(p.tcp.ts_ecr, 0x55667788);
    ck_assert_uint_eq(p.tcp.payload_len, 11);
    ck_assert_mem_eq(p.tcp.payload, "hello, wire", 11);
    free(f.data);
}
END_TEST

START_TEST(bare_fields)
{
    struct pkt p;
    struct bytes f = parse_known(FIN_ECE_FRAME, &p);
    ck_assert_uint_eq(p.tcp.src_port, 1);
    ck_assert_uint_eq(p.tcp.dst_port, 65535);
    ck_assert_uint_eq(p.tcp.flags, TCP_FIN | TCP_ACK | TCP_ECE | TCP_CWR);
    ck_assert_uint_eq(p.tcp.window, 0);
    ck_assert_uint_eq(p.tcp.opts, 0);
    ck_assert_uint_eq(p.tcp.payload_len, 0);
    free(f.data);
}
END_TEST

/* Every bit behind the Ethernet header stands under a checksum. */
START_TEST(every_flipped_bit_is_dropped)
{
    static const char *const frames[] = {SYN_FRAME, DATA_TS_FRAME, ACK_FRAME, ACK_IP_OPT_FRAME};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct bytes f = bytes_from_hex(frames[i]);
        struct pkt p;
        for (uint32_t bit = IP_AT * 8; bit < f.len * 8; bit++) {
            f.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            ck_assert_msg(pkt_parse(&p, f.data, f.len, false) < 0, "frame %zu bit %u", i, bit);
            f.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
        free(f.data);
    }
}
END_TEST

START_TEST(the_device_may_vouch_for_tcp)
{
    struct bytes f = bytes_from_hex(DATA_TS_FRAME);
    struct pkt p;
    f.data[f.len - 1] ^= 1;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_TCP_CSUM);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, true), 0);
    free(f.data);
}
END_TEST

/* One's complement has two zeros. A right checksum of 0x0000 may also be written 0xffff. */
START_TEST(both_zeros_are_right)
{
    struct bytes f = bytes_from_hex(ACK_FRAME);
    uint8_t *tcp = ip_payload(f);
    struct pkt p;
    put16(tcp + 4, get16(tcp + 16)); /* was 0: the sum now reaches zero by itself */
    tcp_csum_fix(f);
    ck_assert_uint_eq(get16(tcp + 16), 0);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    put16(tcp + 16, 0xffff);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    put16(tcp + 16, 1);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_TCP_CSUM);
    free(f.data);
}
END_TEST

START_TEST(data_offset_is_bounded)
{
    struct bytes f = bytes_from_hex(ACK_FRAME);
    struct pkt p;
    for (uint32_t words = 0; words < 16; words++) {
        f.data[IP_AT + 32] = (uint8_t)(words << 4);
        tcp_csum_fix(f);
        ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), words == 5 ? 0 : -DROP_TCP_SHORT);
    }
    free(f.data);
}
END_TEST

CHECK_MAIN("net/tcp", syn_fields, data_fields, bare_fields, every_flipped_bit_is_dropped,
           the_device_may_vouch_for_tcp, both_zeros_are_right, data_offset_is_bounded)
