/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * script_kernel FILE.pkt...: plays each script against the kernel's TCP over IPv4 and IPv6, in a
 * network namespace of its own each, through a TUN device: what the script sends is written there, what
 * the kernel sends is read from it; the calls are real calls on non-blocking sockets. Real time: a script
 * takes as long as it says. All run side by side, a process each, from when all namespaces are there.
 *
 * Prints a line for each: "passes FILE over IPv4" or "differs FILE over IPv6: why". Exit code 0 when all
 * passed, 1 when one did not, 77 without the privileges.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "script/engine.h"
#include "wire/netlink.h"

#define LATE_NS  60000000u /* of a busy machine, beside the script's own tolerance */
#define ETH      14
#define MTU      1500
#define SKIPPED  77

struct kernel {
    int tun;
    bool ip6;
    int fds[SCRIPT_FDS];
    uint64_t start_ns;
    uint16_t ours, theirs; /* ports, as seen */
    struct segment next;
    uint64_t next_ns;
    bool waits;
};

static uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static _Noreturn void lack(const char *what)
{
    fprintf(stderr, "skipped: %s: %s\n", what, strerror(errno));
    _exit(SKIPPED);
}

/* --- the device -------------------------------------------------------------------------------- */

static void set_mtu(const char *name, int mtu)
{
    struct ifreq r = {.ifr_mtu = mtu};
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
    if (s < 0 || ioctl(s, SIOCSIFMTU, &r))
        lack("the MTU of the TUN device");
    close(s);
}

/* The device belongs to the namespace that it is made in. */
static int open_tun(bool ip6)
{
    struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    if (unshare(CLONE_NEWNET))
        lack("a network namespace");
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &r))
        lack("a TUN device");
    set_mtu(r.ifr_name, ip6 ? MTU + SCRIPT_IP6_MORE : MTU);
    errno = -netlink_link_up(r.ifr_name);
    if (errno)
        lack("the TUN device up");
    errno = -netlink_addr_add(r.ifr_name, script_our_addr(ip6), ip6 ? 64 : 24);
    if (errno)
        lack("an address for the TUN device");
    return fd;
}

/* --- time and segments ------------------------------------------------------------------------- */

static uint64_t kernel_now(void *ctx)
{
    struct kernel *k = ctx;
    return clock_ns() - k->start_ns;
}

/* The next TCP segment that the kernel sent; others are passed over. */
static bool look(struct kernel *k)
{
    uint8_t frame[ETH + 65536] = {0};
    ssize_t n;
    frame[12] = k->ip6 ? 0x86 : 8;
    frame[13] = k->ip6 ? 0xdd : 0;
    while (!k->waits && (n = read(k->tun, frame + ETH, sizeof frame - ETH)) > 0)
        if (segment_read(&k->next, frame, (size_t)n + ETH)) {
            k->waits = true;
            k->next_ns = kernel_now(k);
            k->ours = k->next.src_port;
            k->theirs = k->next.dst_port;
        }
    return k->waits;
}

static void kernel_wait(void *ctx, uint64_t until_ns)
{
    struct kernel *k = ctx;
    while (!look(k)) {
        uint64_t now = kernel_now(k);
        if (now >= until_ns)
            return;
        struct timespec t = {(time_t)((until_ns - now) / 1000000000u),
                             (long)((until_ns - now) % 1000000000u)};
        ppoll(&(struct pollfd){.fd = k->tun, .events = POLLIN}, 1, &t, NULL);
    }
}

static bool kernel_sent(void *ctx, struct segment *out, uint64_t *at_ns)
{
    struct kernel *k = ctx;
    if (!look(k))
        return false;
    *out = k->next;
    *at_ns = k->next_ns;
    k->waits = false;
    return true;
}

static void kernel_arrive(void *ctx, const struct segment *s)
{
    struct kernel *k = ctx;
    const struct segment_ends ends = {script_peer_addr(k->ip6), script_our_addr(k->ip6)};
    uint8_t packet[65536 + SEGMENT_HEADERS_MAX];
    struct segment out = *s;
    out.src_port = k->theirs ? k->theirs : SCRIPT_OTHER;
    out.dst_port = k->ours ? k->ours : SCRIPT_PORT;
    ssize_t n = write(k->tun, packet, segment_write(packet, &out, &ends));
    (void)n; /* what did not arrive shows */
}

/* --- calls ------------------------------------------------------------------------------------- */

static const char *error_name(int error)
{
    switch (error) {
    case EAGAIN:
        return "EAGAIN";
    case EINPROGRESS:
        return "EINPROGRESS";
    case ECONNREFUSED:
        return "ECONNREFUSED";
    case ECONNRESET:
        return "ECONNRESET";
    case EPIPE:
        return "EPIPE";
    case ETIMEDOUT:
        return "ETIMEDOUT";
    case ENOTCONN:
        return "ENOTCONN";
    case EBADF:
        return "EBADF";
    }
    return strerror(error);
}

union address {
    struct sockaddr any;
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
};

static union address address(struct ip_addr addr, uint16_t port)
{
    union address a = {.ip6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
    const uint64_t words[2] = {htobe64(addr.hi), htobe64(addr.lo)};
    if (ip_is4(addr))
        return (union address){.ip4 = {.sin_family = AF_INET, .sin_port = htons(port),
                                       .sin_addr = {htonl(ip_to4(addr))}}};
    memcpy(&a.ip6.sin6_addr, words, sizeof words);
    return a;
}

static int bind_it(const struct kernel *k, int fd, uint16_t port)
{
    union address at = address(script_our_addr(k->ip6), port);
    return bind(fd, &at.any, sizeof at);
}

static int set_option(int fd, const struct script_row *row)
{
    int one = (int)row->value;
    struct linger l = {.l_onoff = one};
    if (!strcmp(row->name, "SO_LINGER"))
        return setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
    if (!strcmp(row->name, "TCP_NODELAY"))
        return setsockopt(fd, IPPROTO_TCP, 1, &one, sizeof one);
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
}

static int connect_it(const struct kernel *k, int fd)
{
    union address to = address(script_peer_addr(k->ip6), SCRIPT_PORT);
    if (bind_it(k, fd, SCRIPT_OTHER))
        return -1;
    return connect(fd, &to.any, sizeof to);
}

static int64_t make(struct kernel *k, const struct script_row *row, int fd)
{
    if (fd < 0 || row->result < 0)
        return fd < 0 ? -1 : 0;
    k->fds[row->result] = fd;
    return row->result;
}

static int64_t call_on(struct kernel *k, const struct script_row *row, int fd)
{
    static char text[1 << 20];
    switch (row->call) {
    case CALL_SETSOCKOPT:
        return set_option(fd, row);
    case CALL_FCNTL:
        return 0; /* all are non-blocking */
    case CALL_BIND:
        return bind_it(k, fd, SCRIPT_PORT);
    case CALL_LISTEN:
        return listen(fd, 16);
    case CALL_ACCEPT:
        return make(k, row, accept4(fd, NULL, NULL, SOCK_NONBLOCK));
    case CALL_CONNECT:
        return connect_it(k, fd);
    case CALL_WRITE:
        return send(fd, text, row->amount, MSG_NOSIGNAL);
    case CALL_READ:
        return recv(fd, text, row->amount, 0);
    case CALL_SHUTDOWN:
        return shutdown(fd, SHUT_WR);
    case CALL_CLOSE:
        k->fds[row->fd] = -1;
        return close(fd);
    case CALL_SOCKET:
    case CALL_COUNT:
        break;
    }
    return 0;
}

static int64_t kernel_call(void *ctx, const struct script_row *row, const char **error)
{
    struct kernel *k = ctx;
    int64_t result;
    errno = 0;
    if (row->call == CALL_SOCKET)
        result = make(k, row, socket(k->ip6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    else
        result = call_on(k, row, row->fd < 0 ? -1 : k->fds[row->fd]);
    if (result < 0)
        *error = error_name(errno);
    return result < 0 ? -1 : result;
}

/* --- all --------------------------------------------------------------------------------------- */

/* Until everybody has let go of the gate: no namespace is made while a script looks at its clock. */
static void await_all(const int gate[2])
{
    char none;
    close(gate[1]);
    while (read(gate[0], &none, 1) > 0)
        continue;
}

static int play(const char *path, bool ip6, const int gate[2])
{
    struct script s;
    struct err e = {0};
    char why[SCRIPT_WHY];
    struct kernel k = {.ip6 = ip6};
    if (script_load(&s, path, &e)) {
        fprintf(stderr, "%s\n", e.message);
        return 2;
    }
    memset(k.fds, 0xff, sizeof k.fds);
    k.tun = open_tun(ip6);
    await_all(gate);
    k.start_ns = clock_ns();
    struct script_side side = {kernel_now, kernel_wait, kernel_sent, kernel_arrive, kernel_call, &k};
    struct script_play how = {.peer_iss = 1000, .late_ns = LATE_NS};
    int rc = script_run(&s, &side, &how, why);
    printf("%s %s over IPv%d%s%s\n", rc ? "differs" : "passes", path, ip6 ? 6 : 4, rc ? ": " : "",
           rc ? why : "");
    fflush(stdout);
    script_free(&s);
    return rc ? 1 : 0;
}

int main(int argc, char **argv)
{
    int worst = 0, skipped = 0, players = 2 * (argc - 1), status, gate[2];
    if (argc < 2 || pipe(gate)) {
        fprintf(stderr, "script_kernel FILE.pkt...\n");
        return 2;
    }
    for (int i = 0; i < players; i++) {
        if (!fork()) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            _exit(play(argv[1 + i / 2], i % 2, gate));
        }
    }
    close(gate[1]);
    while (wait(&status) > 0) {
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : 4;
        if (code == 77)
            skipped++;
        else
            worst = code > worst ? code : worst;
    }
    if (skipped == players)
        return 77;
    return skipped ? 4 : worst; /* some could be played and others not: that is no skip */
}
