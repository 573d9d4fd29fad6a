/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/xdp_attach.h"

#include <bpf/bpf.h>
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
