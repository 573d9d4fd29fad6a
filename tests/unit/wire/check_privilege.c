/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said where capabilities are missing. Each test gives its own up first. */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/privilege.h"
#include "wire/lab.h"
#include "wire/pair.h"
#include "wire/xdp.h"

static void keep_only(uint64_t caps)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    ck_assert_int_eq(syscall(SYS_capget, &head, data), 0);
    data[0].effective &= (uint32_t)caps;
    data[1].effective &= (uint32_t)(caps >> 32);
    ck_assert_int_eq(syscall(SYS_capset, &head, data), 0);
}

START_TEST(missing_ones_are_named)
{
    char names[96];
    keep_only(0);
    uint64_t wanted = PRIVILEGE_BIT(CAP_NET_RAW) | PRIVILEGE_BIT(CAP_BPF);
    ck_assert_uint_eq(privilege_missing(wanted, names, sizeof names), wanted);
    ck_assert_str_eq(names, "CAP_NET_RAW, CAP_BPF");
    ck_assert_uint_eq(privilege_missing(0, names, sizeof names), 0);
    ck_assert_str_eq(names, "");
}
END_TEST

START_TEST(a_lab_names_them)
{
    struct lab_config cfg = {.queues = 1};
    struct lab *lab;
    struct err e = {0};
    keep_only(0);
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), -EPERM);
    ck_assert_int_eq(e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(e.message, "CAP_SYS_ADMIN"));
    ck_assert_ptr_nonnull(strstr(e.message, "CAP_NET_ADMIN"));
}
END_TEST

START_TEST(an_xdp_port_names_them)
{
    struct wire_config cfg = {.device = "lo"};
    struct wire_port *port;
    struct err e = {0};
    keep_only(0);
    ck_assert_int_eq(xdp_port_open(&cfg, &port, &e), -EPERM);
    ck_assert_int_eq(e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(e.message, "CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF"));
}
END_TEST

START_TEST(facts_name_them_and_tell_the_rest)
{
    struct xdp_facts facts;
    struct err e = {0};
    keep_only(0);
    ck_assert_int_eq(xdp_facts("lo", &facts, &e), 0);
    ck_assert_int_eq(facts.native_refused, -EPERM);
    ck_assert_uint_gt(facts.mtu, 0);
    ck_assert_ptr_nonnull(strstr(facts.remedy, "CAP_NET_ADMIN"));
}
END_TEST

START_TEST(a_pair_needs_none)
{
    struct wire_port *port[2];
    struct err e = {0};
    keep_only(0);
    ck_assert_int_eq(pair_open(&(struct wire_config){.frames = 64}, 1500, port, &e), 0);
    port[0]->ops->port_close(port[0]);
    port[1]->ops->port_close(port[1]);
}
END_TEST

static bool has(int cap)
{
    char name[64];
    return !privilege_missing(PRIVILEGE_BIT(cap), name, sizeof name);
}

START_TEST(what_was_lowered_comes_back_and_what_was_dropped_does_not)
{
    if (!has(CAP_NET_RAW))
        return; /* nothing to lose */
    privilege_lower(PRIVILEGE_BIT(CAP_DAC_OVERRIDE));
    ck_assert(!has(CAP_NET_RAW));
    privilege_restore();
    ck_assert(has(CAP_NET_RAW));
    privilege_drop(PRIVILEGE_BIT(CAP_DAC_OVERRIDE));
    privilege_restore();
    ck_assert(!has(CAP_NET_RAW));
}
END_TEST

START_TEST(a_loop_hurries_as_far_as_it_may)
{
    keep_only(0);
    struct rlimit none = {0};
    ck_assert_int_eq(setrlimit(RLIMIT_NICE, &none), 0);
    int before = getpriority(PRIO_PROCESS, 0);
    ck_assert_int_eq(privilege_nice(), before);
    ck_assert_int_eq(privilege_hurry(), before);
    ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), before);
}
END_TEST

CHECK_MAIN("wire/privilege", what_was_lowered_comes_back_and_what_was_dropped_does_not,
           a_loop_hurries_as_far_as_it_may, missing_ones_are_named, a_lab_names_them, an_xdp_port_names_them,
           facts_name_them_and_tell_the_rest, a_pair_needs_none)
