/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "run/reflect.h"
#include "wire/lab.h"
#include "wire/napi.h"
#include "wire/xdp.h"

enum { NEAR_IP = 0xc6120001, FAR_IP = 0xc6128001, PORT = 9000, GRACE_MS = 100 };

struct side {
    struct wire_config cfg;
    struct wire_port *port;
    struct reflector r;
    int cpu;
    struct err e;
};

/* Both sides take both addresses: only MACs are swapped. */
static struct side make_side(const char *device, const struct reflect_config *cfg, int cpu)
{
    struct side s = {.cfg = {.device = device, .queues = 1, .batch = cfg->batch, .polled = napi_supported()},
                     .cpu = cpu};
    s.r.turn = cfg->turn;
    s.cfg.filter = (struct wire_filter){
        .local = {{ip4_addr(NEAR_IP), 1, 32}, {ip4_addr(FAR_IP), 1, 32}},
        .local_count = 2,
        .ports = {{PORT, PORT}},
        .ports_count = 1,
    };
    return s;
}

static int open_side(void *arg)
{
    struct side *s = arg;
    int ret = xdp_port_open(&s->cfg, &s->port, &s->e);
    if (ret)
        return ret;
    uint32_t burst = s->port->caps.burst;
    s->r.batch = burst < REFLECT_BATCH_MAX ? burst : REFLECT_BATCH_MAX;
    ret = s->port->ops->queue_open(s->port, 0, &s->r.q, &s->e);
    if (ret)
        s->port->ops->port_close(s->port);
    return ret;
}

static void close_side(struct side *s)
{
    s->r.q->ops->queue_close(s->r.q);
    s->port->ops->port_close(s->port);
}

/* The far process, until it is killed: its default handlers end it at SIGTERM. */
static int run_far(void *ctx, int ready_fd)
{
    struct side *s = ctx;
    int ret = reflect_pin(s->cpu, &s->e);
    ret = ret ? ret : open_side(s);
    if (ret) {
        fprintf(stderr, "reflector: %s\n", s->e.message);
        return EXIT_ENVIRONMENT;
    }
    if (write(ready_fd, "", 1) != 1)
        return EXIT_RUN;
    for (;;)
        reflect_round(&s->r);
}

/* The thread goes back to where the caller had it. */
static int measure(struct side *s, const struct reflect_config *cfg, struct reflect_result *out)
{
    cpu_set_t before;
    pthread_getaffinity_np(pthread_self(), sizeof before, &before);
    int ret = reflect_pin(s->cpu, &s->e);
    ret = ret ? ret : reflect_measure(&s->r, "lab", cfg, out, &s->e);
    pthread_setaffinity_np(pthread_self(), sizeof before, &before);
    return ret;
}

static int run_near(struct lab *lab, struct side *s, const struct reflect_config *cfg,
                    struct reflect_result *out)
{
    s->cfg.initiates = true;
    int ret = lab_call_near(lab, open_side, s);
    if (ret)
        return ret;
    snprintf(out->detail, sizeof out->detail, "%s", s->port->caps.detail);
    ret = measure(s, cfg, out);
    close_side(s);
    return ret;
}

int reflect_lab(const struct reflect_config *cfg, struct reflect_result *out, struct err *e)
{
    struct side near = make_side(LAB_NEAR_IFACE, cfg, cfg->near_cpu);
    struct side far = make_side(LAB_FAR_IFACE, cfg, cfg->far_cpu);
    struct lab_config lc = {.queues = 1, .peer = run_far, .ctx = &far, .polled = near.cfg.polled};
    struct lab *lab;
    int ret = lab_open(&lc, &lab, e);
    if (ret)
        return ret;
    ret = run_near(lab, &near, cfg, out);
    if (ret)
        err_set(e, (enum exit_code)near.e.exit_code, ret, "%s", near.e.message);
    lab_close(lab, GRACE_MS, NULL);
    return ret;
}
