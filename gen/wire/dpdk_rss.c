/* SPDX-License-Identifier: BSD-3-Clause */
/* How a device deals flows to its queues, as it says itself: a key and a table (wire/rss.h). */
#include <rte_ethdev.h>
#include <stdlib.h>

#include "wire/dpdk_port.h"

enum { KEY_ROOM = 256, GROUP = RTE_ETH_RETA_GROUP_SIZE };

static bool read_key(uint16_t id, const struct rte_eth_dev_info *info, uint64_t wanted, struct rss *r)
{
    uint8_t key[KEY_ROOM] = {0};
    uint8_t len = info->hash_key_size ? info->hash_key_size : RSS_KEY_LEAST; /* 0: it does not say */
    struct rte_eth_rss_conf conf = {.rss_key = key, .rss_key_len = len};
    if (len < RSS_KEY_LEAST || rte_eth_dev_rss_hash_conf_get(id, &conf) ||
        !(conf.rss_hf & wanted))
        return false;
    rss_init(r, key);
    return true;
}

static bool read_table(uint16_t id, const struct rte_eth_dev_info *info, struct rss *r)
{
    struct rte_eth_rss_reta_entry64 groups[RSS_TABLE_MAX / GROUP] = {0};
    uint32_t size = info->reta_size;
    if (!size || size > RSS_TABLE_MAX || (size & (size - 1)))
        return false;
    for (uint32_t i = 0; i < size; i++)
        groups[i / GROUP].mask |= 1ull << i % GROUP;
    if (rte_eth_dev_rss_reta_query(id, groups, info->reta_size))
        return false;
    for (uint32_t i = 0; i < size; i++)
        r->queues[i] = groups[i / GROUP].reta[i % GROUP];
    r->size = size;
    return true;
}

struct rss *dpdk_rss_read(uint16_t port_id, bool ip6)
{
    struct rte_eth_dev_info info;
    struct rss *r = calloc(1, sizeof *r);
    uint64_t wanted = ip6 ? RTE_ETH_RSS_NONFRAG_IPV6_TCP : RTE_ETH_RSS_NONFRAG_IPV4_TCP;
    if (r && !rte_eth_dev_info_get(port_id, &info) && read_key(port_id, &info, wanted, r) &&
        read_table(port_id, &info, r))
        return r;
    free(r);
    return NULL;
}
