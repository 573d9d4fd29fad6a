/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/xdp_features.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <sys/socket.h>

/* Of include/uapi/linux/netdev.h, which is newer than the headers that we build with. */
enum { NETDEV_DEV_GET = 1, NETDEV_DEV_IFINDEX = 1, NETDEV_DEV_XDP_FEATURES = 3 };

struct wanted {
    uint16_t type; /* of the attribute */
    bool found;
    uint64_t value;
};

static int take_attribute(const struct nlattr *attr, void *ctx)
{
    struct wanted *w = ctx;
    if (mnl_attr_get_type(attr) != w->type)
        return MNL_CB_OK;
    w->found = true;
    w->value =
        mnl_attr_get_payload_len(attr) == 8 ? mnl_attr_get_u64(attr) : mnl_attr_get_u16(attr);
    return MNL_CB_OK;
}

static int take_message(const struct nlmsghdr *head, void *ctx)
{
    return mnl_attr_parse(head, sizeof(struct genlmsghdr), take_attribute, ctx);
}

static struct nlmsghdr *begin(char *room, uint16_t family, uint8_t command)
{
    struct nlmsghdr *head = mnl_nlmsg_put_header(room);
    head->nlmsg_type = family;
    head->nlmsg_flags = NLM_F_REQUEST;
    head->nlmsg_seq = 1;
    struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(head, sizeof *generic);
    generic->cmd = command;
    generic->version = 1;
    return head;
}

/* One request, one reply with the wanted attribute. */
static int ask(struct mnl_socket *nl, const struct nlmsghdr *request, struct wanted *w)
{
    char reply[8192];
    if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
        return -errno;
    ssize_t got = mnl_socket_recvfrom(nl, reply, sizeof reply);
    if (got < 0 ||
        mnl_cb_run(reply, (size_t)got, 1, mnl_socket_get_portid(nl), take_message, w) < 0)
        return -errno;
    return w->found ? 0 : -ENOENT;
}

static int read_features(struct mnl_socket *nl, uint32_t ifindex, uint64_t *features)
{
    char room[512];
    struct wanted family = {.type = CTRL_ATTR_FAMILY_ID}, mask = {.type = NETDEV_DEV_XDP_FEATURES};
    if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
        return -errno;
    struct nlmsghdr *request = begin(room, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
    mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, "netdev");
    int ret = ask(nl, request, &family);
    if (ret)
        return ret;
    request = begin(room, (uint16_t)family.value, NETDEV_DEV_GET);
    mnl_attr_put_u32(request, NETDEV_DEV_IFINDEX, ifindex);
    ret = ask(nl, request, &mask);
    *features = mask.value;
    return ret;
}

int xdp_features_read(uint32_t ifindex, uint64_t *features)
{
    struct mnl_socket *nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
    if (!nl)
        return -errno;
    int ret = read_features(nl, ifindex, features);
    mnl_socket_close(nl);
    return ret;
}
