/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a device is told before it starts: queues, rings, pools, checksums, how flows are dealt to
 * queues; and what it then says of itself. An offload that it does not have is the stack's to do.
 */
#include <errno.h>
#include <inttypes.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool.h>
#include <rte_version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "wire/dpdk_port.h"

enum {
    POOL_CACHE = 256,  /* frames that a thread keeps to itself */
};

/* Checksums of TCP are the device's where it has them; those of IP cost nothing. */
static const uint64_t rx_wanted = RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_RSS_HASH;
static const uint64_t tx_wanted = RTE_ETH_TX_OFFLOAD_TCP_CKSUM;
static const uint64_t rss_wanted = RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP;

int dpdk_refuse(const struct dpdk_port *d, int rc, const char *what, long mark, struct err *e)
{
    char said[DPDK_SAID];
    return err_set(e, EXIT_ENVIRONMENT, rc, "wire dpdk:%s: %s: %s: %s", d->device.args, what,
                   strerror(-rc), dpdk_log_first(mark, said));
}

/* ---- configuration ---- */

static int check_mtu(const struct dpdk_port *d, const struct rte_eth_dev_info *info, struct err *e)
{
    if (d->sizes.mtu >= info->min_mtu && d->sizes.mtu <= info->max_mtu)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL, "wire dpdk:%s: mtu = %u: expected %u to %u", d->device.args,
                   d->sizes.mtu, info->min_mtu, info->max_mtu);
}

static int check_queues(struct dpdk_port *d, const struct wire_config *cfg,
                        const struct rte_eth_dev_info *info, struct err *e)
{
    uint32_t wanted = cfg->queues ? cfg->queues : 1;
    uint32_t there = info->max_rx_queues < info->max_tx_queues ? info->max_rx_queues : info->max_tx_queues;
    d->p.caps.queues = (uint16_t)wanted;
    if (wanted <= there)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "wire dpdk:%s: workers = %u: each has a queue, and %s has %u here: expected workers = %u%s",
                   d->device.args, wanted, info->driver_name, there, there,
                   d->device.pci == DPDK_PCI_NONE ? " or less, or a device with more (its argument queues, "
                                                    "qpairs or queue_count)"
                                                  : " or less");
}

static int configure(struct dpdk_port *d, const struct rte_eth_dev_info *info, struct err *e)
{
    uint16_t queues = d->p.caps.queues;
    bool deals = queues > 1 && info->reta_size;
    d->rx_offloads = rx_wanted & info->rx_offload_capa;
    d->tx_offloads = tx_wanted & info->tx_offload_capa;
    d->rss_flows = deals ? rss_wanted & info->flow_type_rss_offloads : 0;
    if (!d->rss_flows)
        d->rx_offloads &= ~RTE_ETH_RX_OFFLOAD_RSS_HASH;
    struct rte_eth_conf conf = {
        .rxmode = {.mq_mode = d->rss_flows ? RTE_ETH_MQ_RX_RSS : RTE_ETH_MQ_RX_NONE,
                   .mtu = d->sizes.mtu,
                   .offloads = d->rx_offloads},
        .txmode = {.offloads = d->tx_offloads},
        .rx_adv_conf.rss_conf.rss_hf = d->rss_flows,
    };
    long mark = dpdk_log_mark();
    int rc = rte_eth_dev_configure(d->id, queues, queues, &conf);
    if (rc)
        return dpdk_refuse(d, rc, "refuses its configuration", mark, e);
    rc = rte_eth_dev_adjust_nb_rx_tx_desc(d->id, &d->sizes.rx_ring, &d->sizes.tx_ring);
    return rc ? dpdk_refuse(d, rc, "refuses rings of any size", mark, e) : 0;
}

/* ---- queues ---- */

/* Frames of a virtual device lie without gaps, whatever the size of a page: nobody needs them in one
 * page, ordinary pages would hold one each, and net_af_xdp reckons without gaps. */
static struct rte_mempool *pool_create(const struct dpdk_port *d, const char *name)
{
    const struct dpdk_sizes *s = &d->sizes;
    struct rte_pktmbuf_pool_private head = {.mbuf_data_room_size = (uint16_t)s->room_bytes};
    unsigned cache = s->frames / 3 < POOL_CACHE ? s->frames / 3 : POOL_CACHE;
    unsigned flags = d->device.pci == DPDK_PCI_NONE ? RTE_MEMPOOL_F_NO_IOVA_CONTIG : 0;
    struct rte_mempool *pool = rte_mempool_create_empty(name, s->frames,
                                                        sizeof(struct rte_mbuf) + s->room_bytes, cache,
                                                        sizeof head, d->socket, flags);
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

static int make_pool(struct dpdk_port *d, struct dpdk_queue *q, struct err *e)
{
    char name[RTE_MEMPOOL_NAMESIZE];
    const struct dpdk_sizes *s = &d->sizes;
    snprintf(name, sizeof name, "wb_%u_%u", d->id, q->q.index);
    q->pool = pool_create(d, name);
    if (q->pool)
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -rte_errno,
                   "wire dpdk:%s: no memory for %" PRIu64 " MiB of frames (queue %u): %s: expected %s",
                   d->device.args, ((uint64_t)s->frames * s->room_bytes >> 20) + 1, q->q.index,
                   rte_strerror(rte_errno),
                   rte_eal_has_hugepages() ? "more huge pages (sysctl vm.nr_hugepages)"
                                           : "dpdk_eal = --no-huge -m MIB with more, or huge pages");
}

static int make_queue(struct dpdk_port *d, uint16_t index, struct err *e)
{
    struct dpdk_queue *q = &d->queues[index];
    q->q = (struct wire_queue){.ops = &dpdk_ops, .port = &d->p, .index = index};
    q->port_id = d->id;
    q->capacity = (uint16_t)(d->sizes.room_bytes - RTE_PKTMBUF_HEADROOM);
    int rc = make_pool(d, q, e);
    if (rc)
        return rc;
    long mark = dpdk_log_mark();
    unsigned socket = (unsigned)d->socket;
    rc = rte_eth_rx_queue_setup(d->id, index, d->sizes.rx_ring, socket, NULL, q->pool);
    if (rc)
        return dpdk_refuse(d, rc, "refuses a receive queue", mark, e);
    rc = rte_eth_tx_queue_setup(d->id, index, d->sizes.tx_ring, socket, NULL);
    return rc ? dpdk_refuse(d, rc, "refuses a transmit queue", mark, e) : 0;
}

static int make_queues(struct dpdk_port *d, struct err *e)
{
    d->queues = calloc(d->p.caps.queues, sizeof *d->queues);
    int rc = d->queues ? 0 : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "wire dpdk: no memory");
    for (uint16_t i = 0; !rc && i < d->p.caps.queues; i++)
        rc = make_queue(d, i, e);
    return rc;
}

/* ---- facts ---- */

static const char *text_of_sums(const struct wire_caps *c)
{
    return c->rx_csum && c->tx_csum ? "both ways" : c->rx_csum ? "received" : c->tx_csum ? "sent" : "none";
}

static void tell_facts(struct dpdk_port *d, const struct rte_eth_dev_info *info)
{
    struct wire_caps *c = &d->p.caps;
    struct rte_ether_addr mac;
    c->mtu = d->sizes.mtu;
    c->burst = d->sizes.batch;
    c->tx_slots = d->sizes.tx_ring;
    c->headroom = RTE_PKTMBUF_HEADROOM;
    c->rx_csum = d->rx_offloads & RTE_ETH_RX_OFFLOAD_TCP_CKSUM;
    c->tx_csum = d->tx_offloads & RTE_ETH_TX_OFFLOAD_TCP_CKSUM;
    c->busy_wire = true;
    snprintf(c->driver, sizeof c->driver, "%s", info->driver_name);
    c->rx_stamp = d->queues[0].stamp.flag;
    c->rss = d->rss;
    snprintf(c->detail, sizeof c->detail, "DPDK %d.%d.%d, %s; TCP checksums by the device: %s%s%s",
             RTE_VER_YEAR, RTE_VER_MONTH, RTE_VER_MINOR,
             rte_eal_has_hugepages() ? "huge pages" : "no huge pages", text_of_sums(c),
             d->rss ? "; flows to queues by a hash that is known" : "",
             c->rx_stamp ? "; arrivals stamped by the driver" : "");
    if (!rte_eth_macaddr_get(d->id, &mac))
        memcpy(d->p.mac, mac.addr_bytes, sizeof d->p.mac);
}

/* What it says only when it runs. */
static void ask_device(struct dpdk_port *d, const struct wire_config *cfg, const struct rte_eth_dev_info *info)
{
    struct dpdk_stamp stamp;
    dpdk_stamp_open(&stamp, info->driver_name);
    for (uint16_t i = 0; i < d->p.caps.queues; i++)
        d->queues[i].stamp = stamp;
    if (d->rss_flows)
        d->rss = dpdk_rss_read(d->id, !ip_is4(cfg->filter.local[0].first));
}

int dpdk_setup(struct dpdk_port *d, const struct wire_config *cfg, struct err *e)
{
    struct rte_eth_dev_info info;
    int rc = rte_eth_dev_info_get(d->id, &info);
    if (rc)
        return err_set(e, EXIT_ENVIRONMENT, rc, "wire dpdk:%s: tells nothing of itself: %s",
                       d->device.args, strerror(-rc));
    d->socket = rte_eth_dev_socket_id(d->id);
    rc = check_mtu(d, &info, e);
    rc = rc ? rc : check_queues(d, cfg, &info, e);
    rc = rc ? rc : configure(d, &info, e);
    rc = rc ? rc : make_queues(d, e);
    rc = rc ? rc : dpdk_start(d, cfg, e);
    if (rc)
        return rc;
    ask_device(d, cfg, &info);
    tell_facts(d, &info);
    return 0;
}
