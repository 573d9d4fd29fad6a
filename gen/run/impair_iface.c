/* SPDX-License-Identifier: BSD-3-Clause */
/* Which interfaces may be bridged. Everything here only asks. */
#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "run/impair.h"
#include "wire/netlink_peer.h"

/* A frame has to fit a page, with the room that the kernel leaves before it. */
enum { MTU_MAX = 4096 - 256 - 18 };

/* ---- routes ---- */

/* The interface of a line of /proc/net/route when it is a default route; NULL. */
static const char *default_of_ip4(char *line, char name[64])
{
    unsigned long destination, mask;
    bool read = sscanf(line, "%63s %lx %*x %*x %*d %*d %*d %lx", name, &destination, &mask) == 3;
    return read && !destination && !mask ? name : NULL;
}

/* Of /proc/net/ipv6_route. */
static const char *default_of_ip6(char *line, char name[64])
{
    char destination[40];
    unsigned prefix_len;
    bool read = sscanf(line, "%39s %x %*s %*s %*s %*s %*s %*s %*s %63s", destination, &prefix_len,
                       name) == 3;
    return read && !prefix_len && strspn(destination, "0") == 32 ? name : NULL;
}

static bool has_default(const char *path, const char *(*of)(char *, char[64]), const char *iface)
{
    char line[256], name[64];
    bool found = false;
    FILE *f = fopen(path, "r");
    while (f && !found && fgets(line, sizeof line, f)) {
        const char *by = of(line, name);
        found = by && !strcmp(by, iface);
    }
    if (f)
        fclose(f);
    return found;
}

static int check_route(const char *iface, struct err *e)
{
    if (!has_default("/proc/net/route", default_of_ip4, iface) &&
        !has_default("/proc/net/ipv6_route", default_of_ip6, iface))
        return 0;
    return err_set(e, EXIT_USAGE, -EBUSY,
                   "impair: %s carries the default route, and this machine would lose its network: "
                   "expected an interface of a network under test", iface);
}

/* ---- addresses ---- */

static bool has_address(const char *iface)
{
    struct ifaddrs *all = NULL;
    bool found = false;
    if (getifaddrs(&all))
        return false;
    for (const struct ifaddrs *a = all; a; a = a->ifa_next)
        found |= !strcmp(a->ifa_name, iface) && a->ifa_addr && a->ifa_addr->sa_family == AF_INET;
    freeifaddrs(all);
    return found;
}

static void warn_of_address(const char *iface)
{
    if (has_address(iface))
        fprintf(stderr, "gen: impair: %s has an address of this machine, which will not hear what "
                        "arrives there\n", iface);
}

/* ---- links ---- */

static int check_link(struct impair *m, int i, struct err *e)
{
    const char *iface = m->iface[i];
    struct netdev *dev = &m->dev[i];
    int rc = netdev_read(iface, dev);
    if (rc == -ENODEV)
        return err_set(e, EXIT_ENVIRONMENT, rc,
                       "impair: %s: no such interface in this network namespace", iface);
    if (rc)
        return err_set(e, EXIT_ENVIRONMENT, rc, "impair: %s cannot be read: %s", iface,
                       strerror(-rc));
    if (!dev->up)
        return err_set(e, EXIT_ENVIRONMENT, -ENETDOWN,
                       "impair: %s is down: ip link set %s up", iface, iface);
    if (dev->queues != 1)
        return err_set(e, EXIT_ENVIRONMENT, -EINVAL,
                       "impair: %s has %u queues: expected 1, or frames of one direction would be on "
                       "several links: ethtool -L %s combined 1 (veth: rx 1 tx 1)", iface,
                       dev->queues, iface);
    if (dev->mtu > MTU_MAX)
        return err_set(e, EXIT_ENVIRONMENT, -EMSGSIZE,
                       "impair: %s has MTU %u: expected at most %d, a frame a page: ip link set %s "
                       "mtu %d", iface, dev->mtu, MTU_MAX, iface, MTU_MAX);
    return check_route(iface, e);
}

static int check_pair(const struct impair *m, struct err *e)
{
    uint32_t peer = 0;
    if (m->dev[0].ifindex == m->dev[1].ifindex)
        return err_set(e, EXIT_USAGE, -EINVAL, "impair: %s twice: expected two interfaces",
                       m->iface[0]);
    if (m->dev[0].mtu != m->dev[1].mtu)
        return err_set(e, EXIT_ENVIRONMENT, -EMSGSIZE,
                       "impair: %s has MTU %u, %s has %u: expected the same", m->iface[0],
                       m->dev[0].mtu, m->iface[1], m->dev[1].mtu);
    if (netlink_peer(m->dev[0].ifindex, &peer) == 0 && peer == m->dev[1].ifindex)
        return err_set(e, EXIT_USAGE, -ELOOP,
                       "impair: %s and %s are the two ends of one link, and frames would go round "
                       "for ever: expected ends of two", m->iface[0], m->iface[1]);
    return 0;
}

int impair_check(struct impair *m, struct err *e)
{
    for (int i = 0; i < 2; i++) {
        int rc = check_link(m, i, e);
        if (rc)
            return rc;
    }
    int rc = check_pair(m, e);
    for (int i = 0; i < 2 && !rc; i++)
        warn_of_address(m->iface[i]);
    return rc;
}

/* Generic mode sees frames behind GRO, and those of a veth before they are segmented. */
int impair_check_mode(const struct impair *m, int i, struct err *e)
{
    const char *iface = m->iface[i];
    if (m->port[i]->caps.native)
        return 0;
    if (netdev_offload(iface, OFFLOAD_GRO) == 1)
        return err_set(e, EXIT_ENVIRONMENT, -EOPNOTSUPP,
                       "impair: %s: %s, and GRO joins frames: ethtool -K %s gro off", iface,
                       m->port[i]->caps.detail, iface);
    if (!strcmp(m->dev[i].driver, "veth"))
        fprintf(stderr,
                "gen: impair: %s: %s: super-frames of the other end are lost: there ethtool -K IFACE "
                "tso off gso off, or a smaller MTU\n", iface, m->port[i]->caps.detail);
    return 0;
}

int impair_listen_to_all(uint32_t ifindex)
{
    struct packet_mreq request = {.mr_ifindex = (int)ifindex, .mr_type = PACKET_MR_PROMISC};
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: it gets no frame */
    if (fd < 0)
        return -errno;
    if (!setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request))
        return fd;
    int rc = -errno;
    close(fd);
    return rc;
}
