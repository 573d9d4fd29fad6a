/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include "wire/netlink_addr.h"

struct request {
    union {
        char room[1024]; /* no request of ours is longer */
        struct nlmsghdr align;
    };
    struct nlmsghdr *head;
};

static void *begin(struct request *r, uint16_t type, uint16_t flags, size_t payload_bytes)
{
    r->head = mnl_nlmsg_put_header(r->room);
    r->head->nlmsg_type = type;
    r->head->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
    r->head->nlmsg_seq = 1;
    return mnl_nlmsg_put_extra_header(r->head, payload_bytes);
}

static int exchange(struct mnl_socket *nl, struct request *r)
{
    char reply[8192];
    if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
        return -errno;
    if (mnl_socket_sendto(nl, r->head, r->head->nlmsg_len) < 0)
        return -errno;
    ssize_t got = mnl_socket_recvfrom(nl, reply, sizeof reply);
    if (got < 0)
        return -errno;
    return mnl_cb_run(reply, (size_t)got, 1, mnl_socket_get_portid(nl), NULL, NULL) < 0 ? -errno
                                                                                        : 0;
}

static int commit(struct request *r)
{
    struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (!nl)
        return -errno;
    int ret = exchange(nl, r);
    mnl_socket_close(nl);
    return ret;
}

static void put_end(struct nlmsghdr *h, const char *name, const struct veth *v)
{
    mnl_attr_put_strz(h, IFLA_IFNAME, name);
    mnl_attr_put_u32(h, IFLA_MTU, v->mtu);
    mnl_attr_put_u32(h, IFLA_NUM_TX_QUEUES, v->queues);
    mnl_attr_put_u32(h, IFLA_NUM_RX_QUEUES, v->queues);
}

int netlink_veth_add(const struct veth *v)
{
    struct request r;
    struct ifinfomsg *link = begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof *link);
    put_end(r.head, v->name, v);
    struct nlattr *info = mnl_attr_nest_start(r.head, IFLA_LINKINFO);
    mnl_attr_put_strz(r.head, IFLA_INFO_KIND, "veth");
    struct nlattr *data = mnl_attr_nest_start(r.head, IFLA_INFO_DATA);
    struct nlattr *peer = mnl_attr_nest_start(r.head, VETH_INFO_PEER);
    mnl_nlmsg_put_extra_header(r.head, sizeof *link);
    put_end(r.head, v->peer_name, v);
    mnl_attr_put_u32(r.head, IFLA_NET_NS_PID, (uint32_t)v->peer_pid);
    mnl_attr_nest_end(r.head, peer);
    mnl_attr_nest_end(r.head, data);
    mnl_attr_nest_end(r.head, info);
    return commit(&r);
}

int netlink_link_up(const char *iface)
{
    struct request r;
    struct ifinfomsg *link = begin(&r, RTM_NEWLINK, 0, sizeof *link);
    link->ifi_index = (int)if_nametoindex(iface);
    link->ifi_flags = IFF_UP;
    link->ifi_change = IFF_UP;
    return link->ifi_index ? commit(&r) : -ENODEV;
}

int netlink_fifo_add(const char *iface, uint32_t frames)
{
    struct request r;
    struct tcmsg *tc = begin(&r, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, sizeof *tc);
    const struct tc_fifo_qopt limit = {.limit = frames};
    tc->tcm_ifindex = (int)if_nametoindex(iface);
    tc->tcm_parent = TC_H_ROOT;
    mnl_attr_put_strz(r.head, TCA_KIND, "pfifo");
    mnl_attr_put(r.head, TCA_OPTIONS, sizeof limit, &limit);
    return tc->tcm_ifindex ? commit(&r) : -ENODEV;
}

int netlink_addr_add(const char *iface, struct ip_addr addr, uint8_t prefix_len)
{
    struct request r;
    struct ifaddrmsg *a = begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *a);
    a->ifa_family = netlink_family(addr);
    a->ifa_prefixlen = prefix_len;
    a->ifa_flags = ip_is4(addr) ? 0 : IFA_F_NODAD;
    a->ifa_index = if_nametoindex(iface);
    netlink_put_addr(r.head, IFA_LOCAL, addr);
    netlink_put_addr(r.head, IFA_ADDRESS, addr);
    return a->ifa_index ? commit(&r) : -ENODEV;
}

int netlink_route_add(const char *iface, struct ip_addr first, uint8_t prefix_len,
                      enum route_kind kind)
{
    struct request r;
    bool local = kind == ROUTE_LOCAL;
    struct rtmsg *route = begin(&r, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof *route);
    route->rtm_family = netlink_family(first);
    route->rtm_dst_len = prefix_len;
    route->rtm_table = local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
    route->rtm_protocol = RTPROT_STATIC;
    route->rtm_scope = local ? RT_SCOPE_HOST : ip_is4(first) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    route->rtm_type = local ? RTN_LOCAL : RTN_UNICAST;
    netlink_put_addr(r.head, RTA_DST, first);
    mnl_attr_put_u32(r.head, RTA_OIF, if_nametoindex(iface));
    return commit(&r);
}
