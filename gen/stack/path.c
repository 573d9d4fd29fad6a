/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack/path.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

#define TTL             64
#define RECLAIM_LOOKS   64

static uint32_t table_size(const struct stack_config *cfg)
{
    uint32_t size = 64;
    while (size < cfg->paths * 2)
        size *= 2;
    return size;
}

static uint32_t neighbours_of(const struct stack_config *cfg)
{
    return cfg->neighbours ? cfg->neighbours : NEIGH_DEFAULT;
}

uint64_t stack_path_memory(const struct stack_config *cfg)
{
    return (uint64_t)cfg->paths * (sizeof(struct path) + sizeof(uint32_t)) +
           table_size(cfg) * sizeof(uint32_t) +
           neighbours_of(cfg) * sizeof(struct neigh);
}

int path_init(struct stack *s, struct err *e)
{
    uint32_t size = table_size(&s->cfg);
    s->paths = mem_reserve((size_t)s->cfg.paths * sizeof *s->paths, "path pool", e);
    s->path_table = mem_reserve(size * sizeof *s->path_table, "path table", e);
    s->path_uses = mem_reserve(s->cfg.paths * sizeof *s->path_uses, "uses of paths", e);
    if (!s->paths || !s->path_table || !s->path_uses || neigh_init(&s->neigh, neighbours_of(&s->cfg), e))
        return -ENOMEM;
    memset(s->path_table, 0xff, size * sizeof *s->path_table);
    s->path_mask = size - 1;
    return 0;
}

void path_fini(struct stack *s)
{
    mem_release(s->paths, (size_t)s->cfg.paths * sizeof *s->paths);
    mem_release(s->path_uses, s->cfg.paths * sizeof *s->path_uses);
    mem_release(s->path_table, table_size(&s->cfg) * sizeof *s->path_table);
    neigh_fini(&s->neigh);
}

/* One multiplication: it is on the way of every segment when several paths are in use. */
static uint32_t home(const struct stack *s, struct ip_addr local, struct ip_addr remote)
{
    uint64_t key = (local.lo ^ local.hi) * 0x9e3779b97f4a7c15ull + (remote.lo ^ remote.hi);
    unsigned __int128 product = (unsigned __int128)(key ^ s->cfg.tcp.secret) * 0xbf58476d1ce4e5b9ull;
    return (uint32_t)((uint64_t)product ^ (uint64_t)(product >> 64)) & s->path_mask;
}

uint32_t path_find(struct stack *s, struct ip_addr local, struct ip_addr remote)
{
    for (uint32_t at = home(s, local, remote); s->path_table[at] != PATH_NONE;
         at = (at + 1) & s->path_mask) {
        if (path_joins(&s->paths[s->path_table[at]], local, remote))
            return *path_near(s, local, remote) = s->path_table[at];
    }
    return PATH_NONE;
}

/* Out of the table; the gap is closed as in tcp/flow.c. */
static void table_remove(struct stack *s, uint32_t index)
{
    uint32_t at = home(s, s->paths[index].local, s->paths[index].remote);
    while (s->path_table[at] != index)
        at = (at + 1) & s->path_mask;
    for (uint32_t next = (at + 1) & s->path_mask; s->path_table[next] != PATH_NONE;
         next = (next + 1) & s->path_mask) {
        const struct path *p = &s->paths[s->path_table[next]];
        uint32_t first = home(s, p->local, p->remote);
        if (((next - first) & s->path_mask) >= ((next - at) & s->path_mask)) {
            s->path_table[at] = s->path_table[next];
            at = next;
        }
    }
    s->path_table[at] = PATH_NONE;
}

/* One that a packet once made and that nobody uses any more, or PATH_NONE. A flood of forged
 * addresses must neither hold all paths for ever nor cost a search through all of them a packet. */
static uint32_t path_reclaim(struct stack *s)
{
    for (uint32_t i = 0; i < RECLAIM_LOOKS && i < s->path_count; i++) {
        uint32_t index = s->path_hand++ % s->path_count;
        if (s->path_uses[index] || s->paths[index].kept)
            continue;
        table_remove(s, index);
        s->path_reclaims++;
        return index;
    }
    return PATH_NONE;
}

/* A new path; the caller completes MACs. */
static uint32_t path_add(struct stack *s, struct ip_addr local, struct ip_addr remote)
{
    uint32_t index = s->path_count < s->cfg.paths ? s->path_count++ : path_reclaim(s);
    if (index == PATH_NONE)
        return PATH_NONE;
    uint32_t at = home(s, local, remote);
    while (s->path_table[at] != PATH_NONE)
        at = (at + 1) & s->path_mask;
    s->path_table[at] = index;
    struct path *p = &s->paths[index];
    *p = (struct path){.local = local, .remote = remote, .neigh = NEIGH_NONE,
                       .mss = path_mss(s, ip_is4(remote))};
    return index;
}

static void write_template(struct stack *s, struct path *p, const uint8_t dst_mac[6])
{
    struct net_path np = {.src = p->local, .dst = p->remote, .vlan = s->cfg.vlan, .ttl = TTL,
                          .dscp = s->cfg.dscp, .flow_label = s->cfg.flow_label};
    memcpy(np.src_mac, s->queue->port->mac, sizeof np.src_mac);
    memcpy(np.dst_mac, dst_mac, sizeof np.dst_mac);
    net_template_init(&p->head, &np);
}

uint32_t path_from_packet(struct stack *s, const struct pkt *p)
{
    uint32_t index = path_add(s, p->dst, p->src);
    if (index == PATH_NONE)
        return PATH_NONE;
    write_template(s, &s->paths[index], p->eth_src);
    return index;
}

bool path_follow(struct stack *s, struct ip_addr local, struct ip_addr remote, const uint8_t mac[6])
{
    uint32_t index = path_find(s, local, remote);
    if (index == PATH_NONE)
        return false;
    struct path *p = &s->paths[index];
    if (p->neigh != NEIGH_NONE || !memcmp(p->head.bytes, mac, 6))
        return false;
    net_template_set_dst_mac(&p->head, mac);
    return true;
}

uint32_t stack_path(struct stack *s, struct ip_addr local, struct ip_addr remote, uint64_t now_ns)
{
    uint32_t index = path_find(s, local, remote);
    if (index != PATH_NONE)
        s->paths[index].kept = true;
    if (index != PATH_NONE && s->paths[index].neigh == NEIGH_NONE)
        return index;
    bool direct = ip_is_none(s->cfg.gateway);
    uint32_t neigh = neigh_want(&s->neigh, direct ? remote : s->cfg.gateway, local, now_ns);
    if (index != PATH_NONE || neigh == NEIGH_NONE)
        return index;
    index = path_add(s, local, remote);
    if (index == PATH_NONE)
        return PATH_NONE;
    s->paths[index].neigh = neigh;
    s->paths[index].kept = true;
    write_template(s, &s->paths[index], s->neigh.entries[neigh].mac); /* zero until it is known */
    return index;
}

enum neigh_state stack_path_state(const struct stack *s, uint32_t path)
{
    uint32_t neigh = s->paths[path].neigh;
    return neigh == NEIGH_NONE ? NEIGH_READY : (enum neigh_state)s->neigh.entries[neigh].state;
}

void path_neighbour_ready(struct stack *s, uint32_t neigh)
{
    for (uint32_t i = 0; i < s->path_count; i++)
        if (s->paths[i].neigh == neigh)
            net_template_set_dst_mac(&s->paths[i].head, s->neigh.entries[neigh].mac);
}
