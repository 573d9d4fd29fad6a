/* SPDX-License-Identifier: BSD-3-Clause */
/* The device side of the xdp wire: configuration, privileges, our program, its sockets. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/units.h"
#include "base/privilege.h"
#include "wire/xdp.h"
#include "wire/xdp_attach.h"
#include "wire/xdp_filter.h"
#include "wire/xdp_port.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion" /* generated */
#include "xdp_filter.skel.h"
#pragma GCC diagnostic pop

enum {
    DEFAULT_FRAMES = 4096,
    DEFAULT_BATCH = 64,
    LINK_BYTES = 22, /* Ethernet header and two tags */
    SMALL_CHUNK = 2048,
    LARGE_CHUNK = 4096,   /* a page, the largest that the kernel takes */
    KERNEL_HEADROOM = 256 /* XDP_PACKET_HEADROOM: in front of received data */
};

/* ---- what was asked for ---- */

static int parse_device(const char *device, struct xdp_place *out, struct err *e)
{
    const char *colon = device ? strchr(device, ':') : NULL;
    size_t len = colon ? (size_t)(colon - device) : device ? strlen(device) : 0;
    uint64_t queue = 0;
    if (len == 0 || len >= sizeof out->iface || (colon && units_parse_count(colon + 1, &queue)) ||
        queue > UINT16_MAX)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire xdp: device '%s': expected IFACE or IFACE:QUEUE", device ? device : "");
    *out = (struct xdp_place){.first_queue = (uint32_t)queue, .queue_named = colon};
    memcpy(out->iface, device, len);
    return 0;
}

static uint32_t wanted_queues(const struct wire_config *cfg)
{
    return cfg->queues ? cfg->queues : 1;
}

/* A socket gets what arrives at its own queue: what the program redirects to it from another one the
 * kernel drops, and of a queue without a socket nothing comes to us. */
int xdp_check_queues(const char *device, uint32_t wanted, uint32_t there, struct err *e)
{
    struct xdp_place at;
    int ret = parse_device(device, &at, e);
    if (ret)
        return ret;
    if (at.first_queue >= there)
        return err_set(e, EXIT_USAGE, -EINVAL, "wire xdp:%s: queue %u: found %u queues", at.iface,
                       at.first_queue, there);
    if (wanted > there - at.first_queue)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire xdp:%s: workers = %u: found %u queues from queue %u on: expected at most "
                       "as many workers, or more queues (ethtool -L %s)",
                       at.iface, wanted, there - at.first_queue, at.first_queue, at.iface);
    if (wanted == there || at.queue_named)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "wire xdp:%s: workers = %u: found %u queues, and what arrives at those without a "
                   "worker would be lost: expected workers = %u, fewer queues (ethtool -L %s combined %u, "
                   "or rx %u tx %u), or xdp:%s:QUEUE where a rule of yours steers our flows there",
                   at.iface, wanted, there, there, at.iface, wanted, wanted, wanted, at.iface);
}

static bool is_power_of_two(uint32_t n)
{
    return n && !(n & (n - 1));
}

static struct xdp_sizes sizes_of(const struct wire_config *cfg, uint32_t mtu)
{
    return (struct xdp_sizes){
        .ring = cfg->ring_size ? cfg->ring_size : XDP_RING_DEFAULT,
        .frames = cfg->frames ? cfg->frames : DEFAULT_FRAMES,
        .batch = cfg->batch ? cfg->batch : DEFAULT_BATCH,
        .chunk_bytes = mtu + LINK_BYTES > SMALL_CHUNK - KERNEL_HEADROOM ? LARGE_CHUNK : SMALL_CHUNK,
    };
}

uint64_t xdp_memory(const struct wire_config *cfg, uint32_t mtu)
{
    struct xdp_sizes s = sizes_of(cfg, mtu);
    return (uint64_t)cfg->queues * s.frames * s.chunk_bytes;
}

static int size_up(const struct wire_config *cfg, struct xdp_port *x, struct err *e)
{
    struct xdp_sizes *s = &x->sizes;
    *s = sizes_of(cfg, x->dev.mtu);
    if (!is_power_of_two(s->ring) || s->ring < 64 || s->ring > 65536)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire xdp:%s: ring of %u frames: expected a power of two from 64 to 65536",
                       x->at.iface, s->ring);
    if (s->frames < s->ring + s->batch || s->frames > 524288)
        return err_set(
            e, EXIT_USAGE, -EINVAL,
            "wire xdp:%s: pool of %u frames: expected from %u (ring and a batch) to 524288",
            x->at.iface, s->frames, s->ring + s->batch);
    return 0;
}

static int read_device(struct xdp_port *x, struct err *e)
{
    int ret = netdev_read(x->at.iface, &x->dev);
    if (ret == -ENODEV)
        return err_set(e, EXIT_ENVIRONMENT, ret,
                       "wire xdp:%s: no such interface in this network namespace", x->at.iface);
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, ret, "wire xdp:%s: cannot be read: %s", x->at.iface,
                       strerror(-ret));
    if (!x->dev.up)
        return err_set(e, EXIT_ENVIRONMENT, -ENETDOWN,
                       "wire xdp:%s: the interface is down: ip link set %s up", x->at.iface, x->at.iface);
    return 0;
}

static int check_privileges(const struct xdp_port *x, struct err *e)
{
    char names[96];
    uint64_t wanted = PRIVILEGE_BIT(CAP_NET_ADMIN) | PRIVILEGE_BIT(CAP_NET_RAW);
    if (privilege_missing(PRIVILEGE_BIT(CAP_SYS_ADMIN), names, sizeof names))
        wanted |= PRIVILEGE_BIT(CAP_BPF); /* the former includes it */
    if (!privilege_missing(wanted, names, sizeof names))
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -EPERM,
                   "wire xdp:%s: missing %s: AF_XDP needs root or CAP_NET_ADMIN, CAP_NET_RAW and "
                   "CAP_BPF; the pair wire needs none",
                   x->at.iface, names);
}

/* ---- our program ---- */

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
    return 0;
}

static int load_filter(struct xdp_port *x, const struct wire_config *cfg, struct err *e)
{
    x->filter = xdp_filter__open();
    if (!x->filter)
        return err_set(e, EXIT_ENVIRONMENT, -errno, "wire xdp:%s: XDP program: %s", x->at.iface,
                       strerror(errno));
    int ret = fill_filter(cfg, (struct xdp_filter_config *)&x->filter->rodata->config, e);
    if (ret)
        return ret;
    bpf_map__set_max_entries(x->filter->maps.sockets, x->dev.queues);
    ret = xdp_filter__load(x->filter);
    if (ret)
        return err_set(
            e, EXIT_ENVIRONMENT, ret,
            "wire xdp:%s: the kernel refused our XDP program: %s (a container needs CAP_BPF "
            "of the host)",
            x->at.iface, strerror(-ret));
    return 0;
}

static int attach_filter(struct xdp_port *x, const struct wire_config *cfg, struct err *e)
{
    int fd = bpf_program__fd(x->filter->progs.wirebench_filter);
    struct xdp_attachment a = xdp_attach(fd, x->dev.ifindex, cfg->force_generic);
    x->link_fd = a.link_fd;
    x->p.caps.native = a.native;
    if (a.link_fd >= 0)
        snprintf(x->p.caps.detail, sizeof x->p.caps.detail, "%s XDP%s%s%s",
                 a.native ? "native" : "generic", a.native_refused ? " (native refused: " : "",
                 a.native_refused ? strerror(-a.native_refused) : "", a.native_refused ? ")" : "");
    else if (a.link_fd == -EBUSY)
        return err_set(e, EXIT_ENVIRONMENT, -EBUSY,
                       "wire xdp:%s: another XDP program holds the interface (waited 2 s): "
                       "bpftool net show dev %s",
                       x->at.iface, x->at.iface);
    else
        return err_set(e, EXIT_ENVIRONMENT, a.link_fd,
                       "wire xdp:%s: cannot attach an XDP program: %s", x->at.iface,
                       strerror(-a.link_fd));
    return 0;
}

int xdp_port_steer(struct xdp_port *x, struct xdp_queue *xq, bool to_us)
{
    uint32_t key = x->at.first_queue + xq->q.index;
    int map = bpf_map__fd(x->filter->maps.sockets);
    int ret = to_us ? bpf_map_update_elem(map, &key, &xq->fd, 0) : bpf_map_delete_elem(map, &key);
    return ret ? -errno : 0;
}

/* ---- the port ---- */

/* The umem is locked memory. Kernels from 5.11 on charge BPF objects elsewhere. */
static void raise_memlock(void)
{
    setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level, (void)format, (void)args;
    return 0; /* what went wrong is in the return values, and told once */
}

static void fill_caps(struct xdp_port *x, const struct wire_config *cfg)
{
    struct wire_caps *c = &x->p.caps;
    uint32_t room = x->sizes.chunk_bytes - KERNEL_HEADROOM - LINK_BYTES;
    c->mtu = (uint16_t)(x->dev.mtu < room ? x->dev.mtu : room);
    c->queues = (uint16_t)wanted_queues(cfg);
    c->burst = (uint16_t)x->sizes.batch;
    c->tx_slots = x->sizes.ring;
    c->link_bit_per_s = x->dev.link_bit_per_s;
    snprintf(c->driver, sizeof c->driver, "%s", x->dev.driver);
}

static int open_sockets(struct xdp_port *x, const struct wire_config *cfg, struct err *e)
{
    x->queues = calloc(x->p.caps.queues, sizeof *x->queues);
    if (!x->queues)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "wire xdp:%s: no memory", x->at.iface);
    int ret = 0;
    for (uint32_t i = 0; !ret && i < x->p.caps.queues; i++) {
        x->queues[i].q = (struct wire_queue){.ops = &xdp_ops, .port = &x->p, .index = i};
        ret = xdp_socket_open(x, &x->queues[i], cfg, e);
    }
    return ret;
}

static void tell_mode(struct xdp_port *x, const struct wire_config *cfg)
{
    struct wire_caps *c = &x->p.caps;
    size_t used = strlen(c->detail);
    c->zero_copy = xdp_socket_is_zero_copy(&x->queues[0]);
    const char *copy = c->zero_copy      ? ", zero-copy"
                       : cfg->force_copy ? ", copy as asked"
                                         : ", copy (no zero-copy in this driver or mode)";
    snprintf(c->detail + used, sizeof c->detail - used, "%s%s", copy,
             x->queues[0].budget_refused ? ", no transmit budget" : "");
}

static int set_up(struct xdp_port *x, const struct wire_config *cfg, struct err *e)
{
    int ret = parse_device(cfg->device, &x->at, e);
    ret = ret ? ret : check_privileges(x, e);
    ret = ret ? ret : read_device(x, e);
    ret = ret ? ret : xdp_check_queues(cfg->device, wanted_queues(cfg), x->dev.queues, e);
    ret = ret ? ret : size_up(cfg, x, e);
    if (ret)
        return ret;
    fill_caps(x, cfg);
    memcpy(x->p.mac, x->dev.mac, sizeof x->p.mac);
    ret = load_filter(x, cfg, e);
    ret = ret ? ret : attach_filter(x, cfg, e);
    ret = ret ? ret : open_sockets(x, cfg, e);
    if (!ret)
        tell_mode(x, cfg);
    return ret;
}

int xdp_port_open(const struct wire_config *cfg, struct wire_port **out, struct err *e)
{
    struct xdp_port *x = calloc(1, sizeof *x);
    if (!x)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "wire xdp: no memory");
    x->p.ops = &xdp_ops;
    x->link_fd = -1;
    raise_memlock();
    libbpf_set_print(quiet);
    int ret = set_up(x, cfg, e);
    if (ret)
        xdp_port_close(&x->p);
    else
        *out = &x->p;
    return ret;
}

const struct wire_device xdp_device = {
    .open = xdp_port_open, .memory = xdp_memory, .on_interface = true};

/* Detached first: no frame may be redirected to a socket that is going. */
void xdp_port_close(struct wire_port *port)
{
    struct xdp_port *x = (struct xdp_port *)port;
    if (x->link_fd >= 0)
        close(x->link_fd);
    for (uint32_t i = 0; x->queues && i < port->caps.queues; i++)
        xdp_socket_close(&x->queues[i]);
    xdp_filter__destroy(x->filter);
    free(x->queues);
    free(x);
}
