/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/lab_end.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "wire/netdev.h"
#include "wire/netlink.h"

enum { AWAIT_MS = 2000 };

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

/* Router solicitations and listener reports would be frames that no run sent. A kernel without
 * IPv6 has no such file. */
static int silence_ipv6(const char *iface)
{
    char path[96];
    snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/disable_ipv6", iface);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    int ret = write(fd, "1", 1) == 1 ? 0 : -errno;
    close(fd);
    return ret;
}

/* Over veth the kernel leaves checksums and segmentation to a device that is not there. */
static int complete_frames(const char *iface)
{
    static const enum netdev_offload off[] = {OFFLOAD_TX_CSUM, OFFLOAD_TSO, OFFLOAD_GSO,
                                              OFFLOAD_VLAN_STRIP, OFFLOAD_VLAN_INSERT};
    int ret = 0;
    for (size_t i = 0; !ret && i < sizeof off / sizeof *off; i++)
        ret = netdev_offload_off(iface, off[i]);
    return ret;
}

static uint64_t prefix_mask(uint8_t prefix_len)
{
    return prefix_len ? UINT32_MAX << (32 - prefix_len) & UINT32_MAX : 0;
}

static bool same_subnet(const struct ip_range *own, const struct ip_range *other)
{
    uint64_t mask = prefix_mask(own->prefix_len);
    uint32_t last = ip_to4(other->first) + (uint32_t)(other->count ? other->count - 1 : 0);
    return (ip_to4(own->first) & mask) == (ip_to4(other->first) & mask) &&
           (ip_to4(own->first) & mask) == (last & mask);
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
    uint8_t len = other->count <= 1 ? 32 : other->prefix_len;
    return netlink_route_add(end->iface, other->first, len, ROUTE_ON_LINK);
}

int lab_end_up(const struct lab_end *end, struct err *e)
{
    int ret = told(e, silence_ipv6(end->iface), end->iface, "switch IPv6 off");
    if (!ret && end->kernel)
        ret = told(e, complete_frames(end->iface), end->iface, "switch offloads off");
    if (!ret)
        ret = told(e, netlink_link_up(end->iface), end->iface, "be brought up");
    if (!ret && end->kernel)
        ret = told(e, add_own(end), end->iface, "take its address");
    if (!ret && end->kernel)
        ret = told(e, add_other(end), end->iface, "take the route to the other end");
    return ret;
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
