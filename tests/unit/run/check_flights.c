/* SPDX-License-Identifier: BSD-3-Clause */
/* What a run tells of its flight recordings: those that were written, and what is wrong with others. */
#include <stdlib.h>
#include <sys/stat.h>

#include "run/flights.h"
#include "run/run.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"
#include "tests/unit/job/fixture.h"
#include "wire/hand.h"

#define UUID "12345678-0000-4000-8000-000000000001"

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    (void)ctx, (void)conn, (void)event;
}

static const struct tcp_ops ops = {.event = on_event};

/* A run of one worker, whose stack is on a wire in one hand. */
struct desk {
    struct tmp_dir dir;
    struct fixture f;
    struct hand *hand;
    struct run r;
    uint64_t count[COUNTER_COUNT], drops[DROP_COUNT];
    char *told;
    size_t told_bytes;
};

static void open_worker(struct desk *d)
{
    struct err e = {0};
    struct worker *w = aligned_alloc(64, sizeof *w);
    struct stack_config cfg = {
        .tcp = {.conns = 8, .time_wait_entries = 8, .ooo_pieces = 8, .piece_bytes = 1460,
                .half_open = 8, .window = 65535, .rto_min_tk = 1000, .rto_max_tk = 10000,
                .rto_initial_tk = 1000, .init_cwnd = 10, .retries = 3, .syn_retries = 3},
        .local = {{.first = ip4_addr(0xc6120001), .count = 1}}, .local_count = 1, .paths = 8,
        .mtu = 1500, .batch = 16};
    memset(w, 0, sizeof *w);
    d->r.workers = w;
    d->r.workers_count = 1;
    ck_assert_int_eq(stack_init(&w->stack, &cfg, hand_queue(d->hand), &ops, NULL, d, d->count, d->drops,
                                0, &e), 0);
    ck_assert_int_eq(flight_open(&w->flight, d->f.job.flight, &w->stack, &e), 0);
}

/* `db`: within the folder, or below one that is not there. */
static struct desk *desk_open(const char *db)
{
    struct desk *d = calloc(1, sizeof *d);
    struct err e = {0};
    d->dir = tmp_dir_make();
    load_well(&d->f, "flight = 256KiB\n", NULL, NULL);
    snprintf(d->f.job.db, sizeof d->f.job.db, "%s/%s", d->dir.path, db);
    d->hand = hand_open(1500, mac, &e);
    d->r.job = &d->f.job;
    d->r.wires.port = hand_queue(d->hand)->port;
    d->r.log = (struct log){.level = LOG_WARN, .to = open_memstream(&d->told, &d->told_bytes)};
    strcpy(d->r.uuid, UUID);
    open_worker(d);
    return d;
}

/* What was told, to be freed. */
static char *desk_close(struct desk *d)
{
    char *told;
    flights_tell(&d->r);
    fclose(d->r.log.to);
    told = d->told;
    flights_close(&d->r);
    flight_close(&d->r.workers->flight);
    stack_fini(&d->r.workers->stack);
    free(d->r.workers);
    hand_close(d->hand);
    fixture_fini(&d->f);
    tmp_dir_remove(&d->dir);
    free(d);
    return told;
}

static void open_flights(struct desk *d)
{
    struct err e = {0};
    ck_assert_msg(flights_open(&d->r, &e) == 0, "%s", e.message);
}

/* A connection that went wrong, written or not. */
static void fault(struct desk *d)
{
    struct worker *w = d->r.workers;
    uint32_t path = stack_path(&w->stack, ip4_addr(0xc6120001), ip4_addr(0xc6120002), 0);
    uint32_t conn = tcp_open(&w->stack.tcp, path, 1000, 9000, 1460, 0);
    ck_assert_uint_ne(conn, CONN_NONE);
    flight_fault(&w->flight, conn, RESULT_TIMEOUT);
    flight_round(&w->flight);
    flights_tick(&d->r);
    flight_round(&w->flight);
    tcp_abort(&w->stack.tcp, conn);
}

static void says(const char *told, const char *what, bool wanted)
{
    ck_assert_msg((strstr(told, what) != NULL) == wanted, "%s in: %s", what, told);
}

START_TEST(test_written)
{
    struct desk *d = desk_open("results.db");
    open_flights(d);
    fault(d);
    fault(d);
    char *told = desk_close(d);
    says(told, "/results.db.12345678-fault1.replay and .pcap\n", true);
    says(told, "/results.db.12345678-fault2.replay and .pcap\n", true);
    says(told, "faults: 2, recorded: 2; gen replay FILE shows one\n", true);
    free(told);
}
END_TEST

START_TEST(test_not_written)
{
    struct desk *d = desk_open("nowhere/results.db");
    open_flights(d);
    fault(d);
    char *told = desk_close(d);
    says(told, "-fault1.replay: No such file or directory\n", true);
    says(told, "faults: 1, recorded: 0\n", true);
    free(told);
}
END_TEST

/* A folder is where the capture is to be: the recording beside it is whole. */
START_TEST(test_capture_not_written)
{
    struct desk *d = desk_open("results.db");
    char path[300];
    snprintf(path, sizeof path, "%s.12345678-fault1.pcap", d->dir.file);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    open_flights(d);
    fault(d);
    fault(d);
    char *told = desk_close(d);
    says(told, "-fault1.replay, without its .pcap: Is a directory\n", true);
    says(told, "-fault1.replay:", false);
    says(told, "-fault2.replay and .pcap\n", true);
    says(told, "faults: 2, recorded: 2; gen replay FILE shows one\n", true);
    free(told);
}
END_TEST

static void touch(const struct desk *d, const char *name, char path[300])
{
    snprintf(path, 300, "%s/%s", d->dir.path, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
}

/* What a process that was killed had not finished; nothing of others. */
START_TEST(test_parts_are_removed)
{
    static const char *const stay[] = {"results.db.87654321-fault1.replay", "results.db.part",
                                       "other.db.87654321-fault1.replay.part", "results.db.8765432x-mine.part"};
    static const char *const go[] = {"results.db.87654321-fault1.replay.part",
                                     "results.db.87654321-fault2.pcap.part",
                                     "results.db.87654321-assertion-w0.replay.part"};
    char path[300];
    struct desk *d = desk_open("results.db");
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        touch(d, stay[i], path);
    for (size_t i = 0; i < sizeof go / sizeof *go; i++)
        touch(d, go[i], path);
    open_flights(d);
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++) {
        snprintf(path, sizeof path, "%s/%s", d->dir.path, stay[i]);
        ck_assert_msg(access(path, F_OK) == 0, "%s is gone", path);
    }
    for (size_t i = 0; i < sizeof go / sizeof *go; i++) {
        snprintf(path, sizeof path, "%s/%s", d->dir.path, go[i]);
        ck_assert_msg(access(path, F_OK) != 0, "%s is there", path);
    }
    free(desk_close(d));
}
END_TEST

/* The handler of SIGABRT finds every worker that a job may have. */
START_TEST(test_all_workers_are_armed)
{
    struct flight_crash crash;
    ck_assert_uint_eq(sizeof crash.workers / sizeof *crash.workers, JOB_WORKERS);
}
END_TEST

CHECK_MAIN("run/flights", test_written, test_not_written, test_capture_not_written,
           test_parts_are_removed, test_all_workers_are_armed)
