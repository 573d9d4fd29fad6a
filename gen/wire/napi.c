/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/napi.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/csum.h"

/* Newer than the headers of some systems that we build on. */
#ifndef SO_INCOMING_NAPI_ID
#define SO_INCOMING_NAPI_ID 56
#endif

enum { FIRST_PORT = 49152, ANSWERS = 0, ASKS = 1 };
struct hello {
    struct ether_header eth;
    struct iphdr ip;
    struct udphdr udp;
    uint8_t text;
} __attribute__((packed));

enum { SINCE_MAJOR = 6, SINCE_MINOR = 18 };

bool napi_supported(void)
{
    struct utsname u;
    int major, minor;
    if (uname(&u) || sscanf(u.release, "%d.%d", &major, &minor) != 2)
        return false;
    return major > SINCE_MAJOR || (major == SINCE_MAJOR && minor >= SINCE_MINOR);
}

static int set(int fd, int option, const void *value, size_t len)
{
    return setsockopt(fd, SOL_SOCKET, option, value, (socklen_t)len) ? -errno : 0;
}

static int listen_on(int fd, const char *iface, uint32_t queue, uint32_t budget)
{
    const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(FIRST_PORT + queue))};
    int yes = 1, us = 1, frames = (int)budget;
    int ret = set(fd, SO_BINDTODEVICE, iface, strlen(iface) + 1);
    ret = ret ? ret : set(fd, SO_PREFER_BUSY_POLL, &yes, sizeof yes);
    ret = ret ? ret : set(fd, SO_BUSY_POLL, &us, sizeof us);
    ret = ret ? ret : set(fd, SO_BUSY_POLL_BUDGET, &frames, sizeof frames);
    return ret ? ret : bind(fd, (const struct sockaddr *)&any, sizeof any) ? -errno : 0;
}

int napi_open(struct napi *n, const char *iface, uint32_t queue, uint32_t budget)
{
    n->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (n->fd < 0)
        return -errno;
    int ret = listen_on(n->fd, iface, queue, budget);
    if (ret)
        napi_close(n);
    return ret;
}

void napi_close(struct napi *n)
{
    if (n->fd >= 0)
        close(n->fd);
    n->fd = -1;
}

/* From 0.0.0.0 to 255.255.255.255, as hosts without an address speak (RFC 1122 3.2.1.3), to every MAC; a
 * UDP datagram without a checksum (RFC 768). */
void napi_hello(uint8_t frame[NAPI_HELLO_BYTES], uint32_t queue, bool ask)
{
    uint16_t port = htons((uint16_t)(FIRST_PORT + queue));
    struct hello h = {
        .eth = {.ether_dhost = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, .ether_shost = {2}, /* nobody's */
                .ether_type = htons(ETHERTYPE_IP)},
        .ip = {.version = IPVERSION, .ihl = sizeof h.ip / 4, .tot_len = htons(sizeof h - sizeof h.eth),
               .ttl = 1, .protocol = IPPROTO_UDP, .daddr = INADDR_BROADCAST},
        .udp = {.source = port, .dest = port, .len = htons(sizeof h.udp + sizeof h.text)},
        .text = ask ? ASKS : ANSWERS,
    };
    h.ip.check = (uint16_t)~csum_fold(csum_add(&h.ip, sizeof h.ip));
    memset(frame, 0, NAPI_HELLO_BYTES);
    memcpy(frame, &h, sizeof h);
}

bool napi_known(const struct napi *n)
{
    int id = 0;
    socklen_t len = sizeof id;
    return getsockopt(n->fd, SOL_SOCKET, SO_INCOMING_NAPI_ID, &id, &len) == 0 && id != 0;
}

bool napi_run(const struct napi *n)
{
    uint8_t text = 0;
    return recv(n->fd, &text, sizeof text, MSG_DONTWAIT) == sizeof text && text == ASKS;
}
