/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a frame. Each input is parsed as it is and again with right checksums, so that the
 * fuzzer gets past them. What parses as TCP is built again from its own fields and must parse to
 * the same; an echo request and a neighbour's question must be answered by a frame that parses.
 */
#include <stdbool.h>
#include <string.h>

#include "base/csum.h"
#include "net/pkt.h"
#include "tests/fuzz/fix_checksums.h"
#include "tests/fuzz/fuzz.h"

#define TCP_HEADER_MAX 60
#define FRAME_MAX 70000

static uint8_t frame[FRAME_MAX];
static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};

static void require_same(const struct pkt *a, const struct pkt *b)
{
    const struct pkt_tcp *x = &a->tcp, *y = &b->tcp;
    FUZZ_CHECK(a->kind == b->kind && net_vlan_equal(a->vlan, b->vlan));
    FUZZ_CHECK(ip_equal(a->src, b->src) && ip_equal(a->dst, b->dst));
    FUZZ_CHECK(x->src_port == y->src_port && x->dst_port == y->dst_port);
    FUZZ_CHECK(x->seq == y->seq && x->ack == y->ack && x->window == y->window);
    FUZZ_CHECK(x->flags == y->flags && x->opts == y->opts);
    FUZZ_CHECK(!(x->opts & TCP_OPT_MSS) || x->mss == y->mss);
    FUZZ_CHECK(!(x->opts & TCP_OPT_WSCALE) || x->wscale == y->wscale);
    FUZZ_CHECK(!(x->opts & TCP_OPT_TS) || (x->ts_val == y->ts_val && x->ts_ecr == y->ts_ecr));
    for (uint32_t i = 0; i < tcp_sack_count(x->opts); i++)
        FUZZ_CHECK(x->sack[i].start == y->sack[i].start && x->sack[i].end == y->sack[i].end);
    FUZZ_CHECK(x->payload_len == y->payload_len && x->ecn == y->ecn);
    FUZZ_CHECK(memcmp(x->payload, y->payload, x->payload_len) == 0);
}

static void rebuild(const struct pkt *p)
{
    const struct pkt_tcp *t = &p->tcp;
    struct net_path path = {.src = p->src,
                            .dst = p->dst,
                            .vlan = p->vlan,
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
                        .ts_ecr = t->ts_ecr,
                        .ecn = t->ecn};
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

/* Whether source and destination are ours to speak from was not asked here. */
static bool is_answer(uint32_t len, struct pkt *reply)
{
    int ret = pkt_parse(reply, frame, len, false);
    FUZZ_CHECK(ret == 0 || ret == -DROP_IP_SOURCE || ret == -DROP_ETH_NOT_OURS ||
               (reply->kind == PKT_NDP && ret == -DROP_NDP_BAD));
    return ret == 0;
}

static void answer(const struct pkt *p)
{
    struct pkt reply;
    struct net_error error;
    uint32_t len = net_icmp_echo_reply(frame, FRAME_MAX, p, mac);
    bool echo = len && is_answer(len, &reply);
    FUZZ_CHECK(!!len == net_icmp_asks_echo(p));
    FUZZ_CHECK(!echo || (reply.kind == PKT_ICMP && reply.icmp.body_len == p->icmp.body_len));
    int ret = net_icmp_error(p, &error);
    FUZZ_CHECK(ret <= 0 && ret > -DROP_COUNT);
    FUZZ_CHECK(ret || ip_equal(error.src, p->dst));
    FUZZ_CHECK(ret || error.kind != NET_ERROR_TOO_BIG || error.mtu < error.quoted_len);
}

static void tell(const struct pkt *p)
{
    struct pkt reply;
    if (!p->ndp.tells && is_answer(net_ndp_tell(frame, p, mac), &reply))
        FUZZ_CHECK(reply.kind == PKT_NDP && reply.ndp.tells && ip_equal(reply.ndp.target, p->ndp.target));
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
    if (ret == 0 && p.kind == PKT_NDP)
        tell(&p);
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
