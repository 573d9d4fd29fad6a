/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an interface can do, for `gen doctor`. Native support is found by attaching a program that
 * passes everything and detaching it at once; an interface that has a program is left alone.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "wire/netdev.h"
#include "base/privilege.h"
#include "wire/xdp.h"
#include "wire/xdp_attach.h"
#include "wire/xdp_features.h"

/* return XDP_PASS */
static int load_pass(void)
{
    static const struct bpf_insn pass[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS},
        {.code = BPF_JMP | BPF_EXIT},
    };
    int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "wirebench_probe", "BSD-3-Clause", pass, 2, NULL);
    return fd < 0 ? -errno : fd;
}

/* 0: native XDP works; else why not. */
static int try_native(uint32_t ifindex)
{
    int prog = load_pass();
    if (prog < 0)
        return prog;
    int link = xdp_attach_once(prog, ifindex, true);
    if (link >= 0)
        close(link);
    close(prog);
    return link < 0 ? link : 0;
}

/* The mode of the program that is there: XDP_ATTACHED_NONE, _DRV, ... or -errno. */
static int attached_mode(uint32_t ifindex)
{
    LIBBPF_OPTS(bpf_xdp_query_opts, query);
    int ret = bpf_xdp_query((int)ifindex, 0, &query);
    return ret ? ret : query.attach_mode;
}

static void read_offloads(const char *iface, struct xdp_facts *out)
{
    out->tx_csum_on = netdev_offload(iface, OFFLOAD_TX_CSUM) == 1;
    out->tso_on = netdev_offload(iface, OFFLOAD_TSO) == 1;
    out->gso_on = netdev_offload(iface, OFFLOAD_GSO) == 1;
    out->gro_on = netdev_offload(iface, OFFLOAD_GRO) == 1;
    out->vlan_strip_on = netdev_offload(iface, OFFLOAD_VLAN_STRIP) == 1;
}

/* The first lack that stands in the way of a run. */
static void advise(const char *iface, const struct netdev *dev, int native, struct xdp_facts *out)
{
    char *to = out->remedy;
    size_t size = sizeof out->remedy;
    if (!dev->up)
        snprintf(to, size, "the interface is down: ip link set %s up", iface);
    else if (native == -EBUSY)
        snprintf(to, size, "an XDP program holds the interface: bpftool net show dev %s", iface);
    else if (native == -EPERM)
        snprintf(to, size,
                 "the kernel permits no BPF program here: run as root, outside a container");
    else if (native)
        snprintf(
            to, size,
            "no native XDP (%s): driver too old, MTU %u too large or too few queues; generic XDP "
            "works, slower",
            strerror(-native), dev->mtu);
    else if (out->vlan_strip_on)
        snprintf(to, size, "XDP does not see stripped VLAN tags: ethtool -K %s rxvlan off", iface);
}

static int probe(const struct netdev *dev, struct xdp_facts *out)
{
    int mode = attached_mode(dev->ifindex);
    if (mode > XDP_ATTACHED_NONE) {
        out->native = mode == XDP_ATTACHED_DRV;
        return -EBUSY;
    }
    int native = try_native(dev->ifindex);
    out->native = native == 0;
    return native;
}

static int tell_missing(const char *iface, struct xdp_facts *out)
{
    char names[96];
    uint64_t wanted = PRIVILEGE_BIT(CAP_NET_ADMIN) | PRIVILEGE_BIT(CAP_NET_RAW);
    if (privilege_missing(PRIVILEGE_BIT(CAP_SYS_ADMIN), names, sizeof names))
        wanted |= PRIVILEGE_BIT(CAP_BPF);
    if (!privilege_missing(wanted, names, sizeof names))
        return 0;
    snprintf(out->remedy, sizeof out->remedy,
             "missing %s: native XDP on %s was not tried; run as root", names, iface);
    return -EPERM;
}

int xdp_facts(const char *iface, struct xdp_facts *out, struct err *e)
{
    struct netdev dev;
    struct xdp_features features;
    *out = (struct xdp_facts){0};
    int ret = netdev_read(iface, &dev);
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, ret, "xdp:%s: %s", iface,
                       ret == -ENODEV ? "no such interface in this network namespace"
                                      : strerror(-ret));
    snprintf(out->driver, sizeof out->driver, "%s", dev.driver);
    out->queues = dev.queues;
    out->mtu = dev.mtu;
    read_offloads(iface, out);
    xdp_features_read(dev.ifindex, &features); /* what is not told is not there */
    out->zero_copy = features.act & XDP_FEATURE_ZERO_COPY;
    out->rx_stamp_asked = features.rx & XDP_RX_TIMESTAMP;
    out->tx_stamp_asked = features.tx & XDP_TX_TIMESTAMP;
    netdev_clock(iface, &out->rx_clock, &out->tx_clock);
    out->native_refused = tell_missing(iface, out);
    if (!out->native_refused) {
        out->native_refused = probe(&dev, out);
        advise(iface, &dev, out->native_refused, out);
    }
    return 0;
}
