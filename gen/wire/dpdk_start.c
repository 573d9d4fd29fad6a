/* SPDX-License-Identifier: BSD-3-Clause */
/* A device that was told everything starts; who opens connections waits for the other end. */
#include <errno.h>
#include <rte_ethdev.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "wire/dpdk_port.h"

enum {
    LINK_WAIT_MS = 10000,
    LINK_LOOK_MS = 10,
    NS_A_MS = 1000000, /* base/units.h has names that DPDK's headers have, too */
};

/* Our MAC and the groups of neighbour discovery. A device that cannot choose gives us everything, or
 * has no such thing as others' frames. */
static void choose_frames(const struct dpdk_port *d, const struct wire_config *cfg)
{
    rte_eth_allmulticast_enable(d->id);
    if (cfg->filter.everything)
        rte_eth_promiscuous_enable(d->id);
}

/* False: it has been long enough. */
static bool wait_more(int *waited_ms)
{
    const struct timespec nap = {.tv_nsec = LINK_LOOK_MS * NS_A_MS};
    *waited_ms += LINK_LOOK_MS;
    return *waited_ms <= LINK_WAIT_MS && !nanosleep(&nap, NULL);
}

/* Of those that there are, net_memif as a client does not start while nobody listens; another one that
 * does not start has a reason that no waiting mends. */
static bool waits_for_listener(const struct dpdk_port *d)
{
    static const char memif[] = "net_memif";
    return !strncmp(d->device.name, memif, sizeof memif - 1);
}

static int start_device(const struct dpdk_port *d, const struct wire_config *cfg, int *waited_ms,
                        struct err *e)
{
    bool patient = cfg->initiates && waits_for_listener(d);
    for (;;) {
        long mark = dpdk_log_mark();
        int rc = rte_eth_dev_start(d->id);
        if (!rc)
            return 0;
        if (!patient || !wait_more(waited_ms))
            return dpdk_refuse(d, rc, "does not start", mark, e);
    }
}

static int await_link(const struct dpdk_port *d, struct rte_eth_link *link, int *waited_ms, struct err *e)
{
    while (link->link_status != RTE_ETH_LINK_UP) {
        if (!wait_more(waited_ms))
            return err_set(e, EXIT_ENVIRONMENT, -ENETDOWN,
                           "wire dpdk:%s: no link after %d s: expected the other end there and up",
                           d->device.args, *waited_ms / 1000);
        rte_eth_link_get_nowait(d->id, link);
    }
    return 0;
}

int dpdk_start(struct dpdk_port *d, const struct wire_config *cfg, struct err *e)
{
    struct rte_eth_link link = {0};
    int waited_ms = 0;
    int rc = start_device(d, cfg, &waited_ms, e);
    if (rc)
        return rc;
    d->started = true;
    choose_frames(d, cfg);
    rte_eth_link_get_nowait(d->id, &link);
    rc = cfg->initiates ? await_link(d, &link, &waited_ms, e) : 0;
    if (link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN)
        d->p.caps.link_bit_per_s = (uint64_t)link.link_speed * 1000000;
    return rc;
}
