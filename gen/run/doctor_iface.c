/* SPDX-License-Identifier: BSD-3-Clause */
/* Interfaces nobody named are only asked for facts; nothing is ever attached to them. */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/doctor.h"
#include "wire/netdev.h"
#include "wire/xdp_features.h"

/* --- all ------------------------------------------------------------------------------------ */

static void print_interface(const char *name, uint32_t ifindex)
{
    struct netdev dev;
    struct xdp_features features;
    int rc = netdev_read(name, &dev);
    if (rc) {
        doctor_row(FINDING_INFO, name, "cannot be read: %s", strerror(-rc));
        return;
    }
    rc = xdp_features_read(ifindex, &features);
    doctor_row(FINDING_INFO, name, "driver %s, %s, native XDP %s, zero-copy %s, %u queue%s, MTU %u",
               dev.driver,
               dev.running ? "up"
               : dev.up    ? "no carrier"
                           : "down",
               rc                                 ? "not told"
               : features.act & XDP_FEATURE_BASIC ? "yes"
                                                  : "no",
               rc                                     ? "not told"
               : features.act & XDP_FEATURE_ZERO_COPY ? "yes"
                                                      : "no",
               dev.queues, dev.queues == 1 ? "" : "s", dev.mtu);
}

void doctor_interfaces(struct doctor *d)
{
    (void)d;
    struct if_nameindex *all = if_nameindex();
    if (!all) {
        doctor_row(FINDING_INFO, "interfaces", "cannot be listed: %s", strerror(errno));
        return;
    }
    for (size_t i = 0; all[i].if_index; i++)
        print_interface(all[i].if_name, all[i].if_index);
    if_freenameindex(all);
}

/* --- the named one -------------------------------------------------------------------------- */

void doctor_link(struct doctor *d)
{
    struct netdev dev;
    int rc = netdev_read(d->iface, &dev);
    doctor_row(FINDING_INFO, "driver", "%s", d->facts.driver);
    if (rc)
        doctor_row(FINDING_LACK, "link", "cannot be read: %s", strerror(-rc));
    else if (!dev.up)
        doctor_row(FINDING_LACK, "link", "down -> ip link set %s up", d->iface);
    else if (!dev.running)
        doctor_row(FINDING_LACK, "link", "no carrier -> plug it in, or bring the other end up");
    else if (dev.link_bit_per_s)
        doctor_row(FINDING_OK, "link", "up, MTU %u, %g Gbit/s told by the driver", dev.mtu,
                   (double)dev.link_bit_per_s / 1e9);
    else
        doctor_row(FINDING_OK, "link", "up, MTU %u, speed not told", dev.mtu);
    d->iface_works = !rc && dev.running;
}

/* Without native mode the generic one still works, unless nothing may be attached at all. */
void doctor_native(struct doctor *d)
{
    const struct xdp_facts *f = &d->facts;
    int refused = f->native_refused;
    if (!refused)
        doctor_row(FINDING_OK, "native XDP", "a program was attached and detached");
    else
        doctor_row(FINDING_LACK, "native XDP", "%s", f->remedy);
    if (refused == -EPERM || refused == -EBUSY)
        d->iface_works = false;
    if (f->zero_copy)
        doctor_row(FINDING_OK, "zero-copy", "offered by the driver");
    else
        doctor_row(FINDING_INFO, "zero-copy",
                   "not told by the driver: frames are copied once -> "
                   "a NIC whose driver has it (i40e, ice, mlx5, ...)");
}

/* A driver that answers an XDP program's question for a time may have no clock: veth says 0. */
void doctor_stamps(struct doctor *d)
{
    const struct xdp_facts *f = &d->facts;
    const char *rx = !f->rx_stamp_asked ? "not in this driver"
                     : !f->rx_clock     ? "the driver answers, but has no clock"
                                        : "the driver's clock";
    const char *tx = !f->tx_stamp_asked ? "not in this driver"
                     : !f->tx_clock     ? "the driver takes them, but has no clock"
                                        : "the driver's clock";
    doctor_row(FINDING_INFO, "device stamps",
               "receive: %s; transmit: %s; rx_stamps = device and tx_stamps ask for them, times are of the processor's clock",
               rx, tx);
}

/* Some drivers pair receive and transmit queues, others (veth) count them apart; one that tells
 * nothing is left at zeros. */
static struct ethtool_channels read_channels(const char *iface)
{
    struct ethtool_channels ch = {.cmd = ETHTOOL_GCHANNELS};
    struct ifreq ifr = {.ifr_data = (char *)&ch};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return (struct ethtool_channels){0};
    snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "%s", iface);
    int rc = ioctl(fd, SIOCETHTOOL, &ifr);
    close(fd);
    return rc ? (struct ethtool_channels){0} : ch;
}

static void advise_queues(const struct ethtool_channels *ch, uint32_t now, uint32_t wanted,
                          uint32_t cpus, const char *iface)
{
    char how[64];
    if (ch->max_combined)
        snprintf(how, sizeof how, "combined %u", wanted);
    else
        snprintf(how, sizeof how, "rx %u tx %u", wanted, wanted);
    doctor_row(FINDING_LACK, "queues",
               "%u, one worker each, where %u CPUs could use %u -> ethtool -L %s %s", now, cpus,
               wanted, iface, how);
}

void doctor_queues(struct doctor *d)
{
    cpu_set_t set;
    struct ethtool_channels ch = read_channels(d->iface);
    uint32_t cpus = sched_getaffinity(0, sizeof set, &set) ? 1 : (uint32_t)CPU_COUNT(&set);
    uint32_t most = ch.max_combined ? ch.max_combined : ch.max_rx;
    uint32_t now = d->facts.queues, wanted = most < cpus ? most : cpus;
    if (now < wanted)
        advise_queues(&ch, now, wanted, cpus, d->iface);
    else
        doctor_row(FINDING_OK, "queues", "%u, one worker each; %u CPUs", now, cpus);
}

/* Segmentation matters where the kernel's own sockets send over a virtual link: they leave work to
 * a device that is not there. Generic XDP runs behind GRO, native XDP before it. */
void doctor_offloads(struct doctor *d)
{
    const struct xdp_facts *f = &d->facts;
    const struct {
        const char *name, *key, *why;
        bool on, harms;
    } rows[] = {
        {"tx checksum", "tx", "kernel senders leave checksums unfinished on a virtual link",
         f->tx_csum_on, false},
        {"tso", "tso", "kernel senders hand over super-frames on a virtual link", f->tso_on, false},
        {"gso", "gso", "kernel senders hand over super-frames on a virtual link", f->gso_on, false},
        {"gro", "gro",
         f->native ? "only what passes to the kernel is merged" : "generic XDP sees merged frames",
         f->gro_on, !f->native},
        {"vlan stripping", "rxvlan", "XDP does not see stripped tags", f->vlan_strip_on, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].on)
            doctor_row(rows[i].harms ? FINDING_LACK : FINDING_INFO, rows[i].name,
                       "on: %s -> ethtool -K %s %s off", rows[i].why, d->iface, rows[i].key);
        else
            doctor_row(FINDING_OK, rows[i].name, "off");
    }
}
