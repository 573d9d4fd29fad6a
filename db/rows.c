/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows that belong to a run: one INSERT or UPDATE each. */
#include <assert.h>

#include "base/err.h"
#include "db/row.h"

static const char *const env_classes[] = {"must", "warn", "info"};
static const char *const phase_kinds[] = {"connect", "warmup", "measure", "drain", "close"};

const char *phase_kind_name(enum phase_kind k)
{
    assert((size_t)k < sizeof phase_kinds / sizeof *phase_kinds);
    return phase_kinds[k];
}

int db_env_add(struct db *db, int64_t run_id, const char *name, const char *value,
               enum env_class class, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store the environment",
                         "INSERT OR REPLACE INTO environment (run_id, name, value, class) "
                         "VALUES (:run_id, :name, :value, :class)", &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":run_id", run_id);
    bind_texts(s, {":name", name}, {":value", value}, {":class", env_classes[class]});
    return run_once(s, e);
}

int db_note_add(struct db *db, int64_t run_id, int64_t at_ns, const char *level, const char *text,
                struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store a note",
                         "INSERT INTO note (run_id, at_ns, level, text) "
                         "VALUES (:run_id, :at_ns, :level, :text)", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":at_ns", at_ns});
    bind_texts(s, {":level", level}, {":text", text});
    return run_once(s, e);
}

int db_phase_begin(struct db *db, int64_t run_id, uint32_t seq, const struct phase_row *row,
                   int64_t started_ns, int64_t *phase_id, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "begin a phase",
                         "INSERT INTO phase (run_id, seq, name, kind, measured, started_ns, "
                         "requested_ns, load, offered_rate_per_s, connections, payload, reply, "
                         "depth, sla) VALUES (:run_id, :seq, :name, :kind, :measured, "
                         ":started_ns, :requested_ns, :load, :offered_rate_per_s, :connections, "
                         ":payload, :reply, :depth, :sla)", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":seq", seq}, {":measured", row->measured},
              {":started_ns", started_ns}, {":requested_ns", row->requested_ns},
              {":connections", row->connections}, {":depth", row->depth});
    bind_texts(s, {":name", row->name}, {":kind", phase_kind_name(row->kind)},
               {":load", row->load}, {":payload", row->payload}, {":reply", row->reply},
               {":sla", row->sla});
    db_bind_f64(s, ":offered_rate_per_s", row->offered_rate_per_s);
    ret = run_once(s, e);
    *phase_id = db_last_id(db);
    return ret;
}

const char *phase_exit_name(enum phase_exit x)
{
    static const char *const names[] = {
        [PHASE_EXIT_NONE] = NULL,
#define X(NAME, name) [PHASE_EXIT_##NAME] = #name,
        PHASE_EXIT_LIST(X)
#undef X
    };
    assert((size_t)x < sizeof names / sizeof *names);
    return names[x];
}

int db_phase_end(struct db *db, int64_t phase_id, int64_t ended_ns, enum phase_exit why,
                 struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "end a phase",
                         "UPDATE phase SET ended_ns = :ended_ns, exit_reason = :why WHERE id = :id",
                         &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":id", phase_id}, {":ended_ns", ended_ns});
    db_bind_text(s, ":why", phase_exit_name(why));
    return run_once(s, e);
}

int db_phase_offered(struct db *db, int64_t phase_id, double rate_per_s, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store the load of a phase",
                         "UPDATE phase SET offered_rate_per_s = :rate WHERE id = :id", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":id", phase_id});
    db_bind_f64(s, ":rate", rate_per_s);
    return run_once(s, e);
}

int db_phase_steady(struct db *db, int64_t phase_id, int steady, const char *reason,
                    struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "judge a phase",
                         "UPDATE phase SET steady = :steady, steady_reason = :reason "
                         "WHERE id = :id", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":id", phase_id}, {":steady", steady < 0 ? DB_NONE : steady});
    db_bind_text(s, ":reason", reason);
    return run_once(s, e);
}

int db_verdict_add(struct db *db, int64_t run_id, const struct verdict_row *row, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store a verdict",
                         "INSERT INTO verdict (run_id, phase_id, rule, metric, op, target, "
                         "actual, unit, samples, state, reason) VALUES (:run_id, :phase_id, "
                         ":rule, :metric, :op, :target, :actual, :unit, :samples, :state, "
                         ":reason)", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":phase_id", row->phase_id}, {":samples", row->samples});
    bind_texts(s, {":rule", row->rule}, {":metric", row->metric}, {":op", row->op},
               {":unit", row->unit}, {":state", row->state}, {":reason", row->reason});
    db_bind_f64(s, ":target", row->target);
    db_bind_f64(s, ":actual", row->actual);
    return run_once(s, e);
}

static int64_t known(int64_t figure)
{
    return figure < 0 ? DB_NONE : figure;
}

int db_resource_add(struct db *db, int64_t run_id, const struct resource_row *row, struct err *e)
{
    struct db_stmt *s;
    const struct process_use *u = &row->use;
    int ret = db_prepare(db, "store the resources",
                         "INSERT INTO resource (run_id, role, pid, at_ns, rss_bytes, "
                         "hugetlb_bytes, cpu_ns, voluntary_switches, involuntary_switches) VALUES "
                         "(:run_id, :role, :pid, :at_ns, :rss_bytes, :hugetlb_bytes, :cpu_ns, "
                         ":voluntary_switches, :involuntary_switches)", &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":role", row->role);
    bind_ints(s, {":run_id", run_id}, {":pid", row->pid}, {":at_ns", row->at_ns},
              {":rss_bytes", known(u->rss_bytes)}, {":hugetlb_bytes", known(u->hugetlb_bytes)},
              {":cpu_ns", known(u->cpu_ns)},
              {":voluntary_switches", known(u->voluntary_switches)},
              {":involuntary_switches", known(u->involuntary_switches)});
    return run_once(s, e);
}

int db_fault_add(struct db *db, int64_t run_id, const struct command_row *row, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store a fault",
                         "INSERT INTO fault_event (run_id, phase_id, name, detail, injected_ns) VALUES "
                         "(:run_id, :phase_id, :name, :detail, :injected_ns)", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":phase_id", row->phase_id}, {":injected_ns", row->at_ns});
    bind_texts(s, {":name", "frames"}, {":detail", row->injected});
    return run_once(s, e);
}

static int mark_steered(struct db *db, int64_t run_id, const char *history_key, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "mark a run that was steered",
                         "UPDATE run SET history_key = :key, workload_id = CASE WHEN workload_id LIKE "
                         "'%+' THEN workload_id ELSE workload_id || '+' END WHERE id = :run_id",
                         &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":key", history_key);
    db_bind_i64(s, ":run_id", run_id);
    return run_once(s, e);
}

int db_command_add(struct db *db, int64_t run_id, const struct command_row *row, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store a command",
                         "INSERT INTO command (run_id, phase_id, at_ns, name, argument, result) VALUES "
                         "(:run_id, :phase_id, :at_ns, :name, :argument, :result)", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":phase_id", row->phase_id}, {":at_ns", row->at_ns});
    bind_texts(s, {":name", row->name}, {":argument", row->argument}, {":result", row->result});
    ret = run_once(s, e);
    if (!ret && row->injected)
        ret = db_fault_add(db, run_id, row, e);
    return ret || !row->history_key ? ret : mark_steered(db, run_id, row->history_key, e);
}

int db_conn_memory_add(struct db *db, int64_t run_id, const struct conn_memory_row *row,
                       struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store the connection memory",
                         "INSERT OR REPLACE INTO conn_memory (run_id, side, pool, connections, "
                         "item_bytes, items_used, items_reserved, bytes_per_conn, base_bytes, "
                         "loaded_bytes) VALUES (:run_id, :side, :pool, :connections, :item_bytes, "
                         ":items_used, :items_reserved, :bytes_per_conn, :base_bytes, "
                         ":loaded_bytes)", &s, e);
    if (ret)
        return ret;
    bind_texts(s, {":side", row->side}, {":pool", row->pool});
    bind_ints(s, {":run_id", run_id}, {":connections", row->connections},
              {":item_bytes", row->item_bytes}, {":items_used", row->items_used},
              {":items_reserved", row->items_reserved}, {":base_bytes", row->base_bytes},
              {":loaded_bytes", row->loaded_bytes});
    db_bind_f64(s, ":bytes_per_conn", row->bytes_per_conn);
    return run_once(s, e);
}

int db_iface_counter_add(struct db *db, int64_t run_id, int64_t at_ns, const char *iface,
                         const char *name, uint64_t value, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store an interface counter",
                         "INSERT OR REPLACE INTO iface_counter (run_id, at_ns, iface, name, value) "
                         "VALUES (:run_id, :at_ns, :iface, :name, :value)", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":at_ns", at_ns});
    bind_texts(s, {":iface", iface}, {":name", name});
    db_bind_u64(s, ":value", value);
    return run_once(s, e);
}

int db_target_add(struct db *db, int64_t run_id, const struct target_row *row, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store a target",
                         "INSERT OR REPLACE INTO target (run_id, seq, address, port, "
                         "connections_opened, connections_failed, started, completed, failed, "
                         "messages_sent, messages_received, latency_p50_ns, latency_p99_ns, "
                         "latency_max_ns) VALUES (:run_id, :seq, :address, :port, "
                         ":connections_opened, :connections_failed, :started, :completed, :failed, "
                         ":messages_sent, :messages_received, :latency_p50_ns, :latency_p99_ns, "
                         ":latency_max_ns)", &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":address", row->address);
    bind_ints(s, {":run_id", run_id}, {":seq", row->seq}, {":port", row->port},
              {":connections_opened", row->connections_opened},
              {":connections_failed", row->connections_failed}, {":started", row->started},
              {":completed", row->completed}, {":failed", row->failed},
              {":messages_sent", row->messages_sent},
              {":messages_received", row->messages_received},
              {":latency_p50_ns", row->latency_p50_ns}, {":latency_p99_ns", row->latency_p99_ns},
              {":latency_max_ns", row->latency_max_ns});
    return run_once(s, e);
}
