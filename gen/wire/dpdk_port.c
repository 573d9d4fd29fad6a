/* SPDX-License-Identifier: BSD-3-Clause */
/* The device side of the dpdk wire: its life. What the device is told is in dpdk_setup.c. */
#include "wire/dpdk_port.h"

#include <errno.h>
#include <rte_ethdev.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "wire/dpdk.h"

enum {
    DEFAULT_RING = 1024,
    DEFAULT_BATCH = 64,
    LINK_BYTES = 22,    /* Ethernet header and two tags */
    SMALL_ROOM = 2048,  /* data of a frame that most drivers like */
    LEAST_FRAMES = 512,
};

static struct dpdk_sizes sizes_of(const struct wire_config *cfg, uint32_t mtu)
{
    uint32_t ring = cfg->ring_size ? cfg->ring_size : DEFAULT_RING;
    uint32_t batch = cfg->batch ? cfg->batch : DEFAULT_BATCH;
    uint32_t room = mtu + LINK_BYTES > SMALL_ROOM ? mtu + LINK_BYTES : SMALL_ROOM;
    uint32_t frames = 2 * ring + 4 * batch;
    return (struct dpdk_sizes){
        .mtu = (uint16_t)mtu,
        .rx_ring = (uint16_t)ring,
        .tx_ring = (uint16_t)ring,
        .batch = (uint16_t)batch,
        .frames = cfg->frames ? cfg->frames : frames > LEAST_FRAMES ? frames : LEAST_FRAMES,
        .room_bytes = RTE_PKTMBUF_HEADROOM + (room + 63) / 64 * 64,
    };
}

uint64_t dpdk_memory(const struct wire_config *cfg, uint32_t mtu)
{
    struct dpdk_sizes s = sizes_of(cfg, mtu);
    return cfg->queues * dpdk_pools_bytes(&s);
}

static int check_sizes(const struct dpdk_port *d, const struct wire_config *cfg, struct err *e)
{
    uint32_t ring = cfg->ring_size ? cfg->ring_size : DEFAULT_RING, least = 2 * ring + d->sizes.batch;
    if (ring > 32768)
        return err_set(e, EXIT_USAGE, -EINVAL, "wire dpdk:%s: ring of %u frames: expected up to 32768",
                       cfg->device, ring);
    if (d->sizes.frames < least)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire dpdk:%s: pool of %u frames: expected at least %u (two rings and a batch)",
                       cfg->device, d->sizes.frames, least);
    return 0;
}

static int start_eal(const struct dpdk_port *d, const struct wire_config *cfg, struct err *e)
{
    bool gaps = d->device.pci != DPDK_PCI_NONE; /* no frame crosses a page: up to half of it is lost */
    struct dpdk_start s = {.pci = d->device.pci,
                           .pci_args = d->device.args,
                           .more = cfg->eal,
                           .memory_bytes = dpdk_memory(cfg, d->sizes.mtu) << gaps};
    return dpdk_eal_start(&s, e);
}

static int set_up(struct dpdk_port *d, const struct wire_config *cfg, struct err *e)
{
    d->sizes = sizes_of(cfg, cfg->mtu ? cfg->mtu : RTE_ETHER_MTU);
    int rc = dpdk_device_parse(cfg->device ? cfg->device : "", &d->device, e);
    rc = rc ? rc : check_sizes(d, cfg, e);
    rc = rc ? rc : start_eal(d, cfg, e);
    rc = rc ? rc : dpdk_device_find(&d->device, &d->id, e);
    if (rc)
        return rc;
    d->found = true;
    return dpdk_setup(d, cfg, e);
}

int dpdk_port_open(const struct wire_config *cfg, struct wire_port **out, struct err *e)
{
    struct dpdk_port *d = calloc(1, sizeof *d);
    if (!d)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "wire dpdk: no memory");
    d->p.ops = &dpdk_ops;
    int rc = set_up(d, cfg, e);
    if (rc)
        dpdk_port_close(&d->p);
    else
        *out = &d->p;
    return rc;
}

/* The pools last: the device holds frames of theirs until it is gone. */
void dpdk_port_close(struct wire_port *port)
{
    struct dpdk_port *d = (struct dpdk_port *)port;
    if (d->started)
        rte_eth_dev_stop(d->id);
    if (d->found)
        dpdk_device_remove(d->id);
    for (uint32_t i = 0; d->queues && i < port->caps.queues; i++)
        dpdk_pools_free(&d->queues[i]);
    free(d->queues);
    free(d->rss);
    free(d);
}

const struct wire_device dpdk_device = {.open = dpdk_port_open, .memory = dpdk_memory};
