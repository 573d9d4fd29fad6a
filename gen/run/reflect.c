/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/reflect.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/units.h"
#include "run/turns.h"
#include "wire/wire.h"

enum { ROUNDS_A_LOOK = 256, SHORTEST = 60, LONGEST = 1514 };

#define PATIENCE_NS (2 * NS_PER_S)

int reflect_pin(int cpu, struct err *e)
{
    cpu_set_t set;
    if (cpu < 0)
        return 0;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    int ret = -pthread_setaffinity_np(pthread_self(), sizeof set, &set);
    return ret ? err_set(e, EXIT_ENVIRONMENT, ret, "CPU %d cannot be used: %s", cpu, strerror(-ret))
               : 0;
}

void reflect_swap(uint8_t *d)
{
    uint8_t to[6], from[6];
    memcpy(to, d, 6);
    memcpy(from, d + 6, 6);
    memcpy(d, from, 6);
    memcpy(d + 6, to, 6);
}

static uint32_t bounce(const struct reflector *r)
{
    struct frame f[REFLECT_BATCH_MAX];
    const struct wire_ops *ops = r->q->ops;
    uint32_t n = ops->rx(r->q, f, r->batch);
    if (!n)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        reflect_swap(f[i].data);
    uint32_t sent = ops->tx(r->q, f, n);
    if (sent < n)
        ops->rx_free(r->q, f + sent, n - sent);
    ops->flush(r->q);
    return n;
}

uint32_t reflect_round(const struct reflector *r)
{
    return r->turn ? turns_far(r) : bounce(r);
}

/* A TCP segment as far as the lab's filters look: 198.18.0.1 to 198.18.128.1, port 9000. */
void reflect_frame(uint8_t *d, uint32_t len)
{
    static const uint8_t head[] = {
        2, 'w', 'b', 0,  0, 2, 2, 'w',  'b',  0, 0, 1,    8,    0,    0x45, 0,    0,    0,    0,
        0, 0,   0,   64, 6, 0, 0, 0xc6, 0x12, 0, 1, 0xc6, 0x12, 0x80, 1,    0x23, 0x28, 0x23, 0x28};
    memset(d + sizeof head, 0, SHORTEST - sizeof head);
    memcpy(d, head, sizeof head);
    d[16] = (uint8_t)((len - 14) >> 8);
    d[17] = (uint8_t)(len - 14);
}

static int launch(const struct reflector *r, const struct reflect_config *cfg)
{
    const struct wire_ops *ops = r->q->ops;
    for (uint32_t i = 0; i < cfg->in_flight; i++) {
        struct frame f;
        if (ops->tx_alloc(r->q, &f, 1) != 1)
            return -ENOBUFS;
        reflect_frame(f.data, cfg->frame_len);
        f.len = (uint16_t)cfg->frame_len;
        if (ops->tx(r->q, &f, 1) != 1) {
            ops->tx_free(r->q, &f, 1);
            return -ENOBUFS;
        }
    }
    ops->flush(r->q);
    return 0;
}

/* Round trips in `ns` or a little more, which goes to *took_ns; much more where a busy machine kept
 * the other side from running at all. */
static uint64_t run_for(const struct reflector *r, struct turns *turns, uint64_t ns,
                        uint64_t *took_ns)
{
    uint64_t begin = clock_kernel_ns(), trips = 0;
    do {
        for (int i = 0; i < ROUNDS_A_LOOK; i++)
            trips += turns->turn ? turns_near(turns, r) : bounce(r);
        *took_ns = clock_kernel_ns() - begin;
    } while (*took_ns < ns || (!trips && *took_ns < PATIENCE_NS));
    return trips;
}

static uint64_t lost_frames(const struct reflector *r)
{
    struct wire_stats w;
    r->q->ops->stats(r->q, &w);
    return w.rx_dropped + w.rx_invalid + w.tx_invalid;
}

int reflect_measure(const struct reflector *near, const char *wire,
                    const struct reflect_config *cfg, struct reflect_result *out, struct err *e)
{
    uint64_t took_ns;
    struct turns turns;
    if (!cfg->turn && (cfg->frame_len < SHORTEST || cfg->frame_len > LONGEST))
        return err_set(e, EXIT_USAGE, -EINVAL, "reflector: frame of %u bytes: expected %d to %d",
                       cfg->frame_len, SHORTEST, LONGEST);
    turns_init(&turns, cfg->turn, cfg->in_flight);
    int ret = cfg->turn ? 0 : launch(near, cfg);
    if (ret)
        return err_set(e, EXIT_USAGE, ret, "reflector on %s: %u frames in flight: it holds fewer",
                       wire, cfg->in_flight);
    if (cfg->warmup_ns)
        run_for(near, &turns, cfg->warmup_ns, &took_ns);
    uint64_t trips = run_for(near, &turns, cfg->measure_ns, &took_ns), lost = lost_frames(near);
    if (!trips || lost)
        return err_set(e, EXIT_RUN, -EIO, "reflector on %s: %llu frames lost, %llu came back", wire,
                       (unsigned long long)lost, (unsigned long long)trips);
    out->round_trips = trips;
    out->took_ns = took_ns;
    out->round_trips_per_s = (double)trips * (double)NS_PER_S / (double)took_ns;
    return 0;
}
