/* SPDX-License-Identifier: BSD-3-Clause */
/* The path pool when it is full: whoever is in use is found for ever, whoever is not gives way. */
#include "lib/check_main.h"
#include "lib/virtual_link.h"
#include "stack/path.h"

#define PATHS 40 /* in a table of 128 */
#define LOCAL 0x0a000001u

#define BOTH_FAMILIES(name)                                                                        \
    START_TEST(test_##name)                                                                        \
    {                                                                                              \
        name(false);                                                                               \
        name(true);                                                                                \
    }                                                                                              \
    END_TEST

static uint64_t count[COUNTER_COUNT], drops[DROP_COUNT];

static struct stack *open_stack(struct link *l)
{
    static const struct tcp_ops ops = {0};
    static struct stack s;
    struct stack_config cfg = {.tcp = {.conns = 1, .time_wait_entries = 1, .piece_bytes = 536},
                               .paths = PATHS, .mtu = 1500, .batch = 8};
    ck_assert_int_eq(stack_init(&s, &cfg, &l->ends[0].queue, &ops, NULL, NULL, count, drops, 0, NULL), 0);
    return &s;
}

/* Over IPv6 each in a network of its own, with a number that begins far in front. */
static struct ip_addr host(bool ip6, uint32_t n)
{
    return ip6 ? (struct ip_addr){0x2001000200000000 | n, (uint64_t)n << 40} : ip4_addr(n);
}

static uint32_t arrive(struct stack *s, bool ip6, uint32_t remote)
{
    static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9};
    struct pkt p = {.src = host(ip6, remote), .dst = host(ip6, LOCAL), .eth_src = mac};
    uint32_t path = path_find(s, p.dst, p.src);
    return path == PATH_NONE ? path_from_packet(s, &p) : path;
}

/* Random strangers; each path in use is held by one of `held`. */
static void whoever_is_used_stays(bool ip6)
{
    struct link *l = link_open(&(struct link_config){.seed = 1});
    struct stack *s = open_stack(l);
    struct rng rng;
    uint32_t held[PATHS] = {0};
    rng_seed(&rng, 4);
    for (int i = 0; i < 40000; i++) {
        uint32_t remote = 1 + (uint32_t)rng_below(&rng, 1000), path = arrive(s, ip6, remote);
        if (path != PATH_NONE && rng_below(&rng, 2) && !s->path_uses[path]) {
            s->path_uses[path] = 1;
            held[path] = remote;
        }
        uint32_t let_go = (uint32_t)rng_below(&rng, PATHS);
        if (rng_below(&rng, 3) == 0) {
            s->path_uses[let_go] = 0;
            held[let_go] = 0;
        }
        for (uint32_t p = 0; p < PATHS; p++)
            ck_assert(!held[p] || path_find(s, host(ip6, LOCAL), host(ip6, held[p])) == p);
    }
    ck_assert_uint_eq(s->path_count, PATHS);
    ck_assert_uint_gt(s->path_reclaims, 1000);
    stack_fini(s);
    link_close(l);
}

BOTH_FAMILIES(whoever_is_used_stays)

static void none_when_all_are_used(bool ip6)
{
    struct link *l = link_open(&(struct link_config){.seed = 1});
    struct stack *s = open_stack(l);
    for (uint32_t i = 0; i < PATHS; i++)
        s->path_uses[arrive(s, ip6, 100 + i)] = 1;
    ck_assert_uint_eq(arrive(s, ip6, 5000), PATH_NONE);
    s->path_uses[17] = 0;
    ck_assert_uint_eq(arrive(s, ip6, 5000), 17);
    ck_assert_uint_eq(path_find(s, host(ip6, LOCAL), host(ip6, 117)), PATH_NONE);
    stack_fini(s);
    link_close(l);
}

BOTH_FAMILIES(none_when_all_are_used)

/* One of ours, which has a neighbour, is not a stranger's. */
static void ours_stay(bool ip6)
{
    struct link *l = link_open(&(struct link_config){.seed = 1});
    struct stack *s = open_stack(l);
    for (uint32_t i = 0; i < PATHS; i++)
        ck_assert_uint_eq(stack_path(s, host(ip6, LOCAL), host(ip6, 200 + i), 0), i);
    ck_assert_uint_eq(arrive(s, ip6, 5000), PATH_NONE);
    stack_fini(s);
    link_close(l);
}

BOTH_FAMILIES(ours_stay)

/* A stranger's that is asked for is ours from then on. */
static void strangers_become_ours(bool ip6)
{
    struct link *l = link_open(&(struct link_config){.seed = 1});
    struct stack *s = open_stack(l);
    for (uint32_t i = 0; i < PATHS; i++)
        arrive(s, ip6, 200 + i);
    for (uint32_t i = 0; i < PATHS; i++)
        ck_assert_uint_eq(stack_path(s, host(ip6, LOCAL), host(ip6, 200 + i), 0), i);
    ck_assert_uint_eq(arrive(s, ip6, 5000), PATH_NONE);
    ck_assert_uint_eq(s->path_reclaims, 0);
    stack_fini(s);
    link_close(l);
}

BOTH_FAMILIES(strangers_become_ours)

CHECK_MAIN("stack/path", test_whoever_is_used_stays, test_none_when_all_are_used, test_ours_stay,
           test_strangers_become_ours)
