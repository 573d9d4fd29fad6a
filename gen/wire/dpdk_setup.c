/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a device is told before it starts: queues, rings, pools, checksums, how flows are dealt to
 * queues; and what it then says of itself. An offload that it does not have is the stack's to do.
 */
#include <errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "wire/dpdk_frame.h"

/* Checksums of TCP are the device's where it has them; those of IP cost nothing, but are of each segment
 * that it cuts. */
static const uint64_t rx_wanted = RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_RSS_HASH;
static const uint64_t tx_wanted = RTE_ETH_TX_OFFLOAD_TCP_CKSUM;
static const uint64_t cut_wanted =
    RTE_ETH_TX_OFFLOAD_TCP_TSO | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
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

/* net_tap cuts in software: IPv4 alone, and frames that with the Ethernet header are no longer than the MTU
 * that it is told, which is not its interface's, and at most 1504. 0: another driver. */
static uint32_t tap_mtu(const struct dpdk_port *d, const struct wire_config *cfg,
                        const struct rte_eth_dev_info *info)
{
    uint32_t tags = !!cfg->filter.vlan + !!cfg->filter.vlan_outer;
    uint32_t frame = d->sizes.mtu + RTE_ETHER_HDR_LEN + tags * RTE_VLAN_HLEN;
    if (strcmp(info->driver_name, "net_tap"))
        return 0;
    bool fits = frame + RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN <= info->max_rx_pktlen;
    return fits && ip_is4(cfg->filter.local[0].first) ? frame : d->sizes.mtu;
}

/* A device that cuts segments completes their checksums, too. */
static uint64_t choose_tx(const struct dpdk_port *d, uint32_t tap, const struct rte_eth_dev_info *info)
{
    const uint64_t needed = RTE_ETH_TX_OFFLOAD_TCP_TSO | RTE_ETH_TX_OFFLOAD_TCP_CKSUM;
    bool cuts = (info->tx_offload_capa & needed) == needed && tap != d->sizes.mtu;
    return (cuts ? tx_wanted | cut_wanted : tx_wanted) & info->tx_offload_capa;
}

static int configure(struct dpdk_port *d, const struct wire_config *cfg, const struct rte_eth_dev_info *info,
                     struct err *e)
{
    uint16_t queues = d->p.caps.queues;
    uint32_t tap = tap_mtu(d, cfg, info);
    bool deals = queues > 1 && info->reta_size;
    d->rx_offloads = rx_wanted & info->rx_offload_capa;
    d->tx_offloads = choose_tx(d, tap, info);
    d->rss_flows = deals ? rss_wanted & info->flow_type_rss_offloads : 0;
    if (!d->rss_flows)
        d->rx_offloads &= ~RTE_ETH_RX_OFFLOAD_RSS_HASH;
    struct rte_eth_conf conf = {
        .rxmode = {.mq_mode = d->rss_flows ? RTE_ETH_MQ_RX_RSS : RTE_ETH_MQ_RX_NONE,
                   .mtu = tap ? tap : d->sizes.mtu,
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

/* Frames come back as soon as they were sent: there are few long ones, and the fewer are in use the
 * more of them a cache holds. Not each driver likes that. */
static int make_tx_queue(const struct dpdk_port *d, uint16_t index, const struct rte_eth_dev_info *info)
{
    struct rte_eth_txconf soon = info->default_txconf;
    unsigned socket = (unsigned)d->socket;
    soon.offloads = d->tx_offloads;
    soon.tx_free_thresh = (uint16_t)(d->sizes.tx_ring - DPDK_LONG_FRAMES / 4);
    bool cuts = d->tx_offloads & RTE_ETH_TX_OFFLOAD_TCP_TSO;
    if (cuts && !rte_eth_tx_queue_setup(d->id, index, d->sizes.tx_ring, socket, &soon))
        return 0;
    return rte_eth_tx_queue_setup(d->id, index, d->sizes.tx_ring, socket, NULL);
}

static int make_queue(struct dpdk_port *d, uint16_t index, const struct rte_eth_dev_info *info,
                      struct err *e)
{
    struct dpdk_queue *q = &d->queues[index];
    q->q = (struct wire_queue){.ops = &dpdk_ops, .port = &d->p, .index = index};
    q->port_id = d->id;
    q->capacity = (uint16_t)(d->sizes.room_bytes - RTE_PKTMBUF_HEADROOM);
    int rc = dpdk_pools_make(d, q, e);
    if (rc)
        return rc;
    long mark = dpdk_log_mark();
    rc = rte_eth_rx_queue_setup(d->id, index, d->sizes.rx_ring, (unsigned)d->socket, NULL, q->pool);
    if (rc)
        return dpdk_refuse(d, rc, "refuses a receive queue", mark, e);
    rc = make_tx_queue(d, index, info);
    return rc ? dpdk_refuse(d, rc, "refuses a transmit queue", mark, e) : 0;
}

static int make_queues(struct dpdk_port *d, const struct rte_eth_dev_info *info, struct err *e)
{
    d->queues = calloc(d->p.caps.queues, sizeof *d->queues);
    int rc = d->queues ? 0 : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "wire dpdk: no memory");
    for (uint16_t i = 0; !rc && i < d->p.caps.queues; i++)
        rc = make_queue(d, i, info, e);
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
    c->tso_bytes = d->tx_offloads & RTE_ETH_TX_OFFLOAD_TCP_TSO ? DPDK_LONG_BYTES : 0;
    c->cheap_flush = true;
    snprintf(c->driver, sizeof c->driver, "%s", info->driver_name);
    c->rx_stamps = d->queues[0].stamp.flag ? WIRE_STAMPS_DEVICE : WIRE_STAMPS_NONE;
    c->rss = d->rss;
    snprintf(c->detail, sizeof c->detail, "DPDK %d.%d.%d, %s; TCP checksums by the device: %s%s%s%s",
             RTE_VER_YEAR, RTE_VER_MONTH, RTE_VER_MINOR,
             rte_eal_has_hugepages() ? "huge pages" : "no huge pages", text_of_sums(c),
             c->tso_bytes ? "; TSO" : "",
             d->rss ? "; flows to queues by a hash that is known" : "",
             c->rx_stamps ? "; arrivals stamped by the driver" : "");
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
    rc = rc ? rc : configure(d, cfg, &info, e);
    rc = rc ? rc : make_queues(d, &info, e);
    rc = rc ? rc : dpdk_start(d, cfg, e);
    if (rc)
        return rc;
    ask_device(d, cfg, &info);
    tell_facts(d, &info);
    return 0;
}
