/* SPDX-License-Identifier: BSD-3-Clause */
/* Segments for people: what is written is what the parser takes, and reads back the same. */
#include "frames.h"
#include "net/segment.h"

#define PAYLOAD 777

static const struct segment syn = {.src_port = 5000, .dst_port = 80, .seq = 0xfffffff0, .ack = 7,
                                   .window = 65535, .urgent = 3, .flags = TCP_SYN | TCP_ACK | TCP_URG,
                                   .opts_len = 20, .tos = 0xb8 | ECN_CE, .payload_len = PAYLOAD,
                                   .opts = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 1, 0, 0, 0, 0, 9, 1, 3, 3, 7}};

static struct segment_ends ends_of(bool is4)
{
    if (is4)
        return (struct segment_ends){ip4_addr(0xc6120001), ip4_addr(0xc6120002)};
    return (struct segment_ends){{0x2001000200000000, 1}, {0x2001000200000000, 2}};
}

/* A whole frame between two MACs, tagged or not. */
static struct bytes frame_of(bool is4, bool tagged)
{
    static uint8_t frame[18 + SEGMENT_HEADERS_MAX + PAYLOAD] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    const struct segment_ends ends = ends_of(is4);
    uint32_t at = tagged ? 18 : 14;
    put16(frame + 12, 0x8100);
    put16(frame + 14, 100);
    put16(frame + at - 2, is4 ? 0x0800 : 0x86dd);
    return bytes_copy(frame, at + segment_write(frame + at, &syn, &ends));
}

START_TEST(what_is_written_is_taken)
{
    for (int mode = 0; mode < 4; mode++) {
        struct bytes f = frame_of(mode & 1, mode & 2);
        struct pkt p;
        ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
        ck_assert(ip_equal(p.src, ends_of(mode & 1).src) && ip_equal(p.dst, ends_of(mode & 1).dst));
        ck_assert(p.tcp.src_port == 5000 && p.tcp.dst_port == 80 && p.tcp.window == 65535);
        ck_assert(p.tcp.seq == 0xfffffff0 && p.tcp.ack == 7 && p.tcp.flags == syn.flags);
        ck_assert_uint_eq(p.tcp.ecn, ECN_CE);
        ck_assert_uint_eq(p.tcp.payload_len, PAYLOAD);
        ck_assert(p.tcp.mss == 1460 && p.tcp.wscale == 7 && p.tcp.ts_val == 256 && p.tcp.ts_ecr == 9);
        free(f.data);
    }
}
END_TEST

START_TEST(what_is_written_reads_the_same)
{
    for (int mode = 0; mode < 4; mode++) {
        struct bytes f = frame_of(mode & 1, mode & 2);
        struct segment s;
        char text[SEGMENT_TEXT];
        ck_assert(segment_read(&s, f.data, f.len));
        ck_assert(segment_equal(&s, &syn) && s.src_port == 5000 && s.dst_port == 80);
        ck_assert_str_eq(segment_text(text, &s, 0xfffffff0, 6),
                         "SU. 0:777(777) ack 1 win 65535 urg 3 "
                         "<mss 1460,sackOK,TS val 256 ecr 9,nop,wscale 7>");
        free(f.data);
    }
}
END_TEST

/* Lengths that reach out of the frame, another protocol, no IP at all. */
START_TEST(what_is_none)
{
    struct segment s;
    for (int mode = 0; mode < 4; mode++) {
        struct bytes f = frame_of(mode & 1, mode & 2);
        uint8_t *ip = f.data + (mode & 2 ? 18 : 14), *protocol = ip + (mode & 1 ? 9 : 6);
        for (uint32_t len = 0; len < f.len; len++) {
            struct bytes cut = bytes_copy(f.data, len);
            ck_assert_msg(!segment_read(&s, cut.data, cut.len), "%u of %u bytes", len, f.len);
            free(cut.data);
        }
        *protocol = 17;
        ck_assert(!segment_read(&s, f.data, f.len));
        *protocol = 6;
        ck_assert(segment_read(&s, f.data, f.len));
        ip[-1] = 0x06;
        ip[-2] = 0x08;
        ck_assert(!segment_read(&s, f.data, f.len));
        free(f.data);
    }
}
END_TEST

START_TEST(options_as_text)
{
    static const struct {
        uint8_t len, opts[12];
        const char *text;
    } rows[] = {
        {0, {0}, ""},
        {4, {1, 1, 0, 0}, "nop,nop,eol,eol"},
        {10, {5, 10, 0, 0, 0, 11, 0, 0, 0, 21}, "sack 1:11"},
        {6, {5, 6, 0, 0, 0, 11}, "sack"},
        {3, {3, 3, 14}, "wscale 14"},
        {3, {2, 3, 5}, "option 2, 3 bytes"},
        {4, {254, 4, 1, 2}, "option 254, 4 bytes"},
        {2, {1, 8}, "nop,broken"},
        {3, {8, 10, 0}, "broken"},
        {2, {8, 1}, "broken"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct segment s = {.opts_len = rows[i].len};
        char text[SEGMENT_TEXT];
        memcpy(s.opts, rows[i].opts, rows[i].len);
        ck_assert_str_eq(segment_options_text(text, &s, 10), rows[i].text);
    }
}
END_TEST

CHECK_MAIN("net/segment", what_is_written_is_taken, what_is_written_reads_the_same, what_is_none,
           options_as_text)
