/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What no single key can tell: contradictions between keys, public addresses, and defaults that
 * depend on other keys. Rules read values, not whether a key was written, so that the resolved text
 * passes them like the file it came from.
 */
#include <string.h>

#include "job/load.h"

/* ---- wire and machine ---- */

static int check_peer(const struct loader *l)
{
    struct job *job = l->job;
    if (!job_is_outside(job) || job->peer != PEER_RESPOND)
        return 0;
    if (loader_setter(l, 0, "peer"))
        return job_refuse(l->e, l->job, 0, "peer",
                          "on wire = %s the far end is not ours: expected peer = none", job->wire);
    job->peer = PEER_NONE;
    return 0;
}

/* In lab and on pair no kernel has an address of ours. Where one has, its routes and neighbours, which
 * are ours then, are those of frames without a tag: nobody would answer tagged ones there. */
static int check_shared(const struct loader *l)
{
    const struct job *job = l->job;
    if (!job->shared_address)
        return 0;
    if (!job_is_outside(job))
        return job_refuse(l->e, job, 0, "shared_address",
                          "on wire = %s no address is the kernel's: expected wire = xdp:IFACE as well",
                          job->wire);
    if (!job->vlan)
        return 0;
    return job_refuse(l->e, job, 0, "vlan",
                      "with shared_address = yes addresses and neighbours are those that the kernel "
                      "has without tags: expected vlan = 0, or shared_address = no");
}

/* Other devices are not ours to set. */
static int check_coalesce(const struct loader *l)
{
    const struct job *job = l->job;
    if (!job->coalesce_ns || !strcmp(job->wire, "lab"))
        return 0;
    return job_refuse(l->e, job, 0, "coalesce",
                      "wire = %s is not ours to set: expected 0s, or wire = lab (for a NIC: ethtool "
                      "--coalesce)", job->wire);
}

/* One waits for frames to gather, the other never does. */
static int check_poll(const struct loader *l)
{
    if (l->job->busy_poll != POLL_YES || !l->job->coalesce_ns)
        return 0;
    return job_refuse(l->e, l->job, 0, "busy_poll", "without interrupts there are none to coalesce: expected auto or "
                      "no, or coalesce = 0s");
}

/* Our XDP program and its sockets do it. */
static int check_stamps(const struct loader *l)
{
    const struct job *job = l->job;
    bool xdp = !strcmp(job->wire, "lab") || !strncmp(job->wire, "xdp:", 4);
    if (xdp)
        return 0;
    if (job->rx_stamps != STAMPS_NONE)
        return job_refuse(l->e, job, 0, "rx_stamps",
                          "wire = %s has no XDP program to stamp with: expected none, or wire = lab or xdp:IFACE",
                          job->wire);
    if (job->tx_stamps)
        return job_refuse(l->e, job, 0, "tx_stamps",
                          "wire = %s has no AF_XDP socket: expected no, or wire = lab or xdp:IFACE", job->wire);
    return 0;
}

static int check_workers(const struct loader *l)
{
    const struct job *job = l->job;
    for (uint32_t p = 0; p < job->phases_count; p++)
        if (job->workers > job->phases[p].connections)
            return job_refuse(l->e, job, 0, "workers",
                              "more than connections = %u: expected at most as many",
                              job->phases[p].connections);
    return 0;
}

/* One a worker, ours and the responder's. */
static int check_cpus(const struct loader *l)
{
    const struct job *job = l->job;
    uint32_t listed = *job->cpus != '\0',
             wanted = job->workers * (job->peer == PEER_RESPOND ? 2 : 1);
    for (const char *at = job->cpus; *at; at++)
        listed += *at == ',';
    if (!listed || listed >= wanted)
        return 0;
    return job_refuse(l->e, job, 0, "cpus", "workers = %u%s: expected %u processors, one each",
                      job->workers, wanted > job->workers ? ", and as many of the responder" : "",
                      wanted);
}

static int check_faults(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    if (*phase->fault && (*phase->fault_rx || *phase->fault_tx))
        return job_refuse(l->e, l->job, p, "fault",
                          "holds both ways: expected it alone, or fault_rx and fault_tx");
    return 0;
}

/* ---- watching ---- */

static int check_stream(const struct loader *l)
{
    const char *to = l->job->json_stream;
    size_t digits = strspn(to + 3 * !strncmp(to, "fd:", 3), "0123456789");
    if (strncmp(to, "fd:", 3) || (digits && digits < 7 && to[3 + digits] == '\0'))
        return 0;
    return job_refuse(l->e, l->job, 0, "json_stream",
                      "expected the number of an open file behind fd:");
}

static int check_metrics(const struct loader *l)
{
    const struct endpoint *at = &l->job->metrics;
    char text[64];
    if (!at->port || ip_is_reserved_for_tests(at->addr))
        return 0;
    return job_refuse(l->e, l->job, 0, "metrics",
                      "%s is not an address for private use: expected one, or the port alone",
                      ip_format(text, sizeof text, at->addr));
}

static int check_peer_pid(const struct loader *l)
{
    const struct job *job = l->job;
    if (!job->peer_pid || job->peer == PEER_NONE)
        return 0;
    return job_refuse(l->e, job, 0, "peer_pid",
                      "the peer is started by gen, which knows it: expected peer = none as well");
}

static int check_tags(const struct loader *l)
{
    if (l->job->vlan_outer && !l->job->vlan)
        return job_refuse(l->e, l->job, 0, "vlan_outer",
                          "an outer tag alone: expected vlan for it, or vlan as well");
    return 0;
}

/* Less than eight parts of a few full frames records nothing that could be replayed. */
static int check_flight(const struct loader *l)
{
    if (!l->job->flight || l->job->flight >= JOB_FLIGHT_MIN)
        return 0;
    return job_refuse(l->e, l->job, 0, "flight", "too small: expected 0 (none), or at least 256KiB");
}

/* ---- all ---- */

static int (*const run_checks[])(const struct loader *l) = {
    check_addresses, check_peer, check_shared,  check_coalesce, check_workers, check_cpus,
    check_tags,      check_tcp,  check_flight,  check_scale,    check_stream,  check_metrics,
    check_peer_pid,  check_stamps, check_poll,
};
static int (*const phase_checks[])(const struct loader *l, uint32_t phase) = {
    check_load,
    check_phase_times,
    check_faults,
};

int loader_settle(struct loader *l)
{
    l->job->connections = l->job->phases[job_fullest(l->job)].connections; /* made once, for all */
    int ret = loader_settle_suite(l);
    for (size_t i = 0; i < sizeof run_checks / sizeof *run_checks && ret == 0; i++)
        ret = run_checks[i](l);
    for (uint32_t p = 0; p < l->job->phases_count; p++)
        for (size_t i = 0; i < sizeof phase_checks / sizeof *phase_checks && ret == 0; i++)
            ret = phase_checks[i](l, p);
    return ret;
}
