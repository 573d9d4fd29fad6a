/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run is of one family: `ip` says which, or its targets do. Where nobody wrote targets or sources,
 * IPv6 has its own: benchmarking addresses of RFC 5180.
 */
#include "job/load.h"
#include "job/value.h"

#define TARGET6 "[2001:2:0:1::1]:9000"
#define SOURCE6 "2001:2::/124"

static void set(struct job *job, const char *key, const char *text)
{
    const struct option *o = option_find(key);
    o->kind->parse(o, text, job);
}

/* What somebody wrote stays, also when it is IPv4's default. */
static void settle_pools(const struct loader *l)
{
    if (!loader_setter(l, 0, "target") && !loader_setter(l, 0, "listen"))
        set(l->job, "target", TARGET6);
    if (!loader_setter(l, 0, "source"))
        set(l->job, "source", SOURCE6);
}

static int check_one(const struct loader *l, const char *key, struct ip_addr addr)
{
    char text[64];
    bool is6 = !ip_is4(addr), wanted6 = l->job->ip6;
    if (is6 == wanted6)
        return 0;
    return job_refuse(l->e, l->job, 0, key,
                      "%s is IPv%c and the run is IPv%c (ip): expected one family",
                      ip_format(text, sizeof text, addr), is6 ? '6' : '4', wanted6 ? '6' : '4');
}

int check_family(const struct loader *l)
{
    struct job *job = l->job;
    bool written = loader_setter(l, 0, "ip");
    if (!written && job->targets_count && !ip_is4(job->targets[0].addrs.first))
        job->ip6 = true;
    if (job->ip6)
        settle_pools(l);
    int ret = 0;
    for (uint32_t i = 0; i < job->targets_count && ret == 0; i++)
        ret = check_one(l, job_targets_key(l->job), job->targets[i].addrs.first);
    for (uint32_t i = 0; i < job->sources_count && ret == 0; i++)
        ret = check_one(l, "source", job->sources[i].first);
    if (ret == 0 && !ip_is_none(job->gateway))
        ret = check_one(l, "gateway", job->gateway);
    return ret;
}
