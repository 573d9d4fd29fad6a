/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/lab_tags.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion" /* generated */
#include "lab_tags.skel.h"
#pragma GCC diagnostic pop

static int attach(int ifindex, enum bpf_tc_attach_point where, const struct bpf_program *program)
{
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = where);
    LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(program));
    int ret = bpf_tc_hook_create(&hook);
    return ret && ret != -EEXIST ? ret : bpf_tc_attach(&hook, &opts);
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level, (void)format, (void)args;
    return 0; /* the return value says it, and is told once */
}

int lab_tags_attach(const char *iface, const struct lab_tags *tags)
{
    int ifindex = (int)if_nametoindex(iface);
    libbpf_set_print(quiet);
    struct lab_tags_bpf *s = ifindex ? lab_tags_bpf__open() : NULL;
    if (!s)
        return ifindex ? -errno : -ENODEV;
    *(struct lab_tags *)&s->rodata->config = *tags;
    int ret = lab_tags_bpf__load(s);
    ret = ret ? ret : attach(ifindex, BPF_TC_INGRESS, s->progs.tags_take);
    ret = ret ? ret : attach(ifindex, BPF_TC_EGRESS, s->progs.tags_put);
    lab_tags_bpf__destroy(s); /* what is attached stays */
    return ret;
}
