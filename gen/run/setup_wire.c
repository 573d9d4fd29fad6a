/* SPDX-License-Identifier: BSD-3-Clause */
/* What a wire is asked for, at either end. */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "run/setup.h"
#include "wire/napi.h"

static const enum wire_stamps stamps[] = {
    [STAMPS_NONE] = WIRE_STAMPS_NONE,
    [STAMPS_KERNEL] = WIRE_STAMPS_KERNEL,
    [STAMPS_DEVICE] = WIRE_STAMPS_DEVICE,
};

/* Where the rate is what is asked for. At a lower one a poll that finds nothing costs each arrival more than
 * an interrupt does; and who asks how long arrivals waited for the loop would see none of it. */
static bool better_polled(const struct job *job)
{
    bool most = job_searches(job);
    for (uint32_t p = 0; p < job->phases_count; p++)
        most |= job->phases[p].rate_max;
    return most && job->rx_stamps != STAMPS_KERNEL && napi_supported();
}

bool setup_polled(const struct job *job)
{
    bool ours = !strcmp(job->wire, "lab") && job->peer == PEER_RESPOND && !job->coalesce_ns;
    return ours && (job->busy_poll == POLL_YES || (job->busy_poll == POLL_AUTO && better_polled(job)));
}

static void setup_wire(const struct job *job, const char *device, struct wire_config *out)
{
    *out = (struct wire_config){
        .device = device,
        .eal = job->dpdk_eal,
        .queues = job->workers,
        .mtu = job->mtu,
        .ring_size = job->ring_size,
        .frames = job->frames,
        .batch = job->batch,
        .tx_budget = job->tx_budget,
        .busy_poll = job->busy_poll == POLL_YES,
        .polled = setup_polled(job),
        .rx_stamps = stamps[job->rx_stamps],
        .tx_stamps = job->tx_stamps,
    };
    out->filter.shared_address = job->shared_address;
    out->filter.vlan = job->vlan;
    out->filter.vlan_outer = job->vlan_outer;
}

void setup_client_wire(const struct job *job, const char *device, struct wire_config *out)
{
    struct wire_filter *f = &out->filter;
    setup_wire(job, device, out);
    f->local_count = job->sources_count;
    memcpy(f->local, job->sources, sizeof f->local);
    f->ports_count = job->ports_count;
    memcpy(f->ports, job->ports, job->ports_count * sizeof *f->ports);
}

void setup_responder_wire(const struct job *job, const char *device, struct wire_config *out)
{
    struct wire_filter *f = &out->filter;
    setup_wire(job, device, out);
    f->local_count = f->ports_count = job->targets_count;
    for (uint32_t i = 0; i < job->targets_count; i++) {
        f->local[i] = job->targets[i].addrs;
        f->ports[i] = job->targets[i].ports;
    }
}

int setup_check_mtu(const struct job *job, const struct wire_port *port, struct err *e)
{
    if (job->mtu <= port->caps.mtu)
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -EMSGSIZE,
                   "mtu = %u: found %u on wire %s (%s): expected at most that, or a larger one there",
                   job->mtu, port->caps.mtu, port->ops->name, port->caps.driver);
}
