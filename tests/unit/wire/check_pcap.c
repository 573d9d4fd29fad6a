/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "over_pair.h"
#include "wire/fault.h"
#include "wire/pcap.h"

struct capture {
    char dir[32], path[64];
    struct sides s;
};

static struct capture open_capture(uint64_t max_frames)
{
    struct capture c = {.dir = "/tmp/check_pcap_XXXXXX", .s = open_ports()};
    struct err e = {0};
    ck_assert_ptr_nonnull(mkdtemp(c.dir));
    snprintf(c.path, sizeof c.path, "%s/run.pcap", c.dir);
    ck_assert_int_eq(pcap_wrap(c.s.port[0], c.path, max_frames, &c.s.port[0], &e), 0);
    open_queues(&c.s);
    return c;
}

static void close_capture(struct capture *c)
{
    unlink(c->path);
    rmdir(c->dir);
}

/* The file as host-order words; its length in bytes. */
static size_t read_file(const char *path, uint8_t *to, size_t size)
{
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    size_t n = fread(to, 1, size, f);
    fclose(f);
    return n;
}

static uint32_t word(const uint8_t *at)
{
    uint32_t w;
    memcpy(&w, at, 4);
    return w;
}

static uint32_t receive_all(struct wire_queue *q)
{
    struct frame f[64];
    uint32_t n = q->ops->rx(q, f, 64);
    q->ops->rx_free(q, f, n);
    return n;
}

START_TEST(both_directions_are_written_with_their_time)
{
    static uint8_t file[65536];
    uint8_t sent[2048];
    struct capture c = open_capture(0);
    c.s.near->ops->tick(c.s.near, 3000000007ull);
    send_segments(c.s.near, 1, 1, 50);
    c.s.near->ops->tick(c.s.near, 4000000009ull);
    send_segments(c.s.far, 2, 1, 60);
    ck_assert_uint_eq(receive_all(c.s.near), 1);
    close_sides(&c.s);

    size_t n = read_file(c.path, file, sizeof file);
    ck_assert_uint_eq(n, 24 + 16 + HEADERS + 50 + 16 + HEADERS + 60);
    ck_assert_uint_eq(word(file), 0xa1b23c4d);
    ck_assert_uint_eq(word(file + 4), 2 | 4 << 16);
    ck_assert_uint_eq(word(file + 16), 65535);
    ck_assert_uint_eq(word(file + 20), 1);
    const uint8_t *r = file + 24;
    ck_assert_uint_eq(word(r), 3);
    ck_assert_uint_eq(word(r + 4), 7);
    ck_assert_uint_eq(word(r + 8), HEADERS + 50);
    ck_assert_uint_eq(word(r + 12), HEADERS + 50);
    put_segment(sent, 1, 50);
    ck_assert_int_eq(memcmp(r + 16, sent, HEADERS + 50), 0);
    r += 16 + HEADERS + 50;
    ck_assert_uint_eq(word(r), 4);
    ck_assert_uint_eq(word(r + 4), 9);
    ck_assert_uint_eq(word(r + 8), HEADERS + 60);
    close_capture(&c);
}
END_TEST

START_TEST(what_the_wire_refuses_is_not_written)
{
    static uint8_t file[1 << 20];
    struct capture c = open_capture(0);
    uint32_t sent = 0;
    for (int i = 0; i < 10; i++)
        sent += send_segments(c.s.near, sent, 64, 100); /* nobody reads: the ring fills */
    ck_assert_uint_eq(sent, RING);
    close_sides(&c.s);
    size_t n = read_file(c.path, file, sizeof file);
    ck_assert_uint_eq(n, 24 + RING * (16 + HEADERS + 100));
    for (uint32_t i = 0; i < RING; i++)
        ck_assert_uint_eq(word(file + 24 + i * (16 + HEADERS + 100) + 16 + HEADERS), i);
    close_capture(&c);
}
END_TEST

START_TEST(a_long_capture_is_complete)
{
    static uint8_t file[4 << 20];
    struct capture c = open_capture(0);
    for (uint32_t i = 0; i < 2000; i += 50) {
        ck_assert_uint_eq(send_segments(c.s.near, i, 50, 1400), 50);
        ck_assert_uint_eq(receive_all(c.s.far), 50);
    }
    ck_assert_uint_eq(pcap_missed(c.s.port[0]), 0);
    close_sides(&c.s);
    ck_assert_uint_eq(read_file(c.path, file, sizeof file), 24 + 2000 * (16 + HEADERS + 1400));
    close_capture(&c);
}
END_TEST

START_TEST(the_limit_holds_and_the_rest_is_counted)
{
    static uint8_t file[65536];
    struct capture c = open_capture(10);
    ck_assert_uint_eq(send_segments(c.s.near, 0, 25, 100), 25);
    ck_assert_uint_eq(receive_all(c.s.far), 25);
    ck_assert_uint_eq(pcap_missed(c.s.port[0]), 15);
    close_sides(&c.s);
    ck_assert_uint_eq(read_file(c.path, file, sizeof file), 24 + 10 * (16 + HEADERS + 100));
    close_capture(&c);
}
END_TEST

START_TEST(a_full_disk_ends_the_capture_not_the_traffic)
{
    struct sides s = open_ports();
    struct err e = {0};
    if (access("/dev/full", W_OK))
        return;
    ck_assert_int_eq(pcap_wrap(s.port[0], "/dev/full", 0, &s.port[0], &e), 0);
    open_queues(&s);
    for (uint32_t i = 0; i < 1000; i += 50) {
        ck_assert_uint_eq(send_segments(s.near, i, 50, 1400), 50);
        ck_assert_uint_eq(receive_all(s.far), 50);
    }
    ck_assert_uint_eq(pcap_missed(s.port[0]), 1000);
    close_sides(&s);
}
END_TEST

START_TEST(a_path_that_cannot_be_written_is_named)
{
    struct sides s = open_ports();
    struct err e = {0};
    struct wire_queue *q;
    ck_assert_int_eq(pcap_wrap(s.port[0], "/nonexistent/x.pcap", 0, &s.port[0], &e), 0);
    ck_assert_int_eq(s.port[0]->ops->queue_open(s.port[0], 0, &q, &e), -ENOENT);
    ck_assert_ptr_nonnull(strstr(e.message, "/nonexistent/x.pcap"));
    s.port[0]->ops->port_close(s.port[0]);
    s.port[1]->ops->port_close(s.port[1]);
}
END_TEST

START_TEST(frames_are_all_back_under_a_fault_wire)
{
    struct capture c = {.dir = "/tmp/check_pcap_XXXXXX", .s = open_ports()};
    struct fault_config cfg = {.rx = {.loss = 0.2, .duplicate = 0.2}, .tx = {.duplicate = 0.5}};
    struct err e = {0};
    ck_assert_ptr_nonnull(mkdtemp(c.dir));
    snprintf(c.path, sizeof c.path, "%s/run.pcap", c.dir);
    fault_wrap(c.s.port[0], &cfg, &c.s.port[0], &e);
    pcap_wrap(c.s.port[0], c.path, 0, &c.s.port[0], &e);
    open_queues(&c.s);
    for (uint32_t i = 0; i < 1000; i++) {
        send_segments(c.s.near, i, 20, 100);
        send_segments(c.s.far, i, 20, 100);
        while (receive_all(c.s.near) + receive_all(c.s.far))
            ;
    }
    ck_assert_uint_eq(count_free(&c.s), 2 * POOL);
    close_sides(&c.s);
    close_capture(&c);
}
END_TEST

/* The file is written before a device would complete checksums or cut segments. */
START_TEST(nothing_is_left_to_the_device)
{
    struct capture c = {.dir = "/tmp/check_pcap_XXXXXX", .s = open_ports()};
    struct err e = {0};
    ck_assert_ptr_nonnull(mkdtemp(c.dir));
    snprintf(c.path, sizeof c.path, "%s/run.pcap", c.dir);
    c.s.port[0]->caps.tx_csum = true;
    c.s.port[0]->caps.tso_bytes = 65000;
    ck_assert_int_eq(pcap_wrap(c.s.port[0], c.path, 0, &c.s.port[0], &e), 0);
    ck_assert(!c.s.port[0]->caps.tx_csum && !c.s.port[0]->caps.tso_bytes);
    ck_assert_ptr_nonnull(strstr(c.s.port[0]->caps.detail, "; but not of what is sent"));
    open_queues(&c.s);
    close_sides(&c.s);
    close_capture(&c);
}
END_TEST

CHECK_MAIN("wire/pcap", both_directions_are_written_with_their_time,
           what_the_wire_refuses_is_not_written, a_long_capture_is_complete,
           the_limit_holds_and_the_rest_is_counted, a_full_disk_ends_the_capture_not_the_traffic,
           a_path_that_cannot_be_written_is_named, frames_are_all_back_under_a_fault_wire, nothing_is_left_to_the_device)
