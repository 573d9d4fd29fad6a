/* SPDX-License-Identifier: BSD-3-Clause */
/* Queues whose receive polls the loops run, at both ends of a veth pair. */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "reflected.h"
#include "wire/napi.h"

/* Where veth drops what its receiver does not poll. */
__attribute__((constructor)) static void need_kernel(void)
{
    if (napi_supported())
        return;
    printf("skipped: expected Linux 6.18\n");
    fflush(stdout);
    _exit(SKIPPED);
}

static struct opening polled(void)
{
    struct opening o = opening("wb0");
    o.cfg.polled = true;
    return o;
}

static void bounce(uint16_t mtu, uint32_t longest)
{
    struct opening near = polled();
    struct bench b = open_bench(mtu, &near);
    struct wire_queue *q = b.near.q;
    struct wire_stats s;
    uint32_t sent = 0, got = 0;
    ck_assert(b.near.port->caps.polled);
    ck_assert_ptr_nonnull(strstr(b.near.port->caps.detail, "polled"));
    while (got < 5000) {
        struct frame f[WINDOW];
        for (; sent < 5000 && sent - got < WINDOW; sent++)
            send_one(q, sent, 64 + sent * 37 % (longest - 64));
        uint32_t n = receive(q, f, WINDOW);
        ck_assert_uint_gt(n, 0);
        for (uint32_t i = 0; i < n; i++, got++)
            compare(&f[i], got, 64 + got * 37 % (longest - 64));
        q->ops->rx_free(q, f, n);
    }
    q->ops->stats(q, &s);
    ck_assert_uint_gt(s.polls, 0);
    ck_assert_uint_eq(s.rx_dropped + s.rx_invalid + s.tx_invalid, 0);
    close_bench(&b);
}

START_TEST(frames_come_back_in_order)
{
    bounce(1500, 1514);
    bounce(9000, 9014);
}
END_TEST

/* More than the receiver's ring takes, which is twice what a veth's own holds: the sender has to wait until the other
 * end looks. */
enum { MUCH = RING + 200, AWAY_MS = 100 };

START_TEST(a_receiver_that_is_away_loses_nothing)
{
    struct opening near = polled();
    struct bench b = open_bench(1500, &near);
    struct wire_queue *q = b.near.q;
    struct frame f[WINDOW];
    uint32_t got = 0, n;
    ck_assert_int_eq(kill(lab_peer_pid(b.lab), SIGSTOP), 0);
    for (uint32_t i = 0; i < MUCH; i++)
        send_one(q, i, 100);
    for (int ms = 0; ms < AWAY_MS; ms++) {
        q->ops->flush(q);
        usleep(1000);
    }
    ck_assert_int_eq(kill(lab_peer_pid(b.lab), SIGCONT), 0);
    for (; got < MUCH; got += n) {
        n = receive(q, f, WINDOW);
        ck_assert_msg(n > 0, "%u of %d came back", got, MUCH);
        for (uint32_t i = 0; i < n; i++)
            compare(&f[i], got + i, 100);
        q->ops->rx_free(q, f, n);
    }
    close_bench(&b);
}
END_TEST

/* Frames that the far end's interface has taken in, as its kernel counts them. */
static uint64_t far_received(const struct bench *b)
{
    char path[64], line[256];
    unsigned long long bytes, frames = 0;
    snprintf(path, sizeof path, "/proc/%d/net/dev", lab_peer_pid(b->lab));
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    while (fgets(line, sizeof line, f))
        if (sscanf(line, " wb1: %llu %llu", &bytes, &frames) == 2)
            break;
    fclose(f);
    return frames;
}

static void *wake(void *pid)
{
    usleep(AWAY_MS * 1000);
    kill(*(const pid_t *)pid, SIGCONT);
    return NULL;
}

/* Half of a full ring is in the veth's own then. */
START_TEST(what_was_handed_over_leaves_before_a_queue_closes)
{
    struct opening near = polled();
    struct bench b = open_bench(1500, &near);
    struct wire_queue *q = b.near.q;
    pid_t far = lab_peer_pid(b.lab);
    pthread_t waker;
    uint64_t before = far_received(&b), after = 0;
    ck_assert_int_eq(kill(far, SIGSTOP), 0);
    for (uint32_t i = 0; i < RING; i++)
        send_one(q, i, 100);
    ck_assert_int_eq(pthread_create(&waker, NULL, wake, &far), 0);
    q->ops->queue_close(q);
    pthread_join(waker, NULL);
    for (int ms = 0; ms < PATIENCE_MS && after < before + RING; ms++) {
        usleep(1000);
        after = far_received(&b);
    }
    ck_assert_uint_eq(after, before + RING);
    b.near.port->ops->port_close(b.near.port);
    lab_close(b.lab, 100, NULL);
}
END_TEST

START_TEST(an_end_that_nobody_polls_is_refused)
{
    struct opening o = polled();
    struct lab_config cfg = {.queues = 1, .mtu = 1500, .peer = idle_peer, .polled = true};
    struct lab *lab;
    struct err e = {0};
    o.cfg.initiates = true;
    ck_assert_msg(lab_open(&cfg, &lab, &e) == 0, "%s", e.message);
    ck_assert_int_eq(lab_call_near(lab, open_port, &o), -ETIMEDOUT);
    ck_assert_int_eq(o.e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(o.e.message, "expected busy_poll = no"));
    lab_close(lab, 100, NULL);
}
END_TEST

CHECK_MAIN("wire/xdp_polled", frames_come_back_in_order, a_receiver_that_is_away_loses_nothing,
           what_was_handed_over_leaves_before_a_queue_closes, an_end_that_nobody_polls_is_refused)
