/* SPDX-License-Identifier: BSD-3-Clause */
/* After the last interval is stored: what the run used, what it is worth, and its row's end. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/run_row.h"
#include "run/judge.h"
#include "run/memory.h"
#include "run/seek.h"
#include "run/setup.h"

/* --- resources -------------------------------------------------------------------------------- */

struct pool {
    const char *side, *name;
    uint64_t bytes, item;
};

static int record_pool(struct run *r, const struct pool *p, struct err *e)
{
    uint64_t bytes = p->bytes, item = p->item;
    struct conn_memory_row row = {
        .side = p->side, .pool = p->name, .connections = r->job->connections,
        .item_bytes = item ? (int64_t)item : DB_NONE, .items_used = DB_NONE,
        .items_reserved = item ? (int64_t)(bytes / item) : DB_NONE,
        .bytes_per_conn = (double)bytes / r->job->connections,
        .base_bytes = DB_NONE, .loaded_bytes = DB_NONE,
    };
    return db_conn_memory_add(r->db, r->id, &row, e);
}

static int record_pools(struct run *r, const struct pool *pools, size_t count, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < count; i++)
        rc = record_pool(r, &pools[i], e);
    return rc;
}

/* What a worker of either role has. */
static int record_tcp(struct run *r, const char *side, const struct worker_memory *m, struct err *e)
{
    const struct pool pools[] = {
        {side, "connections", m->tcp.conns, sizeof(struct conn)},
        {side, "flow_table", m->tcp.flows, sizeof(struct flow_entry)},
        {side, "time_wait", m->tcp.time_wait, sizeof(struct time_wait)},
        {side, "out_of_order", m->tcp.ooo, 0},
        {side, "side_blocks", m->tcp.sides, SIDE_BLOCK_BYTES},
        {side, "paths", m->paths, 0},
    };
    return record_pools(r, pools, sizeof pools / sizeof *pools, e);
}

static int record_client(struct run *r, const struct worker_memory *m, struct err *e)
{
    const struct pool pools[] = {
        {"gen", "sessions", m->sessions, SESSION_BYTES},
        {"gen", "transactions", m->trans, sizeof(struct trans)},
        {"gen", "servers", m->servers, 0},
        {"gen", "sample_rings", r->rec_memory.samples, sizeof(struct rec_record)},
        {"gen", "interval_blocks", r->rec_memory.blocks, sizeof(struct rec_interval)},
        {"gen", "recorder", r->rec_memory.own, 0},
        {"gen", "flight_recorder", (uint64_t)r->job->flight * r->job->workers, 0},
    };
    int rc = record_tcp(r, "gen", m, e);
    return rc ? rc : record_pools(r, pools, sizeof pools / sizeof *pools - !r->job->flight, e);
}

/* Of a responder of ours. */
static int record_responder(struct run *r, struct err *e)
{
    const struct worker_memory *m = &r->wires.peer_live->memory;
    const struct pool pools[] = {
        {"peer", "sessions", m->server.conns + m->server.parses, 0},
        {"peer", "replies", m->server.pending, 0},
        {"peer", "interval_blocks", r->job->workers * sizeof(struct rec_interval),
         sizeof(struct rec_interval)},
    };
    if (!m->tcp.conns)
        return 0;
    int rc = record_tcp(r, "peer", m, e);
    return rc ? rc : record_pools(r, pools, sizeof pools / sizeof *pools, e);
}

static int record_memory(struct run *r, struct err *e)
{
    struct worker_memory sum = {0};
    for (uint32_t w = 0; w < r->workers_count; w++)
        worker_memory_add(&sum, &r->workers[w].memory);
    int rc = record_client(r, &sum, e);
    return rc ? rc : record_responder(r, e);
}

static int record_peer(struct run *r, int64_t at_ns, struct err *e)
{
    const struct responder_totals *t = r->wires.peer;
    if (!t || !t->valid)
        return 0;
    int rc = 0;
    for (int i = 0; !rc && i < COUNTER_COUNT; i++)
        if (t->counters[i])
            rc = db_iface_counter_add(r->db, r->id, at_ns, "peer", counter_name((enum counter)i),
                                      t->counters[i], e);
    for (int i = 1; !rc && i < DROP_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "drop.%s", drop_name((enum drop)i));
        if (t->drops[i])
            rc = db_iface_counter_add(r->db, r->id, at_ns, "peer", name, t->drops[i], e);
    }
    const uint64_t served[] = {t->server.requests, t->server.replies, t->server.bytes_in,
                               t->server.bytes_out};
    static const char *const names[] = {"requests", "replies", "bytes_in", "bytes_out"};
    for (int i = 0; !rc && i < 4; i++)
        rc = db_iface_counter_add(r->db, r->id, at_ns, "responder", names[i], served[i], e);
    return rc;
}

static double counted(struct run *r, const char *name)
{
    struct db_stmt *q;
    struct err e = {0};
    if (db_prepare(r->db, "read a counter",
                   "SELECT total(value) AS v FROM counter_total WHERE run_id = :run AND kind = 'counter' "
                   "AND name = :name", &q, &e))
        return NAN;
    db_bind_i64(q, ":run", r->id);
    db_bind_text(q, ":name", name);
    double value = db_step(q, &e) == 1 ? db_col_f64(q, "v") : NAN;
    db_finish(q);
    return value;
}

/* A driver may take the question for a time and have no answer: what was asked for and is not there is
 * told. */
static int note_unstamped(struct run *r, int64_t now, const char *frames, const char *stamped, const char *words,
                          struct err *e)
{
    char text[200];
    double count = counted(r, frames);
    if (!(count > 0) || counted(r, stamped) != 0)
        return 0;
    snprintf(text, sizeof text, words, count);
    log_warn(&r->log, "%s", text);
    return db_note_add(r->db, r->id, now, "warn", text, e);
}

static int note_stamps(struct run *r, int64_t now, struct err *e)
{
    int rc = 0;
    if (r->job->rx_stamps != STAMPS_NONE)
        rc = note_unstamped(r, now, "frames_rx", "frames_stamped",
                            "rx_stamps: none of %.0f frames received has a time of arrival: the driver tells none, or "
                            "a fault held them all", e);
    if (!rc && r->job->tx_stamps)
        rc = note_unstamped(r, now, "frames_tx", "frames_tx_stamped",
                            "tx_stamps: none of %.0f frames sent has a time of departure: the driver tells none", e);
    return rc;
}

/* --- targets --------------------------------------------------------------------------------- */

static int record_target(struct run *r, const struct tuple_target *to, uint32_t number, bool counted,
                         struct err *e)
{
    char address[64];
    struct target_row row = {
        .address = ip_format(address, sizeof address, to->addr), .seq = number, .port = to->port,
        .connections_opened = DB_NONE, .connections_failed = DB_NONE, .started = DB_NONE,
        .completed = DB_NONE, .failed = DB_NONE, .messages_sent = DB_NONE,
        .messages_received = DB_NONE, .latency_p50_ns = DB_NONE, .latency_p99_ns = DB_NONE,
        .latency_max_ns = DB_NONE,
    };
    if (counted) {
        row.connections_opened = row.connections_failed = 0;
        row.started = row.completed = row.failed = 0;
    }
    for (uint32_t w = 0; counted && w < r->workers_count; w++) {
        const struct client_target_counts *told = &r->workers[w].client.told[number];
        row.connections_opened += (int64_t)told->opened;
        row.connections_failed += (int64_t)told->connects_failed;
        row.started += (int64_t)told->started;
        row.completed += (int64_t)told->completed;
        row.failed += (int64_t)told->failed;
    }
    return db_target_add(r->db, r->id, &row, e);
}

int ending_targets(struct run *r, bool counted, struct err *e)
{
    struct tuples_config cfg;
    struct tuples list;
    setup_tuples(r->job, 0, &cfg);
    int rc = tuples_init(&list, &cfg, e);
    for (uint32_t n = 0; n < list.targets_count && n < SAMPLE_TARGETS && !rc; n++)
        rc = record_target(r, &list.targets[n], n + 1, counted, e);
    tuples_fini(&list);
    return rc;
}

/* --- all -------------------------------------------------------------------------------------- */

/* A figure of the table; "-" when it was not measured. */
static const char *cell(struct run *r, const char *column, int decimals, char *buf, size_t size)
{
    double v = r->seek ? NAN : judge_figure(r, column); /* over all trials together it says nothing */
    if (isnan(v))
        return "-";
    snprintf(buf, size, "%.*f", decimals, v);
    return buf;
}

static const char *verdict_word(enum run_state state, const struct judged *j)
{
    if (state == RUN_FAILED)
        return "-";
    if (!j->valid)
        return "INVALID";
    if (j->states[SLA_FAIL])
        return "FAIL";
    if (j->states[SLA_NOT_MEASURED])
        return "UNKNOWN";
    if (j->states[SLA_WARN])
        return "WARN";
    return j->states[SLA_PASS] ? "PASS" : "-"; /* without a rule there is nothing to pass */
}

const char run_table_head[] = " run  workload                     state       verdict"
                              "        msg/s  transact./s     p50 us     p99 us  limited by";

static void describe_row(struct run *r, enum run_state state, const struct judged *j,
                         struct run_result *out)
{
    char msg[24], tps[24], p50[24], p99[24];
    snprintf(out->line, sizeof out->line, "%4lld  %-28s %-11s %-7s %12s %12s %10s %10s  %s",
             (long long)r->id, r->workload_id, run_state_name(state), verdict_word(state, j),
             cell(r, "msg_per_s", 0, msg, sizeof msg),
             cell(r, "transactions_per_s", 0, tps, sizeof tps),
             cell(r, "latency_p50_us", 1, p50, sizeof p50),
             cell(r, "latency_p99_us", 1, p99, sizeof p99), j->limited_by ? j->limited_by : "-");
}

static int exit_code_of(const struct run *r, const struct judged *j)
{
    if (r->aborted[0])
        return EXIT_RUN;
    if (!j->valid)
        return EXIT_INVALID;
    if (j->states[SLA_FAIL])
        return EXIT_VERDICT;
    return j->states[SLA_NOT_MEASURED] ? EXIT_INCONCLUSIVE : EXIT_WELL;
}

static enum run_state state_of(const struct run *r, bool interrupted, const struct err *failure)
{
    if (failure)
        return RUN_FAILED;
    if (interrupted)
        return RUN_INTERRUPTED;
    return r->aborted[0] ? RUN_ABORTED : RUN_DONE;
}

int ending_record(struct run *r, bool interrupted, const struct err *failure, struct run_result *out,
                  struct err *e)
{
    struct judged j = {.valid = true};
    int64_t now = (int64_t)(clock_now_ns(&r->clock) + r->mono_to_real_ns);
    struct run_end end = {
        .state = state_of(r, interrupted, failure),
        .state_reason = failure          ? failure->message
                        : interrupted    ? "ended by a signal"
                        : r->aborted[0] ? r->aborted
                                         : NULL,
        .ended_ns = now, .valid = DB_NONE,
        .connections_opened = (int64_t)r->connections_opened, .lost_intervals = DB_NONE,
    };
    out->id = r->id;
    out->state = end.state;
    int rc = record_memory(r, e);
    if (!rc)
        rc = memory_record(r, now, e);
    if (!rc)
        rc = record_peer(r, now, e);
    if (!rc)
        rc = note_stamps(r, now, e);
    if (!rc)
        rc = ending_targets(r, true, e);
    if (!rc)
        rc = control_store_late(r, e);
    if (!rc && !failure) {
        rc = judge_run(r, &j, e);
        end.valid = j.valid;
        end.invalid_reason = j.valid ? NULL : j.invalid_reason;
        end.limited_by = j.limited_by;
        end.limited_by_evidence = j.evidence;
    }
    if (!rc && failure && r->seek) {
        struct judged kept; /* what the trials until then came to; the run is failed all the same */
        rc = seek_judge(r, &kept, e);
    }
    if (!rc)
        rc = db_run_end(r->db, r->id, &end, e);
    FILE *table = out->to_stderr ? stderr : stdout;
    if (r->seek)
        seek_print(r, table);
    else
        verdicts_print(r, table);
    out->exit_code = failure ? failure->exit_code : exit_code_of(r, &j);
    describe_row(r, end.state, &j, out);
    return rc;
}
