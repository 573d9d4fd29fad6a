/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/csum.h"
#include "base/rng.h"
#include "frames.h"
#include "net/complete.h"
#include "tests/lib/check_main.h"

#define PAYLOAD_MAX 1500
#define GUARD       0xa5

static const struct net_path plain = {
    .dscp = 46,
    .src_mac = {2, 0, 0, 0, 0, 2},
    .dst_mac = {2, 0, 0, 0, 0, 1},
    .ttl = 64,
    .src = {0, IP4_MAPPED | 0xc6120002},
    .dst = {0, IP4_MAPPED | 0xc6120001},
};

static struct net_seg random_seg(struct rng *r, uint8_t opts)
{
    uint64_t a = rng_u64(r), b = rng_u64(r), c = rng_u64(r);
    return (struct net_seg){
        .src_port = (uint16_t)a,
        .dst_port = (uint16_t)(a >> 16),
        .seq = (uint32_t)(a >> 32),
        .ack = (uint32_t)b,
        .window = (uint16_t)(b >> 32),
        .flags = (uint8_t)(b >> 48),
        .opts = opts,
        .mss = (uint16_t)c,
        .wscale = (uint8_t)((c >> 16) % 15),
        .ts_val = (uint32_t)(c >> 32),
        .ts_ecr = (uint32_t)(rng_u64(r)),
        .ecn = (uint8_t)(c >> 20 & 3),
    };
}

static void check_same(const struct pkt_tcp *t, const struct net_seg *s)
{
    ck_assert_uint_eq(t->src_port, s->src_port);
    ck_assert_uint_eq(t->dst_port, s->dst_port);
    ck_assert_uint_eq(t->seq, s->seq);
    ck_assert_uint_eq(t->ack, s->ack);
    ck_assert_uint_eq(t->window, s->window);
    ck_assert_uint_eq(t->flags, s->flags);
    ck_assert_uint_eq(t->opts, s->opts);
    ck_assert_uint_eq(t->ecn, s->ecn);
    if (s->opts & TCP_OPT_MSS)
        ck_assert_uint_eq(t->mss, s->mss);
    if (s->opts & TCP_OPT_WSCALE)
        ck_assert_uint_eq(t->wscale, s->wscale);
    if (s->opts & TCP_OPT_TS) {
        ck_assert_uint_eq(t->ts_val, s->ts_val);
        ck_assert_uint_eq(t->ts_ecr, s->ts_ecr);
    }
    ck_assert_mem_eq(t->sack, s->sack, tcp_sack_count(s->opts) * sizeof *s->sack);
}

/* Builds, parses back, and judges the checksums by the reference too (untagged paths). */
static void round_trip(const struct net_path *path, const struct net_seg *s, uint32_t payload_len,
                       struct rng *r)
{
    uint8_t frame[NET_HEADERS_MAX + PAYLOAD_MAX + 1], payload[PAYLOAD_MAX];
    struct net_template t;
    struct pkt p;
    net_template_init(&t, path);
    for (uint32_t i = 0; i < payload_len; i++)
        payload[i] = (uint8_t)rng_u64(r);
    uint32_t at = net_tcp_header_len(&t, s->opts);
    uint64_t sum = csum_copy(frame + at, payload, payload_len);
    frame[at + payload_len] = GUARD;
    uint32_t len = net_tcp_build(&t, frame, s, payload_len, sum);
    ck_assert_uint_eq(len, at + payload_len);
    ck_assert_uint_eq(frame[len], GUARD);
    ck_assert_int_eq(pkt_parse(&p, frame, len, false), 0);
    ck_assert_int_eq(p.kind, PKT_TCP);
    ck_assert(net_vlan_equal(p.vlan, path->vlan));
    ck_assert(ip_equal(p.src, path->src) && ip_equal(p.dst, path->dst));
    check_same(&p.tcp, s);
    ck_assert_uint_eq(p.tcp.payload_len, payload_len);
    ck_assert_mem_eq(p.tcp.payload, payload, payload_len);
    if (ip_is4(path->src) && !path->vlan.id) {
        struct bytes f = {frame, len};
        uint32_t pseudo = reference_sum(6 + ip_payload_len(f), frame + IP_AT + 12, 8);
        ck_assert_uint_eq(reference_sum(0, frame + IP_AT, 20), 0xffff);
        ck_assert_uint_eq(reference_sum(pseudo, ip_payload(f), ip_payload_len(f)), 0xffff);
    }
}

static const struct net_path plain6 = {
    .src_mac = {2, 0, 0, 0, 0, 2},
    .dst_mac = {2, 0, 0, 0, 0, 1},
    .ttl = 64,
    .src = {0x2001000200000000, 2},
    .dst = {0x2001000200000000, 1},
};

START_TEST(every_option_set_and_length)
{
    struct rng r;
    rng_seed(&r, 1);
    for (uint8_t opts = 0; opts < 16; opts++)
        for (uint32_t len = 0; len <= PAYLOAD_MAX; len += 1) {
            struct net_seg s = random_seg(&r, opts);
            round_trip(&plain, &s, len, &r);
            round_trip(&plain6, &s, len, &r);
        }
}
END_TEST

/* Four without timestamps, three with them (RFC 2018 3). */
START_TEST(sack_blocks)
{
    struct rng r;
    rng_seed(&r, 3);
    for (uint32_t blocks = 1; blocks <= TCP_SACK_MAX; blocks++)
        for (uint32_t len = 0; len <= PAYLOAD_MAX; len += 7) {
            bool ts = blocks < TCP_SACK_MAX && len % 2;
            struct net_seg s = random_seg(&r, (uint8_t)((ts ? TCP_OPT_TS : 0) | blocks << TCP_SACK_SHIFT));
            for (uint32_t i = 0; i < blocks; i++)
                s.sack[i] = (struct sack_block){(uint32_t)rng_u64(&r), (uint32_t)rng_u64(&r)};
            round_trip(&plain, &s, len, &r);
        }
}
END_TEST

START_TEST(tags)
{
    struct rng r;
    rng_seed(&r, 2);
    for (uint8_t opts = 0; opts < 16; opts++)
        for (uint32_t len = 0; len < 40; len++) {
            struct net_path path = len & 1 ? plain : plain6;
            struct net_seg s = random_seg(&r, opts);
            path.vlan.id = (uint16_t)(1 + rng_below(&r, 4094));
            round_trip(&path, &s, len, &r);
            path.vlan.outer = (uint16_t)(1 + rng_below(&r, 4094));
            round_trip(&path, &s, len, &r);
        }
}
END_TEST

/* Builds a known frame from its own fields: the same bytes, IP id and its checksum apart. */
static void check_known(const char *hex, uint8_t dscp)
{
    struct bytes known = bytes_from_hex(hex);
    struct net_path path = plain;
    struct net_template t;
    struct pkt p;
    uint8_t frame[200];
    ck_assert_int_eq(pkt_parse(&p, known.data, known.len, false), 0);
    path.dscp = dscp;
    path.vlan = p.vlan;
    net_template_init(&t, &path);
    struct net_seg s = {p.tcp.src_port, p.tcp.dst_port, p.tcp.seq,   p.tcp.ack,
                        p.tcp.window,   p.tcp.flags,    p.tcp.opts,  p.tcp.mss,
                        p.tcp.wscale,   p.tcp.ts_val,   p.tcp.ts_ecr, p.tcp.ecn};
    uint32_t at = net_tcp_header_len(&t, s.opts);
    uint64_t sum = csum_copy(frame + at, p.tcp.payload, p.tcp.payload_len);
    ck_assert_uint_eq(net_tcp_build(&t, frame, &s, p.tcp.payload_len, sum), known.len);
    memset(known.data + IP_AT + 4, 0, 2);
    if (!p.vlan.id) {
        ip_csum_fix(known);
        ck_assert_mem_eq(frame, known.data, known.len);
    }
    free(known.data);
}

START_TEST(known_frames_come_out_again)
{
    check_known(SYN_FRAME, 0);
    check_known(DATA_TS_FRAME, 0);
    check_known(ACK_FRAME, 0);
    check_known(FIN_ECE_FRAME, 0xb8 >> 2);
}
END_TEST

/* Class and flow label of the first word, the latter of the connection and of nothing else. */
static uint32_t first_word(const struct net_path *path, const struct net_seg *s)
{
    struct net_template t;
    uint8_t frame[200];
    net_template_init(&t, path);
    net_tcp_build(&t, frame, s, 0, 0);
    return get16(frame + IP_AT) << 16 | get16(frame + IP_AT + 2);
}

START_TEST(class_and_flow_label)
{
    struct net_path path = plain6;
    struct net_seg s = {.src_port = 4000, .dst_port = 80, .flags = TCP_ACK}, same = s, other = s;
    same.seq = 77;
    same.flags = TCP_SYN;
    other.src_port++;
    uint32_t word = first_word(&path, &s);
    ck_assert_uint_eq(word >> 20, 0x600);
    ck_assert_uint_ne(word & 0xfffff, 0);
    ck_assert_uint_eq(first_word(&path, &same), word);
    ck_assert_uint_ne(first_word(&path, &other), word);
    path.dst.lo++;
    ck_assert_uint_ne(first_word(&path, &s), word);
    path.flow_label = 0x12345;
    path.dscp = 46;
    ck_assert_uint_eq(first_word(&path, &s), 0x60000000u | 46 << 22 | 0x12345);
    ck_assert_uint_eq(first_word(&path, &other), 0x60000000u | 46 << 22 | 0x12345);
}
END_TEST

START_TEST(a_learnt_mac_is_set)
{
    static const uint8_t mac[6] = {2, 1, 2, 3, 4, 5};
    struct net_template t;
    struct net_seg s = {.flags = TCP_ACK};
    uint8_t frame[60];
    net_template_init(&t, &plain);
    net_template_set_dst_mac(&t, mac);
    net_tcp_build(&t, frame, &s, 0, 0);
    ck_assert_mem_eq(frame, mac, 6);
    ck_assert_mem_eq(frame + 6, plain.src_mac, 6);
}
END_TEST

/* Sweeps a field so that the checksum passes through 0x0000 and every other value. */
START_TEST(every_checksum_value)
{
    struct net_template t;
    struct pkt p;
    uint8_t frame[60];
    bool zero_seen = false;
    net_template_init(&t, &plain);
    for (uint32_t i = 0; i < 65536; i++) {
        struct net_seg s = {.src_port = 9, .dst_port = 10, .window = (uint16_t)i, .flags = TCP_ACK};
        uint32_t len = net_tcp_build(&t, frame, &s, 0, 0);
        ck_assert_int_eq(pkt_parse(&p, frame, len, false), 0);
        zero_seen |= get16(frame + 50) == 0;
        ck_assert_uint_ne(get16(frame + 50), 0xffff); /* only a sum of nothing gives that */
    }
    ck_assert(zero_seen);
}
END_TEST

/* What is left to a device: another's software that finishes it gets the checksum that ours had. */
START_TEST(an_open_checksum_is_the_pseudo_header_alone)
{
    struct net_path path = plain;
    struct net_template t;
    struct rng r;
    uint8_t frame[200], left[200];
    rng_seed(&r, 5);
    for (int i = 0; i < 1000; i++) {
        path.vlan.id = i % 2 ? 7 : 0;
        net_template_init(&t, &path);
        struct net_seg s = random_seg(&r, TCP_OPT_TS);
        uint32_t at = net_tcp_header_len(&t, s.opts), payload = (uint32_t)rng_below(&r, 100);
        for (uint32_t k = 0; k < payload; k++)
            frame[at + k] = (uint8_t)rng_u64(&r);
        uint32_t len = net_tcp_build(&t, frame, &s, payload, csum_add(frame + at, payload));
        memcpy(left, frame, len);
        net_tcp_open_csum(&t, left, len);
        ck_assert(memcmp(left, frame, len));
        ck_assert(net_complete(left, (uint16_t)len));
        ck_assert_mem_eq(left, frame, len);
    }
}
END_TEST

CHECK_MAIN("net/build", every_option_set_and_length, sack_blocks, tags, known_frames_come_out_again,
           class_and_flow_label, a_learnt_mac_is_set, every_checksum_value,
           an_open_checksum_is_the_pseudo_header_alone)
