/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/xdp_attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <time.h>

enum { RETRY_MS = 2000, RETRY_STEP_MS = 20 };

int xdp_attach_once(int prog_fd, uint32_t ifindex, bool native)
{
    LIBBPF_OPTS(bpf_link_create_opts, opts,
                .flags = native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
    int fd = bpf_link_create(prog_fd, (int)ifindex, BPF_XDP, &opts);
    if (fd >= 0)
        return fd;
    return errno == EEXIST ? -EBUSY : -errno; /* EEXIST: a program in the other mode */
}

int xdp_attached(uint32_t ifindex, uint32_t *program)
{
    LIBBPF_OPTS(bpf_xdp_query_opts, query);
    int rc = bpf_xdp_query((int)ifindex, 0, &query);
    *program = query.prog_id      ? query.prog_id
               : query.drv_prog_id ? query.drv_prog_id
               : query.skb_prog_id ? query.skb_prog_id
                                   : query.hw_prog_id;
    return rc;
}

/* A predecessor's link goes a moment after its process. */
static int attach_with_patience(int prog_fd, uint32_t ifindex, bool native)
{
    int fd = xdp_attach_once(prog_fd, ifindex, native);
    for (int ms = 0; fd == -EBUSY && ms < RETRY_MS; ms += RETRY_STEP_MS) {
        nanosleep(&(struct timespec){.tv_nsec = RETRY_STEP_MS * 1000000L}, NULL);
        fd = xdp_attach_once(prog_fd, ifindex, native);
    }
    return fd;
}

struct xdp_attachment xdp_attach(int prog_fd, uint32_t ifindex, bool force_generic)
{
    struct xdp_attachment a = {0};
    if (!force_generic) {
        a.link_fd = attach_with_patience(prog_fd, ifindex, true);
        a.native = a.link_fd >= 0;
        if (a.native || a.link_fd == -EBUSY)
            return a;
        a.native_refused = a.link_fd;
    }
    a.link_fd = attach_with_patience(prog_fd, ifindex, false);
    return a;
}
