/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The queues of a device whose receive polls our loops run (wire/napi.h): both ends of the link are ours.
 * The end that opens last asks on each queue and waits for the answers; the other one is polling by then,
 * answers from its loop, and both know their instances.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "wire/xdp_port.h"

enum {
    POLL_FRAMES = 16, /* of each of the two polls that an empty read makes: more would be a round too long for who
                       * is to start in time, fewer cost rate */
    MEET_MS = 5000,
    ASK_EVERY_MS = 50,
};

static void say_hello(struct xdp_queue *x, bool ask)
{
    const struct wire_ops *ops = x->q.ops;
    struct frame f;
    if (ops->tx_alloc(&x->q, &f, 1) == 0)
        return; /* whoever asked asks again */
    napi_hello(f.data, x->q.index, ask);
    f.len = NAPI_HELLO_BYTES;
    if (ops->tx(&x->q, &f, 1) == 0)
        ops->tx_free(&x->q, &f, 1);
    ops->flush(&x->q);
}

void xdp_napi_run(struct xdp_queue *x)
{
    x->stats.polls++;
    if (napi_run(&x->napi))
        say_hello(x, false);
}

static bool meet(struct xdp_queue *x)
{
    const struct timespec nap = {.tv_nsec = 1000000};
    for (int ms = 0; ms < MEET_MS && !napi_known(&x->napi); ms++) {
        if (ms % ASK_EVERY_MS == 0)
            say_hello(x, true);
        nanosleep(&nap, NULL);
    }
    return napi_known(&x->napi);
}

int xdp_napi_open(struct xdp_port *x, const struct wire_config *cfg, struct err *e)
{
    for (uint32_t i = 0; i < x->p.caps.queues; i++) {
        struct xdp_queue *xq = &x->queues[i];
        int ret = napi_open(&xq->napi, x->at.iface, x->at.first_queue + i, POLL_FRAMES);
        if (ret)
            return err_set(e, EXIT_ENVIRONMENT, ret,
                           "wire xdp:%s: queue %u: no socket to poll it by: %s: expected busy_poll = no, or a "
                           "kernel with busy polling", x->at.iface, i, strerror(-ret));
        if (cfg->initiates && !meet(xq))
            return err_set(e, EXIT_ENVIRONMENT, -ETIMEDOUT,
                           "wire xdp:%s: queue %u: the other end did not answer in %d s: expected busy_poll = "
                           "no, or less load on this machine", x->at.iface, i, MEET_MS / 1000);
    }
    return 0;
}
