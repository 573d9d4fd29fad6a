/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp/cubic.h"

#define C_FIXED     2126764793ull /* C * 2^62: 2^124 / 10^28 */
#define C_INVERSE   2168404345ull /* 1 / C */
#define ALPHA_FIXED 2273806216ull /* 4.3: 3 (1 - beta) / (1 + beta) * 2^32, beta = 0.7 */
#define TIME_MAX    (1 << 20)     /* units, 18 min: beyond it every window is the largest */
#define WINDOW_MAX  0x3fffffffu

/* Rounded to the nearest. */
static uint32_t cube_root(uint64_t x)
{
    uint64_t root = 0;
    for (int bit = 20; bit >= 0; bit--) {
        uint64_t next = root | 1ull << bit;
        if (next * next * next <= x)
            root = next;
    }
    uint64_t twice = 2 * root + 1; /* (root + 1/2)^3 = twice^3 / 8 */
    return (uint32_t)(twice * twice * twice / 8 < x ? root + 1 : root);
}

uint32_t cubic_k(uint32_t w_max, uint32_t cwnd, uint32_t mss)
{
    return cwnd < w_max ? cube_root((w_max - cwnd) * C_INVERSE / mss) : 0;
}

uint32_t cubic_window(const struct cubic *q, uint32_t mss, uint32_t t)
{
    int64_t n = (int64_t)t - q->k;
    n = n > TIME_MAX ? TIME_MAX : n < -TIME_MAX ? -TIME_MAX : n;
    __int128 grown = (__int128)(n * n * n) * mss * (int64_t)C_FIXED / ((__int128)1 << 62);
    __int128 window = q->w_max + grown;
    return window < 0 ? 0 : window > WINDOW_MAX ? WINDOW_MAX : (uint32_t)window;
}

void cubic_reduce(struct cubic *q, uint32_t cwnd)
{
    bool shrinks = cwnd < q->w_max; /* 4.7: make room for newcomers: (1 + beta) / 2 */
    q->undo_w_max = q->w_max;
    q->w_max = shrinks ? (uint32_t)((uint64_t)cwnd * 17 / 20) : cwnd;
    q->cwnd_prior = cwnd;
    q->w_est = 0;
}

void cubic_undo(struct cubic *q)
{
    q->w_max = q->undo_w_max;
    q->w_est = 0;
}

void cubic_time_out(struct cubic *q)
{
    q->w_max = 1; /* below any window: the epoch begins on the plateau */
}

void cubic_pause(struct cubic *q, uint32_t now)
{
    q->epoch += now - q->at;
    q->at = now;
}

static void begin(struct cubic *q, uint32_t cwnd, uint32_t mss, uint32_t now)
{
    q->k = cubic_k(q->w_max, cwnd, mss);
    if (q->w_max < cwnd)
        q->w_max = cwnd;
    q->epoch = q->at = now;
    q->w_est = cwnd;
    q->w_est_part = q->cwnd_part = 0;
}

/* Adds amount / 2^32 bytes. */
static uint32_t add_part(uint32_t bytes, uint16_t *part, uint64_t amount)
{
    uint64_t sum = (amount >> 16) + *part;
    *part = (uint16_t)sum;
    return bytes + (uint32_t)(sum >> 16);
}

/* 4.3: Reno's rate, less steep until it is back where the last loss was. */
static void grow_estimate(struct cubic *q, uint32_t cwnd, uint32_t mss, uint32_t acked)
{
    uint64_t alpha = q->w_est < q->cwnd_prior ? ALPHA_FIXED : 1ull << 32;
    if (q->w_est < WINDOW_MAX)
        q->w_est = add_part(q->w_est, &q->w_est_part, alpha * mss / cwnd * acked);
}

uint32_t cubic_grow(struct cubic *q, uint32_t cwnd, uint32_t mss, uint32_t acked, uint32_t now,
                    uint32_t rtt)
{
    if (acked > cwnd) /* more than a round trip can bring: from before a reduction */
        acked = cwnd;
    if (!q->w_est)
        begin(q, cwnd, mss, now);
    q->at = now;
    grow_estimate(q, cwnd, mss, acked);
    uint32_t t = now - q->epoch;
    if (cubic_window(q, mss, t) < q->w_est)
        return q->w_est > cwnd ? q->w_est : cwnd;
    uint32_t target = cubic_window(q, mss, t + rtt), most = cwnd + cwnd / 2; /* 4.2 */
    if (target <= cwnd)
        return cwnd;
    uint64_t step = (target < most ? target : most) - cwnd;
    return add_part(cwnd, &q->cwnd_part, (step << 32) / cwnd * acked);
}
