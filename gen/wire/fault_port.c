/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_port.h"

#include <errno.h>
#include <stdlib.h>

#include "base/err.h"

enum { DEFAULT_STORE = 16384, SLOT_BYTES = 2048, LINK_BYTES = 22 };

static int init_way(struct fault_way *w, const struct fault_rates *rates, uint64_t seed,
                    const struct fault_port *fp)
{
    uint32_t bytes = fp->p.caps.mtu + LINK_BYTES;
    w->rates = rates;
    rng_seed(&w->rng, seed);
    return store_init(&w->store, fp->cfg.store, bytes > SLOT_BYTES ? bytes : SLOT_BYTES);
}

static void free_queue(struct fault_queue *fq)
{
    store_fini(&fq->rx.store);
    store_fini(&fq->tx.store);
    free(fq);
}

static struct fault_queue *make_queue(struct fault_port *fp, uint32_t index)
{
    struct fault_queue *fq = calloc(1, sizeof *fq);
    if (!fq)
        return NULL;
    fq->q = (struct wire_queue){.ops = &fault_ops, .port = &fp->p, .index = index};
    struct fault_rates_list *now = atomic_load_explicit(&fp->rates, memory_order_acquire);
    if (init_way(&fq->rx, &now->rx, rng_mix(fp->cfg.seed, 2 * index), fp) == 0 &&
        init_way(&fq->tx, &now->tx, rng_mix(fp->cfg.seed, 2 * index + 1), fp) == 0)
        return fq;
    free_queue(fq);
    return NULL;
}

int fault_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out, struct err *e)
{
    struct fault_port *fp = (struct fault_port *)port;
    struct fault_queue *fq = make_queue(fp, index);
    if (!fq)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "fault: no memory for %u frames",
                       fp->cfg.store);
    int ret = fp->inner->ops->queue_open(fp->inner, index, &fq->q.inner, e);
    if (ret)
        free_queue(fq);
    else
        *out = &fq->q;
    return ret;
}

/* What still waits is lost with the wire. */
void fault_queue_close(struct wire_queue *q)
{
    struct fault_queue *fq = (struct fault_queue *)q;
    fq->q.inner->ops->queue_close(fq->q.inner);
    free_queue(fq);
}

static void free_rates(struct fault_port *fp)
{
    struct fault_rates_list *at = atomic_load_explicit(&fp->rates, memory_order_relaxed), *older;
    for (; at; at = older) {
        older = at->older;
        free(at);
    }
}

void fault_port_close(struct wire_port *port)
{
    struct fault_port *fp = (struct fault_port *)port;
    fp->inner->ops->port_close(fp->inner);
    free_rates(fp);
    free(fp);
}

int fault_change(struct wire_port *port, const struct fault_rates *rx, const struct fault_rates *tx)
{
    struct fault_port *fp = (struct fault_port *)port;
    struct fault_rates_list *old = atomic_load_explicit(&fp->rates, memory_order_relaxed);
    struct fault_rates_list *new = malloc(sizeof *new);
    if (!new)
        return -ENOMEM;
    *new = (struct fault_rates_list){rx ? *rx : old->rx, tx ? *tx : old->tx, old};
    atomic_store_explicit(&fp->rates, new, memory_order_release);
    return 0;
}

int fault_wrap(struct wire_port *inner, const struct fault_config *cfg, struct wire_port **out,
               struct err *e)
{
    struct fault_port *fp = calloc(1, sizeof *fp);
    struct fault_rates_list *rates = malloc(sizeof *rates);
    if (!fp || !rates) {
        free(fp);
        free(rates);
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "fault: no memory");
    }
    *rates = (struct fault_rates_list){cfg->rx, cfg->tx, NULL};
    atomic_init(&fp->rates, rates);
    fp->p = *inner;
    fp->p.ops = &fault_ops;
    wire_caps_send_whole(&fp->p.caps); /* a device would make harmed frames right; faults are of segments */
    fp->inner = inner;
    fp->cfg = *cfg;
    fp->cfg.store = cfg->store ? cfg->store : DEFAULT_STORE;
    *out = &fp->p;
    return 0;
}
