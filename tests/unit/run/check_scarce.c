/* SPDX-License-Identifier: BSD-3-Clause */
/* A client and a responder over pair, driven by one thread, with each pool of theirs so small that it
 * is empty again and again: counted, nothing lost, all given back. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/lib/check_main.h"
#include "tests/lib/leak_check.h"
#include "tests/unit/run/both.h"

#define WANTED 60u

/* The load's first `alone` rounds are the client's only: nobody takes its frames. */
static void play_alone(struct both *b, int alone)
{
    b->server = start(b, &b->sc, b->ports[1]);
    b->client = start(b, &b->cc, b->ports[0]);
    command(b, CLIENT_CONNECT);
    uint64_t done = b->client->status.commands_done;
    give(b, CLIENT_LOAD);
    for (int i = 0; i < alone; i++)
        worker_round(b->client);
    if (b->client->status.commands_done == done)
        await(b);
    command(b, CLIENT_DRAIN);
    command(b, CLIENT_CLOSE);
    for (int i = 0; i < 1000; i++) {
        worker_round(b->client);
        worker_round(b->server);
    }
    const uint64_t *count = b->client->block->counters;
    ck_assert_uint_eq(count[COUNTER_STARTED], WANTED);
    ck_assert_uint_eq(count[COUNTER_COMPLETED] + count[COUNTER_FAILED], WANTED);
}

static void play(struct both *b)
{
    play_alone(b, 0);
}

static uint64_t counted(const struct both *b, enum counter c)
{
    return b->client->block->counters[c] + b->server->block->counters[c];
}

static void all_completed(const struct both *b)
{
    ck_assert_uint_eq(b->client->block->counters[COUNTER_FAILED], 0);
    ck_assert_uint_eq(b->client->block->counters[COUNTER_COMPLETED], WANTED);
}

static void is_unmapped(void *block)
{
    unsigned char resident;
    ck_assert_int_eq(mincore(block, 1, &resident), -1);
    ck_assert_int_eq(errno, ENOMEM);
}

static void finish(struct both *b)
{
    ck_assert_uint_eq(b->client->client.trans.in_use, 0);
    ck_assert_uint_eq(b->server->server.pending_left, b->sc.server.pending);
    ck_assert_uint_eq(b->server->server.wait_head, SERVER_NONE);
    leak_check_tcp(&b->client->stack.tcp);
    leak_check_tcp(&b->server->stack.tcp);
    close_both(b);
    leak_check_pair(b->ports);
    void *ring = b->client->flight.ring;
    free_both(b);
    if (ring)
        is_unmapped(ring);
}

/* Time-outs short and many: what finds no room is sent again. */
#define JOB_OF(protocol, payload, connections)                                                     \
    "protocol = " protocol "\npayload = " payload "\nconnections = " connections "\nwire = pair\n" \
    "depth = 2\ntransactions = 60\nduration = 60s\nwarmup = 0\nseed = 1\ntime_wait = 0\n"          \
    "delayed_ack = no\ntimeout = 60s\nrto_min = 1ms\nretries = 100\n"
#define JOB(protocol, payload) JOB_OF(protocol, payload, "4")

static const char *const jobs[] = {JOB("line", "300"), JOB("echo", "3000"), JOB("discard", "500")};

START_TEST(test_enough)
{
    for (size_t i = 0; i < 3; i++) {
        struct both b;
        prepare(&b, jobs[i]);
        play(&b);
        all_completed(&b);
        ck_assert_uint_eq(counted(&b, COUNTER_POOL_EMPTY), 0);
        finish(&b);
    }
}
END_TEST

/* Replies described, or bytes kept to be sent back. */
START_TEST(test_pending)
{
    for (size_t i = 0; i < 2; i++) {
        struct both b;
        prepare(&b, jobs[i]);
        b.sc.server.pending = 1;
        play(&b);
        all_completed(&b);
        ck_assert_uint_gt(counted(&b, COUNTER_POOL_EMPTY), 0);
        finish(&b);
    }
}
END_TEST

START_TEST(test_parses)
{
    struct both b;
    prepare(&b, JOB_OF("line", "20000", "3")); /* each in many segments */
    b.sc.server.parses = 1;
    play(&b);
    all_completed(&b);
    ck_assert_uint_gt(counted(&b, COUNTER_POOL_EMPTY), 0);
    finish(&b);
}
END_TEST

#define AHEAD 30000u
#define REPLY 20000u

/* Small requests for large replies: no more of them are taken than may wait to be sent. */
START_TEST(test_ahead)
{
    struct both b;
    prepare(&b, "protocol = line\npayload = 200\nreply = 20000\nwire = pair\nconnections = 2\n"
                "depth = 16\ntransactions = 60\nduration = 60s\nwarmup = 0\nseed = 1\n"
                "time_wait = 0\ntimeout = 60s\nrto_min = 1ms\nretries = 100\n");
    b.sc.server.ahead_bytes = AHEAD;
    b.server = start(&b, &b.sc, b.ports[1]);
    b.client = start(&b, &b.cc, b.ports[0]);
    command(&b, CLIENT_CONNECT);
    give(&b, CLIENT_LOAD);
    const struct tcp *tcp = &b.server->stack.tcp;
    uint64_t done = b.client->status.commands_done;
    for (uint32_t i = 0; i < ROUNDS && b.client->status.commands_done == done; i++) {
        worker_round(b.client);
        worker_round(b.server);
        for (uint32_t c = 0; c < 2; c++)
            ck_assert_uint_lt(tcp_unacked(tcp_conn(tcp, c)), AHEAD + REPLY);
    }
    command(&b, CLIENT_DRAIN);
    command(&b, CLIENT_CLOSE);
    for (int i = 0; i < 1000; i++) {
        worker_round(b.client);
        worker_round(b.server);
    }
    all_completed(&b);
    ck_assert_uint_gt(counted(&b, COUNTER_WINDOW_CLOSED), 0);
    ck_assert_uint_eq(counted(&b, COUNTER_POOL_EMPTY), 0);
    finish(&b);
}
END_TEST

/* A start that finds no entry has failed at once, and is told so. */
START_TEST(test_transactions)
{
    for (size_t i = 0; i < 3; i++) {
        struct both b;
        prepare(&b, jobs[i]);
        b.cc.client.trans = 1;
        play(&b);
        ck_assert_uint_gt(b.client->block->counters[COUNTER_COMPLETED], 0);
        ck_assert_uint_eq(b.client->block->results[RESULT_NOT_SENT],
                          b.client->block->counters[COUNTER_FAILED]);
        ck_assert_uint_gt(counted(&b, COUNTER_POOL_EMPTY), 0);
        finish(&b);
    }
}
END_TEST

/* Eight tuples, each of which waits for a minute after its connection and has no timestamp to tell the
 * next one: the ninth open looks at as many as it may and has failed. */
START_TEST(test_tuples)
{
    struct both b;
    prepare(&b, "protocol = echo\npayload = 64\nwire = pair\nconnections = 1\nseed = 1\n"
                "pattern = short_lived\nsource = 198.18.1.1\nports = 10000-10003, 20000-20003\n"
                "timestamps = no\ntime_wait_entries = 64\ntransactions = 60\nwarmup = 0\n");
    play(&b);
    const struct rec_interval *block = b.client->block;
    ck_assert_uint_eq(block->counters[COUNTER_COMPLETED], 8);
    ck_assert_uint_eq(block->results[RESULT_NOT_SENT], WANTED - 8);
    ck_assert_uint_eq(block->counters[COUNTER_TUPLES_BUSY], (WANTED - 8) * 64);
    ck_assert_uint_eq(block->connect_errors[RESULT_NOT_SENT], WANTED - 8);
    finish(&b);
}
END_TEST

START_TEST(test_frames)
{
    struct both b;
    prepare(&b, JOB_OF("echo", "60000", "30") "frames = 64\nring_size = 64\nbatch = 32\n");
    play_alone(&b, 10);
    all_completed(&b);
    ck_assert_uint_gt(counted(&b, COUNTER_TX_FULL), 0);
    finish(&b);
}
END_TEST

#define MANY 20000u

/* A closed loop over more connections than can send: no more than fit in line stand there, and each has
 * its turn before the first has its second. */
START_TEST(test_output)
{
    struct both b;
    prepare(&b, "protocol = line\npayload = 128\nwire = pair\nconnections = 20000\nseed = 1\n"
                "transactions = 40000\nduration = 60s\nwarmup = 0\ntime_wait = 0\ntimeout = 60s\n");
    slow_down(&b.clock, 50); /* what is sent again stands in line again */
    b.server = start(&b, &b.sc, b.ports[1]);
    b.client = start(&b, &b.cc, b.ports[0]);
    command(&b, CLIENT_CONNECT);
    const struct tcp *tcp = &b.client->stack.tcp;
    give(&b, CLIENT_LOAD);
    for (uint32_t i = 0; i < 1000; i++)
        worker_round(b.client); /* nobody takes its frames */
    ck_assert_uint_eq(tcp->out_count, 8192);
    ck_assert_uint_lt(b.client->client.trans.in_use, MANY);
    await(&b);
    command(&b, CLIENT_DRAIN);
    for (uint32_t i = 0; i < MANY; i++)
        ck_assert_uint_eq(tcp_end(tcp_conn(tcp, b.client->client.sessions[i].conn)), 2 * 128);
    command(&b, CLIENT_CLOSE);
    for (int i = 0; i < 10000; i++) {
        worker_round(b.client);
        worker_round(b.server);
    }
    ck_assert_uint_eq(b.client->block->counters[COUNTER_COMPLETED], 2 * MANY);
    finish(&b);
}
END_TEST

/* A recorder's ring, whose oldest parts are written over again, goes with its worker. */
START_TEST(test_flight)
{
    struct both b;
    prepare(&b, JOB("echo", "3000") "flight = 256KiB\n");
    play(&b);
    all_completed(&b);
    ck_assert_ptr_nonnull(b.client->flight.ring);
    finish(&b);
}
END_TEST

CHECK_MAIN("run/scarce", test_enough, test_pending, test_parses, test_ahead, test_transactions, test_tuples,
           test_frames, test_output, test_flight)
