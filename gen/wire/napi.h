/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The receive poll of a device's queue (NAPI), run by our own loop instead of a soft interrupt.
 *
 * Over veth a frame is received in its sender's system call, alone, by a soft interrupt on the sender's
 * core. A receiver that polls takes what has gathered, on its own core, and the sender only queues.
 *
 * An AF_XDP socket polls the instance that its device names for the queue, and veth names none. A UDP
 * socket polls the one that its last datagram came by: the two ends of a link of ours send each other one
 * on each queue, and from then on an empty read of that socket is a poll (SO_PREFER_BUSY_POLL; Linux
 * Documentation/networking/napi.rst, "Busy polling"). Interrupts are held off by coalesce_polled().
 */
#ifndef WIRE_NAPI_H
#define WIRE_NAPI_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Newer than the headers of some systems that we build on. */
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#define SO_BUSY_POLL_BUDGET 70
#endif

struct napi {
    int fd; /* the UDP socket; -1: none */
};

#define NAPI_NONE ((struct napi){-1})
#define NAPI_HELLO_BYTES 60

/* Whether this kernel's veth holds a sender up whose receiver does not poll, instead of dropping. Linux
 * 6.16 began with that; 6.18 is what was tried. */
bool napi_supported(void);
/* For queue `queue` of an interface of the caller's network namespace; `budget` frames a poll. 0 or -errno;
 * -ENOPROTOOPT: a kernel without busy polling. */
int napi_open(struct napi *n, const char *iface, uint32_t queue, uint32_t budget);
void napi_close(struct napi *n);
/* The frame that tells the other end of the link the instance of queue `queue`; `ask`: it is to answer in
 * kind. Sent on that queue. */
void napi_hello(uint8_t frame[NAPI_HELLO_BYTES], uint32_t queue, bool ask);
/* Whether the other end has told. */
bool napi_known(const struct napi *n);
/* Polls, once known. True: the other end asks for a hello. */
bool napi_run(const struct napi *n);

#endif
