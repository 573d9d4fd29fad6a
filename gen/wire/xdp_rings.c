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

struct place {
    uint32_t *producer, *consumer, *flags;
    void *ring;
};

static uint32_t *word(char *at, uint64_t offset)
{
    return (uint32_t *)(void *)(at + offset);
}

static int map_ring(struct xdp_rings *r, int which, const struct xdp_ring_offset *off, size_t bytes,
                    struct place *out)
{
    static const off_t offsets[] = {[RX] = XDP_PGOFF_RX_RING, [TX] = XDP_PGOFF_TX_RING,
                                    [FILL] = (off_t)XDP_UMEM_PGOFF_FILL_RING,
                                    [COMPLETION] = (off_t)XDP_UMEM_PGOFF_COMPLETION_RING};
    bytes += off->desc;
    char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, offsets[which]);
    if (at == MAP_FAILED)
        return -errno;
    r->maps[which].at = at;
    r->maps[which].bytes = bytes;
    *out = (struct place){word(at, off->producer), word(at, off->consumer), word(at, off->flags), at + off->desc};
    return 0;
}

/* What we produce: free places are counted from where the kernel has got to. */
static struct xsk_ring_prod produced(const struct place *p, uint32_t n)
{
    return (struct xsk_ring_prod){*p->producer, *p->consumer + n, n - 1, n, p->producer, p->consumer, p->ring,
                                  p->flags};
}

static struct xsk_ring_cons consumed(const struct place *p, uint32_t n)
{
    return (struct xsk_ring_cons){*p->producer, *p->consumer, n - 1, n, p->producer, p->consumer, p->ring, p->flags};
}

static int take_rings(struct xdp_rings *r, uint32_t n)
{
    struct xdp_mmap_offsets off;
    struct place rx = {0}, tx = {0}, fill = {0}, comp = {0};
    socklen_t len = sizeof off;
    if (getsockopt(r->fd, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
        return -errno;
    int ret = map_ring(r, RX, &off.rx, n * sizeof(struct xdp_desc), &rx);
    ret = ret ? ret : map_ring(r, TX, &off.tx, n * sizeof(struct xdp_desc), &tx);
    ret = ret ? ret : map_ring(r, FILL, &off.fr, n * sizeof(uint64_t), &fill);
    ret = ret ? ret : map_ring(r, COMPLETION, &off.cr, n * sizeof(uint64_t), &comp);
    if (ret)
        return ret;
    r->rx = consumed(&rx, n);
    r->tx = produced(&tx, n);
    r->fill = produced(&fill, n);
    r->comp = consumed(&comp, n);
    return 0;
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
