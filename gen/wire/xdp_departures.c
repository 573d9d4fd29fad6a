/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/xdp_departures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/xdp_port.h"

enum { WANT_STAMP = 1 << 0 }; /* XDP_TXMD_FLAGS_TIMESTAMP */

static struct xdp_departure *in_front_of(const struct xdp_queue *x, uint64_t addr)
{
    return (struct xdp_departure *)(void *)(x->area + addr) - 1;
}

int xdp_departures_open(struct xdp_queue *x, uint32_t size)
{
    x->departures = calloc(1, sizeof *x->departures);
    if (!x->departures)
        return -ENOMEM;
    x->departures->size = size;
    x->departures->at = calloc(size, sizeof *x->departures->at);
    return x->departures->at ? 0 : -ENOMEM;
}

void xdp_departures_close(struct xdp_queue *x)
{
    if (x->departures)
        free(x->departures->at);
    free(x->departures);
    x->departures = NULL;
}

void xdp_departures_ask(struct xdp_queue *x, uint32_t handle)
{
    *in_front_of(x, handle) = (struct xdp_departure){.flags = WANT_STAMP};
}

void xdp_departures_hand(struct xdp_queue *x)
{
    struct xdp_departures *d = x->departures;
    for (; d->handed != x->r.tx.cached_prod; d->handed++)
        in_front_of(x, xsk_ring_prod__tx_desc(&x->r.tx, d->handed)->addr)->handed_ns = d->now_ns;
}

/* What left before the first tick is the wire's own. Who does not reap for as many frames as the ring has
 * places loses the stamps of the rest. */
void xdp_departures_note(struct xdp_queue *x, uint32_t addr)
{
    struct xdp_departures *d = x->departures;
    const struct xdp_departure *sent = in_front_of(x, addr);
    if (sent->stamp_ns && sent->handed_ns && d->count < d->size)
        d->at[d->count++] = (struct wire_stamp){.stamp_ns = sent->stamp_ns, .handed_ns = sent->handed_ns};
}

uint32_t xdp_reap(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max)
{
    struct xdp_departures *d = ((struct xdp_queue *)q)->departures;
    uint32_t n = !d ? 0 : d->count < max ? d->count : max;
    if (!n)
        return 0;
    d->count -= n;
    memcpy(stamps, d->at + d->count, n * sizeof *stamps);
    return n;
}
