/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/lab_end.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "wire/coalesce.h"
#include "wire/lab_tags.h"
#include "wire/netdev.h"
#include "wire/netlink.h"
#include "wire/setting.h"

enum { AWAIT_MS = 2000, FIFO_FRAMES = 1000 };

static int told(struct err *e, int ret, const char *iface, const char *what)
{
    if (ret)
        err_set(e, EXIT_ENVIRONMENT, ret, "lab: %s: cannot %s: %s", iface, what, strerror(-ret));
    return ret;
}

int lab_end_enter_new(struct err *e)
{
    if (unshare(CLONE_NEWNET))
        return told(e, -errno, "namespace", "be made");
    return told(e, netlink_link_up("lo"), "lo", "be brought up");
}

/* A setting of the interface's IPv6. -ENOENT: this kernel has no such, or no IPv6 at all. */
static int set_ipv6(const char *iface, const char *name, const char *value)
{
    char path[96];
    snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/%s", iface, name);
    return setting_write(AT_FDCWD, path, value);
}

/* Router solicitations or listener reports would be frames that no run sent. */
static int silence_ipv6(const char *iface)
{
    int ret = set_ipv6(iface, "disable_ipv6", "1");
    return ret == -ENOENT ? 0 : ret;
}

/* On, but with the addresses that it is given and nothing else: no link-local one, no routers, no
 * question whether somebody has them already. */
static int calm_ipv6(const char *iface)
{
    static const struct {
        const char *name, *value;
    } settings[] = {{"accept_ra", "0"},  {"autoconf", "0"},      {"addr_gen_mode", "1"},
                    {"accept_dad", "0"}, {"dad_transmits", "0"}, {"router_solicitations", "0"},
                    {"disable_ipv6", "0"}};
    int ret = 0;
    for (size_t i = 0; !ret && i < sizeof settings / sizeof *settings; i++)
        ret = set_ipv6(iface, settings[i].name, settings[i].value);
    return ret;
}

/* Over veth the kernel leaves checksums and segmentation to a device that is not there. */
static int complete_frames(const char *iface)
{
    static const enum netdev_offload off[] = {OFFLOAD_TX_CSUM, OFFLOAD_TSO, OFFLOAD_GSO,
                                              OFFLOAD_VLAN_STRIP, OFFLOAD_VLAN_INSERT};
    static const char *const outer[] = {"tx-vlan-stag-hw-insert", "rx-vlan-stag-hw-parse"};
    int ret = 0;
    for (size_t i = 0; !ret && i < sizeof off / sizeof *off; i++)
        ret = netdev_offload_off(iface, off[i]);
    for (size_t i = 0; !ret && i < sizeof outer / sizeof *outer; i++)
        ret = netdev_feature_off(iface, outer[i]);
    return ret;
}

static bool same_subnet(const struct ip_range *own, const struct ip_range *other)
{
    uint32_t bits = own->prefix_len + (ip_is4(own->first) ? 96u : 0);
    uint64_t hi = bits >= 64 ? UINT64_MAX : bits ? UINT64_MAX << (64 - bits) : 0;
    uint64_t lo = bits > 64 ? UINT64_MAX << (128 - bits) : 0;
    struct ip_addr a = own->first, first = other->first, last = ip_range_last(other);
    return !((a.hi ^ first.hi) & hi) && !((a.lo ^ first.lo) & lo) && !((a.hi ^ last.hi) & hi) &&
           !((a.lo ^ last.lo) & lo);
}

/* One address goes to the interface; a block becomes local as a whole, by one route. */
static int add_own(const struct lab_end *end)
{
    const struct ip_range *own = &end->own;
    if (own->count <= 1)
        return netlink_addr_add(end->iface, own->first, own->prefix_len);
    int ret = netlink_addr_add(end->iface, ip_nth(*own, 1), own->prefix_len);
    return ret ? ret : netlink_route_add(end->iface, own->first, own->prefix_len, ROUTE_LOCAL);
}

static int add_other(const struct lab_end *end)
{
    const struct ip_range *other = &end->other;
    if (same_subnet(&end->own, other))
        return 0;
    uint8_t one = ip_is4(other->first) ? 32 : 128;
    return netlink_route_add(end->iface, other->first, other->count <= 1 ? one : other->prefix_len,
                             ROUTE_ON_LINK);
}

/* Where the kernel speaks: tags, addresses and routes. */
static int kernel_up(const struct lab_end *end, struct err *e)
{
    const struct lab_tags tags = {end->vlan, end->vlan_outer};
    int ret = end->vlan ? told(e, lab_tags_attach(end->iface, &tags), end->iface, "take its tags") : 0;
    if (!ret && !ip_is4(end->own.first))
        ret = told(e, calm_ipv6(end->iface), end->iface, "speak IPv6");
    if (!ret)
        ret = told(e, add_own(end), end->iface, "take its address");
    return ret ? ret : told(e, add_other(end), end->iface, "take the route to the other end");
}

/* A full ring of the other end stops who sends only where the kernel could queue for him. */
static int hold_until_polled(const char *iface)
{
    int ret = netlink_fifo_add(iface, FIFO_FRAMES);
    return ret ? ret : coalesce_polled(iface);
}

int lab_end_up(const struct lab_end *end, struct err *e)
{
    int ret = told(e, silence_ipv6(end->iface), end->iface, "switch IPv6 off");
    if (!ret && end->kernel)
        ret = told(e, complete_frames(end->iface), end->iface, "switch offloads off");
    if (!ret && end->coalesce_ns)
        ret = told(e, coalesce_set(end->iface, end->coalesce_ns), end->iface, "coalesce what arrives");
    if (!ret && end->polled)
        ret = told(e, hold_until_polled(end->iface), end->iface, "be polled (busy_poll = no does without)");
    if (!ret)
        ret = told(e, netlink_link_up(end->iface), end->iface, "be brought up");
    return ret || !end->kernel ? ret : kernel_up(end, e);
}

int lab_end_await(const struct lab_end *end, struct err *e)
{
    struct netdev dev = {0};
    for (int ms = 0; ms < AWAIT_MS; ms++) {
        int ret = netdev_read(end->iface, &dev);
        if (ret)
            return told(e, ret, end->iface, "be read");
        if (dev.running)
            return 0;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return told(e, -ETIMEDOUT, end->iface, "get a carrier");
}
