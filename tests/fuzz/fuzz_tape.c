/* SPDX-License-Identifier: BSD-3-Clause */
/* A recording of anybody's: any bytes are one or are refused with a reason, and one that is whole is
 * stepped through an engine to its end. The checksum is put right, so that bytes behind it count.
 *
 * The job in it is not read. The engine is that of a job with congestion = cubic, seed = 1 and no other key
 * of TCP: what such a job recorded is stepped to its end, anything else to its first segment. */
#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "flight/retrace.h"
#include "flight/sum.h"
#include "tests/fuzz/fuzz.h"

#define FILE_BYTES 65536
#define S_TK       ((uint32_t)(1000000000ull >> TCP_TICK_SHIFT))

static const struct stack_config config = {
    .tcp = {.conns = 16, .time_wait_entries = 16, .ooo_pieces = 64, .piece_bytes = 1460,
            .side_blocks = 64, .half_open = 16, .window = 262144, .window_scale = 7,
            .timestamps = true, .delayed_ack = true, .sack = true, .rack = true,
            .congestion = CONGESTION_CUBIC, .rto_min_tk = S_TK / 5,
            .rto_max_tk = 60 * S_TK, .rto_initial_tk = S_TK, .delack_tk = S_TK / 25,
            .time_wait_tk = 60 * S_TK, .init_cwnd = 10, .retries = 8, .syn_retries = 8},
    .paths = 16,
    .mtu = 1500,
    .batch = 16,
};

static void make_right(uint8_t *bytes, size_t len)
{
    struct flight_head h;
    if (len < sizeof h)
        return;
    memcpy(&h, bytes, sizeof h);
    size_t from = offsetof(struct flight_head, sum) + sizeof h.sum;
    uint64_t body = sum_add(SUM_START, bytes + sizeof h, len - sizeof h);
    uint64_t sum = sum_add(SUM_START, bytes + from, sizeof h - from);
    h.sum = sum_add(sum, &body, sizeof body);
    memcpy(bytes, &h, sizeof h);
}

static void watch(void *ctx, const struct retrace_step *step)
{
    const struct retrace *r = ctx;
    FUZZ_CHECK(!step->differs || step->differs[0]);
    if (r->stack.tcp.busy == CONN_NONE) /* else within a callback: the engine is not done yet */
        tcp_validate(&r->stack.tcp);
}

static void step(struct flight_file *f)
{
    struct retrace r;
    struct err e = {0};
    struct stack_config cfg = config;
    cfg.tcp.secret = rng_mix(1, 1); /* the client's, of the seed: gen/run/setup.c */
    f->head.layout = flight_layout(); /* states of any bytes */
    if (retrace_open(&r, f, &cfg, 0, watch, &r, &e)) {
        FUZZ_CHECK(e.message[0]);
        return;
    }
    retrace_run(&r);
    retrace_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct flight_file f;
    struct err e = {0};
    if (size > FILE_BYTES)
        return 0;
    uint8_t *bytes = malloc(size + 1); /* aligned, as flight_load has it */
    FUZZ_CHECK(bytes);
    memcpy(bytes, data, size);
    make_right(bytes, size);
    int rc = flight_parse(&f, bytes, size, "x", &e);
    FUZZ_CHECK(!rc || e.message[0]);
    if (!rc)
        step(&f);
    free(bytes);
    return 0;
}
