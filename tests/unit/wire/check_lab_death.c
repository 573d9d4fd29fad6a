/* SPDX-License-Identifier: BSD-3-Clause */
/* After SIGKILL of a process that holds a lab with an XDP program at both ends, nothing is left. */
#include "tests/lib/check_main.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/err.h"
#include "need_lab.h"
#include "wire/lab.h"
#include "wire/xdp.h"

enum { PATIENCE_MS = 5000, LINKS = 8 };

static int open_port(void *arg)
{
    struct wire_config cfg = {.device = arg, .queues = 1, .frames = 256, .ring_size = 128};
    struct wire_port *port;
    struct wire_queue *q;
    struct err e = {0};
    int ret = xdp_port_open(&cfg, &port, &e);
    return ret ? ret : port->ops->queue_open(port, 0, &q, &e);
}

static int far_with_port(void *ctx, int ready_fd)
{
    return open_port(ctx) ? 1 : idle_peer(NULL, ready_fd);
}

static int enter_own(void *arg)
{
    char path[] = "/proc/thread-self/ns/net";
    *(int *)arg = open(path, O_RDONLY | O_CLOEXEC);
    return 0;
}

/* Opens the lab, tells the far pid and hands over its near namespace, then waits to be killed. */
static void hold_lab(int to_test)
{
    struct lab_config cfg = {.queues = 1, .peer = far_with_port, .ctx = (void *)"wb1"};
    struct lab *lab;
    struct err e = {0};
    int near_ns = -1;
    if (lab_open(&cfg, &lab, &e) || lab_call_near(lab, open_port, (void *)"wb0") ||
        lab_call_near(lab, enter_own, &near_ns)) {
        fprintf(stderr, "%s\n", e.message);
        _exit(1);
    }
    int told[2] = {lab_peer_pid(lab), near_ns};
    if (write(to_test, told, sizeof told) != sizeof told)
        _exit(1);
    for (;;)
        pause();
}

/* The ids of BPF links that a process holds, as its descriptors tell. */
static uint32_t read_links(pid_t pid, uint32_t ids[LINKS], uint32_t n)
{
    char path[300], line[128];
    snprintf(path, sizeof path, "/proc/%d/fdinfo", pid);
    DIR *dir = opendir(path);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *d; (d = readdir(dir));) {
        snprintf(path, sizeof path, "/proc/%d/fdinfo/%s", pid, d->d_name);
        FILE *f = fopen(path, "r");
        while (f && fgets(line, sizeof line, f))
            if (n < LINKS && sscanf(line, "link_id: %u", &ids[n]) == 1)
                n++;
        if (f)
            fclose(f);
    }
    closedir(dir);
    return n;
}

static bool link_lives(uint32_t id)
{
    int fd = bpf_link_get_fd_by_id(id);
    if (fd >= 0)
        close(fd);
    return fd >= 0 || errno != ENOENT;
}

/* The veth goes when the far namespace does. */
static bool veth_lives(int near_ns)
{
    ck_assert_int_eq(setns(near_ns, CLONE_NEWNET), 0);
    return if_nametoindex(LAB_NEAR_IFACE) != 0;
}

#define EVENTUALLY(condition)                                                                      \
    do {                                                                                           \
        int ms = 0;                                                                                \
        while (!(condition) && ms++ < PATIENCE_MS)                                                 \
            usleep(1000);                                                                          \
        ck_assert_msg(ms <= PATIENCE_MS, "still not: %s", #condition);                             \
    } while (0)

static int copy_of_descriptor(pid_t pid, int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

START_TEST(nothing_is_left_after_sigkill)
{
    int told[2], from_holder[2];
    uint32_t ids[LINKS];
    ck_assert_int_eq(pipe2(from_holder, O_CLOEXEC), 0);
    pid_t holder = fork();
    if (holder == 0)
        hold_lab(from_holder[1]);
    close(from_holder[1]);
    ck_assert_int_eq(read(from_holder[0], told, sizeof told), sizeof told);
    pid_t far = told[0];
    int near_ns = copy_of_descriptor(holder, told[1]);
    uint32_t links = read_links(far, ids, read_links(holder, ids, 0));
    ck_assert_uint_eq(links, 2);
    ck_assert(link_lives(ids[0]) && link_lives(ids[1]) && veth_lives(near_ns));
    ck_assert_int_eq(kill(far, 0), 0);

    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    char stat_path[64];
    snprintf(stat_path, sizeof stat_path, "/proc/%d/ns/net", far);
    EVENTUALLY(access(stat_path, F_OK) != 0); /* dead, reaped or not: it holds no namespace */
    EVENTUALLY(!link_lives(ids[0]) && !link_lives(ids[1]));
    EVENTUALLY(!veth_lives(near_ns));
}
END_TEST

/* A command whose children left its session and group; each holds the far namespace and `held`. */
static void hold_command(int held)
{
    char *argv[] = {(char *)"sh", (char *)"-c",
                    (char *)"setsid sleep 100 & setsid sleep 100 & echo >&9; sleep 100", NULL};
    struct lab_config cfg = {.queues = 1, .argv = argv};
    struct lab *lab;
    struct err e = {0};
    dup2(held, 9);
    if (lab_open(&cfg, &lab, &e)) {
        fprintf(stderr, "%s\n", e.message);
        _exit(1);
    }
    for (;;)
        pause();
}

START_TEST(no_child_of_a_command_outlives_us)
{
    int held[2];
    char byte;
    ck_assert_int_eq(pipe2(held, O_CLOEXEC), 0);
    pid_t holder = fork();
    if (holder == 0)
        hold_command(held[1]);
    close(held[1]);
    ck_assert_int_eq(read(held[0], &byte, 1), 1);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    ck_assert_int_eq(read(held[0], &byte, 1), 0); /* ends when the last of them is dead */
}
END_TEST

CHECK_MAIN("wire/lab_death", nothing_is_left_after_sigkill, no_child_of_a_command_outlives_us)
