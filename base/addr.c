/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/addr.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 64 /* the longest address, brackets, port and prefix fit */

int ip_parse(const char *text, struct ip_addr *out)
{
    struct in_addr four;
    uint64_t six[2];
    if (inet_pton(AF_INET, text, &four) == 1)
        *out = ip4_addr(ntohl(four.s_addr));
    else if (inet_pton(AF_INET6, text, six) == 1)
        *out = (struct ip_addr){be64toh(six[0]), be64toh(six[1])};
    else
        return -EINVAL;
    return 0;
}

/* Digits only, no sign, no blanks: what strtoul alone would let pass. */
static int parse_number(const char *text, unsigned max, unsigned *out)
{
    size_t len = strlen(text);
    if (len == 0 || len > 5 || strspn(text, "0123456789") != len)
        return -EINVAL;
    *out = (unsigned)strtoul(text, NULL, 10);
    return *out <= max ? 0 : -EINVAL;
}

/* The mask of the low `bits` bits, 0..64. */
static uint64_t low_bits(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;
}

static struct ip_addr host_mask(unsigned host_bits)
{
    return (struct ip_addr){host_bits > 64 ? low_bits(host_bits - 64) : 0, low_bits(host_bits)};
}

static int make_range(struct ip_addr first, unsigned prefix_len, struct ip_range *out)
{
    unsigned host_bits = (ip_is4(first) ? 32 : 128) - prefix_len;
    struct ip_addr mask = host_mask(host_bits);
    if ((first.hi & mask.hi) || (first.lo & mask.lo))
        return -EINVAL;
    out->first = first;
    out->count = host_bits < 63 ? 1ull << host_bits : IP_RANGE_WIDE;
    out->prefix_len = (uint8_t)prefix_len;
    return 0;
}

int ip_parse_range(const char *text, struct ip_range *out)
{
    char head[TEXT_MAX];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    struct ip_addr first;
    if (len >= sizeof head)
        return -EINVAL;
    memcpy(head, text, len);
    head[len] = '\0';
    if (ip_parse(head, &first))
        return -EINVAL;
    unsigned bits = ip_is4(first) ? 32 : 128, prefix_len = bits;
    if (slash && parse_number(slash + 1, bits, &prefix_len))
        return -EINVAL;
    return make_range(first, prefix_len, out);
}

char *ip_cut_ports(char **text)
{
    char *colon = strrchr(*text, ':');
    if (!colon)
        return NULL;
    *colon = '\0';
    if (**text != '[')
        return strchr(*text, ':') ? NULL : colon + 1; /* IPv6 needs its brackets */
    if (colon[-1] != ']')
        return NULL;
    colon[-1] = '\0';
    ++*text;
    return strchr(*text, ':') ? colon + 1 : NULL; /* and only IPv6 has them */
}

int ip_parse_endpoint(const char *text, struct ip_addr *addr, uint16_t *port)
{
    char copy[TEXT_MAX], *head = copy;
    unsigned number;
    if (strlen(text) >= sizeof copy)
        return -EINVAL;
    strcpy(copy, text);
    char *tail = ip_cut_ports(&head);
    if (!tail || parse_number(tail, UINT16_MAX, &number) || !number)
        return -EINVAL;
    *port = (uint16_t)number;
    return ip_parse(head, addr);
}

char *ip_format(char *buf, size_t size, struct ip_addr a)
{
    char text[INET6_ADDRSTRLEN];
    uint64_t six[2] = {htobe64(a.hi), htobe64(a.lo)};
    uint32_t four = htonl(ip_to4(a));
    if (ip_is4(a))
        inet_ntop(AF_INET, &four, text, sizeof text);
    else
        inet_ntop(AF_INET6, six, text, sizeof text);
    snprintf(buf, size, "%s", text);
    return buf;
}

bool ip_range_has(const struct ip_range *r, struct ip_addr a)
{
    uint64_t lo = a.lo - r->first.lo, hi = a.hi - r->first.hi - (a.lo < r->first.lo);
    if (r->count < IP_RANGE_WIDE)
        return hi == 0 && lo < r->count;
    struct ip_addr mask = host_mask(128u - r->prefix_len);
    return (a.hi & ~mask.hi) == r->first.hi && (a.lo & ~mask.lo) == r->first.lo;
}

struct ip_addr ip_range_last(const struct ip_range *r)
{
    if (r->count < IP_RANGE_WIDE)
        return ip_nth(*r, r->count ? r->count - 1 : 0);
    struct ip_addr mask = host_mask(128u - r->prefix_len);
    return (struct ip_addr){r->first.hi | mask.hi, r->first.lo | mask.lo};
}

struct block {
    struct ip_addr first;
    uint8_t prefix_len;
};

#define IP4(a, b, c, d)                                                                            \
    {                                                                                              \
        0, IP4_MAPPED | (uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d)                           \
    }

static const struct block reserved[] = {
    {IP4(10, 0, 0, 0), 8}, /* RFC 1918 */
    {IP4(172, 16, 0, 0), 12},
    {IP4(192, 168, 0, 0), 16},
    {IP4(127, 0, 0, 0), 8},    /* loopback, RFC 1122 3.2.1.3 */
    {IP4(169, 254, 0, 0), 16}, /* link-local, RFC 3927 */
    {IP4(198, 18, 0, 0), 15},  /* benchmarking, RFC 2544 */
    {IP4(192, 0, 2, 0), 24},   /* documentation, RFC 5737 */
    {IP4(198, 51, 100, 0), 24},
    {IP4(203, 0, 113, 0), 24},
    {{0, 1}, 128},                 /* ::1 */
    {{0x2001000200000000, 0}, 48}, /* benchmarking, RFC 5180 */
    {{0x20010db800000000, 0}, 32}, /* documentation, RFC 3849 */
    {{0xfc00000000000000, 0}, 7},  /* unique local, RFC 4193 */
    {{0xfe80000000000000, 0}, 10}, /* link-local, RFC 4291 */
};

static bool in_block(struct ip_addr a, const struct block *b)
{
    struct ip_addr mask = host_mask((ip_is4(b->first) ? 32 : 128) - b->prefix_len);
    return (a.hi & ~mask.hi) == b->first.hi && (a.lo & ~mask.lo) == b->first.lo;
}

bool ip_is_reserved_for_tests(struct ip_addr a)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (in_block(a, &reserved[i]))
            return true;
    return false;
}
