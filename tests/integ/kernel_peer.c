/* SPDX-License-Identifier: BSD-3-Clause */
#include "kernel_peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/units.h"

static void complain(const char *format, va_list args)
{
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void usage_die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    exit(2);
}

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    exit(1);
}

static struct endpoint endpoint_of(struct ip_addr a, uint16_t port)
{
    struct endpoint e = {.len = 0};
    if (ip_is4(a)) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
        in.sin_addr.s_addr = htonl(ip_to4(a));
        memcpy(&e.addr, &in, e.len = sizeof in);
        return e;
    }
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    uint64_t words[2] = {htobe64(a.hi), htobe64(a.lo)};
    memcpy(&in6.sin6_addr, words, sizeof words);
    memcpy(&e.addr, &in6, e.len = sizeof in6);
    return e;
}

struct endpoint endpoint_parse(const char *text)
{
    struct ip_addr a;
    uint16_t port;
    if (ip_parse_endpoint(text, &a, &port) != 0)
        usage_die("\"%s\": expected ADDRESS:PORT", text);
    return endpoint_of(a, port);
}

struct endpoint source_parse(const char *text)
{
    struct ip_addr a;
    if (ip_parse(text, &a) != 0)
        usage_die("\"%s\": expected an address", text);
    return endpoint_of(a, 0);
}

uint64_t number_parse(const char *option, const char *text, uint64_t low, uint64_t high)
{
    uint64_t n;
    if (units_parse_count(text, &n) != 0 || n < low || n > high)
        usage_die("--%s=%s: expected a whole number from %lu to %lu", option, text, low, high);
    return n;
}

int socket_open(const struct endpoint *e)
{
    int one = 1, fd = socket(e->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

void files_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        die("open-file limit: %m");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        die("open-file limit %lu: %m", (unsigned long)limit.rlim_max);
}
