/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TCP engine alone: a segment of 64 bytes in, its ACK out, on established connections in turn.
 * Segments come in as the stack hands them over: eight at a time with table and connection fetched
 * ahead, a batch of 64 before what is to be sent is asked for. No frame is parsed or built.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "bench/bench.h"
#include "bench/micro.h"
#include "run/setup.h"
#include "tcp/tcp.h"

#define PORT    9000
#define PEER_ISS 999u
#define SEGMENT 64u
#define SUB     8u
#define BATCH   64u
#define MSS     1460
#define A_PATH  40000u /* connections */

struct step {
    struct tcp tcp;
    uint64_t count[COUNTER_COUNT];
    uint32_t *acks; /* by connection: the number behind our SYN */
    uint32_t size, at, passed; /* connections; the next one; bytes that each has got */
    uint8_t text[SEGMENT];
};

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    (void)ctx, (void)conn;
    assert(event == TCP_EVENT_OPEN);
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    (void)ctx, (void)conn;
    MICRO_USE(data);
    return len;
}

static void on_timer(void *ctx, uint32_t conn)
{
    (void)ctx, (void)conn;
}

static const struct tcp_ops ops_of_nobody = {.event = on_event, .data = on_data, .timer = on_timer};

static uint32_t path_of(uint32_t n)
{
    return n / A_PATH;
}

static struct pkt_tcp segment_of(const struct step *s, uint32_t n, uint8_t flags)
{
    return (struct pkt_tcp){.src_port = (uint16_t)(10000 + n % A_PATH), .dst_port = PORT,
                            .seq = PEER_ISS + 1 + s->passed, .ack = s->acks[n], .window = 2048,
                            .flags = flags, .opts = TCP_OPT_TS, .ts_val = 1};
}

static void arrive(struct step *s, uint32_t n, uint32_t hash, const struct pkt_tcp *p)
{
    struct net_seg answer;
    int drop = tcp_rx(&s->tcp, path_of(n), MSS, hash, p, &answer);
    assert(!drop && !answer.flags);
}

static uint32_t hash_of(const struct step *s, uint32_t n)
{
    return tcp_hash(&s->tcp, path_of(n), PORT, (uint16_t)(10000 + n % A_PATH));
}

/* Until every connection is asked and has no more to say; how many segments they were. */
static uint32_t send_all(struct step *s, struct tcp_seg *seg)
{
    uint32_t n = 0;
    for (uint32_t conn; (conn = tcp_next_out(&s->tcp)) != CONN_NONE;) {
        seg->last = false;
        while (!seg->last && tcp_output(&s->tcp, conn, seg))
            n++;
    }
    return n;
}

static void establish(struct step *s, uint32_t n)
{
    struct tcp_seg syn_ack;
    struct pkt_tcp p = segment_of(s, n, TCP_SYN);
    p.seq = PEER_ISS;
    p.window = UINT16_MAX;
    p.opts = TCP_OPT_TS | TCP_OPT_MSS | TCP_OPT_WSCALE | TCP_OPT_SACK_OK;
    p.mss = MSS;
    p.wscale = 7;
    arrive(s, n, hash_of(s, n), &p);
    uint32_t sent = send_all(s, &syn_ack);
    assert(sent == 1 && syn_ack.h.flags & TCP_SYN);
    s->acks[n] = syn_ack.h.seq + 1;
    p = segment_of(s, n, TCP_ACK);
    arrive(s, n, hash_of(s, n), &p);
}

/* A responder's engine as a run sets it up, but that it acknowledges at once. */
static int configure(uint32_t size, struct tcp_config *out, struct err *e)
{
    char connections[40];
    snprintf(connections, sizeof connections, "--connections=%u", size);
    char *options[] = {"--protocol=echo", "--delayed_ack=no", "--wire=pair", "--seed=1",
                       "--source=198.18.0.0/24", connections};
    struct job_args args = {sizeof options / sizeof *options, options, NULL};
    struct worker_config w = {0};
    struct job *job = calloc(1, sizeof *job);
    int ret = job ? job_defaults(job, &args, e) : -1;
    if (!ret)
        setup_responder(job, app_proto_find("echo"), 0, &w);
    *out = w.stack.tcp;
    if (job)
        job_fini(job);
    free(job);
    return ret;
}

static void close_step(void *state)
{
    struct step *s = state;
    if (s->tcp.conns)
        tcp_fini(&s->tcp);
    mem_release(s->acks, s->size * sizeof *s->acks);
}

static int init(struct step *s, uint32_t size, struct err *e)
{
    struct tcp_config cfg;
    s->size = size;
    s->acks = micro_memory(size * sizeof *s->acks, "numbers");
    int ret = s->acks ? configure(size, &cfg, e) : -1;
    ret = ret ? ret : tcp_init(&s->tcp, &cfg, &ops_of_nobody, s, s->count, 1000000000, e);
    return ret ? ret : tcp_listen(&s->tcp, PORT);
}

static bool open_step(void *state, uint32_t size)
{
    struct err e = {0};
    struct step *s = state;
    if (init(s, size, &e)) {
        fprintf(stderr, "bench: %s\n", e.message);
        return false;
    }
    for (uint32_t n = 0; n < size; n++)
        establish(s, n);
    return true;
}

static void arrive_eight(struct step *s)
{
    uint32_t hash[SUB];
    for (uint32_t i = 0; i < SUB; i++) {
        hash[i] = hash_of(s, s->at + i);
        flow_prefetch(&s->tcp.flows, hash[i]);
    }
    for (uint32_t i = 0; i < SUB; i++)
        tcp_prefetch(&s->tcp, hash[i]);
    for (uint32_t i = 0; i < SUB; i++) {
        struct pkt_tcp p = segment_of(s, s->at + i, TCP_ACK | TCP_PSH);
        p.payload = s->text;
        p.payload_len = SEGMENT;
        arrive(s, s->at + i, hash[i], &p);
    }
    s->at += SUB;
}

static void steps(void *state, uint32_t ops)
{
    struct step *s = state;
    struct tcp_seg seg;
    for (uint32_t done = 0; done < ops; done += BATCH) {
        for (uint32_t i = 0; i < BATCH; i += SUB)
            arrive_eight(s);
        uint32_t sent = send_all(s, &seg);
        assert(sent == BATCH);
        if (s->at == s->size) {
            s->at = 0;
            s->passed += SEGMENT;
        }
    }
}

/* Sizes are multiples of BATCH. */
#define STEPS(name, n, c)                                                                          \
    MICRO(name, .bytes = sizeof(struct step), .open = open_step, .chunk = steps,                   \
          .close = close_step, .size = n, .ops = 3200, .chunks = c)
STEPS(step_256, 256, 500)
STEPS(step_1m, 1000000, 400)

const struct bench micro_step_benches[] = {
    {"micro_tcp_step", MICRO_UNIT, "64 B arrive in order and are acknowledged, 256 connections in turn",
     step_256},
    {"micro_tcp_step_1m", MICRO_UNIT, "the same, 1,000,000 connections in turn", step_1m},
    {0},
};
