/* SPDX-License-Identifier: BSD-3-Clause */
/* Our XDP program on the device: what it is told, which of its two entries runs, where it attaches. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "wire/xdp_attach.h"
#include "wire/xdp_filter.h"
#include "wire/xdp_port.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion" /* generated */
#include "xdp_filter.skel.h"
#pragma GCC diagnostic pop

#ifndef BPF_F_XDP_DEV_BOUND_ONLY
#define BPF_F_XDP_DEV_BOUND_ONLY (1u << 6) /* Linux 6.3, newer than the headers that we build with */
#endif

/* ---- what it is told ---- */

static void add_range(struct xdp_filter_config *f, const struct ip_range *r)
{
    struct ip_addr last = ip_range_last(r);
    if (ip_is4(r->first)) {
        f->first[f->count] = ip_to4(r->first);
        f->last[f->count++] = ip_to4(last);
    } else {
        f->six[f->six_count++] = (struct xdp_filter_block6){r->first.hi, r->first.lo, last.hi,
                                                            last.lo};
    }
}

static int fill_filter(const struct wire_config *cfg, struct xdp_filter_config *f, struct err *e)
{
    const struct wire_filter *w = &cfg->filter;
    if (w->local_count > XDP_FILTER_RANGES)
        return err_set(e, EXIT_USAGE, -EINVAL, "wire xdp: %u address ranges: expected at most %d",
                       w->local_count, XDP_FILTER_RANGES);
    for (uint32_t i = 0; i < w->local_count; i++)
        add_range(f, &w->local[i]);
    f->vlan = w->vlan;
    f->vlan_outer = w->vlan_outer;
    _Static_assert(XDP_FILTER_PORTS >= PORT_RANGES_MAX, "any filter of ours fits");
    for (uint32_t i = 0; i < w->ports_count; i++) {
        f->port_lo[i] = w->ports[i].lo;
        f->port_hi[i] = w->ports[i].hi;
    }
    f->ports = w->ports_count;
    f->shared = w->shared_address;
    f->everything = w->everything;
    f->stamps = cfg->rx_stamps == WIRE_STAMPS_KERNEL;
    return 0;
}

/* ---- which of its entries ---- */

static struct bpf_program *entry_of(const struct xdp_filter *f, enum wire_stamps stamps)
{
    return stamps == WIRE_STAMPS_DEVICE ? f->progs.wirebench_filter_device : f->progs.wirebench_filter;
}

/* Asking the driver for a time binds the program to the device. */
static void choose_entry(struct xdp_port *x, enum wire_stamps stamps)
{
    bool device = stamps == WIRE_STAMPS_DEVICE;
    uint32_t flags = (x->sizes.parts > 1 ? BPF_F_XDP_HAS_FRAGS : 0) | (device ? BPF_F_XDP_DEV_BOUND_ONLY : 0);
    struct bpf_program *entry = entry_of(x->filter, stamps);
    bpf_program__set_autoload(entry_of(x->filter, device ? WIRE_STAMPS_NONE : WIRE_STAMPS_DEVICE), false);
    bpf_program__set_flags(entry, flags);
    if (device)
        bpf_program__set_ifindex(entry, x->dev.ifindex);
}

static int told_refused(const struct xdp_port *x, const struct wire_config *cfg, int ret, struct err *e)
{
    if (cfg->rx_stamps == WIRE_STAMPS_DEVICE && ret != -EPERM)
        return err_set(e, EXIT_ENVIRONMENT, ret,
                       "wire xdp:%s: rx_stamps = device: the driver %s tells XDP programs no times (%s): "
                       "expected one that does (gen doctor %s), or rx_stamps = kernel",
                       x->at.iface, x->dev.driver, strerror(-ret), x->at.iface);
    return err_set(e, EXIT_ENVIRONMENT, ret,
                   "wire xdp:%s: the kernel refused our XDP program: %s (a container needs CAP_BPF "
                   "of the host)",
                   x->at.iface, strerror(-ret));
}

static int load(struct xdp_port *x, const struct wire_config *cfg, struct err *e)
{
    x->filter = xdp_filter__open();
    if (!x->filter)
        return err_set(e, EXIT_ENVIRONMENT, -errno, "wire xdp:%s: XDP program: %s", x->at.iface,
                       strerror(errno));
    int ret = fill_filter(cfg, (struct xdp_filter_config *)&x->filter->rodata->config, e);
    if (ret)
        return ret;
    bpf_map__set_max_entries(x->filter->maps.sockets, x->dev.queues);
    choose_entry(x, cfg->rx_stamps);
    ret = xdp_filter__load(x->filter);
    return ret ? told_refused(x, cfg, ret, e) : 0;
}

/* ---- where it attaches ---- */

static int told_unattached(const struct xdp_port *x, const struct wire_config *cfg,
                           const struct xdp_attachment *a, struct err *e)
{
    if (a->link_fd == -EBUSY)
        return err_set(e, EXIT_ENVIRONMENT, -EBUSY,
                       "wire xdp:%s: another XDP program holds the interface (waited 2 s): "
                       "bpftool net show dev %s",
                       x->at.iface, x->at.iface);
    if (cfg->rx_stamps == WIRE_STAMPS_DEVICE)
        return err_set(e, EXIT_ENVIRONMENT, a->link_fd,
                       "wire xdp:%s: rx_stamps = device: expected native XDP, which was %s: expected "
                       "rx_stamps = kernel or none here", x->at.iface,
                       a->native_refused ? strerror(-a->native_refused) : "not asked for");
    return err_set(e, EXIT_ENVIRONMENT, a->link_fd, "wire xdp:%s: cannot attach an XDP program: %s",
                   x->at.iface, strerror(-a->link_fd));
}

static const char *stamps_detail(enum wire_stamps stamps)
{
    static const char *const told[] = {
        [WIRE_STAMPS_NONE] = "",
        [WIRE_STAMPS_KERNEL] = ", arrivals stamped by the program",
        [WIRE_STAMPS_DEVICE] = ", arrivals stamped by the driver where it has a time",
    };
    return told[stamps];
}

static int attach(struct xdp_port *x, const struct wire_config *cfg, struct err *e)
{
    struct wire_caps *c = &x->p.caps;
    int fd = bpf_program__fd(entry_of(x->filter, cfg->rx_stamps));
    struct xdp_attachment a = xdp_attach(fd, x->dev.ifindex, cfg->force_generic);
    if (a.link_fd < 0)
        return told_unattached(x, cfg, &a, e);
    x->link_fd = a.link_fd;
    c->native = a.native;
    c->rx_stamps = cfg->rx_stamps;
    snprintf(c->detail, sizeof c->detail, "%s XDP%s%s%s%s", a.native ? "native" : "generic",
             a.native_refused ? " (native refused: " : "",
             a.native_refused ? strerror(-a.native_refused) : "", a.native_refused ? ")" : "",
             stamps_detail(cfg->rx_stamps));
    return 0;
}

int xdp_program_open(struct xdp_port *x, const struct wire_config *cfg, struct err *e)
{
    int ret = load(x, cfg, e);
    return ret ? ret : attach(x, cfg, e);
}

int xdp_program_steer(struct xdp_port *x, struct xdp_queue *xq, bool to_us)
{
    uint32_t key = x->at.first_queue + xq->q.index;
    int map = bpf_map__fd(x->filter->maps.sockets);
    int ret = to_us ? bpf_map_update_elem(map, &key, &xq->r.fd, 0) : bpf_map_delete_elem(map, &key);
    return ret ? -errno : 0;
}

void xdp_program_detach(struct xdp_port *x)
{
    if (x->link_fd >= 0)
        close(x->link_fd);
}

void xdp_program_close(struct xdp_port *x)
{
    xdp_filter__destroy(x->filter);
}
