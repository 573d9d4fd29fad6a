/* SPDX-License-Identifier: BSD-3-Clause */
/* What the flight recorder of one end keeps is stepped through another engine, and every segment
 * leaves again: over loss and reordering, whole lives and rings that hold only their last part. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "flight/retrace.h"
#include "lib/check_main.h"
#include "peers.h"

#define MS 1000000ull

struct seen {
    uint32_t same, differs, unknown, sent, from_state;
    uint32_t absent; /* recordings that cannot be opened: nothing of the connection is left */
    char first[400]; /* difference */
};

static struct peers_config config(double loss, bool moody)
{
    return (struct peers_config){
        .link = {.loss = loss, .reorder = loss, .delay_ns = 5 * MS, .reorder_ns = 10 * MS, .seed = 3},
        .ip6 = peers_ip6(), .conns = 12, .messages = 20, .message_max = 16384, .moody = moody,
        .timestamps = true, .congestion = true, .window_scale = 7, .window = 262144,
        .ooo_pieces = 4096, .side_blocks = 256, .start_ns = 1000 * MS, .seed = 5,
    };
}

static void watch(void *ctx, const struct retrace_step *step)
{
    struct seen *s = ctx;
    if (step->differs && !s->first[0])
        snprintf(s->first, sizeof s->first, "record %u at %lu: %s", step->number, step->at_ns,
                 step->differs);
}

/* Through a file, as for a user. */
static void replay_one(struct flight *f, uint16_t port, const char *path, struct seen *s)
{
    static const uint8_t mac[6];
    struct flight_origin origin = {.job = "a job",
                                   .head = {.workers = 1, .mtu = 1500}};
    struct flight_file file;
    struct retrace r;
    struct err e = {0};
    struct stack_config cfg = f->stack->cfg;
    memcpy(origin.head.mac, f->stack->queue->port->mac, sizeof mac);
    const struct path *way = &f->stack->paths[0];
    f->fault.tuple = (struct tape_tuple){.local = way->local, .remote = way->remote,
                                         .lport = port, .rport = PEERS_SERVER_PORT};
    ck_assert_int_eq(flight_save(f, &origin, FLIGHT_CONNECTION, path), 0);
    ck_assert_msg(flight_load(&file, path, &e) == 0, "%s", e.message);
    if (retrace_open(&r, &file, &cfg, 0, watch, s, &e) == 0) {
        enum retrace_verdict v = retrace_run(&r);
        s->same += v == RETRACE_SAME;
        s->differs += v == RETRACE_DIFFERS;
        s->unknown += v == RETRACE_UNKNOWN;
        s->from_state += r.running && !r.part.opened;
        s->sent += r.sent;
        retrace_close(&r);
    } else {
        s->absent++;
    }
    flight_unload(&file);
    unlink(path);
}

static struct seen play(const struct peers_config *cfg, uint32_t ring_bytes, uint64_t limit_ns)
{
    struct seen s = {0};
    static struct flight f;
    struct err e = {0};
    char dir[] = "/tmp/check_replay_XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/x.replay", dir);
    struct peers *p = peers_open(cfg);
    ck_assert_int_eq(flight_open(&f, ring_bytes, &p->ends[0].stack, &e), 0);
    p->told_ns = &f.now_ns;
    peers_run(p, limit_ns);
    for (uint16_t i = 0; i < cfg->conns; i++)
        replay_one(&f, (uint16_t)(PEERS_CLIENT_PORT + i), path, &s);
    peers_check(p);
    rmdir(dir);
    flight_close(&f);
    peers_close(p);
    ck_assert_msg(!s.differs, "%s", s.first);
    return s;
}

START_TEST(test_whole_lives)
{
    for (int i = 0; i < 8; i++) {
        struct peers_config cfg = config(i & 1 ? 0.05 : 0, i & 2);
        cfg.sack = cfg.rack = i & 4;
        cfg.cuts = i >= 5; /* what the wire cuts is recorded as what it makes of it */
        cfg.open_sums = i == 5;
        struct seen s = play(&cfg, 64u << 20, 3600000 * MS);
        ck_assert_uint_eq(s.same, cfg.conns);
        ck_assert_uint_eq(s.from_state, 0);
        ck_assert_uint_gt(s.sent, cfg.conns * cfg.messages);
    }
}
END_TEST

START_TEST(test_the_last_part_of_a_ring)
{
    uint32_t from_state = 0, sent = 0, all = 0, same = 0, unknown = 0, absent = 0;
    for (int i = 0; i < 8; i++) {
        struct peers_config cfg = config(i & 1 ? 0.02 : 0, i & 2);
        cfg.timestamps = i & 4;
        cfg.sack = cfg.rack = i & 1;
        cfg.messages = 60;
        struct seen s = play(&cfg, 256u << 10, 3600000 * MS);
        from_state += s.from_state;
        sent += s.sent;
        same += s.same, unknown += s.unknown, absent += s.absent;
        all += cfg.conns;
    }
    printf("%u recordings: %u reproduced, %u without a known state, %u with nothing of theirs\n", all,
           same, unknown, absent);
    ck_assert_uint_eq(same + unknown + absent, all);
    ck_assert_uint_gt(from_state, 8);
    ck_assert_uint_gt(sent, 100);
}
END_TEST

CHECK_MAIN("sim/replay", test_whole_lives, test_the_last_part_of_a_ring)
