/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/xdp_rings.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Newer than the headers that we build with. */
#ifndef XDP_UMEM_TX_METADATA_LEN
#define XDP_UMEM_TX_METADATA_LEN (1 << 2) /* Linux 6.11 */
#endif

enum { RX, TX, FILL, COMPLETION };

/* struct xdp_umem_reg of Linux 6.11; before, the last field was padding. */
struct umem_reg {
    uint64_t addr, len;
    uint32_t chunk_size, headroom, flags, tx_metadata_len;
};
_Static_assert(sizeof(struct umem_reg) == sizeof(struct xdp_umem_reg), "older kernels take it as theirs");

static int set(int fd, int option, const void *value, size_t len)
{
    return setsockopt(fd, SOL_XDP, option, value, (socklen_t)len) ? -errno : 0;
}

static int register_umem(int fd, const struct xdp_rings_config *cfg)
{
    const struct umem_reg reg = {.addr = (uint64_t)(uintptr_t)cfg->area, .len = cfg->area_bytes,
                                 .chunk_size = cfg->chunk_bytes,
                                 .flags = cfg->tx_metadata_bytes ? XDP_UMEM_TX_METADATA_LEN : 0,
                                 .tx_metadata_len = cfg->tx_metadata_bytes};
    return set(fd, XDP_UMEM_REG, &reg, sizeof reg);
}

static int size_rings(int fd, const struct xdp_rings_config *cfg)
{
    static const int options[] = {XDP_RX_RING, XDP_TX_RING, XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING};
    int ret = 0;
    for (size_t i = 0; !ret && i < sizeof options / sizeof *options; i++)
        ret = set(fd, options[i], &cfg->ring, sizeof cfg->ring);
    return ret;
}

/* ---- the rings, where the kernel has put them ---- */

static char *map(struct xdp_rings *r, int which, size_t bytes, off_t offset)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, offset);
    if (at == MAP_FAILED)
        return NULL;
    r->maps[which].at = at;
    r->maps[which].bytes = bytes;
    return at;
}

static char *map_ring(struct xdp_rings *r, int which, const struct xdp_ring_offset *off, size_t entries,
                      size_t entry_bytes)
{
    static const off_t offsets[] = {[RX] = XDP_PGOFF_RX_RING, [TX] = XDP_PGOFF_TX_RING,
                                    [FILL] = (off_t)XDP_UMEM_PGOFF_FILL_RING,
                                    [COMPLETION] = (off_t)XDP_UMEM_PGOFF_COMPLETION_RING};
    return map(r, which, off->desc + entries * entry_bytes, offsets[which]);
}

/* What we produce: free places are counted from where the kernel has got to. */
static int take_prod(struct xdp_rings *r, int which, const struct xdp_ring_offset *off, uint32_t entries,
                     size_t entry_bytes, struct xsk_ring_prod *to)
{
    char *at = map_ring(r, which, off, entries, entry_bytes);
    if (!at)
        return -errno;
    *to = (struct xsk_ring_prod){.mask = entries - 1, .size = entries,
                                 .producer = (uint32_t *)(void *)(at + off->producer),
                                 .consumer = (uint32_t *)(void *)(at + off->consumer),
                                 .flags = (uint32_t *)(void *)(at + off->flags), .ring = at + off->desc};
    to->cached_prod = *to->producer;
    to->cached_cons = *to->consumer + entries;
    return 0;
}

static int take_cons(struct xdp_rings *r, int which, const struct xdp_ring_offset *off, uint32_t entries,
                     size_t entry_bytes, struct xsk_ring_cons *to)
{
    char *at = map_ring(r, which, off, entries, entry_bytes);
    if (!at)
        return -errno;
    *to = (struct xsk_ring_cons){.mask = entries - 1, .size = entries,
                                 .producer = (uint32_t *)(void *)(at + off->producer),
                                 .consumer = (uint32_t *)(void *)(at + off->consumer),
                                 .flags = (uint32_t *)(void *)(at + off->flags), .ring = at + off->desc};
    to->cached_prod = *to->producer;
    to->cached_cons = *to->consumer;
    return 0;
}

static int take_rings(struct xdp_rings *r, uint32_t n)
{
    struct xdp_mmap_offsets off;
    socklen_t len = sizeof off;
    if (getsockopt(r->fd, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
        return -errno;
    int ret = take_cons(r, RX, &off.rx, n, sizeof(struct xdp_desc), &r->rx);
    ret = ret ? ret : take_prod(r, TX, &off.tx, n, sizeof(struct xdp_desc), &r->tx);
    ret = ret ? ret : take_prod(r, FILL, &off.fr, n, sizeof(uint64_t), &r->fill);
    return ret ? ret : take_cons(r, COMPLETION, &off.cr, n, sizeof(uint64_t), &r->comp);
}

static int bind_to(int fd, const struct xdp_rings_config *cfg)
{
    const struct sockaddr_xdp to = {.sxdp_family = AF_XDP, .sxdp_flags = cfg->bind_flags,
                                    .sxdp_ifindex = cfg->ifindex, .sxdp_queue_id = cfg->queue};
    return bind(fd, (const struct sockaddr *)&to, sizeof to) ? -errno : 0;
}

int xdp_rings_open(struct xdp_rings *r, const struct xdp_rings_config *cfg)
{
    *r = (struct xdp_rings){.fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0)};
    if (r->fd < 0)
        return -errno;
    int ret = register_umem(r->fd, cfg);
    ret = ret ? ret : size_rings(r->fd, cfg);
    ret = ret ? ret : take_rings(r, cfg->ring);
    ret = ret ? ret : bind_to(r->fd, cfg);
    if (ret)
        xdp_rings_close(r);
    return ret;
}

void xdp_rings_close(struct xdp_rings *r)
{
    for (size_t i = 0; i < sizeof r->maps / sizeof *r->maps; i++)
        if (r->maps[i].at)
            munmap(r->maps[i].at, r->maps[i].bytes);
    if (r->fd >= 0)
        close(r->fd);
    *r = (struct xdp_rings){.fd = -1};
}
