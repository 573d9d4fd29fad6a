/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of figures, and the expression that each one is. The tables that expressions read (m, o, a,
 * t, i) are made in figures_read.c. */
#include "run/figures.h"

#include <string.h>

#include "base/drop.h"

#define PER_S(sum)         sum " / t.s"
#define SHARE(part, whole) "100.0 * " part " / nullif(" whole ", 0)"
#define ENDED              "o.completed + o.failed"
#define OUT_OF_PLACE                                                                               \
    "(SELECT ifnull(sum(value), 0) FROM c WHERE kind = 'result' AND outcome AND name IN "          \
    "('out_of_order', 'wrong_id'))"
#define MEASURED(what)                                                                             \
    "(SELECT ifnull(sum(value), 0) FROM c WHERE kind = 'counter' AND measured AND name " what ")"
#define OPEN(best)                                                                                 \
    "(SELECT " best "(n) FROM (SELECT sum(open_connections) AS n FROM i WHERE measured "           \
    "GROUP BY seq HAVING count(*) = (SELECT workers FROM run WHERE id = :run)))"
#define RESOURCE(role)                                                                             \
    "FROM resource WHERE run_id = :run AND role = '" role                                          \
    "' AND at_ns BETWEEN t.from_ns AND t.to_ns"
#define CPU(role)                                                                                  \
    "(SELECT 100.0 * (max(cpu_ns) - min(cpu_ns)) / nullif(max(at_ns) - min(at_ns), 0) " RESOURCE(  \
        role) " AND cpu_ns IS NOT NULL)"
#define RSS(role)                                                                                  \
    "(SELECT max(rss_bytes + ifnull(hugetlb_bytes, 0)) / 1048576.0 " RESOURCE(role) ")"
/* Between two samples that lie no more than the window apart, in a scope at least as long. */
#define GROWTH(role)                                                                               \
    "(SELECT max(y.rss_bytes - x.rss_bytes) / 1048576.0 FROM resource x JOIN resource y ON "       \
    "y.run_id = x.run_id AND y.role = x.role AND y.at_ns > x.at_ns AND y.at_ns <= x.at_ns + "      \
    ":window WHERE x.run_id = :run AND x.role = '" role "' AND x.at_ns >= t.from_ns AND "          \
    "y.at_ns <= t.to_ns AND t.to_ns - t.from_ns >= :window)"
/* A value of each interval that was not cut short, all workers together, and how far the farthest of
 * them lies from their mean. */
#define WHOLE(value)                                                                               \
    "SELECT " value " AS x FROM i WHERE measured GROUP BY seq HAVING count(*) = (SELECT workers "   \
    "FROM run WHERE id = :run) AND min(ended_ns - started_ns) >= 0.9 * (SELECT interval_ns FROM "   \
    "run WHERE id = :run)"
#define DEVIATION(value)                                                                           \
    "(SELECT 100.0 * max(max(x) - avg(x), avg(x) - min(x)) / nullif(avg(x), 0) FROM (" WHOLE(value) "))"
#define RATE(columns)  "sum(1e9 * (" columns ") / (ended_ns - started_ns))"
/* Connections of the scope: opened in it, or open as it began. */
#define THERE                                                                                      \
    "(a.connects_started + (SELECT ifnull(sum(open_connections), 0) FROM interval WHERE run_id = " \
    ":run AND seq = (SELECT max(seq) FROM interval WHERE run_id = :run AND seq < (SELECT min(seq) " \
    "FROM i))))"
#define CONN_BYTES(side)                                                                           \
    "(SELECT bytes_per_conn FROM conn_memory WHERE run_id = :run AND side = '" side                \
    "' AND pool = 'process')"

static const struct {
    const char *name;
    enum figure_unit unit;
    enum figure_of of;
    const char *sql, *meaning;
    bool windowed;
} plain[] = {
    {"msg_per_s", UNIT_PER_S, OF_TRANSACTIONS, PER_S("m.messages_sent"), "messages sent"},
    {"transactions_per_s", UNIT_PER_S, OF_TRANSACTIONS, PER_S("m.completed"),
     "transactions completed"},
    {"started_per_s", UNIT_PER_S, OF_TRANSACTIONS, PER_S("m.started"), "transactions started"},
    {"frames_per_s", UNIT_PER_S, OF_RUN, PER_S("m.frames"), "frames sent and received"},
    {"wire_gbit_per_s", UNIT_GBIT_PER_S, OF_RUN, PER_S("8e-9 * m.wire_tx_bytes"),
     "frames sent, without FCS and preamble"},
    {"bandwidth", UNIT_MIB_PER_S, OF_TRANSACTIONS, PER_S("m.payload_sent_bytes / 1048576.0"),
     "payload sent"},
    {"bandwidth_in", UNIT_MIB_PER_S, OF_REPLIES, PER_S("m.payload_received_bytes / 1048576.0"),
     "payload received"},
    {"errors", UNIT_SHARE, OF_TRANSACTIONS, SHARE("o.failed", ENDED),
     "transactions that failed, of those that ended"},
    {"success", UNIT_SHARE, OF_TRANSACTIONS, SHARE("o.completed", ENDED),
     "transactions that completed, of those that ended"},
    {"in_order", UNIT_SHARE, OF_REPLIES, SHARE("o.completed", "o.completed + " OUT_OF_PLACE),
     "replies that came in order, of all that came"},
    {"completions", UNIT_COUNT, OF_TRANSACTIONS, "o.completed", "transactions completed"},
    {"not_sent", UNIT_COUNT, OF_TRANSACTIONS,
     "(SELECT ifnull(sum(value), 0) FROM c WHERE kind = 'result' AND outcome AND name = "
     "'not_sent')",
     "transactions that failed as not_sent"},
    {"connections", UNIT_COUNT, OF_RUN, OPEN("min"),
     "connections open: the fewest at the end of an interval"},
    {"connections_max", UNIT_COUNT, OF_RUN, OPEN("max"), "connections open: the most"},
    {"connects_per_s", UNIT_PER_S, OF_RUN, PER_S("m.connects_completed"),
     "connections opened in the measured time"},
    {"ramp_per_s", UNIT_PER_S, OF_CONNECTS,
     "(SELECT sum(i.connects_completed) / (SELECT sum(ended_ns - started_ns) / 1e9 FROM n WHERE "
     "kind = 'connect') FROM i WHERE i.kind = 'connect')",
     "connections opened before the load, over the time that it took"},
    {"connect_errors", UNIT_SHARE, OF_CONNECTS,
     SHARE("a.connects_failed", "a.connects_completed + a.connects_failed"),
     "connects that failed, of those that ended"},
    {"resets", UNIT_SHARE, OF_RUN,
     SHARE("(SELECT ifnull(sum(value), 0) FROM c WHERE kind = 'counter' AND name = 'rst_received')", THERE),
     "connections that the peer reset, of those that there were"},
    {"rate_deviation", UNIT_SHARE, OF_TRANSACTIONS, DEVIATION(RATE("wire_tx_bytes + wire_rx_bytes")),
     "bytes of frames a second, both ways: of the interval farthest from their mean, as a share of that"},
    {"connections_deviation", UNIT_SHARE, OF_RUN, DEVIATION("sum(open_connections)"),
     "connections open at the end of an interval: the same"},
    {"retransmissions", UNIT_COUNT, OF_RUN, "m.retransmits", "segments sent again"},
    {"cpu_percent", UNIT_CPU, OF_RUN, CPU("gen"), "CPU of gen, 100 is one core"},
    {"memory_rss", UNIT_MIB, OF_RUN, RSS("gen"),
     "most resident memory of gen, huge pages included"},
    {"memory_growth", UNIT_MIB, OF_RUN, GROWTH("gen"),
     "largest growth of gen's resident memory over the time behind the `/`", true},
    {"memory_bytes_per_conn", UNIT_BYTES, OF_RUN, CONN_BYTES("gen"),
     "resident bytes a connection in gen"},
    {"peer_cpu_percent", UNIT_CPU, OF_PEER, CPU("peer"), "CPU of a local peer"},
    {"peer_memory_rss", UNIT_MIB, OF_PEER, RSS("peer"), "its most resident memory"},
    {"peer_memory_growth", UNIT_MIB, OF_PEER, GROWTH("peer"), "the largest growth of that", true},
    {"peer_memory_bytes_per_conn", UNIT_BYTES, OF_PEER, CONN_BYTES("peer"),
     "resident bytes a connection in the peer"},
    {"loop_busy", UNIT_SHARE, OF_RUN,
     "100 - 100.0 * " MEASURED("= 'cycles_idle'") " / nullif(" MEASURED("LIKE 'cycles_%'") ", 0)",
     "time of gen's loops that was not idle"},
    {"missed_starts", UNIT_SHARE, OF_QUEUE,
     SHARE("(SELECT ifnull(sum(value), 0) FROM c WHERE kind = 'counter' AND outcome AND name = "
           "'missed')",
           "o.started"),
     "starts that gen looked at more than 1 ms too late, of all"},
    {"tx_full", UNIT_SHARE, OF_RUN, SHARE(MEASURED("= 'tx_full'"), MEASURED("= 'rounds'")),
     "rounds of gen's loops that found the transmit ring full"},
};
#define PLAIN (sizeof plain / sizeof *plain)

static const struct {
    const char *name, *of;
} aliases[] = {{"throughput", "msg_per_s"},
               {"throughput_msg_per_s", "msg_per_s"},
               {"errors_percent", "errors"},
               {"in_order_percent", "in_order"}};

static const struct {
    const char *name;
    uint64_t num, den;
    const char *sql; /* NULL: the percentile num / den */
    bool max;
} of_times[] = {
    {"p50", 50, 100, NULL},
    {"p90", 90, 100, NULL},
    {"p95", 95, 100, NULL},
    {"p99", 99, 100, NULL},
    {"p999", 999, 1000, NULL},
    {"p9999", 9999, 10000, NULL},
    {"min", 0, 0, "min(h.min_ns) / 1e3 AS v"},
    {"max", 0, 0, "max(h.max_ns) / 1e3 AS v", .max = true},
    {"mean", 0, 0, "sum(h.mean_ns * h.count) / sum(h.count) / 1e3 AS v"},
};

const char *figure_unit_text(enum figure_unit unit)
{
    static const char *const texts[] = {
        [UNIT_PER_S] = "1/s",       [UNIT_SHARE] = "%",           [UNIT_CPU] = "%",
        [UNIT_US] = "us",           [UNIT_MIB] = "MiB",           [UNIT_BYTES] = "B",
        [UNIT_MIB_PER_S] = "MiB/s", [UNIT_GBIT_PER_S] = "Gbit/s", [UNIT_COUNT] = "",
    };
    return texts[unit];
}

/* --- names ------------------------------------------------------------------------------------ */

static const char *unaliased(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (!strcmp(aliases[i].name, name))
            return aliases[i].of;
    return name;
}

static bool find_plain(const char *name, struct figure_name *out)
{
    for (size_t i = 0; i < PLAIN; i++) {
        if (strcmp(plain[i].name, name))
            continue;
        *out = (struct figure_name){.unit = plain[i].unit,
                                    .of = plain[i].of,
                                    .sql = plain[i].sql,
                                    .windowed = plain[i].windowed};
        snprintf(out->name, sizeof out->name, "%s", name);
        return true;
    }
    return false;
}

static enum figure_of of_time(enum time_kind time)
{
    switch (time) {
    case TIME_LATENCY:
    case TIME_SERVICE:
        return OF_REPLIES;
    case TIME_QUEUEING:
        return OF_QUEUE;
    case TIME_CONNECT:
        return OF_CONNECTS;
    case TIME_LATENESS:
    case TIME_COUNT:
        break;
    }
    return OF_TRANSACTIONS;
}

/* The time that "service_p99" begins with, and what stands behind it; "p99" is of the latency. */
static enum time_kind split_time(const char **name)
{
    for (enum time_kind t = 0; t < TIME_COUNT; t++) {
        size_t len = strlen(time_name(t));
        if (strncmp(*name, time_name(t), len) || (*name)[len] != '_')
            continue;
        *name += len + 1;
        return t;
    }
    return TIME_LATENCY;
}

static bool find_of_time(const char *name, struct figure_name *out)
{
    enum time_kind time = split_time(&name);
    size_t len = strlen(name);
    if (len > 3 && !strcmp(name + len - 3, "_us")) /* as the columns of the results are called */
        len -= 3;
    for (size_t i = 0; i < sizeof of_times / sizeof *of_times; i++) {
        if (strlen(of_times[i].name) != len || strncmp(of_times[i].name, name, len))
            continue;
        *out = (struct figure_name){.unit = UNIT_US,
                                    .of = of_time(time),
                                    .time = time,
                                    .num = of_times[i].num,
                                    .den = of_times[i].den,
                                    .of_hists = of_times[i].sql,
                                    .max = of_times[i].max};
        snprintf(out->name, sizeof out->name, "%s_%s", time_name(time), of_times[i].name);
        return true;
    }
    return false;
}

/* --- families: PREFIX.NAME -------------------------------------------------------------------- */

static const char *name_of_result(int i)
{
    return i == RESULT_OK ? NULL : result_name((enum result)i);
}

static const char *name_of_counter(int i)
{
    return counter_name((enum counter)i);
}

static const char *name_of_drop(int i)
{
    return i ? drop_name((enum drop)i) : NULL;
}

static const struct {
    const char *prefix;
    int count;
    const char *(*name)(int i); /* NULL: none of its own */
    enum figure_unit unit;
    enum figure_of of;
    const char *sql, *meaning;
} families[] = {
    {"error.", RESULT_COUNT, name_of_result, UNIT_SHARE, OF_TRANSACTIONS,
     SHARE(
         "(SELECT ifnull(sum(value), 0) FROM c WHERE kind = 'result' AND outcome AND name = :key)",
         ENDED),
     "transactions that failed so, of those that ended"},
    {"connect_error.", RESULT_COUNT, name_of_result, UNIT_SHARE, OF_CONNECTS,
     SHARE("(SELECT ifnull(sum(value), 0) FROM c WHERE kind = 'connect_error' AND name = :key)",
           "a.connects_completed + a.connects_failed"),
     "connects that failed so, of those that ended"},
    {"counter.", COUNTER_COUNT, name_of_counter, UNIT_COUNT, OF_RUN,
     "(SELECT CASE rollup WHEN 'max' THEN max(value) ELSE sum(value) END FROM (SELECT value, "
     "rollup FROM c "
     "WHERE kind = 'counter' AND measured AND name = :key UNION ALL SELECT 0, rollup FROM "
     "counter_name WHERE kind = 'counter' AND name = :key AND t.s > 0))",
     "a counter over the measured time"},
    {"drop.", DROP_COUNT, name_of_drop, UNIT_COUNT, OF_RUN,
     "(SELECT ifnull(sum(value), 0) FROM c WHERE kind = 'drop' AND measured AND name = :key)",
     "frames and segments not taken for that reason"},
};
#define FAMILIES (sizeof families / sizeof *families)

static bool find_in_family(size_t f, const char *name, struct figure_name *out)
{
    const char *own = name + strlen(families[f].prefix);
    for (int i = 0; i < families[f].count; i++) {
        const char *key = families[f].name(i);
        if (!key || strcmp(key, own))
            continue;
        *out = (struct figure_name){
            .unit = families[f].unit, .of = families[f].of, .sql = families[f].sql, .key = key};
        snprintf(out->name, sizeof out->name, "%s", name);
        return true;
    }
    return false;
}

bool figure_find(const char *name, struct figure_name *out)
{
    name = unaliased(name);
    for (size_t f = 0; f < FAMILIES; f++)
        if (!strncmp(name, families[f].prefix, strlen(families[f].prefix)))
            return find_in_family(f, name, out);
    return find_plain(name, out) || find_of_time(name, out);
}

/* --- least and most ---------------------------------------------------------------------------- */

#define SPREAD(value)                                                                              \
    {                                                                                              \
        "(SELECT avg(x) FROM (" WHOLE(value) "))", "(SELECT min(x) FROM (" WHOLE(value) "))",       \
            "(SELECT max(x) FROM (" WHOLE(value) "))"                                              \
    }

struct figure_spread figure_spread(const struct figure_scope *s, enum figure_spread_of what)
{
    static const char *const sql[SPREAD_COUNT][3] = {
        [SPREAD_CONNECTIONS] = SPREAD("sum(open_connections)"),
        [SPREAD_CONNECTS] = SPREAD(RATE("connects_completed")),
        [SPREAD_TRANSACTIONS] = SPREAD(RATE("completed")),
        [SPREAD_GBIT] = SPREAD(RATE("8e-9 * (wire_tx_bytes + wire_rx_bytes)")),
    };
    double v[3];
    for (int i = 0; i < 3; i++)
        v[i] = figure_read(s, &(struct figure_name){.sql = sql[what][i]}, 0);
    return (struct figure_spread){v[0], v[1], v[2]};
}

/* --- for people ------------------------------------------------------------------------------- */

void figure_list(FILE *out)
{
    for (size_t i = 0; i < PLAIN; i++)
        fprintf(out, "%s, ", plain[i].name);
    fputs("[TIME_]p50 ... p9999, [TIME_]min, [TIME_]max, [TIME_]mean", out);
    for (size_t f = 0; f < FAMILIES; f++)
        fprintf(out, "%s%sNAME", f + 1 < FAMILIES ? ", " : " or ", families[f].prefix);
}

static const char *cell(enum figure_unit unit)
{
    const char *text = figure_unit_text(unit);
    return *text ? text : "a number";
}

void figure_print_markdown(FILE *out)
{
    fputs("| metric | unit | meaning |\n|---|---|---|\n", out);
    fputs(
        "| `latency_p50` `_p90` `_p95` `_p99` `_p999` `_p9999` `_mean` `_min` `_max`; the same of "
        "`service_`, `queueing_`, `lateness_`, `connect_` | a time with its unit | a percentile, the "
        "mean, the shortest, the longest of a time; `p99` alone is `latency_p99` |\n",
        out);
    for (size_t i = 0; i < PLAIN; i++)
        fprintf(out, "| `%s` | %s | %s |\n", plain[i].name, cell(plain[i].unit), plain[i].meaning);
    for (size_t f = 0; f < FAMILIES; f++)
        fprintf(out, "| `%sNAME` | %s | %s |\n", families[f].prefix, cell(families[f].unit),
                families[f].meaning);
}
