/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VLAN tags at a kernel's end of the lab: taken off what arrives, put on what leaves, so that the
 * kernel behind needs no VLAN devices (not every kernel has them). Other tags are dropped.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "wire/lab_tags.h"

enum { TYPE_TAG = 0x8100, TYPE_SERVICE_TAG = 0x88a8, TAG_ID = 0x0fff };

const volatile struct lab_tags config;

static __always_inline int take(struct __sk_buff *skb, __u32 id)
{
    return skb->vlan_present && (skb->vlan_tci & TAG_ID) == id && !bpf_skb_vlan_pop(skb);
}

SEC("tc")
int tags_take(struct __sk_buff *skb)
{
    if (config.vlan_outer && !take(skb, config.vlan_outer))
        return TC_ACT_SHOT;
    if (!take(skb, config.vlan) || skb->vlan_present)
        return TC_ACT_SHOT;
    return TC_ACT_OK;
}

static __always_inline int put(struct __sk_buff *skb, __u16 type, __u16 id)
{
    return !bpf_skb_vlan_push(skb, __builtin_bswap16(type), id);
}

SEC("tc")
int tags_put(struct __sk_buff *skb)
{
    if (!put(skb, TYPE_TAG, (__u16)config.vlan))
        return TC_ACT_SHOT;
    if (config.vlan_outer && !put(skb, TYPE_SERVICE_TAG, (__u16)config.vlan_outer))
        return TC_ACT_SHOT;
    return TC_ACT_OK;
}

char tags_license[] SEC("license") = "BSD-3-Clause";
