/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A whole stack of both families under any frames: the input is a list of frames, each with its
 * length in front (two bytes) and, if the length's top bit is set, right checksums. What the stack
 * sends must parse, must come from an address of ours, and is bounded; its structures hold.
 */
#include <string.h>

#include "base/err.h"
#include "lib/virtual_link.h"
#include "stack/stack.h"
#include "tests/fuzz/fix_checksums.h"
#include "tests/fuzz/fuzz.h"

#define PORT         9000
#define LEN_MASK     0x07ff
#define ANSWERS_MAX  64 /* of one frame and the time after it */
#define MS           1000000ull

static const struct ip_addr us6 = {0x2001000200000000, 1}, them6 = {0x2001000200000000, 2};

struct world {
    struct stack stack;
    struct link *link;
    uint64_t count[COUNTER_COUNT], drops[DROP_COUNT], now_ns;
};

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct world *w = ctx;
    if (event == TCP_EVENT_OPEN)
        tcp_send(&w->stack.tcp, conn, 3000);
    if (event == TCP_EVENT_PEER_CLOSED)
        tcp_close(&w->stack.tcp, conn);
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    (void)ctx, (void)conn, (void)data;
    return len;
}

static void on_timer(void *ctx, uint32_t conn)
{
    (void)ctx, (void)conn;
}

static uint64_t fill(void *ctx, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len)
{
    (void)ctx, (void)conn, (void)pos;
    memset(buf, 'x', len);
    return csum_add(buf, len);
}

static const struct tcp_ops ops = {.event = on_event, .data = on_data, .timer = on_timer};

static void open_world(struct world *w)
{
    const struct stack_config cfg = {
        .tcp = {.conns = 8, .time_wait_entries = 8, .ooo_pieces = 8, .piece_bytes = 1460,
                .side_blocks = 8, .half_open = 8, .window = 65535, .rto_min_tk = 200000,
                .rto_max_tk = 8000000, .rto_initial_tk = 1000000, .delack_tk = 40000,
                .time_wait_tk = 60000000, .init_cwnd = 10, .retries = 5, .syn_retries = 3,
                .timestamps = true, .congestion = true, .secret = 9},
        .local = {{ip4_addr(0xc6120001), 1, 32}, {{us6.hi, 0}, IP_RANGE_WIDE, 64}},
        .local_count = 2, .paths = 4, .neighbours = 4, .mtu = 1500, .batch = 16,
    };
    struct err e = {0};
    static struct link *link; /* 16 MB: made once, empty after every input */
    link = link ? link : link_open(&(struct link_config){.seed = 1});
    w->link = link;
    w->now_ns = 1000 * MS;
    FUZZ_CHECK(!stack_init(&w->stack, &cfg, &w->link->ends[0].queue, &ops, fill, w, w->count,
                           w->drops, w->now_ns, &e));
    FUZZ_CHECK(!tcp_listen(&w->stack.tcp, PORT));
    uint32_t path = stack_path(&w->stack, us6, them6, w->now_ns);
    stack_path(&w->stack, ip4_addr(0xc6120001), ip4_addr(0xc6120002), w->now_ns);
    tcp_open(&w->stack.tcp, path, PORT, 40000, w->stack.paths[path].mss, 0);
}

static void look_at(struct world *w, const struct frame *f)
{
    struct pkt p;
    FUZZ_CHECK(pkt_parse(&p, f->data, f->len, false) == 0);
    FUZZ_CHECK(stack_is_local(&w->stack, p.src));
    FUZZ_CHECK(!memcmp(p.eth_src, w->link->ends[0].port.mac, 6));
}

static void turn(struct world *w)
{
    struct wire_queue *far = &w->link->ends[1].queue;
    struct frame f;
    uint32_t n, answers = 0;
    link_now(w->link, w->now_ns);
    while ((n = stack_poll(&w->stack)) > 0) {
        stack_input(&w->stack, 0, n, w->now_ns);
        stack_poll_done(&w->stack);
    }
    stack_timers(&w->stack, w->now_ns);
    tcp_timers(&w->stack.tcp, w->now_ns, 100);
    while (stack_output(&w->stack, 64))
        continue;
    stack_flush(&w->stack);
    tcp_validate(&w->stack.tcp);
    for (; far->ops->rx(far, &f, 1); answers++) {
        look_at(w, &f);
        far->ops->rx_free(far, &f, 1);
    }
    FUZZ_CHECK(answers <= ANSWERS_MAX);
}

static void deliver(struct world *w, const uint8_t *data, uint32_t len, bool fix)
{
    struct wire_queue *far = &w->link->ends[1].queue;
    struct frame f;
    FUZZ_CHECK(far->ops->tx_alloc(far, &f, 1) == 1);
    memcpy(f.data, data, len);
    if (fix)
        fix_checksums(f.data, len);
    f.len = (uint16_t)len;
    FUZZ_CHECK(far->ops->tx(far, &f, 1) == 1);
    w->now_ns += 10 * MS;
    turn(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    struct world *w = calloc(1, sizeof *w);
    open_world(w);
    turn(w);
    while (end - data >= 2) {
        uint32_t head = fix_get16(data), len = head & LEN_MASK;
        data += 2;
        if (len > (size_t)(end - data))
            len = (uint32_t)(end - data);
        deliver(w, data, len, head & 0x8000);
        data += len;
    }
    w->now_ns += 3000 * MS;
    turn(w);
    stack_fini(&w->stack);
    FUZZ_CHECK(w->link->free_count == LINK_FRAMES);
    free(w);
    return 0;
}
