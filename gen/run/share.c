/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/share.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "wire/nexthop.h"

#define ANSWER_MS    3000 /* as long as the kernel asks: three times, a second apart */
#define SHARED_MOST  256  /* addresses that an interface is asked for */
#define OWNED_TEXT   200

void share_iface(const char *device, char out[16])
{
    size_t len = strcspn(device, ":");
    snprintf(out, 16, "%.*s", (int)(len < 15 ? len : 15), device);
}

struct share share_of_client(const struct job *job, const char *iface)
{
    return (struct share){.job = job, .iface = iface, .addrs = job->sources,
                          .addrs_count = job->sources_count, .ports = job->ports,
                          .ports_count = job->ports_count, .addrs_key = "source",
                          .ports_key = "ports"};
}

struct share share_of_responder(const struct job *job, const char *iface, struct share_lists *lists)
{
    const char *key = job_targets_key(job);
    for (uint32_t i = 0; i < job->targets_count; i++) {
        lists->addrs[i] = job->targets[i].addrs;
        lists->ports[i] = job->targets[i].ports;
    }
    return (struct share){.job = job, .iface = iface, .addrs = lists->addrs, .ports = lists->ports,
                          .addrs_count = job->targets_count, .ports_count = job->targets_count,
                          .addrs_key = key, .ports_key = key, .paired = true};
}

/* ---- addresses and ports ---- */

/* The first port of `range` that the list does not have for `addr`; 0: it has all of them. */
static uint32_t missing_port(const struct share *s, struct ip_addr addr, struct port_range range)
{
    uint32_t port = range.lo, i = 0;
    while (port <= range.hi && i < s->addrs_count) {
        bool listed = port >= s->ports[i].lo && port <= s->ports[i].hi && ip_range_has(&s->addrs[i], addr);
        port = listed ? s->ports[i].hi + 1u : port;
        i = listed ? 0 : i + 1;
    }
    return port <= range.hi ? port : 0;
}

static int check_pairs(const struct share *s, struct err *e)
{
    char text[64];
    for (uint32_t i = 0; i < s->addrs_count; i++)
        for (uint64_t n = 0; n < s->addrs[i].count && n < SHARED_MOST; n++)
            for (uint32_t k = 0; k < s->ports_count; k++) {
                struct ip_addr addr = ip_nth(s->addrs[i], n);
                uint32_t port = missing_port(s, addr, s->ports[k]);
                if (port)
                    return job_refuse(e, s->job, 0, s->ports_key,
                                      "shared_address = yes takes every address at every port, port %u of "
                                      "%s as well: expected all addresses with the same ports",
                                      port, ip_format(text, sizeof text, addr));
            }
    return 0;
}

/* ---- addresses ---- */

static bool address_of(const struct ifaddrs *a, struct ip_addr *out)
{
    uint64_t six[2];
    if (!a->ifa_addr)
        return false;
    if (a->ifa_addr->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, a->ifa_addr, sizeof four);
        *out = ip4_addr(ntohl(four.sin_addr.s_addr));
        return true;
    }
    if (a->ifa_addr->sa_family != AF_INET6)
        return false;
    memcpy(six, (const char *)a->ifa_addr + offsetof(struct sockaddr_in6, sin6_addr), sizeof six);
    *out = (struct ip_addr){be64toh(six[0]), be64toh(six[1])};
    return true;
}

bool share_takes(const struct share *s, struct ip_addr addr)
{
    for (uint32_t i = 0; i < s->addrs_count; i++)
        if (ip_range_has(&s->addrs[i], addr))
            return true;
    return false;
}

/* The kernel answers for its addresses on every interface, so each of them counts. */
static int check_apart(const struct share *s, const struct ifaddrs *all, struct err *e)
{
    struct ip_addr addr;
    char text[64];
    for (const struct ifaddrs *a = all; a; a = a->ifa_next)
        if (address_of(a, &addr) && share_takes(s, addr))
            return job_refuse(e, s->job, 0, s->addrs_key,
                              "%s is the kernel's own on %s, which would lose all its traffic: "
                              "expected other addresses, or shared_address = yes",
                              ip_format(text, sizeof text, addr), a->ifa_name);
    return 0;
}

static bool is_owned(const struct share *s, const struct ifaddrs *all, struct ip_addr wanted)
{
    struct ip_addr addr;
    for (const struct ifaddrs *a = all; a; a = a->ifa_next)
        if (!strcmp(a->ifa_name, s->iface) && address_of(a, &addr) && ip_equal(addr, wanted))
            return true;
    return false;
}

static const char *owned_text(const struct share *s, const struct ifaddrs *all, char buf[OWNED_TEXT])
{
    struct ip_addr addr;
    char text[64];
    size_t used = 0;
    snprintf(buf, OWNED_TEXT, "none");
    for (const struct ifaddrs *a = all; a && used < OWNED_TEXT - 64; a = a->ifa_next)
        if (!strcmp(a->ifa_name, s->iface) && address_of(a, &addr))
            used += (size_t)snprintf(buf + used, OWNED_TEXT - used, "%s%s", used ? ", " : "",
                                     ip_format(text, sizeof text, addr));
    return buf;
}

static int check_owned(const struct share *s, const struct ifaddrs *all, struct err *e)
{
    char text[64], owned[OWNED_TEXT];
    for (uint32_t i = 0; i < s->addrs_count; i++)
        for (uint64_t n = 0; n < s->addrs[i].count; n++) {
            struct ip_addr addr = ip_nth(s->addrs[i], n);
            if (n < SHARED_MOST && is_owned(s, all, addr))
                continue;
            return job_refuse(e, s->job, 0, s->addrs_key,
                              "shared_address = yes: %s is not an address of %s: expected of these: %s",
                              ip_format(text, sizeof text, addr), s->iface, owned_text(s, all, owned));
        }
    return 0;
}

int share_check(const struct share *s, struct err *e)
{
    struct ifaddrs *all;
    int paired = s->job->shared_address && s->paired ? check_pairs(s, e) : 0;
    if (paired)
        return paired;
    if (!if_nametoindex(s->iface))
        return 0; /* the wire says so, and better */
    if (getifaddrs(&all))
        return err_set(e, EXIT_ENVIRONMENT, -errno, "%s: its addresses cannot be read: %s", s->iface,
                       strerror(errno));
    int rc = s->job->shared_address ? check_owned(s, all, e) : check_apart(s, all, e);
    freeifaddrs(all);
    return rc || !s->job->shared_address ? rc : share_check_ports(s, e);
}

/* ---- the way to the servers ---- */

static uint32_t list_servers(const struct job *job, struct nexthop *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < job->targets_count; i++)
        for (uint64_t k = 0; k < job->targets[i].addrs.count; k++)
            out[n++] = (struct nexthop){.to = ip_nth(job->targets[i].addrs, k), .hop = job->gateway};
    return n;
}

static int tell_unknown(const struct nexthop *list, uint32_t count, const char *iface, struct err *e)
{
    char to[64], hop[64];
    uint32_t i = 0;
    while (i < count && list[i].known)
        i++;
    return err_set(e, EXIT_RUN, -EHOSTUNREACH,
                   "no_route: the kernel finds no neighbour %s on %s for %s: expected a host that is up "
                   "there",
                   ip_format(hop, sizeof hop, list[i].hop), iface, ip_format(to, sizeof to, list[i].to));
}

static int find_hops(struct nexthop *list, uint32_t count, const char *iface, struct err *e)
{
    char to[64];
    uint32_t failed;
    int rc = nexthop_route(iface, list, count, &failed);
    if (rc)
        return err_set(e, EXIT_RUN, rc, "no_route: the kernel has no route to %s on %s: %s",
                       ip_format(to, sizeof to, list[failed].to), iface, strerror(-rc));
    rc = nexthop_resolve(iface, list, count, ANSWER_MS);
    if (rc < 0)
        return err_set(e, EXIT_ENVIRONMENT, rc, "%s: the kernel's neighbours cannot be asked: %s",
                       iface, strerror(-rc));
    return rc ? tell_unknown(list, count, iface, e) : 0;
}

int share_resolve(const struct job *job, const char *iface, struct share_hops *out, struct err *e)
{
    uint64_t hosts = if_nametoindex(iface) ? job_pool_of(job).hosts : 0;
    struct nexthop *list = calloc(hosts, sizeof *list);
    *out = (struct share_hops){.known = calloc(hosts, sizeof *out->known)};
    if (!list || !out->known) {
        free(list);
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for %s's neighbours", iface);
    }
    uint32_t count = hosts ? list_servers(job, list) : 0;
    int rc = count ? find_hops(list, count, iface, e) : 0;
    for (; !rc && out->count < count; out->count++) {
        struct neigh_known *k = &out->known[out->count];
        k->addr = list[out->count].to;
        memcpy(k->mac, list[out->count].mac, sizeof k->mac);
    }
    free(list);
    return rc;
}

void share_hops_free(struct share_hops *hops)
{
    free(hops->known);
    *hops = (struct share_hops){0};
}
