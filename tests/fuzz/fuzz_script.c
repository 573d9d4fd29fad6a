/* SPDX-License-Identifier: BSD-3-Clause */
/* Any text is a script or refused with a reason; what is a script is played to its end, or fails
 * with a reason, and the engine is whole afterwards. */
#include <string.h>

#include "base/err.h"
#include "script/engine.h"
#include "tests/fuzz/fuzz.h"

#define S_TK       ((uint32_t)(1000000000ull >> TCP_TICK_SHIFT))
#define TEXT_BYTES 4096
#define SECONDS    30 /* virtual ones; longer scripts are not played */

static const struct stack_config config = {
    .tcp = {.ooo_pieces = 8, .piece_bytes = 1460, .side_blocks = 8, .window = 262144,
            .window_scale = 7, .timestamps = true, .delayed_ack = true, .congestion = true,
            .rto_min_tk = S_TK / 5, .rto_max_tk = 60 * S_TK, .rto_initial_tk = S_TK,
            .delack_tk = S_TK / 25, .time_wait_tk = 60 * S_TK, .init_cwnd = 10, .retries = 8,
            .syn_retries = 8, .secret = 1},
    .mtu = 1500,
};

static bool is_short(const struct script *s)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct script_row *r = &s->rows[i];
        sum += r->to_ns;
        if (r->when == WHEN_ANY || (r->kind == SCRIPT_CALL && r->amount > 1000000))
            return false;
    }
    return sum + s->count * s->tolerance_ns < SECONDS * 1000000000ull && s->count < 64;
}

static void play(const struct script *s)
{
    char why[SCRIPT_WHY];
    struct err e = {0};
    struct script_engine *g = script_engine_open(&config, 5000000000ull, &e);
    FUZZ_CHECK(g);
    struct script_side side = script_engine_side(g);
    int rc = script_run(s, &side, &(struct script_play){.peer_iss = 77}, why);
    FUZZ_CHECK(!rc || why[0]);
    FUZZ_CHECK(!script_engine_leak(g));
    script_engine_close(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_BYTES];
    struct script s;
    struct err e = {0};
    if (size >= sizeof text || memchr(data, 0, size))
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    int rc = script_parse(&s, text, "x", &e);
    FUZZ_CHECK(!rc || e.message[0]);
    if (rc)
        return 0;
    if (is_short(&s))
        play(&s);
    script_free(&s);
    return 0;
}
