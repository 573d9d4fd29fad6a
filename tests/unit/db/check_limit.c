/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule that says what limited a run: figures in, sentence out; and its reader on real rows. */
#include "db/limit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "db/db.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"

/* A closed loop on the pair wire, half idle: 4 connections x depth 1 for 10 s. */
static struct limit_figures half_idle(void)
{
    return (struct limit_figures){
        .bounds = limit_bounds_default, .closed_loop = true, .long_lived = true, .constant = true, .peer = LIMIT_PEER_OURS,
        .peer_in_process = 1, .workers = 1, .cores = 2, .seconds = 10, .connections = 4,
        .slots = 4, .offered = NAN, .rto_min_ns = 2e8, .window_bytes = 262144,
        .started = 1e6, .completed = 1e6, .failed = 0, .not_sent = 0, .peer_completed = 1.1e6,
        .outstanding = 3.9, .latency_ns = 39000, .queueing_ns = 0, .service_ns = 38000,
        .service_min_ns = 5000, .connect_min_ns = 6000, .busy = 0.52, .busiest = 0.52,
        .kick = 0.02, .seen = 0.99, .gaps = 3, .gap_max_ns = 250000, .peer_busy = 0.44,
        .cpu_gen = 1.99, .cpu_peer = NAN, .rounds = 1e8, .polls = NAN, .tx_full = 0, .rx_full = 0,
        .segments = 2e6, .retransmits = 0, .rto_fired = 0, .peer_retransmits = NAN,
        .peer_rto_fired = NAN, .window_waits = 0, .cwnd_waits = 0, .peer_window_waits = NAN,
        .peer_cwnd_waits = NAN, .window_closed = 0, .peer_window_closed = NAN,
    };
}

/* The same against a server in the lab, at a rate of 1000/s. */
static struct limit_figures open_lab(void)
{
    struct limit_figures f = half_idle();
    f.closed_loop = false;
    f.peer = LIMIT_PEER_LOCAL;
    f.peer_in_process = 0;
    f.offered = f.started = f.completed = f.peer_completed = 10000;
    f.outstanding = 1;
    f.busy = f.busiest = 0.05;
    f.peer_busy = NAN;
    f.cpu_gen = 1;
    f.cpu_peer = 0.2;
    return f;
}

static struct limit_verdict judged(const struct limit_figures *f)
{
    struct limit_verdict v;
    limit_judge(f, &v);
    return v;
}

static void expect(const struct limit_figures *f, enum limit by, const char *evidence,
                   const char *remedy)
{
    struct limit_verdict v = judged(f);
    ck_assert_str_eq(limit_name(v.by), limit_name(by));
    ck_assert_str_eq(v.evidence, evidence);
    ck_assert_str_eq(v.remedy, remedy);
}

/* --- the rule ---------------------------------------------------------------------------------- */

START_TEST(test_half_idle_is_the_round_trip)
{
    struct limit_figures f = half_idle();
    expect(&f, LIMIT_ROUND_TRIP,
           "4 connections x depth 1, each transaction taking 39.0 us; generator loop busy 52 %, "
           "responder loop 44 %",
           "more connections or depth; the generator's loop, busy 52 %, comes next");
    ck_assert_str_eq(limit_part(LIMIT_ROUND_TRIP), "load");
}
END_TEST

START_TEST(test_offered_load)
{
    struct limit_figures f = open_lab();
    expect(&f, LIMIT_LOAD,
           "10,000 of 10,000 transactions offered were started; generator loop busy 5.0 %, server "
           "process on 0.2 cores",
           "a higher rate, until something else limits it");
    f.started = 9901;
    ck_assert_int_eq(judged(&f).by, LIMIT_LOAD);
    f.not_sent = 2; /* 9899 of them left */
    ck_assert_int_ne(judged(&f).by, LIMIT_LOAD);
}
END_TEST

/* A rate that moves starts fewer or more than the column says. */
START_TEST(test_offered_shape)
{
    struct limit_figures f = open_lab();
    f.constant = false;
    f.started = 4000;
    ck_assert_int_eq(judged(&f).by, LIMIT_LOAD);
    f.queueing_ns = f.service_ns * 2;
    ck_assert_int_ne(judged(&f).by, LIMIT_LOAD);
}
END_TEST

START_TEST(test_generator_full)
{
    struct limit_figures f = half_idle();
    f.busy = f.busiest = 0.96;
    expect(&f, LIMIT_GENERATOR, "generator loop busy 96 %, responder loop 44 %",
           "more workers, on a machine with more than its 2 cores");
    f.workers = 4;
    f.cores = 64;
    f.cpu_gen = 8;
    f.busy = 0.6;
    expect(&f, LIMIT_GENERATOR,
           "generator loop busy 60 %, responder loop 44 %; the busiest of 4 workers 96 %",
           "more workers");
}
END_TEST

START_TEST(test_transmit_calls_are_the_wire)
{
    struct limit_figures f = half_idle();
    f.busy = f.busiest = 0.97;
    f.kick = 0.7;
    expect(&f, LIMIT_WIRE,
           "generator loop busy 97 %, responder loop 44 %; 70 % of the generator's time in "
           "system calls",
           "a driver with zero copy, larger batches (batch), or more queues (workers)");
    f.lab = true; /* and how often it polled is not in the file */
    ck_assert_str_eq(judged(&f).remedy,
                     "a driver with zero copy, larger batches (batch), or more queues (workers)");
    f.polls = 0;
    ck_assert_str_eq(judged(&f).remedy, "loops that receive by themselves (busy_poll = yes), a driver with zero "
                                        "copy, larger batches (batch), or more queues (workers)");
    f.kick = 0.3;
    ck_assert_int_eq(judged(&f).by, LIMIT_GENERATOR);
}
END_TEST

START_TEST(test_ring_full)
{
    struct limit_figures f = half_idle();
    f.tx_full = 2e7;
    expect(&f, LIMIT_WIRE,
           "the transmit ring was full 20,000,000 times, in 20 % of the rounds; generator loop "
           "busy 52 %, responder loop 44 %",
           "a faster link or peer, or a larger ring (ring_size)");
    f.tx_full = 3; /* now and then is no limit */
    ck_assert_int_eq(judged(&f).by, LIMIT_ROUND_TRIP);
}
END_TEST

START_TEST(test_responder_full)
{
    struct limit_figures f = half_idle();
    f.peer_busy = 0.98;
    expect(&f, LIMIT_PEER, "responder loop busy 98 % of the measured time, generator loop 52 %",
           "more workers, on a machine with more than its 2 cores");
    f.peer_busy = 0.92; /* with idle time around the run it would be full, without it is not */
    ck_assert_int_eq(judged(&f).by, LIMIT_ROUND_TRIP);
    f.peer_life = true;
    expect(&f, LIMIT_PEER, "responder loop busy 92 % of its life, generator loop 52 %",
           "more workers, on a machine with more than its 2 cores");
}
END_TEST

/* One thread of a server fills a core. Of one and a half cores nobody knows. */
START_TEST(test_server_full)
{
    struct limit_figures f = open_lab();
    f.closed_loop = true;
    f.outstanding = 3.9;
    f.cores = 16;
    f.cpu_peer = 0.97;
    expect(&f, LIMIT_PEER, "the server's process used 0.97 cores; generator loop busy 5.0 %",
           "more threads or cores for the server, or a cheaper request");
    f.cpu_peer = 1.5;
    expect(&f, LIMIT_UNKNOWN,
           "whether one of the server's threads was full is not recorded; generator loop busy "
           "5.0 %, server process on 1.5 cores",
           "");
    f.cores = 2; /* but here gen leaves it no more than one */
    ck_assert_int_eq(judged(&f).by, LIMIT_PEER);
}
END_TEST

START_TEST(test_server_that_waits)
{
    struct limit_figures f = open_lab();
    f.closed_loop = true;
    f.outstanding = 3.9;
    f.service_min_ns = 5.2e6;
    f.connect_min_ns = 54e3;
    expect(&f, LIMIT_PEER,
           "even the fastest reply took 5.20 ms, a handshake only 54.0 us: the server holds its "
           "replies; generator loop busy 5.0 %, server process on 0.2 cores",
           "a server that answers sooner; more connections or depth, if it works on several");
    f.service_min_ns = 2 * f.connect_min_ns;
    ck_assert_int_eq(judged(&f).by, LIMIT_ROUND_TRIP);
}
END_TEST

START_TEST(test_loss)
{
    struct limit_figures f = half_idle();
    f.rto_fired = 100; /* 100 x 0.2 s of 40 s */
    f.retransmits = 105;
    expect(&f, LIMIT_LOSS,
           "100 retransmission time-outs of at least 200 ms took at least 50 % of the "
           "connections' time; 105 of 2,000,000 segments sent again; generator loop busy 52 %, "
           "responder loop 44 %",
           "a path that loses less, or a shorter rto_min");
    f.rto_fired = 0;
    f.retransmits = 20000;
    ck_assert_int_eq(judged(&f).by, LIMIT_LOSS);
    f.retransmits = 2000; /* 0.1 %, all mended at once */
    ck_assert_int_eq(judged(&f).by, LIMIT_ROUND_TRIP);
    f.peer_rto_fired = 100;
    ck_assert_int_eq(judged(&f).by, LIMIT_LOSS);
}
END_TEST

START_TEST(test_windows)
{
    struct limit_figures f = half_idle();
    f.window_bytes = 4096;
    f.window_waits = 34e6;
    expect(&f, LIMIT_PEER_WINDOW,
           "data waited 34.0 times a transaction for room in it; generator loop busy 52 %, "
           "responder loop 44 %",
           "a larger window (window is 4,096 B)");
    f.window_waits = 1000;
    f.peer_window_waits = 2.2e6;
    ck_assert_int_eq(judged(&f).by, LIMIT_OWN_WINDOW);
    f.peer_window_waits = NAN;
    f.cwnd_waits = 6e5;
    ck_assert_int_eq(judged(&f).by, LIMIT_CONGESTION);
    f.cwnd_waits = 0;
    f.window_closed = 1e6;
    expect(&f, LIMIT_OWN_WINDOW,
           "an empty pool closed it 1.0 times a transaction; generator loop busy 52 %, responder "
           "loop 44 %",
           "fewer or smaller transactions outstanding (depth, payload)");
}
END_TEST

START_TEST(test_cores_taken_away)
{
    struct limit_figures f = half_idle();
    f.cpu_gen = 0.8;
    expect(&f, LIMIT_MACHINE,
           "the loops had no core 60 % of the time (gen used 0.80 cores for 2 loops); 3 gaps over "
           "100 us, the longest 250 us; generator loop busy 52 %, responder loop 44 %",
           "cores without other work (other processes, isolated CPUs)");
    f.cores = 1;
    f.cpu_gen = 1;
    ck_assert_str_eq(judged(&f).remedy, "a core for each loop");
    f.cpu_gen = NAN; /* too short to sample: what the loops account for says it, too */
    f.seen = 0.7;
    ck_assert_int_eq(judged(&f).by, LIMIT_MACHINE);
}
END_TEST

/* What shows itself is named, and that cores were missing is said beside it. */
START_TEST(test_cores_taken_from_a_full_responder)
{
    struct limit_figures f = half_idle();
    f.cpu_gen = 1;
    f.peer_busy = 0.98;
    expect(&f, LIMIT_PEER,
           "responder loop busy 98 % of the measured time, generator loop 52 %; the loops had no "
           "core 50 % of the time",
           "more workers, on a machine with more than its 2 cores; first of all cores without "
           "other work");
}
END_TEST

/* Each bound of a job moves the answer of one line of the table. */
START_TEST(test_bounds_of_the_job)
{
    struct limit_figures f = half_idle();
    limit_bounds_read("[global]\nlimit_busy = 50%\nlimit_waits = 2\nlimit_slots = 99.5%\n\n[main]\n",
                      &f.bounds);
    ck_assert(f.bounds.busy == 0.5 && f.bounds.waits == 2 && f.bounds.slots == 0.995);
    ck_assert(f.bounds.holds == limit_bounds_default.holds);
    ck_assert_int_eq(judged(&f).by, LIMIT_GENERATOR);
    f.bounds.busy = 0.95;
    ck_assert_int_eq(judged(&f).by, LIMIT_UNKNOWN); /* 3.9 of 4 outstanding are too few now */
    f.window_waits = 1.5e6;
    ck_assert_int_eq(judged(&f).by, LIMIT_UNKNOWN);
    f.bounds.waits = 1.5;
    ck_assert_int_eq(judged(&f).by, LIMIT_PEER_WINDOW);
    limit_bounds_read("limit_busy = much\nlimit_holds = -3\nlimit_core = 5 %\n", &f.bounds);
    ck_assert_mem_eq(&f.bounds, &limit_bounds_default, sizeof f.bounds); /* what no job can say */
}
END_TEST

START_TEST(test_failures_are_said)
{
    struct limit_figures f = half_idle();
    f.failed = 25e4;
    ck_assert_ptr_nonnull(strstr(judged(&f).evidence, "; 20 % of the transactions failed"));
}
END_TEST

START_TEST(test_unknown_says_what_is_missing)
{
    struct limit_figures f = half_idle();
    f.peer_busy = NAN;
    ck_assert_int_eq(judged(&f).by, LIMIT_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(judged(&f).evidence, "the responder's own counters are missing"));
    f.busy = f.busiest = NAN;
    ck_assert_ptr_nonnull(strstr(judged(&f).evidence, "the generator's cycles are not in the file"));
    f = half_idle();
    f.outstanding = 1; /* contradiction: connections stood free, and nothing was full */
    expect(&f, LIMIT_UNKNOWN,
           "nothing was full, yet only 1 of 4 possible transactions were outstanding; generator "
           "loop busy 52 %, responder loop 44 %",
           "");
    f.completed = 0;
    f.failed = 12;
    expect(&f, LIMIT_UNKNOWN, "none of 12 transactions completed", "");
    f.failed = 0;
    expect(&f, LIMIT_UNKNOWN, "no transaction ended in the measured time", "");
    f.seconds = 0;
    expect(&f, LIMIT_UNKNOWN, "nothing was measured", "");
}
END_TEST

/* However large the figures are, the sentence ends. */
START_TEST(test_sentences_fit)
{
    struct limit_figures f = half_idle();
    f.cpu_gen = 0;
    f.completed = f.failed = f.retransmits = f.segments = f.rto_fired = f.rx_full = 9e14;
    f.workers = f.connections = 9e14;
    f.rto_min_ns = f.latency_ns = f.gap_max_ns = 9e17;
    for (int l = 0; l < 40; l++) {
        struct limit_verdict v = judged(&f);
        ck_assert_uint_lt(strlen(v.evidence), sizeof v.evidence - 1);
        ck_assert_uint_lt(strlen(v.remedy), sizeof v.remedy - 1);
        double *figures[] = {&f.retransmits, &f.rto_fired, &f.busy, &f.kick, &f.peer_busy};
        *figures[l % 5] = l % 2 ? 1 : 0;
    }
}
END_TEST

/* --- the reader -------------------------------------------------------------------------------- */

static struct tmp_dir dir;
static struct db *db;
static struct err e;

static void open_scratch(void)
{
    dir = tmp_dir_make();
    ck_assert_msg(db_open(dir.file, DB_CREATE, &db, &e) == 0, "%s", e.message);
}

static void close_scratch(void)
{
    db_close(db);
    tmp_dir_remove(&dir);
}

static void run_sql(const char *sql)
{
    ck_assert_msg(db_exec(db, "fill the file", sql, &e) == 0, "%s", e.message);
}

/* Two workers for 2 s of a warm-up and 2 s measured, a tick a ns. */
static const char rows[] =
    "INSERT INTO run (id, uuid, workload_id, job, history_key, tool_version, host, pid, "
    "  pid_start, boot_id, started_ns, state, wire, timestamp_source, protocol, transport, pattern, load, "
    "  workers, connections_requested, connections_opened, interval_ns, seed) "
    "VALUES (1, 'u', 'w', '[global]\npeer = exec:./server\nwindow = 4KiB\nwindow_scale = 7\n"
    "rto_min = 250ms\n\n[main]\nshape = sine\n', 'k', '0', 'h', 1, 1, 'b', 0, 'running', 'lab', "
    "  'clock_gettime', 'echo', 'tcp', 'long_lived', '100/s', 2, 9, 8, 1000000000, 1);"
    "INSERT INTO environment VALUES (1, 'cpus_online', '4', 'must');"
    "INSERT INTO phase (id, run_id, seq, name, kind, measured, started_ns, ended_ns, load, "
    "  offered_rate_per_s, connections, depth) VALUES "
    "  (1, 1, 0, 'main', 'warmup', 0, 0, 2000000000, '100/s', 100, 9, 3), "
    "  (2, 1, 1, 'main', 'measure', 1, 2000000000, NULL, '100/s', 100, 9, 3);"
    "INSERT INTO counter_name (id, kind, name, meaning, rollup) VALUES "
    "  (1, 'counter', 'completed', '', 'sum'), (2, 'counter', 'cycles_idle', '', 'sum'), "
    "  (3, 'counter', 'cycles_kick', '', 'sum'), (4, 'counter', 'cycles_rx', '', 'sum'), "
    "  (5, 'counter', 'gap_max_ns', '', 'max'), (6, 'result', 'not_sent', '', 'sum'), "
    "  (7, 'counter', 'window_waits', '', 'sum'), (8, 'drop', 'completed', '', 'sum'), "
    "  (9, 'counter', 'polls', '', 'sum'), (10, 'counter', 'cycles_poll', '', 'sum');"
    "INSERT INTO interval (id, run_id, phase_id, worker, seq, started_ns, ended_ns, completed, "
    "  open_connections, started, failed, messages_sent, messages_received, payload_sent_bytes, "
    "  payload_received_bytes, connects_started, connects_completed, connects_failed, frames_tx, "
    "  frames_rx, wire_tx_bytes, wire_rx_bytes, retransmits, latency_count) SELECT "
    "  v.column1, 1, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7, 0, 0, 0, 0, "
    "  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM (VALUES (1, 1, 0, 0, 0, 2000000000, 1000), "
    "  (2, 2, 0, 1, 2000000000, 4000000000, 100), (3, 2, 1, 1, 2000000000, 4000000000, 300)) v;"
    "INSERT INTO counter (interval_id, name_id, value) VALUES (1, 1, 1000), (1, 2, 77), "
    "  (2, 1, 100), (2, 2, 500000000), (2, 3, 250000000), (2, 4, 250000000), (2, 5, 7), "
    "  (2, 9, 12), "
    "  (3, 1, 300), (3, 2, 0), (3, 3, 200000000), (3, 10, 300000000), (3, 4, 500000000), (3, 5, 9), (3, 6, 11), "
    "  (3, 8, 5);"
    "INSERT INTO hist (interval_id, time, count, overflow, min_ns, max_ns, mean_ns, blob) VALUES "
    "  (1, 'connect', 8, 0, 400, 900, 500, x''), (1, 'latency', 9, 0, 1, 1, 1, x''), "
    "  (2, 'latency', 100, 0, 1, 9, 8000000, x''), (3, 'latency', 300, 0, 1, 9, 4000000, x''), "
    "  (3, 'service', 300, 0, 66, 99, 77, x'');"
    "INSERT INTO resource (run_id, role, pid, at_ns, cpu_ns) VALUES (1, 'gen', 1, 1000000000, 0), "
    "  (1, 'gen', 1, 2000000000, 500), (1, 'gen', 1, 4000000000, 3000000500);"
    "INSERT INTO iface_counter (run_id, at_ns, iface, name, value) VALUES "
    "  (1, 5, 'peer', 'cycles_idle', 25), (1, 5, 'peer', 'cycles_tx', 75), "
    "  (1, 5, 'peer', 'rto_fired', 6), (1, 5, 'eth0', 'rto_fired', 99);";

START_TEST(test_reads_rows)
{
    struct limit_figures f;
    open_scratch();
    run_sql(rows);
    ck_assert_msg(limit_load(db, 1, &f, &e) == 0, "%s", e.message);
    ck_assert(!f.closed_loop && f.long_lived && !f.constant && f.peer == LIMIT_PEER_LOCAL);
    const struct {
        const char *name;
        double found, expected;
    } figures[] = {
        {"workers", f.workers, 2}, {"cores", f.cores, 4}, {"seconds", f.seconds, 2},
        {"connections", f.connections, 8}, {"slots", f.slots, 24}, {"offered", f.offered, 200},
        {"rto_min", f.rto_min_ns, 250e6}, {"window", f.window_bytes, 4096},
        {"completed", f.completed, 400}, {"peer_completed", f.peer_completed, 1400},
        {"not_sent", f.not_sent, 11}, {"busy", f.busy, 0.75}, {"busiest", f.busiest, 1},
        {"kick", f.kick, 0.375}, {"seen", f.seen, 0.5}, {"gap_max", f.gap_max_ns, 9},
        {"peer_busy", f.peer_busy, 0.75}, {"peer_rto", f.peer_rto_fired, 6},
        {"latency", f.latency_ns, 5e6}, {"outstanding", f.outstanding, 1},
        {"service_min", f.service_min_ns, 66}, {"connect_min", f.connect_min_ns, 400},
        {"polls", f.polls, 12}, {"lab", f.lab, 1},
        {"cpu_gen", f.cpu_gen, 1.5}, {"window_waits", f.window_waits, 0},
    };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        ck_assert_msg(fabs(figures[i].found - figures[i].expected) < 1e-9, "%s is %g, not %g",
                      figures[i].name, figures[i].found, figures[i].expected);
    ck_assert_msg(isnan(f.cpu_peer) && isnan(f.tx_full), "what is not in the file is not 0");
    close_scratch();
}
END_TEST

/* Totals of a responder's life as they stood at moments of the run. */
#define PEER_AT(at, idle, tx, waits)                                                               \
    "INSERT INTO iface_counter (run_id, at_ns, iface, name, value) VALUES "                        \
    "(1, " at ", 'peer', 'cycles_idle', " idle "), (1, " at ", 'peer', 'cycles_tx', " tx "), "     \
    "(1, " at ", 'peer', 'window_waits', " waits ");"

START_TEST(test_responder_of_a_phase)
{
    struct limit_figures f;
    open_scratch();
    run_sql(rows);
    run_sql("UPDATE phase SET ended_ns = 4000000000 WHERE id = 2;" PEER_AT("2005000000", "1000", "100", "7")
                PEER_AT("4003000000", "1200", "900", "27") PEER_AT("9000000000", "9900", "900", "27"));
    for (int64_t phase = 0; phase <= 2; phase += 2) {
        ck_assert_int_eq(limit_load_phase(db, 1, phase, &f, &e), 0);
        ck_assert(!f.peer_life && fabs(f.peer_busy - 0.8) < 1e-9);
        ck_assert(f.peer_window_waits == 20 && f.peer_rto_fired == 0 && f.peer_completed == 400);
    }
    /* Another measured phase, with nothing told near one of its edges: the whole life, or nothing. */
    run_sql("INSERT INTO phase (id, run_id, seq, name, kind, measured, started_ns, ended_ns, load, "
            "connections, depth) VALUES (3, 1, 2, 'b', 'measure', 1, 5000000000, 6000000000, '1/s', 9, 3);"
                PEER_AT("5300000000", "2000", "900", "27") PEER_AT("6010000000", "2500", "900", "27"));
    ck_assert_int_eq(limit_load(db, 1, &f, &e), 0);
    ck_assert(f.peer_life && fabs(f.peer_busy - 900 / 10800.) < 1e-9 && f.peer_completed == 1400);
    ck_assert_int_eq(limit_load_phase(db, 1, 3, &f, &e), 0);
    ck_assert(isnan(f.peer_busy));
    ck_assert_int_eq(limit_load_phase(db, 1, 2, &f, &e), 0);
    ck_assert(fabs(f.peer_busy - 0.8) < 1e-9);
    close_scratch();
}
END_TEST

START_TEST(test_reads_nothing)
{
    struct limit_figures f;
    open_scratch();
    ck_assert_int_eq(limit_load(db, 77, &f, &e), 0);
    ck_assert_int_eq(judged(&f).by, LIMIT_UNKNOWN);
    close_scratch();
}
END_TEST

CHECK_MAIN("db/limit", test_half_idle_is_the_round_trip, test_offered_load, test_offered_shape,
           test_generator_full, test_transmit_calls_are_the_wire, test_ring_full,
           test_responder_full, test_server_full, test_server_that_waits, test_loss, test_windows,
           test_cores_taken_away, test_cores_taken_from_a_full_responder, test_bounds_of_the_job, test_failures_are_said,
           test_unknown_says_what_is_missing, test_sentences_fit, test_reads_rows,
           test_responder_of_a_phase, test_reads_nothing)
