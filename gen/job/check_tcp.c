/* SPDX-License-Identifier: BSD-3-Clause */
/* Contradictions between the keys of TCP. */
#include <inttypes.h>
#include <string.h>

#include "job/load.h"

#define TIMESTAMP_BYTES 12 /* RFC 7323 appendix A */
#define IP6_MTU_MIN     1280u

static int check_mtu(const struct loader *l)
{
    if (l->job->ip6 && l->job->mtu < IP6_MTU_MIN)
        return job_refuse(l->e, l->job, 0, "mtu",
                          "IPv6 needs %u (RFC 8200 5): expected at least that", IP6_MTU_MIN);
    return 0;
}

static int check_segment(const struct loader *l)
{
    uint32_t room = l->job->mtu - (l->job->ip6 ? 60u : 40u); /* RFC 6691: options do not count */
    if (l->job->mss && l->job->mss <= TIMESTAMP_BYTES && l->job->timestamps)
        return job_refuse(l->e, l->job, 0, "mss",
                          "timestamps take %d bytes of each segment: expected more, or timestamps"
                          " = no",
                          TIMESTAMP_BYTES);
    if (l->job->mss > room)
        return job_refuse(l->e, l->job, 0, "mss", "mtu = %u leaves %u: expected at most that",
                          l->job->mtu, room);
    return 0;
}

static int check_window(const struct loader *l)
{
    const struct job *job = l->job;
    uint64_t largest = (uint64_t)UINT16_MAX << job->window_scale;
    if (job->window > largest)
        return job_refuse(l->e, l->job, 0, "window",
                          "window_scale = %u allows %" PRIu64 " bytes: expected more scale",
                          job->window_scale, largest);
    return 0;
}

static int check_delay(const struct loader *l)
{
    if (l->job->delayed_ack || option_is_default(option_find("delack"), l->job))
        return 0;
    return job_refuse(l->e, l->job, 0, "delack",
                      "with delayed_ack = no nothing is delayed: expected delayed_ack = yes");
}

static int check_rto(const struct loader *l)
{
    if (l->job->rto_min_ns > l->job->rto_initial_ns)
        return job_refuse(l->e, l->job, 0, "rto_min",
                          "longer than rto_initial: expected at most as long");
    if (l->job->rto_initial_ns > l->job->rto_max_ns)
        return job_refuse(l->e, l->job, 0, "rto_max",
                          "shorter than rto_initial: expected at least as long");
    return 0;
}

static int check_keepalive(const struct loader *l)
{
    static const char *const keys[] = {"keepalive_interval", "keepalive_probes"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !l->job->keepalive_ns; i++)
        if (!option_is_default(option_find(keys[i]), l->job))
            return job_refuse(l->e, l->job, 0, keys[i],
                              "keepalive = 0 sends none: expected keepalive as well");
    return 0;
}

/* RFC 3168 5: who says that its segments may be marked instead of dropped heeds the marks. */
static int check_ecn(const struct loader *l)
{
    if (!l->job->ecn || strcmp(l->job->congestion, "none") != 0)
        return 0;
    return job_refuse(l->e, l->job, 0, "ecn",
                      "congestion = none heeds no marks: expected congestion control as well");
}

static int check_flow_label(const struct loader *l)
{
    if (!l->job->flow_label || l->job->ip6)
        return 0;
    return job_refuse(l->e, l->job, 0, "flow_label",
                      "IPv4 has none: expected ip = 6 or an IPv6 target as well");
}

int check_tcp(const struct loader *l)
{
    static int (*const checks[])(const struct loader *l) = {
        check_mtu, check_segment,   check_window, check_delay,
        check_rto, check_keepalive, check_ecn,    check_flow_label,
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        int ret = checks[i](l);
        if (ret)
            return ret;
    }
    return 0;
}
