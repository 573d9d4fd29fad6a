/* SPDX-License-Identifier: BSD-3-Clause */
/* Times of arrival that our XDP program puts in front of frames, on a veth pair. */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "reflected.h"
#include "wire/xdp_filter.h"
#include "wire/xdp_port.h"

static struct opening stamped(enum wire_stamps stamps)
{
    struct opening o = opening("wb0");
    o.cfg.rx_stamps = stamps;
    return o;
}

static const uint32_t lengths[] = {64, 600, 1514, 4000, 9014};

/* Calls `see` with each frame that comes back, between what was sent and when it was taken up. */
static void bounce(uint16_t mtu, struct opening near,
                   void (*see)(const struct frame *f, uint64_t sent_ns, uint64_t read_ns))
{
    struct bench b = open_bench(mtu, &near);
    ck_assert_int_eq(b.near.port->caps.rx_stamps, near.cfg.rx_stamps);
    for (uint32_t i = 0; i < 200; i++) {
        uint32_t len = lengths[i % (sizeof lengths / sizeof *lengths)];
        struct frame f;
        if (len > mtu + 14u)
            continue;
        uint64_t sent_ns = clock_kernel_ns();
        send_one(b.near.q, i, len);
        ck_assert_uint_eq(receive(b.near.q, &f, 1), 1);
        see(&f, sent_ns, clock_kernel_ns());
        compare(&f, i, len);
        b.near.q->ops->rx_free(b.near.q, &f, 1);
    }
    close_bench(&b);
}

static void see_none(const struct frame *f, uint64_t sent_ns, uint64_t read_ns)
{
    (void)sent_ns, (void)read_ns;
    ck_assert_uint_eq(f->stamp_ns, 0);
}

static void see_between(const struct frame *f, uint64_t sent_ns, uint64_t read_ns)
{
    ck_assert_uint_gt(f->stamp_ns, sent_ns);
    ck_assert_uint_lt(f->stamp_ns, read_ns);
}

START_TEST(nothing_is_stamped_unasked)
{
    bounce(1500, stamped(WIRE_STAMPS_NONE), see_none);
}
END_TEST

/* Frames of one chunk, and of several. */
START_TEST(kernel_stamps_lie_between_sending_and_reading)
{
    bounce(1500, stamped(WIRE_STAMPS_KERNEL), see_between);
    bounce(9000, stamped(WIRE_STAMPS_KERNEL), see_between);
}
END_TEST

START_TEST(generic_xdp_stamps_as_well)
{
    struct opening near = stamped(WIRE_STAMPS_KERNEL);
    near.cfg.force_generic = true;
    bounce(1500, near, see_between);
}
END_TEST

/* veth takes the question and has no clock. */
START_TEST(a_device_without_a_clock_stamps_nothing)
{
    bounce(1500, stamped(WIRE_STAMPS_DEVICE), see_none);
    bounce(9000, stamped(WIRE_STAMPS_DEVICE), see_none);
}
END_TEST

static uint64_t tai_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_TAI, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* When the kernel was done with each, and with which flush it was handed over. A socket that copies: of veth. */
START_TEST(departures_are_stamped_by_the_kernel)
{
    enum { SENT = 200 };
    struct opening near = opening("wb0");
    near.cfg.tx_stamps = true;
    struct bench b = open_bench(1500, &near);
    struct wire_queue *q = b.near.q;
    struct wire_stamp left[SENT + 1];
    struct frame f;
    uint64_t begin_ns = tai_ns();
    uint32_t n = 0;
    ck_assert_int_eq(b.near.port->caps.tx_stamps, WIRE_STAMPS_KERNEL);
    ck_assert_ptr_nonnull(strstr(b.near.port->caps.detail, "departures stamped by the kernel"));
    for (uint32_t i = 0; i < SENT; i++) {
        q->ops->tick(q, 1000 + i);
        send_one(q, i, lengths[i % 3]);
        ck_assert_uint_eq(receive(q, &f, 1), 1);
        compare(&f, i, lengths[i % 3]);
        q->ops->rx_free(q, &f, 1);
    }
    while (n < SENT) { /* what is left of the completion ring is taken with the next frames */
        send_one(q, 0, 64);
        ck_assert_uint_eq(receive(q, &f, 1), 1);
        q->ops->rx_free(q, &f, 1);
        n += q->ops->reap(q, left + n, SENT - n);
    }
    for (uint32_t i = 0; i < SENT; i++) {
        ck_assert_uint_ge(left[i].handed_ns, 1000);
        ck_assert_uint_lt(left[i].handed_ns, 1000 + SENT);
        ck_assert_uint_gt(left[i].stamp_ns, begin_ns);
        ck_assert_uint_lt(left[i].stamp_ns, tai_ns());
    }
    close_bench(&b);
}
END_TEST

static void refused(struct lab *lab, struct opening o, const char *expected)
{
    int ret = lab_call_near(lab, open_port, &o);
    ck_assert_int_lt(ret, 0);
    ck_assert_int_eq(o.e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_msg(strstr(o.e.message, expected) != NULL, "%s", o.e.message);
}

START_TEST(who_cannot_be_asked_is_refused)
{
    struct lab_config cfg = {.queues = 1, .mtu = 1500, .peer = idle_peer};
    struct lab *lab;
    struct err e = {0};
    ck_assert_msg(lab_open(&cfg, &lab, &e) == 0, "%s", e.message);
    struct opening generic = stamped(WIRE_STAMPS_DEVICE), loopback = generic;
    generic.cfg.force_generic = true;
    refused(lab, generic, "expected native XDP");
    loopback.cfg.device = "lo";
    refused(lab, loopback, "tells XDP programs no times");
    struct opening after = stamped(WIRE_STAMPS_DEVICE); /* they left nothing behind */
    ck_assert_msg(lab_call_near(lab, open_port, &after) == 0, "%s", after.e.message);
    after.port->ops->queue_close(after.q);
    after.port->ops->port_close(after.port);
    lab_close(lab, 100, NULL);
}
END_TEST

START_TEST(departures_of_frames_in_several_pieces_are_refused)
{
    struct lab_config cfg = {.queues = 1, .mtu = 9000, .peer = idle_peer};
    struct opening wide = opening("wb0");
    struct lab *lab;
    struct err e = {0};
    wide.cfg.tx_stamps = true;
    ck_assert_msg(lab_open(&cfg, &lab, &e) == 0, "%s", e.message);
    ck_assert_int_eq(lab_call_near(lab, open_port, &wide), -EINVAL);
    ck_assert_ptr_nonnull(strstr(wide.e.message, "expected an MTU of 3818"));
    lab_close(lab, 100, NULL);
}
END_TEST

/* What a driver that puts nothing in front of a frame leaves there. */
START_TEST(what_has_no_mark_is_no_stamp)
{
    static struct {
        struct xdp_stamp stamp;
        uint8_t data[64];
    } at[3] = {{{7, 7 ^ XDP_STAMP_MARK}, {0}}, {{7, 7}, {0}}, {{0, XDP_STAMP_MARK}, {0}}};
    struct frame f[3];
    for (int i = 0; i < 3; i++)
        f[i] = frame_of(at[i].data, 0, 64);
    xdp_read_stamps(f, 3);
    ck_assert_uint_eq(f[0].stamp_ns, 7);
    ck_assert_uint_eq(f[1].stamp_ns, 0);
    ck_assert_uint_eq(f[2].stamp_ns, 0);
}
END_TEST

CHECK_MAIN("wire/xdp_stamps", nothing_is_stamped_unasked, kernel_stamps_lie_between_sending_and_reading,
           generic_xdp_stamps_as_well, a_device_without_a_clock_stamps_nothing, who_cannot_be_asked_is_refused,
           what_has_no_mark_is_no_stamp, departures_are_stamped_by_the_kernel,
           departures_of_frames_in_several_pieces_are_refused)
