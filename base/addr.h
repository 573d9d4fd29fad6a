/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP addresses of either family as one value: IPv6, with IPv4 as IPv4-mapped (RFC 4291 2.5.5.2),
 * in host order. The mapped prefix is the tag; equality is two compares.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct ip_addr {
    uint64_t hi, lo;
};

#define IP4_MAPPED 0x0000ffff00000000ull

static inline struct ip_addr ip4_addr(uint32_t host_order)
{
    return (struct ip_addr){0, IP4_MAPPED | host_order};
}

static inline bool ip_is4(struct ip_addr a)
{
    return a.hi == 0 && (a.lo & 0xffffffff00000000ull) == IP4_MAPPED;
}

static inline uint32_t ip_to4(struct ip_addr a)
{
    return (uint32_t)a.lo;
}

static inline bool ip_equal(struct ip_addr a, struct ip_addr b)
{
    return ((a.hi ^ b.hi) | (a.lo ^ b.lo)) == 0;
}

#define IP_RANGE_WIDE (1ull << 63)
#define IP_RANGES_MAX   64 /* blocks that a pool of addresses may have */
#define PORT_RANGES_MAX 64

/* Ports from lo to hi, both included. */
struct port_range {
    uint16_t lo, hi;
};

static inline uint32_t port_range_count(struct port_range r)
{
    return (uint32_t)r.hi - r.lo + 1;
}

/* A block of addresses: `first` .. `first + count - 1`. */
struct ip_range {
    struct ip_addr first;
    uint64_t count; /* saturates at IP_RANGE_WIDE for wide IPv6 prefixes */
    uint8_t prefix_len; /* of the family: 0..32 or 0..128 */
};

/* Whether `a` is one of the block, all 2^64 and more of a wide IPv6 prefix included. */
bool ip_range_has(const struct ip_range *r, struct ip_addr a);
struct ip_addr ip_range_last(const struct ip_range *r);
static inline bool ip_is_none(struct ip_addr a)
{
    return a.hi == 0 && a.lo == 0;
}
/* ff00::/8 (RFC 4291 2.7). */
static inline bool ip6_is_multicast(struct ip_addr a)
{
    return a.hi >> 56 == 0xff;
}

/* "198.18.0.1" | "2001:2::1"; 0 or -EINVAL. */
int ip_parse(const char *text, struct ip_addr *out);
/* "198.18.0.0/17" or one address. Host bits set are kept out of `first` only when `network` is all
 * zero there; an address inside a prefix ("198.18.0.5/24") is -EINVAL. */
int ip_parse_range(const char *text, struct ip_range *out);
/* Cuts "[2001:2::1]:9000", "198.19.0.0/28:9000-9003" in place: returns what stands behind the
 * addresses, which `text` begins with then; NULL: it is neither. */
char *ip_cut_ports(char **text);
/* "198.18.0.1:9000" | "[2001:2::1]:9000"; 0 or -EINVAL. */
int ip_parse_endpoint(const char *text, struct ip_addr *addr, uint16_t *port);
char *ip_format(char *buf, size_t size, struct ip_addr a); /* 46 bytes are enough */
/* Private, loopback, link-local, benchmarking, documentation: where traffic may go unasked. */
bool ip_is_reserved_for_tests(struct ip_addr a);
static inline struct ip_addr ip_nth(struct ip_range r, uint64_t n)
{
    struct ip_addr a = r.first;
    a.lo += n;
    a.hi += a.lo < n;
    return a;
}

#endif
