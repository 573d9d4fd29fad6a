/* SPDX-License-Identifier: BSD-3-Clause */
/* The device side of the xdp wire: configuration, privileges, sizes, sockets. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/err.h"
#include "base/units.h"
#include "base/privilege.h"
#include "wire/xdp.h"
#include "wire/xdp_port.h"

enum {
    DEFAULT_FRAMES = 4096,
    DEFAULT_BATCH = 64,
    LINK_BYTES = 22, /* Ethernet header and two tags */
    SMALL_CHUNK = 2048,
    LARGE_CHUNK = 4096,   /* a page, the largest that the kernel takes */
    KERNEL_HEADROOM = 256, /* XDP_PACKET_HEADROOM: in front of received data */
    PARTS_MAX = 4,         /* more than any MTU of a job takes; lo has 65536 */
    LINK_MS = 10000,
    LINK_STEP_MS = 20,
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
    uint32_t room = LARGE_CHUNK - KERNEL_HEADROOM, parts = (mtu + LINK_BYTES + room - 1) / room;
    return (struct xdp_sizes){
        .ring = cfg->ring_size ? cfg->ring_size : XDP_RING_DEFAULT,
        .frames = cfg->frames ? cfg->frames : DEFAULT_FRAMES,
        .batch = cfg->batch ? cfg->batch : DEFAULT_BATCH,
        .chunk_bytes = mtu + LINK_BYTES > SMALL_CHUNK - KERNEL_HEADROOM ? LARGE_CHUNK : SMALL_CHUNK,
        .parts = parts < PARTS_MAX ? parts : PARTS_MAX,
    };
}

static uint64_t area_bytes(const struct xdp_sizes *s)
{
    return (uint64_t)s->frames * s->chunk_bytes + xdp_wide_bytes(s);
}

uint64_t xdp_memory(const struct wire_config *cfg, uint32_t mtu)
{
    struct xdp_sizes s = sizes_of(cfg, mtu);
    return cfg->queues * area_bytes(&s);
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
    if (cfg->tx_stamps && s->parts > 1)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire xdp:%s: tx_stamps with frames of several pages (MTU %u): expected an MTU of 3818 at "
                       "most, or tx_stamps = no", x->at.iface, x->dev.mtu);
    if (area_bytes(s) > UINT32_MAX)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire xdp:%s: pool of %u frames of up to %u bytes: expected 4 GiB a queue at most",
                       x->at.iface, s->frames, s->parts * s->chunk_bytes);
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
    uint32_t room = x->sizes.parts * (x->sizes.chunk_bytes - KERNEL_HEADROOM) - LINK_BYTES;
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
        x->queues[i].q = (struct wire_queue){.ops = x->p.ops, .port = &x->p, .index = i};
        x->queues[i].napi = NAPI_NONE;
        x->queues[i].stamped = x->p.caps.rx_stamps != WIRE_STAMPS_NONE;
        ret = xdp_socket_open(x, &x->queues[i], cfg, e);
    }
    return ret;
}

/* In force when it is for all queues; what refused it otherwise. */
static int zero_copy_refused(const struct xdp_port *x)
{
    for (uint32_t i = 0; i < x->p.caps.queues; i++)
        if (!xdp_socket_is_zero_copy(&x->queues[i]))
            return x->queues[i].zero_copy_refused;
    return 0;
}

static const char *departures_detail(enum wire_stamps stamps)
{
    static const char *const told[] = {
        [WIRE_STAMPS_NONE] = "",
        [WIRE_STAMPS_KERNEL] = ", departures stamped by the kernel",
        [WIRE_STAMPS_DEVICE] = ", departures stamped by the driver where it has a time",
    };
    return told[stamps];
}

static void tell_mode(struct xdp_port *x, const struct wire_config *cfg)
{
    struct wire_caps *c = &x->p.caps;
    char *to = c->detail + strlen(c->detail);
    size_t room = sizeof c->detail - strlen(c->detail);
    int refused = zero_copy_refused(x);
    const char *budget = x->queues[0].budget_refused ? ", no transmit budget" : "";
    const char *polled = cfg->polled ? ", polled" : "";
    c->zero_copy = !refused;
    c->tx_stamps = !cfg->tx_stamps ? WIRE_STAMPS_NONE : c->zero_copy ? WIRE_STAMPS_DEVICE : WIRE_STAMPS_KERNEL;
    if (c->zero_copy)
        snprintf(to, room, ", zero-copy%s%s", polled, budget);
    else if (cfg->force_copy || !c->native)
        snprintf(to, room, ", copy%s%s%s", cfg->force_copy ? " as asked" : "", polled, budget);
    else
        snprintf(to, room, ", copy (zero-copy refused: %s)%s%s", strerror(-refused), polled, budget);
    snprintf(c->detail + strlen(c->detail), sizeof c->detail - strlen(c->detail), "%s",
             departures_detail(c->tx_stamps));
}

/* Some drivers take the link down to give a queue its zero-copy memory. */
static int await_link(struct xdp_port *x, struct err *e)
{
    struct netdev now = {.running = true};
    for (int ms = 0; x->dev.running && ms < LINK_MS; ms += LINK_STEP_MS) {
        int ret = netdev_read(x->at.iface, &now);
        if (ret || now.running)
            return ret;
        nanosleep(&(struct timespec){.tv_nsec = LINK_STEP_MS * 1000000L}, NULL);
    }
    return now.running ? 0
                       : err_set(e, EXIT_ENVIRONMENT, -ENETDOWN,
                                 "wire xdp:%s: the link went down for zero-copy and did not come back in "
                                 "%d s", x->at.iface, LINK_MS / 1000);
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
    x->p.ops = x->sizes.parts > 1 ? &xdp_wide_ops : &xdp_ops;
    memcpy(x->p.mac, x->dev.mac, sizeof x->p.mac);
    ret = xdp_program_open(x, cfg, e);
    ret = ret ? ret : open_sockets(x, cfg, e);
    ret = ret ? ret : await_link(x, e);
    x->p.caps.polled = cfg->polled;
    if (!ret && cfg->polled)
        ret = xdp_napi_open(x, cfg, e);
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
    xdp_program_detach(x);
    for (uint32_t i = 0; x->queues && i < port->caps.queues; i++) {
        napi_close(&x->queues[i].napi);
        xdp_socket_close(&x->queues[i]);
    }
    xdp_program_close(x);
    free(x->queues);
    free(x);
}
