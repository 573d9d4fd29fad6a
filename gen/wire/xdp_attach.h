/* SPDX-License-Identifier: BSD-3-Clause */
/* Attaches an XDP program by a bpf_link, which the kernel removes with its last descriptor. */
#ifndef WIRE_XDP_ATTACH_H
#define WIRE_XDP_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

struct xdp_attachment {
    int link_fd; /* or -errno; -EBUSY: another program is there, after 2 s of retries */
    bool native;
    int native_refused; /* 0, or the -errno for which generic mode was taken */
};

/* Native mode first, generic where the driver refuses it. */
struct xdp_attachment xdp_attach(int prog_fd, uint32_t ifindex, bool force_generic);
/* One attempt in one mode: a link descriptor or -errno. */
int xdp_attach_once(int prog_fd, uint32_t ifindex, bool native);

/* The program that is attached to a device in any mode, 0: none. Only asks. 0 or -errno. */
int xdp_attached(uint32_t ifindex, uint32_t *program);

#endif
