/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/xdp_features.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <sys/socket.h>

/* Of include/uapi/linux/netdev.h, which is newer than the headers that we build with. */
enum { NETDEV_DEV_GET = 1, NETDEV_DEV_IFINDEX = 1, NETDEV_DEV_XDP_FEATURES = 3,
       NETDEV_DEV_RX_METADATA = 5, NETDEV_DEV_XSK_FEATURES = 6 };

enum { TYPES = 8 };

/* Of a reply, the numbers among its attributes, by type. */
struct told {
    uint64_t value[TYPES];
    uint32_t types; /* bit n: attribute n was there */
};

static int take_attribute(const struct nlattr *attr, void *ctx)
{
    struct told *t = ctx;
    uint16_t type = mnl_attr_get_type(attr), len = mnl_attr_get_payload_len(attr);
    if (type >= TYPES || (len != 8 && len != 2))
        return MNL_CB_OK;
    t->types |= 1u << type;
    t->value[type] = len == 8 ? mnl_attr_get_u64(attr) : mnl_attr_get_u16(attr);
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

/* One request, one reply with the attribute that is wanted. */
static int ask(struct mnl_socket *nl, const struct nlmsghdr *request, uint32_t wanted, struct told *t)
{
    char reply[8192];
    if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
        return -errno;
    ssize_t got = mnl_socket_recvfrom(nl, reply, sizeof reply);
    if (got < 0 ||
        mnl_cb_run(reply, (size_t)got, 1, mnl_socket_get_portid(nl), take_message, t) < 0)
        return -errno;
    return t->types & 1u << wanted ? 0 : -ENOENT;
}

static int read_features(struct mnl_socket *nl, uint32_t ifindex, struct xdp_features *out)
{
    char room[512];
    struct told family = {0}, device = {0};
    if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
        return -errno;
    struct nlmsghdr *request = begin(room, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
    mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, "netdev");
    int ret = ask(nl, request, CTRL_ATTR_FAMILY_ID, &family);
    if (ret)
        return ret;
    request = begin(room, (uint16_t)family.value[CTRL_ATTR_FAMILY_ID], NETDEV_DEV_GET);
    mnl_attr_put_u32(request, NETDEV_DEV_IFINDEX, ifindex);
    ret = ask(nl, request, NETDEV_DEV_XDP_FEATURES, &device);
    *out = (struct xdp_features){.act = device.value[NETDEV_DEV_XDP_FEATURES],
                                 .rx = device.value[NETDEV_DEV_RX_METADATA],
                                 .tx = device.value[NETDEV_DEV_XSK_FEATURES]};
    return ret;
}

int xdp_features_read(uint32_t ifindex, struct xdp_features *out)
{
    *out = (struct xdp_features){0};
    struct mnl_socket *nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
    if (!nl)
        return -errno;
    int ret = read_features(nl, ifindex, out);
    mnl_socket_close(nl);
    return ret;
}
