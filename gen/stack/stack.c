/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack/stack.h"

#include <assert.h>
#include <errno.h>

#include "stack/path.h"

/* Answers about those would go to whoever knows them: nobody is asked anew then. */
static void take_known(struct stack *s, uint64_t now_ns)
{
    for (uint32_t i = 0; i < s->cfg.known_count; i++) {
        const struct neigh_known *k = &s->cfg.known[i];
        neigh_want(&s->neigh, k->addr, s->cfg.local[0].first, now_ns);
        neigh_learn(&s->neigh, k->addr, k->mac, now_ns, &(bool){false});
        s->neigh.poll_ns = UINT64_MAX;
    }
}

static uint32_t text_of_long(const struct wire_caps *caps)
{
    return caps->tso_bytes && caps->tx_csum ? caps->tso_bytes - NET_HEADERS_MAX : 0;
}

int stack_init(struct stack *s, const struct stack_config *cfg, struct wire_queue *queue,
               const struct tcp_ops *ops, stack_fill *fill, void *ctx, uint64_t *count,
               uint64_t *drops, uint64_t now_ns, struct err *e)
{
    *s = (struct stack){.cfg = *cfg, .queue = queue, .fill = fill, .fill_ctx = ctx,
                        .device_sums = queue->port->caps.tx_csum,
                        .long_text = text_of_long(&queue->port->caps)};
    assert(cfg->batch > 0 && cfg->batch <= STACK_BATCH_MAX);
    int rc = path_init(s, e);
    s->cfg.tcp.path_uses = s->path_uses;
    if (!rc)
        rc = tcp_init(&s->tcp, &s->cfg.tcp, ops, ctx, count, now_ns, e);
    stack_count_into(s, count, drops);
    if (rc)
        stack_fini(s);
    else
        take_known(s, now_ns);
    return rc;
}

void stack_fini(struct stack *s)
{
    if (s->tx_count)
        s->queue->ops->tx_free(s->queue, s->tx, s->tx_count);
    if (s->long_frame.data)
        s->queue->ops->tx_free(s->queue, &s->long_frame, 1);
    s->long_frame.data = NULL;
    s->tx_count = s->tx_ready = 0;
    tcp_fini(&s->tcp);
    path_fini(s);
}

void stack_count_into(struct stack *s, uint64_t *count, uint64_t *drops)
{
    s->count = s->tcp.count = count;
    s->drops = drops;
}
