/* SPDX-License-Identifier: BSD-3-Clause */
/* The dry run's arithmetic against sums done by hand. */
#include <math.h>

#include "run/dryrun.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"
#include "tests/unit/run/need_fixture.h"

#define S 1000000000ull

static struct need_load load_for(const char *text)
{
    struct fixture f;
    struct need_load l;
    load_well(&f, text, NULL, NULL);
    need_load_of(&f.job, 0, app_proto_find(f.job.protocol), &l);
    fixture_fini(&f);
    return l;
}

/* 64 bytes fit one segment: 14 + 20 + 20 + 12 bytes of headers around them. */
START_TEST(test_bytes_on_the_wire)
{
    struct need_load l = load_for("protocol = echo\npayload = 64\nrate = 1000\n");
    ck_assert_double_eq(l.frames_out, 1);
    ck_assert_double_eq(l.wire_out_bytes, 130);
    ck_assert_double_eq(l.wire_in_bytes, 130);
    ck_assert_double_eq(l.mean_per_s, 1000);
    l = load_for("protocol = echo\npayload = 64\nrate = 1000\ntimestamps = no\n");
    ck_assert_double_eq(l.wire_out_bytes, 118);
    /* 3000 bytes in segments of 1448 */
    l = load_for("protocol = echo\npayload = 3000\nrate = 1000\n");
    ck_assert_double_eq(l.frames_out, 3);
    ck_assert_double_eq(l.wire_out_bytes, 3000 + 3 * 66);
    /* one-byte segments */
    l = load_for("protocol = discard\npayload = 1KiB\nmss = 1\ntimestamps = no\nrate = 10\n");
    ck_assert_double_eq(l.frames_out, 1024);
    ck_assert_double_eq(l.wire_out_bytes, 1024 * 55);
    ck_assert_double_eq(l.frames_in, 0);
    /* each opens and closes its own: SYN, ACK, FIN, ACK and SYN-ACK, ACK, FIN more */
    l = load_for("protocol = echo\npayload = 64\nrate = 1000\npattern = short_lived\n");
    ck_assert_double_eq(l.frames_out, 5);
    ck_assert_double_eq(l.frames_in, 4);
}
END_TEST

/* Of a search: its trials when each holds. 1 s of warm-up each; the first needs 22.2 s for its 1,000
 * completions at nine tenths of 50/s. */
START_TEST(test_a_search)
{
    struct need n = need_for("suite = limits\nstep_high = 1000\n");
    ck_assert_uint_eq(n.trials, 4); /* 50, 200, 500, 1000 */
    ck_assert_double_eq_tol((double)n.load_ns / 1e9, 4 + 22.2222 + 3 * 10, .001);
    ck_assert_double_eq_tol(n.transactions, 50 * 23.2222 + (200 + 500 + 1000) * 11, .1);
    n = need_for("suite = scale_steps\nscale_connections = 10,20\nstep_time = 3s\n");
    ck_assert_uint_eq(n.trials, 2);
    ck_assert_uint_eq(n.load_ns, 8 * S);
    ck_assert(isnan(n.transactions));
    ck_assert_uint_eq(need_for("rate = 10\n").trials, 0);
}
END_TEST

START_TEST(test_sizes_and_rates_that_move)
{
    struct need_load l = load_for("protocol = echo\npayload = 100:1,300:1\nreply = 0\nrate = 10\n"
                                  "shape = burst\nduration = 20s\n");
    ck_assert_double_eq_tol(l.request_bytes, 200, 5);
    ck_assert_double_eq_tol(l.mean_per_s, 10 * (10 * 5 + 15) / 20.0, 0.01);
    ck_assert_double_eq_tol(l.peak_per_s, 100, 1e-9);
    l = load_for("payload = 1KiB\nsla = p99<1s, transactions_per_s>=50\n");
    ck_assert_str_eq(l.why, "transactions_per_s");
    ck_assert_double_eq(l.mean_per_s, 50);
    l = load_for("payload = 1KiB\nsla = p99<1s\n");
    ck_assert(isnan(l.mean_per_s) && !l.why);
}
END_TEST

START_TEST(test_tuples)
{
    struct need n = need_for("source = 10.0.0.0/30, 10.1.0.1\nports = 1000-1999\n"
                             "target = 10.2.0.1:1, 10.2.0.2:1\nconnections = 7\n");
    ck_assert_uint_eq(n.pool.sources, 5);
    ck_assert_uint_eq(n.pool.tuples, 5 * 1000 * 2);
    ck_assert_uint_eq(n.connections, 7);
    ck_assert_uint_eq(n.walked, 5);
    ck_assert_double_eq(n.opened_per_s, 0);
    n = need_for("pattern = short_lived\nrate = 300\ntime_wait = 30s\n");
    ck_assert_double_eq(n.opened_per_s, 300);
    ck_assert_double_eq(n.held_s, 30);
    n = need_for("pattern = short_lived\nrate = 300\nclose = rst\n");
    ck_assert_double_eq(n.held_s, 0);
    n = need_for("pattern = short_lived\n");
    ck_assert(isnan(n.opened_per_s));
}
END_TEST

/* An IPv6 /64 is more than its worth in 64 bits: sums and products stop there. */
START_TEST(test_pools_saturate)
{
    static struct job job;
    job.sources_count = job.ports_count = job.targets_count = 1;
    ck_assert_int_eq(ip_parse_range("2001:2::/64", &job.sources[0]), 0);
    ck_assert_int_eq(ip_parse_range("2001:2:0:1::/120", &job.targets[0].addrs), 0);
    job.ports[0] = (struct port_range){10000, 59999};
    job.targets[0].ports = (struct port_range){80, 81};
    struct job_pool pool = job_pool_of(&job);
    ck_assert_uint_eq(pool.sources, 1ull << 63);
    ck_assert_uint_eq(pool.ports, 50000);
    ck_assert_uint_eq(pool.hosts, 256);
    ck_assert_uint_eq(pool.targets, 512);
    ck_assert_uint_eq(pool.tuples, UINT64_MAX);
    job.sources[1] = job.sources[0];
    job.sources_count = 2;
    ck_assert_uint_eq(job_pool_of(&job).sources, UINT64_MAX);
}
END_TEST

START_TEST(test_times_and_file)
{
    struct need n = need_for("rate = 100\nduration = 8s\nwarmup = 2s\ndrain = 3s\nclose_limit = 4s\n"
                             "connect_limit = 20s\n[a]\n[b]\nduration = 18s\n");
    ck_assert_uint_eq(n.load_ns, 30 * S);
    ck_assert_uint_eq(n.limit_ns, (30 + 2 * 3 + 4 + 2 * 20) * S);
    ck_assert_double_eq(n.transactions, 3000);
    struct need none = need_for("rate = 100\nduration = 28s\nwarmup = 2s\nsamples = none\n");
    ck_assert_double_eq(none.db_low_bytes, none.db_high_bytes);
    ck_assert_double_eq_tol(n.db_high_bytes - none.db_high_bytes, 3000 * 10, 1);
    ck_assert(isnan(need_for("duration = 10s\n").db_high_bytes));
    ck_assert(!need_for("duration = 10s\n").by_rule);
    ck_assert(need_for("sla = msg_per_s>=5\n").by_rule);
}
END_TEST

static uint64_t pool(const struct need *n, const char *name, bool peer)
{
    for (uint32_t i = 0; i < n->pools_count; i++)
        if (!strcmp(n->pools[i].name, name))
            return peer ? n->pools[i].peer_bytes : n->pools[i].gen_bytes;
    ck_abort_msg("no pool %s", name);
    return 0;
}

/* 128 bytes a connection, on each side; nothing of a peer that is not ours. */
START_TEST(test_memory)
{
    struct need n = need_for("connections = 1000\n");
    ck_assert_uint_eq(pool(&n, "connections", false), 128000);
    ck_assert_uint_ge(pool(&n, "connections", true), 128000);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n.pools_count; i++)
        sum += n.pools[i].gen_bytes;
    ck_assert_uint_eq(sum, n.gen_bytes);
    struct need far = need_for("connections = 1000\npeer = none\n");
    ck_assert_uint_eq(far.peer_bytes, 0);
    ck_assert_uint_eq(far.frame_bytes * 2, n.frame_bytes);
    struct need two = need_for("connections = 1000\nworkers = 2\n");
    ck_assert_uint_eq(pool(&two, "connections", false), 128000);
    ck_assert_uint_eq(two.frame_bytes, 2 * n.frame_bytes);
}
END_TEST

CHECK_MAIN("run/need", test_a_search, test_bytes_on_the_wire, test_sizes_and_rates_that_move, test_tuples,
           test_pools_saturate,
           test_times_and_file, test_memory)
