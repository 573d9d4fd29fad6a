/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where frames come from and go to. A port is the device; a queue is what one worker polls.
 *
 * Life-cycle: port_open -> queue_open (one a worker, from any thread) -> rx/tx on that worker only
 * -> queue_close -> port_close. Every call takes an array of frames.
 *
 * Ownership: rx lends frames until rx_free; tx_alloc lends until tx took them or tx_free gives
 * them back; what tx does not take stays the caller's. tx may delay until flush.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/drop.h"

struct err;
struct log;
struct rss;

enum frame_flag {
    FRAME_CSUM_OK = 1 << 0,      /* receive: the device verified the TCP checksum */
    FRAME_CSUM_BAD = 1 << 1,     /* receive: the device found it wrong */
    FRAME_CSUM_PARTIAL = 1 << 2, /* receive: never completed by the sender (virtual devices) */
    FRAME_VLAN = 1 << 3,         /* `vlan` is valid and stripped from data */
    FRAME_MORE = 1 << 4,         /* the next frame of the array continues this packet */
    FRAME_TX_CSUM = 1 << 5,      /* transmit: the device completes the checksum of the TCP header at
                                  * l4_off, whose field holds the sum of the pseudo-header */
    FRAME_TSO = 1 << 6,          /* transmit, with TX_CSUM: the device cuts the text into segments of `mss`
                                  * bytes (the sum of the pseudo-header is without the length then).
                                  * Receive: several segments of `mss` bytes that nobody cut */
    FRAME_HANDED = 1 << 8,       /* receive: another queue lends it, number `mss`; handover's own */
    FRAME_HANDED_COPY = 1 << 9,  /* ... and made it by tx_alloc */
};

struct frame {
    uint8_t *data;      /* first byte of the Ethernet header */
    uint64_t stamp_ns;  /* time of arrival by caps.rx_stamps, 0 where there is none */
    uint32_t handle;    /* the wire's own; never touched by users */
    uint32_t hash;      /* RSS hash, 0 where there is none */
    union {
        struct {
            uint16_t flags; /* enum frame_flag */
            uint16_t vlan, mss, l4_off;
        };
        uint64_t plain; /* 0: none of them */
    };
    uint16_t len;       /* bytes without FCS; for tx_alloc: the capacity */
};

/* Each field is named: gcc 12 puts a literal that leaves some out together on the stack and reads it back
 * in larger pieces, for which the processor waits until all of it is in the cache. */
static inline struct frame frame_of(uint8_t *data, uint32_t handle, uint32_t len)
{
    return (struct frame){.data = data, .stamp_ns = 0, .handle = handle, .hash = 0, .plain = 0,
                          .len = (uint16_t)len};
}

/* A frame that has left. */
struct wire_stamp {
    uint64_t stamp_ns;  /* when, by caps.tx_stamps */
    uint64_t handed_ns; /* of the flush that it left with, as `tick` last said before */
};

/* Whose time a stamp is. */
enum wire_stamps {
    WIRE_STAMPS_NONE,
    WIRE_STAMPS_KERNEL, /* arrivals: CLOCK_MONOTONIC when the driver handed the frame to our XDP program;
                         * departures: CLOCK_TAI when the kernel was done with the frame */
    WIRE_STAMPS_DEVICE, /* the device's, of its own clock, for frames that it stamps */
};

/* What a device can do: facts, filled by port_open. */
struct wire_caps {
    uint16_t mtu;            /* IP bytes a frame may carry */
    uint16_t queues;         /* queues that can be opened */
    uint16_t burst;          /* largest useful array */
    uint16_t headroom;
    uint32_t tx_slots;       /* frames that may be in flight */
    bool rx_csum, tx_csum;
    enum wire_stamps rx_stamps, tx_stamps;
    uint32_t tso_bytes;      /* largest frame that the device cuts into segments (FRAME_TSO); 0: it cuts none */
    bool zero_copy, native;  /* AF_XDP: zero-copy in force; native (not generic) XDP in force */
    bool polled;             /* AF_XDP: it receives when the loop looks, in the loop's system call */
    bool cheap_flush;        /* it costs no system call: worth it for a single frame */
    uint64_t link_bit_per_s; /* 0: not known */
    const struct rss *rss;   /* how it deals arriving flows to queues; NULL: not known, or all to one */
    char driver[32];         /* "veth", "pair", ... */
    char detail[192];        /* one line for people: mode, fallback and why */
};

/* For a wire around another one that is about what is on the wire: nothing that is sent is left to the
 * device, and `detail` says so. */
void wire_caps_send_whole(struct wire_caps *c);

/* Which arriving frames are ours. Everything else belongs to the kernel. */
struct wire_filter {
    struct ip_range local[IP_RANGES_MAX]; /* destination addresses */
    uint32_t local_count;
    struct port_range ports[PORT_RANGES_MAX]; /* destination TCP ports */
    uint32_t ports_count;
    uint16_t vlan, vlan_outer; /* tags that they must have, and no others; 0: none */
    bool everything;           /* whatever arrives, also what is none of the above */
    bool shared_address;       /* the kernel owns the addresses too: only TCP to the ports is ours;
                                * otherwise ARP and ICMP for them are ours as well */
};

struct wire_config {
    const char *device;      /* what follows the wire's name and colon: "veth0", "veth0:1", devargs */
    const char *eal;         /* dpdk: more arguments of the EAL's, with blanks between; NULL: none */
    struct wire_filter filter;
    uint32_t queues;         /* wanted */
    uint16_t mtu;            /* IP bytes a frame, for wires that set their device to it */
    bool initiates;          /* connections are opened from here. dpdk: so somebody must be at the other end,
                              * and what he sends must come to the queue that asked for it; xdp: so that end
                              * is there already (`polled`) */
    uint32_t ring_size;      /* frames a ring, power of two; 0: the wire's default */
    uint32_t frames;         /* frames in the pool of a queue; 0: default */
    uint32_t batch;          /* frames a call, at most; 0: default */
    uint32_t tx_budget;      /* AF_XDP transmit budget; 0: the kernel's */
    bool busy_poll;
    bool polled;             /* xdp: queues receive when their loop looks (wire/napi.h): the other end is ours */
    enum wire_stamps rx_stamps; /* xdp: what to stamp arrivals with */
    bool tx_stamps;             /* xdp: departures are stamped, by whom it can */
    bool force_copy, force_generic;
    const struct log *log;
    const int *cpus;         /* by queue: whose worker it is; NULL: not known */
};

/* The CPU near which the frames of queue `i` had better lie; -1: not known. */
static inline int wire_cpu(const struct wire_config *cfg, uint32_t i)
{
    return cfg->cpus ? cfg->cpus[i] : -1;
}

struct wire_stats {
    uint64_t rx_frames, rx_bytes, tx_frames, tx_bytes; /* as the wire counts them, a queue */
    uint64_t rx_dropped;   /* by kernel or device because our ring was full */
    uint64_t rx_invalid, tx_invalid;
    uint64_t kicks;        /* system calls to transmit */
    uint64_t kick_again;   /* ... answered EAGAIN, EBUSY or ENOBUFS */
    uint64_t polls;        /* system calls to receive */
    uint64_t handed;       /* frames taken over that arrived at other queues */
    uint64_t drops[DROP_COUNT]; /* by reason, for wires that drop on purpose */
};

struct wire_queue;

struct wire_port {
    const struct wire_ops *ops;
    struct wire_caps caps;
    uint8_t mac[6];
};

struct wire_queue {
    const struct wire_ops *ops;
    struct wire_port *port;
    uint32_t index;
    struct wire_queue *inner; /* of a wire around another one (wire/over.h); else NULL */
};

/* Opening a port is each wire's own function (they need different things); the rest is common. */
struct wire_ops {
    const char *name;
    void (*port_close)(struct wire_port *port);
    int (*queue_open)(struct wire_port *port, uint32_t index, struct wire_queue **out, struct err *e);
    void (*queue_close)(struct wire_queue *q);
    uint32_t (*rx)(struct wire_queue *q, struct frame *frames, uint32_t max);
    void (*rx_free)(struct wire_queue *q, struct frame *frames, uint32_t n);
    uint32_t (*tx_alloc)(struct wire_queue *q, struct frame *frames, uint32_t n);
    /* As tx_alloc, of caps.tso_bytes each; NULL: there are none. Given back by tx_free. */
    uint32_t (*tx_alloc_long)(struct wire_queue *q, struct frame *frames, uint32_t n);
    void (*tx_free)(struct wire_queue *q, struct frame *frames, uint32_t n);
    uint32_t (*tx)(struct wire_queue *q, struct frame *frames, uint32_t n);
    /* Once a round: kicks until the kernel took all it can; EAGAIN, EBUSY, ENOBUFS are not errors. */
    void (*flush)(struct wire_queue *q);
    /* Departures since, in any order; once a round. */
    uint32_t (*reap)(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max);
    /* Sleeps until a frame may have arrived or `timeout_ns` passed. */
    void (*wait)(struct wire_queue *q, uint64_t timeout_ns);
    /* Readable when a frame may have arrived, for who waits on several; NULL or below 0: there is none. */
    int (*fd)(const struct wire_queue *q);
    void (*stats)(struct wire_queue *q, struct wire_stats *out);
    /* Tells a wire that cares about time (fault: delays; xdp: departures) what time it is; NULL where unused. */
    void (*tick)(struct wire_queue *q, uint64_t now_ns);
};

/* Who is at the other end. */
enum wire_far {
    WIRE_FAR_MEMORY,  /* this process: our responder, or nobody */
    WIRE_FAR_KERNEL,  /* a namespace of ours: a server of the user's as well */
    WIRE_FAR_OUTSIDE, /* the world's business; its form names a device */
};

/* What stands behind NAME:DEVICE. */
struct wire_device {
    int (*open)(const struct wire_config *cfg, struct wire_port **out, struct err *e);
    /* Bytes of all frames that it reserves. */
    uint64_t (*memory)(const struct wire_config *cfg, uint32_t mtu);
    bool on_interface; /* DEVICE begins with an interface of the kernel's, which goes on using it */
};

/* A job's `wire =`, and what `gen list` shows; the list is wire/kinds.h. */
struct wire_kind {
    const char *name, *form, *meaning; /* "xdp", "xdp:IFACE[:QUEUE]", "AF_XDP on an interface" */
    enum wire_far far_end;
    const char *later;                 /* NULL, or what brings it: listed and refused by name */
    const struct wire_device *device;  /* of WIRE_FAR_OUTSIDE: who opens it; others: run/wires.c */
};
extern const struct wire_kind wire_kinds[];
extern const uint32_t wire_kind_count;
/* Of NAME or NAME:DEVICE; NULL: no such wire. */
const struct wire_kind *wire_kind_find(const char *wire);
#endif
