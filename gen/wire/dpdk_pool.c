/* SPDX-License-Identifier: BSD-3-Clause */
/* The frames of a queue: those that everything begins in, and a few long ones (dpdk_long.c). */
#include <inttypes.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool.h>
#include <stdio.h>

#include "base/err.h"
#include "wire/dpdk_port.h"

enum {
    CACHE = 256,      /* frames that a thread keeps to itself */
    MBUF_BYTES = 256, /* beside the data: its head, the pool's, alignment */
};

/* Frames of a virtual device lie without gaps, whatever the size of a page: nobody needs them in one
 * page, ordinary pages would hold one each, and net_af_xdp reckons without gaps. */
static struct rte_mempool *create(const struct dpdk_port *d, const char *name, uint32_t frames,
                                  uint32_t room_bytes)
{
    struct rte_pktmbuf_pool_private head = {.mbuf_data_room_size = (uint16_t)room_bytes};
    unsigned cache = frames / 3 < CACHE ? frames / 3 : CACHE;
    unsigned flags = d->device.pci == DPDK_PCI_NONE ? RTE_MEMPOOL_F_NO_IOVA_CONTIG : 0;
    struct rte_mempool *pool = rte_mempool_create_empty(name, frames, sizeof(struct rte_mbuf) + room_bytes,
                                                        cache, sizeof head, d->socket, flags);
    if (!pool)
        return NULL;
    rte_pktmbuf_pool_init(pool, &head);
    int rc = rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), NULL);
    if (rc || (rc = rte_mempool_populate_default(pool)) < 0) {
        rte_errno = -rc;
        rte_mempool_free(pool);
        return NULL;
    }
    rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
    return pool;
}

uint64_t dpdk_pools_bytes(const struct dpdk_sizes *s)
{
    return (uint64_t)s->frames * (s->room_bytes + MBUF_BYTES) +
           (uint64_t)DPDK_LONG_FRAMES * (DPDK_LONG_ROOM + MBUF_BYTES);
}

int dpdk_pools_make(struct dpdk_port *d, struct dpdk_queue *q, struct err *e)
{
    char name[RTE_MEMPOOL_NAMESIZE];
    snprintf(name, sizeof name, "wb_%u_%u", d->id, q->q.index);
    q->pool = create(d, name, d->sizes.frames, d->sizes.room_bytes);
    snprintf(name, sizeof name, "wb_long_%u_%u", d->id, q->q.index);
    if (q->pool && (q->long_pool = create(d, name, DPDK_LONG_FRAMES, DPDK_LONG_ROOM)))
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -rte_errno,
                   "wire dpdk:%s: no memory for %" PRIu64 " MiB of frames (queue %u): %s: expected %s",
                   d->device.args, (dpdk_pools_bytes(&d->sizes) >> 20) + 1, q->q.index,
                   rte_strerror(rte_errno),
                   rte_eal_has_hugepages() ? "more huge pages (sysctl vm.nr_hugepages)"
                                           : "dpdk_eal = --no-huge -m MIB with more, or huge pages");
}

void dpdk_pools_free(struct dpdk_queue *q)
{
    rte_mempool_free(q->pool);
    rte_mempool_free(q->long_pool);
}
