/* SPDX-License-Identifier: BSD-3-Clause */
/* What is reserved at the start: as much as the arithmetic says, by the thread and on the CPU that will
 * use it, refused when it does not fit. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "run/dryrun.h"
#include "run/responder.h"
#include "run/room.h"
#include "tests/lib/check_main.h"
#include "tests/unit/run/both.h"
#include "tests/unit/run/need_fixture.h"

#define MIB ((int64_t)1 << 20)

/* Idle connections of the two sides, as the specification counts them: all pools, none of which
 * would be there for one connection. */
#define HELD "protocol = echo\npayload = 64\nrate = 0\nwire = pair\nsource = 198.18.0.0/24\n"

START_TEST(test_ten_million)
{
    struct need one = need_for(HELD "connections = 1\n"), many = need_for(HELD "connections = 10000000\n");
    double gen = (double)(many.gen_bytes - one.gen_bytes) / 1e7;
    double peer = (double)(many.peer_bytes - one.peer_bytes) / 1e7;
    for (uint32_t i = 0; i < many.pools_count; i++)
        printf("%-16s %6.1f %6.1f bytes a connection\n", many.pools[i].name,
               (double)many.pools[i].gen_bytes / 1e7, (double)many.pools[i].peer_bytes / 1e7);
    ck_assert_msg(gen <= 160, "gen: %f bytes", gen);
    ck_assert_msg(peer <= 160, "responder: %f bytes", peer);
}
END_TEST

/* --- as much as the arithmetic says ------------------------------------------------------------ */

static int64_t resident(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fscanf(f, "%*d %ld", &pages), 1);
    fclose(f);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

/* As main does it: each on a thread of its own. */
static struct worker *start_thread(struct both *b, int side, int cpu)
{
    struct err e = {0};
    struct worker_config *cfg = side ? &b->sc : &b->cc;
    struct worker *w = aligned_alloc(64, sizeof *w);
    configure(b, cfg, b->ports[side]);
    cfg->cpu = cpu;
    ck_assert_int_eq(worker_start(w, cfg, &e), 0);
    ck_assert_msg(worker_await(w, &e) == 0, "%s", e.message);
    return w;
}

static void end_threads(struct both *b)
{
    struct worker *both[] = {b->client, b->server};
    for (int i = 0; i < 2; i++) {
        worker_stop(both[i]);
        worker_end(both[i]);
    }
    free_both(b);
}

static void expect_about(const char *side, int64_t bytes, uint64_t wanted)
{
    int64_t more = bytes - (int64_t)wanted;
    ck_assert_msg(more > -MIB && more < 2 * MIB, "%s: %lld bytes, %llu by the arithmetic", side,
                  (long long)bytes, (unsigned long long)wanted);
}

static void as_reserved(const char *text)
{
    struct both b;
    struct need n = need_for(text);
    struct worker_memory told = {0};
    prepare(&b, text);
    uint64_t none = 0, recorded = n.gen_bytes;
    for (uint32_t i = 0; i < n.pools_count; i++) /* these are the recorder's */
        if (!strcmp(n.pools[i].name, "sample_rings") || !strcmp(n.pools[i].name, "interval_blocks"))
            none += n.pools[i].gen_bytes;
    int64_t before = resident();
    b.client = start_thread(&b, 0, -1);
    expect_about("gen", resident() - before, recorded - none);
    before = resident();
    b.server = start_thread(&b, 1, -1);
    expect_about("responder", resident() - before, n.peer_bytes);
    worker_memory_add(&told, &b.client->memory);
    ck_assert_uint_eq(worker_memory_bytes(&told), recorded - none);
    ck_assert_uint_gt(told.took_ns, 0);
    told = (struct worker_memory){0};
    worker_memory_add(&told, &b.server->memory);
    ck_assert_uint_eq(worker_memory_bytes(&told) + sizeof(struct rec_interval), n.peer_bytes);
    end_threads(&b);
}

#define MANY "wire = pair\nsource = 198.18.0.0/24\nconnections = 200000\n"

START_TEST(test_as_the_arithmetic_says)
{
    SIMULATION(); /* a sanitizer has memory of its own beside it */
    as_reserved(MANY "protocol = echo\npayload = 64\n");
    as_reserved(MANY "protocol = echo\npayload = 4000\nrate = 1000\npattern = churn\nchurn_rate = 10\n");
    as_reserved(MANY "protocol = line\npayload = 300\ndepth = 2\ntarget = 198.19.0.1:9000-9003\n");
    as_reserved(MANY "protocol = discard\npayload = 64\npattern = short_lived\n");
}
END_TEST

/* --- where ------------------------------------------------------------------------------------ */

/* A pair wire that looks where its queue is opened: set-up does that before anything is reserved. */
struct seen {
    struct wire_ops ops;
    const struct wire_ops *real;
    cpu_set_t set;
    pthread_t thread;
};
static struct seen seen;

static int look(struct wire_port *port, uint32_t index, struct wire_queue **out, struct err *e)
{
    seen.thread = pthread_self();
    ck_assert_int_eq(sched_getaffinity(0, sizeof seen.set, &seen.set), 0);
    return seen.real->queue_open(port, index, out, e);
}

START_TEST(test_on_its_own_cpu)
{
    struct both b;
    struct err e = {0};
    int cpus[2];
    prepare(&b, "wire = pair\nprotocol = echo\npayload = 64\n");
    struct worker **both[] = {&b.client, &b.server};
    ck_assert_int_eq(setup_cpus(&b.f.job, 2, cpus, &e), 0);
    for (int i = 0; i < 2; i++) {
        seen.real = b.ports[i]->ops;
        seen.ops = *seen.real;
        seen.ops.queue_open = look;
        b.ports[i]->ops = &seen.ops;
        *both[i] = start_thread(&b, i, cpus[i]);
        b.ports[i]->ops = seen.real;
        ck_assert(pthread_equal(seen.thread, (*both[i])->thread));
        if (cpus[i] >= 0) {
            ck_assert_int_eq(CPU_COUNT(&seen.set), 1);
            ck_assert(CPU_ISSET((size_t)cpus[i], &seen.set));
        }
    }
    end_threads(&b);
}
END_TEST

/* --- whether it fits -------------------------------------------------------------------------- */

START_TEST(test_refused)
{
    struct err e = {0};
    struct need n = {.gen_bytes = 3ull << 30, .peer_bytes = 5ull << 30, .frame_bytes = 1u << 30,
                     .connections = 20000000};
    ck_assert_int_eq(room_check(&n, 9ull << 30, &e), 0);
    ck_assert_int_eq(room_check(&n, 0, &e), 0); /* nobody knows */
    ck_assert_int_eq(e.exit_code, 0);
    ck_assert_int_eq(room_check(&n, (9ull << 30) - 1, &e), -ENOMEM);
    ck_assert_int_eq(e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(e.message, "3 GiB for gen + 5 GiB for the responder + 1 GiB of frames = "
                                            "9 GiB for 20000000 connections"));
    ck_assert_uint_gt(room_available(), 1u << 20);
}
END_TEST

CHECK_MAIN("run/reserve", test_ten_million, test_as_the_arithmetic_says, test_on_its_own_cpu, test_refused)
