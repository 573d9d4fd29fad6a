/* SPDX-License-Identifier: BSD-3-Clause */
/* What is shared with the kernel, by arithmetic and on this host's loopback. */
#include <sys/socket.h>
#include <unistd.h>

#include "run/share.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

#include <netinet/in.h>

START_TEST(test_reserved_ports)
{
    struct port_range r = {9000, 9010};
    ck_assert_uint_eq(share_reserved("", r), 0);
    ck_assert_uint_eq(share_reserved("8080,9148,10000-10100", r), 0);
    ck_assert_uint_eq(share_reserved("9000", r), 1);
    ck_assert_uint_eq(share_reserved("8000-9002,9005,9010-9020", r), 5);
    ck_assert_uint_eq(share_reserved("1-65535", r), 11);
    ck_assert_uint_eq(share_reserved("9000-70000,9001", r), 1);
    ck_assert_uint_eq(share_reserved("nonsense", r), 0);
}
END_TEST

START_TEST(test_device_to_interface)
{
    char name[16];
    share_iface("eth0:1", name);
    ck_assert_str_eq(name, "eth0");
    share_iface("a-name-that-is-too-long", name);
    ck_assert_str_eq(name, "a-name-that-is-");
}
END_TEST

static void refuses(const char *job, const char *iface, const char *says)
{
    struct fixture f;
    load_well(&f, job, NULL, NULL);
    struct share s = share_of_client(&f.job, iface);
    int rc = share_check(&s, &f.e);
    ck_assert_msg((rc < 0) == (says != NULL), "%s", f.e.message);
    if (says)
        ck_assert_msg(strstr(f.e.message, says) != NULL, "%s", f.e.message);
    fixture_fini(&f);
}

#define XDP "wire = xdp:lo\ntarget = 10.0.0.1:80\n"

START_TEST(test_the_kernels_address_is_not_ours)
{
    refuses(XDP "source = 127.0.0.0/28\n", "lo", "127.0.0.1 is the kernel's own on lo");
    refuses(XDP "source = 127.0.0.1\nshared_address = yes\nports = 20-29\nconnections = 5\n", "lo", NULL);
    refuses(XDP "source = 127.0.0.0/30\nshared_address = yes\n", "lo", "127.0.0.0 is not an address of lo");
    refuses(XDP "source = 198.18.0.1\n", "lo", NULL);
}
END_TEST

static void list_refused(char *const *arguments, char *const *environment, const char *says)
{
    struct fixture f;
    struct share_lists lists;
    load_well(&f, "wire = xdp:lo\nshared_address = yes\n", arguments, environment);
    struct share s = share_of_responder(&f.job, "lo", &lists);
    ck_assert_int_lt(share_check(&s, &f.e), 0);
    ck_assert_msg(strstr(f.e.message, says) != NULL, "%s: %s", f.e.message, says);
    fixture_fini(&f);
}

static void responder_refused(const char *list, const char *says)
{
    char listen[300];
    snprintf(listen, sizeof listen, "--listen=%s", list);
    list_refused(WORDS(listen), NULL, says);
}

START_TEST(test_who_gave_the_list_is_blamed)
{
    list_refused(WORDS("--target=10.0.0.1:80, 10.0.0.2:443"), NULL,
                 "--target=10.0.0.1:80, 10.0.0.2:443: shared_address = yes takes");
    list_refused(NULL, WORDS("BENCH_TARGET=10.0.0.1:80, 10.0.0.2:443"),
                 "BENCH_TARGET=10.0.0.1:80, 10.0.0.2:443: shared_address = yes takes");
    list_refused(NULL, WORDS("BENCH_LISTEN=10.0.0.1:80, 10.0.0.2:443"),
                 "BENCH_LISTEN=10.0.0.1:80, 10.0.0.2:443: shared_address = yes takes");
}
END_TEST

/* The filter looks for an address and for a port: what is in no list must not be taken with them. */
START_TEST(test_a_responder_takes_what_is_listed_only)
{
    static const char owned[] = "--listen=10.0.0.1:80-89, 10.0.0.1:443, 10.0.0.2:80-89, 10.0.0.2:443: "
                                "shared_address = yes: 10.0.0.1 is not an address of lo";
    responder_refused("10.0.0.1:80, 10.0.0.2:443",
                      "--listen=10.0.0.1:80, 10.0.0.2:443: shared_address = yes takes every address "
                      "at every port, port 443 of 10.0.0.1 as well: expected all addresses with the same "
                      "ports");
    responder_refused("10.0.0.1:80-89, 10.0.0.2:80-84, 10.0.0.2:86-89", "port 85 of 10.0.0.2 as well");
    responder_refused("10.0.0.0/30:80, 10.0.0.2:81", "port 81 of 10.0.0.0 as well");
    responder_refused("[fd00::1]:80, [fd00::2]:1", "port 1 of fd00::1 as well");
    responder_refused("10.0.0.1:80-89, 10.0.0.1:443, 10.0.0.2:80-89, 10.0.0.2:443", owned);
    responder_refused("10.0.0.1:84-89, 10.0.0.1:80-83, 10.0.0.2:80-89", "10.0.0.1 is not an address of lo");
    responder_refused("10.0.0.0/31:65535, 10.0.0.2:65535", "10.0.0.0 is not an address of lo");
}
END_TEST

/* ::1 is far from the beginning of its prefix, and further than can be counted from that of ::/0. */
START_TEST(test_wide_prefixes)
{
    static struct job job = {.sources_count = 1};
    static const struct {
        const char *prefix;
        bool taken;
    } rows[] = {{"::/0", true}, {"::/63", true}, {"::/64", true}, {"::/120", true}, {"::1", true},
                {"::2", false}, {"0:0:0:1::/64", false}, {"8000::/1", false}};
    struct share s = share_of_client(&job, "lo");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(ip_parse_range(rows[i].prefix, &job.sources[0]), 0);
        ck_assert_int_eq(share_takes(&s, (struct ip_addr){0, 1}), rows[i].taken);
    }
}
END_TEST

/* A port that a socket has, whoever's address it is bound to. */
START_TEST(test_a_port_in_use)
{
    char job[200], says[64];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (uint16_t port = 2000; port < 9000; port++) { /* below the kernel's own range */
        at.sin_port = htons(port);
        if (!bind(fd, (struct sockaddr *)&at, len))
            break;
    }
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    uint16_t port = ntohs(at.sin_port);
    snprintf(job, sizeof job, XDP "source = 127.0.0.1\nshared_address = yes\nports = %u\nconnections = 1\n", port);
    snprintf(says, sizeof says, "a socket of this host uses port %u", port);
    refuses(job, "lo", says);
    close(fd);
    refuses(job, "lo", NULL);
}
END_TEST

CHECK_MAIN("run/share", test_who_gave_the_list_is_blamed, test_reserved_ports, test_device_to_interface,
           test_the_kernels_address_is_not_ours, test_a_responder_takes_what_is_listed_only,
           test_wide_prefixes, test_a_port_in_use)
