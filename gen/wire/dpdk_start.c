/* SPDX-License-Identifier: BSD-3-Clause */
/* A device that was told everything starts; who opens connections waits for the other end. */
#include <errno.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_ethdev.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "wire/dpdk_port.h"

enum {
    LINK_WAIT_MS = 10000,
    LINK_LOOK_MS = 10,
    ASK_AGAIN_MS = 100,
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

/* For the other end: how long by now, when it is to be asked again, and how long after that. */
struct wait {
    int so_far_ms, ask_at_ms, ask_after_ms;
};

/* False: it has been long enough. */
static bool wait_more(struct wait *w)
{
    const struct timespec nap = {.tv_nsec = LINK_LOOK_MS * NS_A_MS};
    w->so_far_ms += LINK_LOOK_MS;
    return w->so_far_ms <= LINK_WAIT_MS && !nanosleep(&nap, NULL);
}

/* Of those that there are, net_memif as a client does not start while nobody listens; another one that
 * does not start has a reason that no waiting mends. A server must not be stopped while it answers. */
static bool waits_for_listener(const struct dpdk_port *d)
{
    static const char memif[] = "net_memif";
    struct rte_eth_dev_info info;
    if (strncmp(d->device.name, memif, sizeof memif - 1) || rte_eth_dev_info_get(d->id, &info))
        return false;
    const struct rte_devargs *told = rte_dev_devargs(info.device);
    return !told || !told->args || (!strstr(told->args, "role=server") && !strstr(told->args, "role=master"));
}

static int start_device(const struct dpdk_port *d, const struct wire_config *cfg, struct wait *w,
                        struct err *e)
{
    bool patient = cfg->initiates && waits_for_listener(d);
    for (;;) {
        long mark = dpdk_log_mark();
        int rc = rte_eth_dev_start(d->id);
        if (!rc)
            return 0;
        if (!patient || !wait_more(w))
            return dpdk_refuse(d, rc, "does not start", mark, e);
    }
}

/* A server of net_memif listens from when it is found and refuses until it is started; the driver of a
 * client that was refused does not ask again. Each time after twice as long: a slow server must not be
 * broken off in the middle of its answer for ever. */
static int ask_again(const struct dpdk_port *d, const struct wire_config *cfg, struct wait *w, struct err *e)
{
    if (!waits_for_listener(d) || w->so_far_ms < w->ask_at_ms)
        return 0;
    rte_eth_dev_stop(d->id);
    int rc = start_device(d, cfg, w, e);
    w->ask_after_ms *= 2;
    w->ask_at_ms = w->so_far_ms + w->ask_after_ms;
    return rc;
}

static int await_link(const struct dpdk_port *d, const struct wire_config *cfg, struct rte_eth_link *link,
                      struct wait *w, struct err *e)
{
    int rc = 0;
    w->ask_after_ms = ASK_AGAIN_MS;
    w->ask_at_ms = w->so_far_ms + w->ask_after_ms;
    while (!rc && link->link_status != RTE_ETH_LINK_UP) {
        if (!wait_more(w))
            return err_set(e, EXIT_ENVIRONMENT, -ENETDOWN,
                           "wire dpdk:%s: no link after %d s: expected the other end there and up",
                           d->device.args, w->so_far_ms / 1000);
        rc = ask_again(d, cfg, w, e);
        rte_eth_link_get_nowait(d->id, link);
    }
    return rc;
}

int dpdk_start(struct dpdk_port *d, const struct wire_config *cfg, struct err *e)
{
    struct rte_eth_link link = {0};
    struct wait w = {0};
    int rc = start_device(d, cfg, &w, e);
    if (rc)
        return rc;
    d->started = true;
    choose_frames(d, cfg);
    rte_eth_link_get_nowait(d->id, &link);
    rc = cfg->initiates ? await_link(d, cfg, &link, &w, e) : 0;
    if (link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN)
        d->p.caps.link_bit_per_s = (uint64_t)link.link_speed * 1000000;
    return rc;
}
