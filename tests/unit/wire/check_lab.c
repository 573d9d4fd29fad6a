/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/err.h"
#include "need_lab.h"
#include "wire/lab.h"
#include "wire/netdev.h"

static struct ip_range one(uint32_t addr, uint8_t prefix_len)
{
    return (struct ip_range){ip4_addr(addr), 1, prefix_len};
}

enum { NEAR_IP = 0xc6120001, FAR_IP = 0xc6128001, PORT = 7000 };

static struct lab_config config(int (*peer)(void *, int))
{
    return (struct lab_config){.queues = 2,
                               .near_kernel = true,
                               .far_kernel = true,
                               .near_addr = one(NEAR_IP, 24),
                               .far_addr = one(FAR_IP, 24),
                               .peer = peer};
}

static ino_t own_namespace(void)
{
    struct stat st;
    ck_assert_int_eq(stat("/proc/thread-self/ns/net", &st), 0);
    return st.st_ino;
}

static int see_near(void *arg)
{
    struct netdev *dev = arg;
    return netdev_read(LAB_NEAR_IFACE, dev);
}

START_TEST(near_end_is_up_in_another_namespace)
{
    struct lab *lab;
    struct err e = {0};
    struct netdev dev;
    struct lab_config cfg = config(idle_peer);
    cfg.mtu = 1400;
    ino_t before = own_namespace();
    ck_assert_msg(lab_open(&cfg, &lab, &e) == 0, "%s", e.message);
    ck_assert_uint_eq(own_namespace(), before);
    ck_assert_uint_eq(if_nametoindex(LAB_NEAR_IFACE), 0);
    ck_assert_int_eq(lab_call_near(lab, see_near, &dev), 0);
    ck_assert_str_eq(dev.driver, "veth");
    ck_assert(dev.running);
    ck_assert_uint_eq(dev.queues, 2);
    ck_assert_uint_eq(dev.mtu, 1400);
    ck_assert_int_gt(lab_peer_pid(lab), 0);
    lab_close(lab, 100, NULL);
}
END_TEST

static int offloads_near(void *arg)
{
    (void)arg;
    int on = 0;
    for (int i = OFFLOAD_TX_CSUM; i <= OFFLOAD_GSO; i++)
        on += netdev_offload(LAB_NEAR_IFACE, (enum netdev_offload)i) == 1;
    return on;
}

START_TEST(offloads_are_off_on_a_kernel_end_only)
{
    struct lab *lab;
    struct err e = {0};
    struct lab_config cfg = config(idle_peer);
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), 0);
    ck_assert_int_eq(lab_call_near(lab, offloads_near, NULL), 0);
    lab_close(lab, 100, NULL);
    cfg.near_kernel = false;
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), 0);
    ck_assert_int_eq(lab_call_near(lab, offloads_near, NULL), 3);
    lab_close(lab, 100, NULL);
}
END_TEST

/* IPv4 as IPv4-mapped: one socket for both families. */
static struct sockaddr_in6 endpoint(struct ip_addr ip)
{
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
    const uint64_t six[2] = {htobe64(ip.hi), htobe64(ip.lo)};
    memcpy(&at.sin6_addr, six, sizeof six);
    return at;
}

static int serve_once(void *ctx, int ready_fd)
{
    struct sockaddr_in6 at = endpoint(*(struct ip_addr *)ctx);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1) || write(ready_fd, "", 1) != 1)
        return 9;
    int c = accept(fd, NULL, NULL);
    return c >= 0 && write(c, "hello", 5) == 5 ? 4 : 8;
}

static int connect_near(void *arg)
{
    char text[5] = {0};
    struct sockaddr_in6 to = endpoint(*(struct ip_addr *)arg);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    int ret = connect(fd, (struct sockaddr *)&to, sizeof to) ? -errno : 0;
    if (!ret)
        ret = (int)recv(fd, text, sizeof text, MSG_WAITALL);
    close(fd);
    return ret;
}

static void kernels_talk(struct lab_config cfg, struct ip_addr far_ip)
{
    struct lab *lab;
    struct err e = {0};
    int status = -1;
    cfg.ctx = &far_ip;
    ck_assert_msg(lab_open(&cfg, &lab, &e) == 0, "%s", e.message);
    ck_assert_int_eq(lab_call_near(lab, connect_near, &far_ip), 5);
    lab_close(lab, 2000, &status);
    ck_assert_msg(status == 4 || status == 128 + SIGTERM, "status %d", status);
}

START_TEST(kernels_reach_each_other_across_subnets)
{
    kernels_talk(config(serve_once), ip4_addr(FAR_IP));
}
END_TEST

START_TEST(kernels_reach_each_other_in_one_subnet)
{
    struct lab_config cfg = config(serve_once);
    cfg.near_addr.prefix_len = cfg.far_addr.prefix_len = 16;
    kernels_talk(cfg, ip4_addr(FAR_IP));
}
END_TEST

static struct lab_config config6(int (*peer)(void *, int))
{
    struct lab_config cfg = config(peer);
    cfg.near_addr = (struct ip_range){{0x2001000200000000, 1}, 1, 128};
    cfg.far_addr = (struct ip_range){{0x2001000200000001, 1}, 1, 128};
    return cfg;
}

START_TEST(kernels_speak_ipv6)
{
    struct lab_config cfg = config6(serve_once);
    kernels_talk(cfg, cfg.far_addr.first);
    cfg.near_addr.prefix_len = cfg.far_addr.prefix_len = 62; /* one subnet */
    kernels_talk(cfg, cfg.far_addr.first);
}
END_TEST

START_TEST(kernels_speak_with_tags)
{
    struct lab_config cfg = config(serve_once);
    cfg.vlan = 7;
    kernels_talk(cfg, ip4_addr(FAR_IP));
    cfg.vlan_outer = 4094;
    kernels_talk(cfg, ip4_addr(FAR_IP));
    cfg = config6(serve_once);
    cfg.vlan = 7;
    cfg.vlan_outer = 9;
    kernels_talk(cfg, cfg.far_addr.first);
}
END_TEST

START_TEST(a_block_is_local_as_a_whole)
{
    struct lab_config cfg = config(serve_once);
    cfg.far_addr = (struct ip_range){ip4_addr(0xc6128000), 256, 24};
    kernels_talk(cfg, ip4_addr(0xc61280c8));
}
END_TEST

static int die_early(void *ctx, int ready_fd)
{
    (void)ctx, (void)ready_fd;
    return 5;
}

START_TEST(a_peer_that_dies_is_told)
{
    struct lab *lab;
    struct err e = {0};
    struct lab_config cfg = config(die_early);
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), -ECHILD);
    ck_assert_int_eq(e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(e.message, "with status 5"));
}
END_TEST

START_TEST(commands_run_in_the_far_namespace)
{
    struct lab *lab;
    struct err e = {0};
    int status = -1;
    char *argv[] = {"sh", "-c", "test -e /proc/sys/net/ipv4/conf/wb1 && sleep 0.2 && exit 6", NULL};
    struct lab_config cfg = config(NULL);
    cfg.argv = argv;
    ck_assert_msg(lab_open(&cfg, &lab, &e) == 0, "%s", e.message);
    ck_assert_int_eq(kill(lab_peer_pid(lab), 0), 0); /* the command's own number, seen from here */
    while (kill(lab_peer_pid(lab), 0) == 0)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    lab_close(lab, 1000, &status);
    ck_assert_int_eq(status, 6);
}
END_TEST

START_TEST(a_command_that_is_not_there_is_named)
{
    struct lab *lab;
    struct err e = {0};
    char *argv[] = {"/nonexistent/server", NULL};
    struct lab_config cfg = config(NULL);
    cfg.argv = argv;
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), -ENOENT);
    ck_assert_ptr_nonnull(strstr(e.message, "/nonexistent/server"));
}
END_TEST

START_TEST(a_stubborn_peer_is_killed_with_its_children)
{
    struct lab *lab;
    struct err e = {0};
    int status = -1, held[2];
    char byte;
    char *argv[] = {"sh", "-c", "trap '' TERM; echo >&9; sleep 100 & sleep 100", NULL};
    struct lab_config cfg = config(NULL);
    cfg.argv = argv;
    ck_assert_int_eq(pipe(held), 0);
    ck_assert_int_eq(dup2(held[1], 9), 9);
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), 0);
    ck_assert_int_eq(read(held[0], &byte, 1), 1); /* the trap is set */
    lab_close(lab, 50, &status);
    ck_assert_int_eq(status, 128 + SIGKILL);
    close(held[1]), close(9);
    ck_assert_int_eq(read(held[0], &byte, 1), 0); /* nobody holds the other end any more */
}
END_TEST

CHECK_MAIN("wire/lab", near_end_is_up_in_another_namespace, offloads_are_off_on_a_kernel_end_only,
           kernels_reach_each_other_across_subnets, kernels_reach_each_other_in_one_subnet,
           kernels_speak_ipv6, kernels_speak_with_tags, a_block_is_local_as_a_whole, a_peer_that_dies_is_told, commands_run_in_the_far_namespace,
           a_command_that_is_not_there_is_named, a_stubborn_peer_is_killed_with_its_children)
