/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/impair.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/privilege.h"
#include "base/rng.h"
#include "wire/xdp.h"

enum { RING = 4096, FRAMES = 4 * RING, STORE = 65536 };

/* The faults of what comes from the other interface stand around this one. */
static int open_port(struct impair *m, int i, struct err *e)
{
    struct wire_config wc = {.device = m->iface[i], .queues = 1, .ring_size = RING,
                             .frames = FRAMES, .batch = BRIDGE_BATCH, .filter = {.everything = true}};
    struct fault_config fc = {.seed = rng_mix(m->seed, !i), .store = STORE};
    int rc = xdp_port_open(&wc, &m->port[i], e);
    rc = rc ? rc : impair_check_mode(m, i, e);
    rc = rc ? rc : fault_parse(m->fault[!i], &fc.tx, e);
    rc = rc ? rc : fault_wrap(m->port[i], &fc, &m->port[i], e);
    rc = rc ? rc : m->port[i]->ops->queue_open(m->port[i], 0, &m->queue[i], e);
    if (rc)
        return rc;
    m->promiscuous[i] = impair_listen_to_all(m->dev[i].ifindex);
    return m->promiscuous[i] >= 0
               ? 0
               : err_set(e, EXIT_ENVIRONMENT, m->promiscuous[i],
                         "impair: %s cannot listen to all addresses: %s", m->iface[i],
                         strerror(-m->promiscuous[i]));
}

/* Frames that arrive before both stand are the first to be passed on. */
static int open_all(struct impair *m, struct err *e)
{
    int rc = clock_init(&m->clock, CLOCK_SOURCE_AUTO, e);
    for (int i = 0; i < 2 && !rc; i++)
        rc = open_port(m, i, e);
    return rc;
}

static void close_all(struct impair *m)
{
    for (int i = 0; i < 2; i++) {
        if (m->queue[i])
            m->queue[i]->ops->queue_close(m->queue[i]);
        if (m->port[i])
            m->port[i]->ops->port_close(m->port[i]);
        if (m->promiscuous[i] >= 0)
            close(m->promiscuous[i]);
    }
}

static void run(struct impair *m, const volatile sig_atomic_t *signal)
{
    struct bridge *b = &m->bridge;
    prctl(PR_SET_TIMERSLACK, 1ul); /* naps end on time */
    if (m->hurry)
        privilege_hurry();
    privilege_drop(0);
    m->started_ns = clock_now_ns(&m->clock);
    *b = (struct bridge){.ways = {{.from = m->queue[0], .to = m->queue[1]},
                                  {.from = m->queue[1], .to = m->queue[0]}},
                         .clock = &m->clock, .count = m->count, .signal = signal};
    b->end_ns = m->duration_ns ? m->started_ns + m->duration_ns : UINT64_MAX;
    impair_print_begin(m);
    bridge_run(b);
    m->ended_ns = clock_now_ns(&m->clock);
    impair_print_end(m);
}

/* SIGINT and SIGTERM are how it is meant to end. */
int command_impair(const struct command_args *a, struct err *e)
{
    struct impair m = {.promiscuous = {-1, -1}};
    int rc = impair_parse(&m, a, e);
    rc = rc ? rc : impair_check(&m, e);
    m.seed = m.seed ? m.seed : rng_entropy() >> 1; /* JSON numbers have a sign */
    rc = rc ? rc : open_all(&m, e);
    if (!rc)
        run(&m, a->signal);
    close_all(&m);
    return rc ? e->exit_code : EXIT_WELL;
}
