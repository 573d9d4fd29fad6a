/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/nexthop.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <time.h>

#include "wire/netlink_addr.h"

#define NAP_MS     10
#define MAC_KNOWN  (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

/* One socket for all questions. */
struct asker {
    struct mnl_socket *nl;
    int ifindex;
    uint32_t seq;
    union {
        char room[8192]; /* a request, then its answer */
        struct nlmsghdr align;
    };
};

static int asker_open(struct asker *a, const char *iface)
{
    *a = (struct asker){.ifindex = (int)if_nametoindex(iface)};
    if (!a->ifindex)
        return -ENODEV;
    a->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (!a->nl)
        return -errno;
    return mnl_socket_bind(a->nl, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
}

static void asker_close(struct asker *a)
{
    if (a->nl)
        mnl_socket_close(a->nl);
}

static void *begin(struct asker *a, uint16_t type, uint16_t flags, size_t payload_bytes)
{
    struct nlmsghdr *h = mnl_nlmsg_put_header(a->room);
    h->nlmsg_type = type;
    h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    h->nlmsg_seq = ++a->seq;
    return mnl_nlmsg_put_extra_header(h, payload_bytes);
}

static int exchange(struct asker *a, mnl_cb_t take, void *ctx)
{
    const struct nlmsghdr *h = (const struct nlmsghdr *)a->room;
    if (mnl_socket_sendto(a->nl, h, h->nlmsg_len) < 0)
        return -errno;
    ssize_t got = mnl_socket_recvfrom(a->nl, a->room, sizeof a->room);
    if (got < 0)
        return -errno;
    return mnl_cb_run(a->room, (size_t)got, a->seq, mnl_socket_get_portid(a->nl), take, ctx) < 0 ? -errno
                                                                                                : 0;
}

/* ---- routes ---- */

static int take_gateway(const struct nlattr *attr, void *ctx)
{
    struct ip_addr *hop = ctx;
    if (mnl_attr_get_type(attr) != RTA_GATEWAY)
        return MNL_CB_OK;
    if (mnl_attr_get_payload_len(attr) == 4) {
        *hop = ip4_addr(ntohl(mnl_attr_get_u32(attr)));
    } else if (mnl_attr_get_payload_len(attr) == 16) {
        uint64_t six[2];
        memcpy(six, mnl_attr_get_payload(attr), sizeof six);
        *hop = (struct ip_addr){be64toh(six[0]), be64toh(six[1])};
    }
    return MNL_CB_OK;
}

static int take_route(const struct nlmsghdr *h, void *ctx)
{
    return h->nlmsg_type == RTM_NEWROUTE ? mnl_attr_parse(h, sizeof(struct rtmsg), take_gateway, ctx)
                                         : MNL_CB_OK;
}

static int ask_route(struct asker *a, struct nexthop *n)
{
    struct rtmsg *route = begin(a, RTM_GETROUTE, 0, sizeof *route);
    route->rtm_family = netlink_family(n->to);
    route->rtm_dst_len = ip_is4(n->to) ? 32 : 128;
    netlink_put_addr(&a->align, RTA_DST, n->to);
    mnl_attr_put_u32(&a->align, RTA_OIF, (uint32_t)a->ifindex);
    n->hop = n->to;
    return exchange(a, take_route, &n->hop);
}

int nexthop_route(const char *iface, struct nexthop *list, uint32_t count, uint32_t *failed)
{
    struct asker a;
    int ret = asker_open(&a, iface);
    for (*failed = 0; !ret && *failed < count; ++*failed)
        if (!list[*failed].hop.hi && !list[*failed].hop.lo && (ret = ask_route(&a, &list[*failed])))
            break;
    asker_close(&a);
    return ret;
}

/* ---- neighbours ---- */

static int take_mac(const struct nlattr *attr, void *ctx)
{
    struct nexthop *n = ctx;
    if (mnl_attr_get_type(attr) == NDA_LLADDR && mnl_attr_get_payload_len(attr) == sizeof n->mac) {
        memcpy(n->mac, mnl_attr_get_payload(attr), sizeof n->mac);
        n->known = true;
    }
    return MNL_CB_OK;
}

static int take_neighbour(const struct nlmsghdr *h, void *ctx)
{
    const struct ndmsg *neigh = mnl_nlmsg_get_payload(h);
    if (h->nlmsg_type != RTM_NEWNEIGH || !(neigh->ndm_state & MAC_KNOWN))
        return MNL_CB_OK;
    return mnl_attr_parse(h, sizeof *neigh, take_mac, ctx);
}

static struct ndmsg *begin_neighbour(struct asker *a, uint16_t type, uint16_t flags,
                                     const struct nexthop *n)
{
    struct ndmsg *neigh = begin(a, type, flags, sizeof *neigh);
    neigh->ndm_family = netlink_family(n->hop);
    neigh->ndm_ifindex = a->ifindex;
    netlink_put_addr(&a->align, NDA_DST, n->hop);
    return neigh;
}

/* What the kernel knows of it; nothing is no error. */
static int look_up(struct asker *a, struct nexthop *n)
{
    begin_neighbour(a, RTM_GETNEIGH, 0, n);
    int ret = exchange(a, take_neighbour, n);
    return ret == -ENOENT ? 0 : ret;
}

/* NTF_USE: as if a packet were to be sent there. */
static int ask_for(struct asker *a, const struct nexthop *n)
{
    begin_neighbour(a, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_ACK, n)->ndm_flags = NTF_USE;
    return exchange(a, NULL, NULL);
}

/* One look at all; the number that is not known. `ask`: has the kernel ask for those. */
static int look_round(struct asker *a, struct nexthop *list, uint32_t count, bool ask)
{
    int unknown = 0, ret = 0;
    for (uint32_t i = 0; i < count && !ret; i++) {
        if (!list[i].known)
            ret = look_up(a, &list[i]);
        if (!ret && !list[i].known && ask)
            ret = ask_for(a, &list[i]);
        unknown += !list[i].known;
    }
    return ret ? ret : unknown;
}

int nexthop_resolve(const char *iface, struct nexthop *list, uint32_t count, uint32_t timeout_ms)
{
    struct asker a;
    int ret = asker_open(&a, iface);
    if (!ret)
        ret = look_round(&a, list, count, true);
    for (uint32_t ms = 0; ret > 0 && ms < timeout_ms; ms += NAP_MS) {
        nanosleep(&(struct timespec){.tv_nsec = NAP_MS * 1000000}, NULL);
        ret = look_round(&a, list, count, false);
    }
    asker_close(&a);
    return ret;
}
