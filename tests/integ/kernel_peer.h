/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel-socket programs of the tests share. They stand for the rest of the world: plain
 * sockets, nothing of gen/. A program that cannot go on says why on stderr and ends.
 */
#ifndef TESTS_INTEG_KERNEL_PEER_H
#define TESTS_INTEG_KERNEL_PEER_H

#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
    struct sockaddr_storage addr;
    socklen_t len;
};

/* "name: message" to stderr, then exit 2 (usage) or 1. errno is told by %m in the format. */
void usage_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* "10.0.0.1:7000" | "[::1]:7000"; dies on anything else. */
struct endpoint endpoint_parse(const char *text);
/* An address without a port. */
struct endpoint source_parse(const char *text);
/* A whole number from `low` to `high` ("10k" is fine); dies naming the option. */
uint64_t number_parse(const char *option, const char *text, uint64_t low, uint64_t high);
/* A non-blocking TCP socket of the endpoint's family without Nagle's delay; -1 and errno. */
int socket_open(const struct endpoint *e);
/* As many open files as the hard limit allows. */
void files_raise(void);

#endif
