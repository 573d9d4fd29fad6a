/* SPDX-License-Identifier: BSD-3-Clause */
/* The walk over pools: every tuple once a round, even shares, prefixes that are never listed. */
#include <stdlib.h>
#include <string.h>

#include "run/tuples.h"
#include "tests/lib/check_main.h"
#include "wire/rss.h"

#define SOURCES 0x0a000000u /* 10.0.0.0 */
#define SERVERS 0x0a010000u /* 10.1.0.0 */

static struct tuples_config config(uint64_t sources, uint32_t ports, uint32_t hosts, uint32_t services,
                                   uint32_t connections)
{
    return (struct tuples_config){
        .sources = {{ip4_addr(SOURCES), sources, 0}}, .sources_count = 1,
        .ports = {{1000, (uint16_t)(1000 + ports - 1)}}, .ports_count = 1,
        .targets = {{{ip4_addr(SERVERS), hosts, 0}, {80, (uint16_t)(80 + services - 1)}}},
        .targets_count = 1, .workers = 1, .connections = connections,
    };
}

static struct tuples *open_walk(const struct tuples_config *cfg)
{
    struct tuples *t = calloc(1, sizeof *t);
    ck_assert_int_eq(tuples_init(t, cfg, NULL), 0);
    return t;
}

static void close_walk(struct tuples *t)
{
    tuples_fini(t);
    free(t);
}

/* A number of its own for each tuple, below sources x ports x targets. */
static uint64_t number_of(const struct tuples *t, struct tuple tuple, uint32_t ports)
{
    uint64_t target = (uint64_t)(tuple.target - t->targets);
    return (tuple.path / t->hosts_count * (uint64_t)ports + tuple.port - 1000u) * t->targets_count + target;
}

/* One round names each tuple once, whatever divides what, and so does the next, in the same order. */
static void check_round(uint32_t sources, uint32_t ports, uint32_t hosts, uint32_t services,
                        uint32_t connections)
{
    struct tuples_config cfg = config(sources, ports, hosts, services, connections);
    struct tuples *t = open_walk(&cfg);
    uint64_t all = tuples_count(&cfg);
    ck_assert_uint_eq(all, (uint64_t)sources * ports * hosts * services);
    uint64_t *seen = calloc(all, sizeof *seen);
    for (uint64_t i = 0; i < all; i++) {
        struct tuple tuple = tuples_take(t);
        ck_assert_uint_eq(tuple.path % t->hosts_count, tuple.target->host);
        uint64_t n = number_of(t, tuple, ports);
        ck_assert_uint_lt(n, all);
        ck_assert_msg(!seen[n], "%lu again at %lu", n, i);
        seen[n] = i + 1;
    }
    for (uint64_t i = 0; i < all; i++)
        ck_assert_uint_eq(seen[number_of(t, tuples_take(t), ports)], i + 1);
    free(seen);
    close_walk(t);
}

START_TEST(test_every_tuple_once_a_round)
{
    check_round(1, 1, 1, 1, 1);
    check_round(16, 50, 1, 1, 100);
    check_round(3, 7, 5, 2, 100);
    check_round(4, 100, 1, 1, 400);
    check_round(5, 64, 2, 3, 100000);
    check_round(2, 1000, 1, 4, 700);
    check_round(7, 13, 3, 1, 7);
}
END_TEST

/* Of any number of connections, each server and each source has its share. */
START_TEST(test_even_shares)
{
    struct tuples_config cfg = config(16, 50000, 4, 2, 6400);
    struct tuples *t = open_walk(&cfg);
    uint32_t by_target[8] = {0}, by_source[16] = {0};
    for (uint32_t i = 0; i < 6400; i++) {
        struct tuple tuple = tuples_take(t);
        by_target[tuple.target - t->targets]++;
        by_source[tuple.path / 4]++;
        for (uint32_t k = 1; k < 8; k++)
            ck_assert_uint_le(by_target[0] - by_target[k], 1);
    }
    for (uint32_t s = 0; s < 16; s++)
        ck_assert_uint_eq(by_source[s], 400);
    close_walk(t);
}
END_TEST

/* With one server, neighbours in time share a path: it changes once a run. */
START_TEST(test_locality)
{
    struct tuples_config cfg = config(256, 50000, 1, 1, 1000000);
    struct tuples *t = open_walk(&cfg);
    uint32_t last = UINT32_MAX, changes = 0;
    for (uint32_t i = 0; i < 1000000; i++) {
        uint32_t path = tuples_take(t).path;
        changes += path != last;
        last = path;
    }
    ck_assert_uint_eq(changes, 1000000 / TUPLES_RUN_MAX);
    close_walk(t);
}
END_TEST

/* Where each is used once a path stays for a while, however few there are at once; and all have their turn. */
START_TEST(test_brief_ones_stay_with_a_source)
{
    struct tuples_config cfg = config(250, 100, 1, 1, 256);
    cfg.comes_and_goes = cfg.brief = true;
    struct tuples *t = open_walk(&cfg);
    uint32_t by_source[250] = {0};
    for (uint32_t i = 0; i < 250 * TUPLES_RUN_BRIEF; i++) {
        uint32_t source = tuples_take(t).path;
        ck_assert_uint_eq(source, i / TUPLES_RUN_BRIEF);
        by_source[source]++;
    }
    for (uint32_t s = 0; s < 250; s++)
        ck_assert_uint_eq(by_source[s], TUPLES_RUN_BRIEF);
    close_walk(t);
}
END_TEST

START_TEST(test_workers_have_ports_of_their_own)
{
    struct tuples_config cfg = config(2, 10, 1, 1, 20);
    cfg.ports[0].hi = 1004;
    cfg.ports[1] = (struct port_range){3000, 3005};
    cfg.ports_count = 2;
    cfg.workers = 3;
    uint8_t seen[2][65536] = {{0}};
    uint16_t owner[65536];
    uint64_t all = 0;
    memset(owner, 0xff, sizeof owner);
    tuples_owners(&cfg, owner);
    for (cfg.worker = 0; cfg.worker < 3; cfg.worker++) {
        struct tuples *t = open_walk(&cfg);
        all += tuples_count(&cfg);
        for (uint64_t i = 0; i < tuples_count(&cfg); i++) {
            struct tuple tuple = tuples_take(t);
            ck_assert(!seen[tuple.path][tuple.port]++);
            ck_assert_uint_eq(owner[tuple.port], cfg.worker);
        }
        close_walk(t);
    }
    ck_assert_uint_eq(all, 22);
    ck_assert_uint_eq(owner[999], 0xffff);
    ck_assert_uint_eq(owner[1005], 0xffff);
    for (uint32_t s = 0; s < 2; s++)
        for (uint32_t port = 0; port < 65536; port++)
            ck_assert_uint_eq(seen[s][port], (port >= 1000 && port <= 1004) || (port >= 3000 && port <= 3005));
}
END_TEST

/* 2^64 addresses: as many as there are paths, all different, of the whole prefix and of all low bits. */
START_TEST(test_a_prefix_is_not_listed)
{
    struct tuples_config cfg = config(1, 50000, 1, 1, 100000);
    ck_assert_int_eq(ip_parse_range("2001:2::/64", &cfg.sources[0]), 0);
    ck_assert_uint_eq(tuples_sources(&cfg), 65536);
    struct tuples *t = open_walk(&cfg);
    uint64_t high = 0, low_or = 0, last = 0;
    for (uint32_t i = 0; i < t->sources; i++) {
        struct ip_addr a = tuples_source(t, i);
        ck_assert_uint_eq(a.hi, 0x2001000200000000ull);
        ck_assert(i == 0 || a.lo > last);
        last = a.lo;
        high |= a.lo;
        low_or |= a.lo & 0xffff;
    }
    ck_assert_uint_gt(high, 1ull << 62);
    ck_assert_uint_eq(low_or, 0xffff);
    close_walk(t);
    cfg.connections = 10; /* that stay need no more sources than there are of them */
    ck_assert_uint_eq(tuples_sources(&cfg), 10);
    cfg.comes_and_goes = true;
    ck_assert_uint_eq(tuples_sources(&cfg), 65536);
}
END_TEST

/* Blocks of every size in a row; nothing past the end of any. */
START_TEST(test_several_blocks)
{
    struct tuples_config cfg = config(4, 10, 1, 1, 100);
    cfg.sources[1] = (struct ip_range){ip4_addr(SOURCES + 0x100), 1, 32};
    cfg.sources[2] = (struct ip_range){ip4_addr(SOURCES + 0x200), 2, 31};
    cfg.sources_count = 3;
    static const uint32_t expected[] = {0, 1, 2, 3, 0x100, 0x200, 0x201};
    struct tuples *t = open_walk(&cfg);
    ck_assert_uint_eq(t->sources, 7);
    for (uint32_t i = 0; i < 7; i++)
        ck_assert(ip_equal(tuples_source(t, i), ip4_addr(SOURCES + expected[i])));
    close_walk(t);
}
END_TEST

/* Many servers leave each source fewer paths. */
START_TEST(test_paths_are_bounded)
{
    struct tuples_config cfg = config(1u << 20, 50000, 4096, 4, 10000000);
    ck_assert_uint_eq(tuples_sources(&cfg), 16);
    ck_assert_uint_eq(tuples_paths(&cfg), TUPLES_PATHS_MAX);
    ck_assert_uint_eq(tuples_count(&cfg), 16ull * 50000 * 4096 * 4);
    cfg = config(1u << 20, 1, 1, 1, 10000000);
    ck_assert_uint_eq(tuples_count(&cfg), 65536);
}
END_TEST

/* A device with a key and a table of 8 places, which are dealt to the workers in turn. */
static struct rss *some_device(uint32_t workers)
{
    static struct rss device = {.size = 8};
    uint8_t key[RSS_KEY_LEAST];
    for (uint32_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(i * 89 + 41);
    rss_init(&device, key);
    for (uint32_t i = 0; i < device.size; i++)
        device.queues[i] = (uint16_t)(i % workers);
    return &device;
}

/* The tuples that a worker opens first: replies to all of them come to its own queue, and nobody else has them. */
START_TEST(test_ports_by_the_queue_that_replies_land_in)
{
    enum { WORKERS = 3, EACH = 2000, PORTS = 5000 };
    struct rss *device = some_device(WORKERS);
    static uint8_t seen[4 * PORTS * 2];
    for (uint32_t w = 0; w < WORKERS; w++) {
        struct tuples_config cfg = config(4, PORTS, 1, 2, EACH / 4);
        cfg.workers = WORKERS;
        cfg.worker = w;
        cfg.rss = device;
        struct tuples *t = open_walk(&cfg);
        for (uint32_t i = 0; i < EACH; i++) {
            struct tuple tuple = tuples_take(t);
            struct rss_flow reply = {tuple.target->addr, tuples_source(t, tuple.path), tuple.target->port,
                                     tuple.port};
            ck_assert_uint_eq(rss_queue(device, &reply), w);
            ck_assert_uint_eq(tuple.port % WORKERS, (1000 + w) % WORKERS);
            ck_assert_uint_eq(seen[number_of(t, tuple, PORTS)]++, 0);
        }
        close_walk(t);
    }
}
END_TEST

/* Where that would leave too few, each has its turn, and frames are handed over. */
START_TEST(test_scarce_tuples_are_not_passed_over)
{
    struct tuples_config cfg = config(1, 100, 1, 1, 10);
    cfg.workers = 2;
    cfg.rss = some_device(2);
    struct tuples *t = open_walk(&cfg);
    ck_assert_uint_eq(tuples_count(&cfg), 50);
    for (uint32_t i = 0; i < 50; i++)
        ck_assert_uint_eq(tuples_take(t).port, 1000 + 2 * i);
    close_walk(t);
    cfg.connections = 5;
    t = open_walk(&cfg);
    ck_assert(t->by_queue);
    close_walk(t);
    cfg.comes_and_goes = true;
    t = open_walk(&cfg);
    ck_assert(!t->by_queue);
    close_walk(t);
}
END_TEST

CHECK_MAIN("run/tuples", test_every_tuple_once_a_round, test_even_shares, test_locality,
           test_brief_ones_stay_with_a_source, test_workers_have_ports_of_their_own,
           test_a_prefix_is_not_listed, test_several_blocks, test_paths_are_bounded,
           test_ports_by_the_queue_that_replies_land_in, test_scarce_tuples_are_not_passed_over)
