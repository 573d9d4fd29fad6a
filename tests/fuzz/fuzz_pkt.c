/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a frame. Each input is parsed as it is and again with right checksums, so that the
 * fuzzer gets past them. What parses as TCP is built again from its own fields and must parse to
 * the same; an echo request must be answered by a frame that parses.
 */
#include <string.h>

#include "base/csum.h"
#include "net/pkt.h"
#include "tests/fuzz/fuzz.h"

#define TCP_HEADER_MAX 60
#define FRAME_MAX 70000

static uint8_t frame[FRAME_MAX];
static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};

static void store_csum(uint8_t *at, uint64_t sum)
{
    uint16_t raw = (uint16_t)~csum_fold(sum);
    memcpy(at, &raw, 2);
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

/* Rights the checksums of whatever looks enough like IPv4, in place. */
static void fix_checksums(uint8_t *f, size_t size)
{
    size_t at = 14;
    while (at <= size && at < 22 && (get16(f + at - 2) == 0x8100 || get16(f + at - 2) == 0x88a8))
        at += 4;
    if (size < at + 20 || get16(f + at - 2) != 0x0800)
        return;
    uint8_t *ip = f + at, *l4 = ip + (ip[0] & 15) * 4;
    size_t total = get16(ip + 2), l4_at = (size_t)(l4 - ip), l4_len = total - l4_at;
    if (total > size - at || l4_at < 20 || l4_at > total)
        return;
    memset(ip + 10, 0, 2);
    store_csum(ip + 10, csum_add(ip, l4_at));
    uint8_t pseudo[4] = {0, ip[9], (uint8_t)(l4_len >> 8), (uint8_t)l4_len};
    size_t csum_at = ip[9] == 6 ? 16 : 2;
    if (l4_len < csum_at + 2)
        return;
    memset(l4 + csum_at, 0, 2);
    uint64_t sum = ip[9] == 6 ? csum_add(ip + 12, 8) + csum_add(pseudo, 4) : 0;
    store_csum(l4 + csum_at, sum + csum_add(l4, l4_len));
}

static void require_same(const struct pkt *a, const struct pkt *b)
{
    const struct pkt_tcp *x = &a->tcp, *y = &b->tcp;
    FUZZ_CHECK(a->kind == b->kind && a->vlan == b->vlan && a->vlan_outer == b->vlan_outer);
    FUZZ_CHECK(ip_equal(a->src, b->src) && ip_equal(a->dst, b->dst));
    FUZZ_CHECK(x->src_port == y->src_port && x->dst_port == y->dst_port);
    FUZZ_CHECK(x->seq == y->seq && x->ack == y->ack && x->window == y->window);
    FUZZ_CHECK(x->flags == y->flags && x->opts == y->opts);
    FUZZ_CHECK(!(x->opts & TCP_OPT_MSS) || x->mss == y->mss);
    FUZZ_CHECK(!(x->opts & TCP_OPT_WSCALE) || x->wscale == y->wscale);
    FUZZ_CHECK(!(x->opts & TCP_OPT_TS) || (x->ts_val == y->ts_val && x->ts_ecr == y->ts_ecr));
    for (uint32_t i = 0; i < tcp_sack_count(x->opts); i++)
        FUZZ_CHECK(x->sack[i].start == y->sack[i].start && x->sack[i].end == y->sack[i].end);
    FUZZ_CHECK(x->payload_len == y->payload_len);
    FUZZ_CHECK(memcmp(x->payload, y->payload, x->payload_len) == 0);
}

static void rebuild(const struct pkt *p)
{
    const struct pkt_tcp *t = &p->tcp;
    struct net_path path = {.src = p->src,
                            .dst = p->dst,
                            .vlan = p->vlan,
                            .vlan_outer = p->vlan_outer,
                            .ttl = 64,
                            .dst_mac = {2}};
    struct net_seg s = {.src_port = t->src_port,
                        .dst_port = t->dst_port,
                        .seq = t->seq,
                        .ack = t->ack,
                        .window = t->window,
                        .flags = t->flags,
                        .opts = t->opts,
                        .mss = t->mss,
                        .wscale = t->wscale,
                        .ts_val = t->ts_val,
                        .ts_ecr = t->ts_ecr};
    memcpy(s.sack, t->sack, tcp_sack_count(t->opts) * sizeof *s.sack);
    struct net_template template;
    struct pkt again;
    net_template_init(&template, &path);
    uint32_t at = net_tcp_header_len(&template, s.opts);
    if (at - template.len > TCP_HEADER_MAX || at + t->payload_len - template.ip_off > 65535)
        return; /* our options may take more room than theirs did */
    uint64_t sum = csum_copy(frame + at, t->payload, t->payload_len);
    uint32_t len = net_tcp_build(&template, frame, &s, t->payload_len, sum);
    FUZZ_CHECK(len == at + t->payload_len);
    FUZZ_CHECK(pkt_parse(&again, frame, len, false) == 0);
    require_same(p, &again);
}

static void answer(const struct pkt *p)
{
    struct pkt reply;
    uint32_t len = net_icmp_echo_reply(frame, FRAME_MAX, p, mac);
    if (len == 0 || p->eth_src[0] & 1 || ip_to4(p->dst) == 0)
        return;
    int ret = pkt_parse(&reply, frame, len, false);
    FUZZ_CHECK(ret == 0 || ret == -DROP_IP_SOURCE); /* whether dst is ours was not asked here */
    FUZZ_CHECK(ret || (reply.icmp.type == 0 && reply.icmp.body_len == p->icmp.body_len));
}

static void parse(const uint8_t *data, size_t size)
{
    struct pkt p;
    int ret = pkt_parse(&p, data, (uint32_t)size, false);
    FUZZ_CHECK(ret <= 0 && ret > -DROP_COUNT);
    if (ret == 0 && p.kind == PKT_TCP)
        rebuild(&p);
    if (ret == 0 && p.kind == PKT_ICMP)
        answer(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65535)
        return 0;
    parse(data, size);
    uint8_t *fixed = malloc(size ? size : 1);
    memcpy(fixed, data, size);
    fix_checksums(fixed, size);
    parse(fixed, size);
    free(fixed);
    return 0;
}
