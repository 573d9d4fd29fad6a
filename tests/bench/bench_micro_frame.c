/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes of one frame: parsed, built, copied. */
#include <assert.h>
#include <string.h>

#include "base/csum.h"
#include "bench/bench.h"
#include "bench/micro.h"
#include "net/pkt.h"

#define PAYLOAD 64
#define BYTES   2048

struct frames {
    struct net_template head;
    struct net_seg seg;
    uint64_t sum; /* of the payload */
    uint32_t len; /* of the frame, or of what is copied */
    uint8_t frame[BYTES], from[BYTES];
};

static struct ip_addr address(uint32_t ip, uint32_t host)
{
    return ip == 4 ? ip4_addr(0xc6120000 + host)
                   : (struct ip_addr){.hi = 0x2001000200000000, .lo = host};
}

/* An echo's segment in the steady state: ACK, timestamps, 64 bytes. */
static void make_segment(struct frames *f, uint32_t ip)
{
    struct net_path path = {.src_mac = {2, 0, 0, 0, 0, 1}, .dst_mac = {2, 0, 0, 0, 0, 2},
                            .src = address(ip, 1), .dst = address(ip, 2), .ttl = 64};
    f->seg = (struct net_seg){.src_port = 10000, .dst_port = 9000, .seq = 1, .ack = 1,
                              .window = 2048, .flags = TCP_ACK | TCP_PSH, .opts = TCP_OPT_TS,
                              .ts_val = 1, .ts_ecr = 1};
    net_template_init(&f->head, &path);
    f->sum = csum_copy(f->frame + net_tcp_header_len(&f->head, TCP_OPT_TS), f->from, PAYLOAD);
    f->len = net_tcp_build(&f->head, f->frame, &f->seg, PAYLOAD, f->sum);
}

static bool open_bytes(void *state, uint32_t len)
{
    struct frames *f = state;
    f->len = len;
    for (uint32_t i = 0; i < BYTES; i++)
        f->from[i] = (uint8_t)(i * 7);
    return true;
}

static bool open_segment(void *state, uint32_t ip)
{
    open_bytes(state, 0);
    make_segment(state, ip);
    return true;
}

static void parse(void *state, uint32_t ops)
{
    struct frames *f = state;
    struct pkt p;
    for (uint32_t i = 0; i < ops; i++) {
        int drop = pkt_parse(&p, f->frame, f->len, false);
        assert(!drop);
        MICRO_USE(&p);
    }
}

static void build(void *state, uint32_t ops)
{
    struct frames *f = state;
    for (uint32_t i = 0; i < ops; i++) {
        f->seg.seq += PAYLOAD;
        MICRO_USE(net_tcp_build(&f->head, f->frame, &f->seg, PAYLOAD, f->sum));
    }
}

static void copy(void *state, uint32_t ops)
{
    struct frames *f = state;
    for (uint32_t i = 0; i < ops; i++)
        MICRO_USE(csum_copy(f->frame, f->from, f->len));
}

#define FRAMES(name, opened, what, n)                                                              \
    MICRO(name, .bytes = sizeof(struct frames), .open = opened, .chunk = what, .size = n,          \
          .ops = 1000, .chunks = 1000)
FRAMES(parse_ip4, open_segment, parse, 4)
FRAMES(parse_ip6, open_segment, parse, 6)
FRAMES(build_ip4, open_segment, build, 4)
FRAMES(build_ip6, open_segment, build, 6)
FRAMES(copy_64, open_bytes, copy, 64)
FRAMES(copy_1448, open_bytes, copy, 1448)

const struct bench micro_frame_benches[] = {
    {"micro_parse_ip4", MICRO_UNIT, "a frame of an echo of 64 B parsed, checksums verified", parse_ip4},
    {"micro_parse_ip6", MICRO_UNIT, "the same of IPv6", parse_ip6},
    {"micro_build_ip4", MICRO_UNIT, "its headers built around a payload that is there and summed", build_ip4},
    {"micro_build_ip6", MICRO_UNIT, "the same of IPv6", build_ip6},
    {"micro_copy_64", MICRO_UNIT, "64 bytes copied and summed", copy_64},
    {"micro_copy_1448", MICRO_UNIT, "1,448 bytes copied and summed", copy_1448},
    {0},
};
