/* SPDX-License-Identifier: BSD-3-Clause */
/* One AF_XDP socket with a umem of its own, tuned, with the memory that it needs. */
#include <errno.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/err.h"
#include "wire/xdp_port.h"

/* Newer than the headers that we build with. */
#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9 /* Linux 6.18 */
#endif
#ifndef XDP_USE_SG
#define XDP_USE_SG (1 << 4) /* Linux 6.6 */
#endif

enum { RETRY_MS = 2000, RETRY_STEP_MS = 20, BUSY_POLL_US = 20,
       LEAD_BYTES = 64 }; /* a line, for struct xdp_departure */
_Static_assert(sizeof(struct xdp_departure) <= LEAD_BYTES && LEAD_BYTES + XDP_SKEW_MAX - XDP_SKEW_STEP <= XDP_SKEW_MAX,
               "what is left for a frame is the same");

/* `copying`: XDP_COPY or XDP_ZEROCOPY. */
static int try_open(const struct xdp_port *x, struct xdp_queue *xq, uint16_t copying)
{
    return xdp_rings_open(&xq->r, &(struct xdp_rings_config){
        .area = xq->area, .area_bytes = xq->area_bytes, .chunk_bytes = x->sizes.chunk_bytes,
        .ring = x->sizes.ring, .tx_metadata_bytes = xq->departures ? sizeof(struct xdp_departure) : 0,
        .ifindex = x->dev.ifindex, .queue = x->at.first_queue + xq->q.index,
        .bind_flags = (uint16_t)(XDP_USE_NEED_WAKEUP | copying | (xq->wide ? XDP_USE_SG : 0)),
    });
}

/* The kernel releases a closed socket's queue a while after its process is gone. */
static int open_with_patience(const struct xdp_port *x, struct xdp_queue *xq, uint16_t copying)
{
    int ret = try_open(x, xq, copying);
    for (int ms = 0; ret == -EBUSY && ms < RETRY_MS; ms += RETRY_STEP_MS) {
        nanosleep(&(struct timespec){.tv_nsec = RETRY_STEP_MS * 1000000L}, NULL);
        ret = try_open(x, xq, copying);
    }
    return ret;
}

/* The kernel would choose by itself; asked, it says why it does not. */
static int open_asking(const struct xdp_port *x, struct xdp_queue *xq, const struct wire_config *cfg)
{
    xq->zero_copy_refused = -ENOTSUP;
    if (!cfg->force_copy && x->p.caps.native) {
        xq->zero_copy_refused = open_with_patience(x, xq, XDP_ZEROCOPY);
        if (!xq->zero_copy_refused || xq->zero_copy_refused == -EBUSY)
            return xq->zero_copy_refused;
    }
    return open_with_patience(x, xq, XDP_COPY);
}

static int told(const struct xdp_port *x, const struct xdp_queue *xq, int ret, struct err *e)
{
    if (ret == -EINVAL && xq->departures)
        return err_set(e, EXIT_ENVIRONMENT, ret,
                       "wire xdp:%s: queue %u: this kernel stamps no departures (Linux 6.11): expected tx_stamps = no",
                       x->at.iface, x->at.first_queue + xq->q.index);
    const char *why = ret == -EBUSY     ? "another socket holds it (waited 2 s)"
                      : ret == -EINVAL && xq->wide
                          ? "this kernel has no frames of several pages (Linux 6.6): expected a smaller MTU"
                      : ret == -ENOBUFS ? "locked memory limit (ulimit -l) is too low"
                      : ret == -EPERM   ? "not permitted: CAP_NET_RAW is needed"
                                        : strerror(-ret);
    return err_set(e, EXIT_ENVIRONMENT, ret,
                   "wire xdp:%s: queue %u: cannot open an AF_XDP socket: %s", x->at.iface,
                   x->at.first_queue + xq->q.index, why);
}

/* Both are wishes: a kernel that lacks them is slower, not wrong. */
static void tune(const struct xdp_port *x, struct xdp_queue *xq, const struct wire_config *cfg)
{
    uint32_t budget = cfg->tx_budget < x->sizes.ring ? cfg->tx_budget : x->sizes.ring;
    int on = 1, us = BUSY_POLL_US, batch = (int)x->sizes.batch;
    if (budget)
        xq->budget_refused =
            setsockopt(xq->r.fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof budget) != 0;
    if (!cfg->busy_poll)
        return;
    setsockopt(xq->r.fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &on, sizeof on);
    setsockopt(xq->r.fd, SOL_SOCKET, SO_BUSY_POLL, &us, sizeof us);
    setsockopt(xq->r.fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &batch, sizeof batch);
}

static int take_memory(const struct xdp_port *x, struct xdp_queue *xq, int cpu, bool stamps)
{
    xq->chunk_bytes = x->sizes.chunk_bytes;
    xq->area_bytes = (size_t)x->sizes.frames * x->sizes.chunk_bytes + xdp_wide_bytes(&x->sizes);
    xq->area = area_map(xq->area_bytes, cpu);
    xq->free.entry = malloc(x->sizes.frames * sizeof *xq->free.entry);
    if (!xq->area || !xq->free.entry)
        return -ENOMEM;
    int ret = stamps ? xdp_departures_open(xq, x->sizes.ring) : 0;
    if (ret)
        return ret;
    xq->lead_bytes = stamps ? LEAD_BYTES : 0;
    for (uint32_t i = x->sizes.frames; i > 0; i--)
        lifo_push(&xq->free, (i - 1) * xq->chunk_bytes);
    return x->sizes.parts > 1 ? xdp_wide_open(xq, &x->sizes) : 0;
}

int xdp_socket_open(struct xdp_port *x, struct xdp_queue *xq, const struct wire_config *cfg,
                    struct err *e)
{
    xq->r.fd = -1;
    int ret = take_memory(x, xq, wire_cpu(cfg, xq->q.index), cfg->tx_stamps);
    ret = ret ? ret : open_asking(x, xq, cfg);
    if (ret)
        return told(x, xq, ret, e);
    tune(x, xq, cfg);
    return 0;
}

void xdp_socket_close(struct xdp_queue *xq)
{
    xdp_rings_close(&xq->r);
    xdp_departures_close(xq);
    xdp_wide_close(xq);
    area_unmap(xq->area, xq->area_bytes);
    free(xq->free.entry);
}

bool xdp_socket_is_zero_copy(const struct xdp_queue *xq)
{
    struct xdp_options o = {0};
    socklen_t len = sizeof o;
    return getsockopt(xq->r.fd, SOL_XDP, XDP_OPTIONS, &o, &len) == 0 &&
           o.flags & XDP_OPTIONS_ZEROCOPY;
}
