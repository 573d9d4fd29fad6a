/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/netdev.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int ask(const char *iface, unsigned long what, struct ifreq *ifr)
{
    if (strlen(iface) >= IFNAMSIZ)
        return -ENODEV;
    strcpy(ifr->ifr_name, iface);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int ret = ioctl(fd, what, ifr) < 0 ? -errno : 0;
    close(fd);
    return ret;
}

static int ask_ethtool(const char *iface, void *command)
{
    struct ifreq ifr = {.ifr_data = command};
    return ask(iface, SIOCETHTOOL, &ifr);
}

static uint32_t read_queues(const char *iface)
{
    struct ethtool_channels ch = {.cmd = ETHTOOL_GCHANNELS};
    if (ask_ethtool(iface, &ch) || ch.rx_count + ch.combined_count == 0)
        return 1;
    return ch.rx_count + ch.combined_count;
}

/* The handshake of ETHTOOL_GLINKSETTINGS: a first call tells the length of the mode masks. */
static uint64_t read_speed(const char *iface)
{
    struct {
        struct ethtool_link_settings s;
        uint32_t masks[3 * 128];
    } link = {.s.cmd = ETHTOOL_GLINKSETTINGS};
    if (ask_ethtool(iface, &link) || link.s.link_mode_masks_nwords >= 0)
        return 0;
    link.s.link_mode_masks_nwords = (int8_t)-link.s.link_mode_masks_nwords;
    if (ask_ethtool(iface, &link) || link.s.speed == (uint32_t)SPEED_UNKNOWN)
        return 0;
    return (uint64_t)link.s.speed * 1000000;
}

static void read_driver(const char *iface, char *driver, size_t size)
{
    struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
    bool known = ask_ethtool(iface, &info) == 0;
    snprintf(driver, size, "%s", known && info.driver[0] ? info.driver : "unknown");
}

int netdev_read(const char *iface, struct netdev *out)
{
    struct ifreq flags = {0}, mac = {0}, mtu = {0};
    *out = (struct netdev){.ifindex = if_nametoindex(iface)};
    if (!out->ifindex)
        return -ENODEV;
    int ret = ask(iface, SIOCGIFFLAGS, &flags);
    ret = ret ? ret : ask(iface, SIOCGIFHWADDR, &mac);
    ret = ret ? ret : ask(iface, SIOCGIFMTU, &mtu);
    if (ret)
        return ret;
    out->up = flags.ifr_flags & IFF_UP;
    out->running = flags.ifr_flags & IFF_RUNNING;
    memcpy(out->mac, mac.ifr_hwaddr.sa_data, sizeof out->mac);
    out->mtu = (uint32_t)mtu.ifr_mtu;
    out->queues = read_queues(iface);
    out->link_bit_per_s = read_speed(iface);
    read_driver(iface, out->driver, sizeof out->driver);
    return 0;
}

void netdev_clock(const char *iface, bool *rx, bool *tx)
{
    struct ethtool_ts_info info = {.cmd = ETHTOOL_GET_TS_INFO};
    uint32_t can = ask_ethtool(iface, &info) ? 0 : info.so_timestamping;
    *rx = can & SOF_TIMESTAMPING_RX_HARDWARE;
    *tx = can & SOF_TIMESTAMPING_TX_HARDWARE;
}

/* Either a get/set pair of its own or a bit of the legacy flags. */
static const struct {
    uint32_t get, set, flag;
} offloads[OFFLOAD_COUNT] = {
    [OFFLOAD_RX_CSUM] = {ETHTOOL_GRXCSUM, ETHTOOL_SRXCSUM, 0},
    [OFFLOAD_TX_CSUM] = {ETHTOOL_GTXCSUM, ETHTOOL_STXCSUM, 0},
    [OFFLOAD_TSO] = {ETHTOOL_GTSO, ETHTOOL_STSO, 0},
    [OFFLOAD_GSO] = {ETHTOOL_GGSO, ETHTOOL_SGSO, 0},
    [OFFLOAD_GRO] = {ETHTOOL_GGRO, ETHTOOL_SGRO, 0},
    [OFFLOAD_VLAN_STRIP] = {ETHTOOL_GFLAGS, ETHTOOL_SFLAGS, ETH_FLAG_RXVLAN},
    [OFFLOAD_VLAN_INSERT] = {ETHTOOL_GFLAGS, ETHTOOL_SFLAGS, ETH_FLAG_TXVLAN},
};

static int read_offload(const char *iface, enum netdev_offload which, struct ethtool_value *value)
{
    *value = (struct ethtool_value){.cmd = offloads[which].get};
    return ask_ethtool(iface, value);
}

static bool is_on(enum netdev_offload which, uint32_t data)
{
    return offloads[which].flag ? data & offloads[which].flag : data;
}

int netdev_offload(const char *iface, enum netdev_offload which)
{
    struct ethtool_value value;
    int ret = read_offload(iface, which, &value);
    return ret ? ret : is_on(which, value.data);
}

int netdev_offload_off(const char *iface, enum netdev_offload which)
{
    struct ethtool_value value;
    int ret = read_offload(iface, which, &value);
    if (ret == -EOPNOTSUPP || (!ret && !is_on(which, value.data)))
        return 0;
    if (ret)
        return ret;
    value.cmd = offloads[which].set;
    value.data &= offloads[which].flag ? ~offloads[which].flag : 0;
    return ask_ethtool(iface, &value);
}

/* ---- features by name ---- */

#define FEATURES_MAX 256

static int count_features(const char *iface)
{
    struct {
        struct ethtool_sset_info info;
        uint32_t count;
    } set = {.info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ull << ETH_SS_FEATURES}};
    int ret = ask_ethtool(iface, &set);
    if (ret)
        return ret;
    return set.info.sset_mask && set.count <= FEATURES_MAX ? (int)set.count : -EOPNOTSUPP;
}

/* Its bit; -ENOENT: no such name. */
static int find_feature(const char *iface, const char *name, int count)
{
    struct {
        struct ethtool_gstrings head;
        char names[FEATURES_MAX][ETH_GSTRING_LEN];
    } all = {.head = {.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES, .len = (uint32_t)count}};
    int ret = ask_ethtool(iface, &all);
    for (int i = 0; !ret && i < count; i++)
        if (!strncmp(all.names[i], name, ETH_GSTRING_LEN))
            return i;
    return ret ? ret : -ENOENT;
}

int netdev_feature_off(const char *iface, const char *name)
{
    int count = count_features(iface), bit = count < 0 ? count : find_feature(iface, name, count);
    if (bit == -ENOENT || bit == -EOPNOTSUPP)
        return 0;
    if (bit < 0)
        return bit;
    struct {
        struct ethtool_sfeatures head;
        struct ethtool_set_features_block blocks[FEATURES_MAX / 32];
    } set = {.head = {.cmd = ETHTOOL_SFEATURES, .size = (uint32_t)(count + 31) / 32}};
    set.blocks[bit / 32].valid = 1u << bit % 32;
    int ret = ask_ethtool(iface, &set);
    return ret < 0 && ret != -EOPNOTSUPP ? ret : 0;
}
