/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/netlink_peer.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <sys/socket.h>

struct tied {
    uint32_t ifindex;
    bool elsewhere; /* it counts in another namespace's numbers */
};

static int note_attribute(const struct nlattr *attribute, void *data)
{
    struct tied *tied = data;
    uint16_t type = mnl_attr_get_type(attribute);
    if (type == IFLA_LINK && mnl_attr_validate(attribute, MNL_TYPE_U32) >= 0)
        tied->ifindex = mnl_attr_get_u32(attribute);
    tied->elsewhere |= type == IFLA_LINK_NETNSID;
    return MNL_CB_OK;
}

static int note_link(const struct nlmsghdr *head, void *data)
{
    return mnl_attr_parse(head, sizeof(struct ifinfomsg), note_attribute, data);
}

static int ask(struct mnl_socket *nl, uint32_t ifindex, struct tied *tied)
{
    char request[256], reply[32768];
    struct nlmsghdr *head = mnl_nlmsg_put_header(request);
    head->nlmsg_type = RTM_GETLINK;
    head->nlmsg_flags = NLM_F_REQUEST;
    head->nlmsg_seq = 1;
    struct ifinfomsg *link = mnl_nlmsg_put_extra_header(head, sizeof *link);
    link->ifi_index = (int)ifindex;
    if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_sendto(nl, head, head->nlmsg_len) < 0)
        return -errno;
    ssize_t got = mnl_socket_recvfrom(nl, reply, sizeof reply);
    if (got < 0)
        return -errno;
    return mnl_cb_run(reply, (size_t)got, 1, mnl_socket_get_portid(nl), note_link, tied) < 0 ? -errno
                                                                                             : 0;
}

int netlink_peer(uint32_t ifindex, uint32_t *peer)
{
    struct tied tied = {0};
    struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (!nl)
        return -errno;
    int ret = ask(nl, ifindex, &tied);
    mnl_socket_close(nl);
    *peer = tied.elsewhere ? 0 : tied.ifindex;
    return ret;
}
