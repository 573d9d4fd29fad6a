/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "run/reflect.h"
#include "wire/pair.h"

enum { MTU = 1500 };

struct far {
    struct reflector r;
    int cpu;
    struct err e;
    atomic_bool ready, stop;
};

static void *run_far(void *arg)
{
    struct far *far = arg;
    int ret = reflect_pin(far->cpu, &far->e);
    atomic_store(&far->ready, true);
    while (!ret && !atomic_load_explicit(&far->stop, memory_order_relaxed))
        reflect_round(&far->r);
    return NULL;
}

static int measure(struct reflector *near, const struct reflect_config *cfg,
                   struct reflect_result *out, struct err *e)
{
    cpu_set_t before;
    pthread_getaffinity_np(pthread_self(), sizeof before, &before);
    int ret = reflect_pin(cfg->near_cpu, e);
    ret = ret ? ret : reflect_measure(near, "pair", cfg, out, e);
    pthread_setaffinity_np(pthread_self(), sizeof before, &before);
    return ret;
}

static int run_both(struct wire_queue *near_q, struct wire_queue *far_q, uint32_t batch,
                    const struct reflect_config *cfg, struct reflect_result *out, struct err *e)
{
    struct reflector near = {near_q, batch, cfg->turn};
    struct far far = {.r = {far_q, batch, cfg->turn}, .cpu = cfg->far_cpu};
    pthread_t thread;
    int ret = -pthread_create(&thread, NULL, run_far, &far);
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, ret, "reflector on pair: thread: %s", strerror(-ret));
    while (!atomic_load(&far.ready))
        sched_yield();
    ret = measure(&near, cfg, out, e);
    atomic_store(&far.stop, true);
    pthread_join(thread, NULL);
    if (far.e.exit_code) /* the cause, whatever followed from it */
        *e = far.e;
    return ret;
}

static int over_ports(struct wire_port *port[2], const struct reflect_config *cfg,
                      struct reflect_result *out, struct err *e)
{
    struct wire_queue *q[2] = {NULL, NULL};
    uint32_t burst = port[0]->caps.burst;
    uint32_t batch = burst < REFLECT_BATCH_MAX ? burst : REFLECT_BATCH_MAX;
    int ret = port[0]->ops->queue_open(port[0], 0, &q[0], e);
    ret = ret ? ret : port[1]->ops->queue_open(port[1], 0, &q[1], e);
    ret = ret ? ret : run_both(q[0], q[1], batch, cfg, out, e);
    for (int i = 0; i < 2; i++)
        if (q[i])
            q[i]->ops->queue_close(q[i]);
    return ret;
}

int reflect_pair(const struct reflect_config *cfg, struct reflect_result *out, struct err *e)
{
    struct wire_config wc = {.queues = 1, .batch = cfg->batch};
    struct wire_port *port[2];
    int ret = pair_open(&wc, MTU, port, e);
    if (ret)
        return ret;
    snprintf(out->detail, sizeof out->detail, "%s", port[0]->caps.detail);
    ret = over_ports(port, cfg, out, e);
    port[0]->ops->port_close(port[0]);
    port[1]->ops->port_close(port[1]);
    return ret;
}
