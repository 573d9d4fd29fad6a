/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "base/drop.h"
#include "live/metrics.h"

#define PREFIX "wirebench_gen_"

/* --- pieces ----------------------------------------------------------------------------- */

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
}

static void put_family(FILE *out, const char *name, const char *type, const char *unit,
                       const char *help)
{
    fprintf(out, "# TYPE " PREFIX "%s %s\n", name, type);
    if (unit)
        fprintf(out, "# UNIT " PREFIX "%s %s\n", name, unit);
    fprintf(out, "# HELP " PREFIX "%s ", name);
    put_escaped(out, help);
    fputs(".\n", out);
}

static void put_label(FILE *out, const char *before, const char *name, const char *value)
{
    fprintf(out, "%s%s=\"", before, name);
    put_escaped(out, value ? value : "");
    fputc('"', out);
}

/* A missing figure has no sample. */
static void put_gauge(FILE *out, const char *name, const char *unit, const char *help, double value)
{
    put_family(out, name, "gauge", unit, help);
    if (isfinite(value))
        fprintf(out, PREFIX "%s %.12g\n", name, value);
}

/* --- counters ----------------------------------------------------------------------------- */

/* "payload_sent_bytes" is in bytes. */
static const char *unit_of(const char *name)
{
    size_t len = strlen(name);
    return len > 6 && !strcmp(name + len - 6, "_bytes") ? "bytes" : NULL;
}

static void put_counters(FILE *out, const struct rec_totals *t)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const char *name = counter_name((enum counter)i);
        if (counter_is_max((enum counter)i))
            continue;
        put_family(out, name, "counter", unit_of(name), counter_meaning((enum counter)i));
        fprintf(out, PREFIX "%s_total %llu\n", name, (unsigned long long)t->counters[i]);
    }
    put_gauge(out, "gap_max_seconds", "seconds", "longest loop gap so far",
              (double)t->counters[COUNTER_GAP_MAX] / 1e9);
    put_gauge(out, "rx_wait_max_seconds", "seconds", "longest wait of an arrival to be read so far (rx_stamps)",
              (double)t->counters[COUNTER_RX_WAIT_MAX] / 1e9);
    put_gauge(out, "tx_wait_max_seconds", "seconds", "longest way of a frame out of the kernel so far (tx_stamps)",
              (double)t->counters[COUNTER_TX_WAIT_MAX] / 1e9);
    put_gauge(out, "backlog_max", NULL, "largest number of arrivals that waited at once so far",
              (double)t->counters[COUNTER_BACKLOG_MAX]);
}

static const char *ending_name(int i)
{
    return result_name((enum result)i);
}

static const char *reason_name(int i)
{
    return drop_name((enum drop)i);
}

static void put_kinds(FILE *out, const char *family, const char *label, const char *help,
                      const uint64_t *values, int from, int n, const char *(*name)(int))
{
    put_family(out, family, "counter", NULL, help);
    for (int i = from; i < n; i++) {
        fprintf(out, PREFIX "%s_total", family);
        put_label(out, "{", label, name(i));
        fprintf(out, "} %llu\n", (unsigned long long)values[i]);
    }
}

/* --- times ---------------------------------------------------------------------------------- */

/* As OpenMetrics writes them: 1, 2, 5 a decade, 1 us to 100 s. */
static const struct {
    const char *text;
    uint64_t ns;
} bounds[] = {
    {"1e-06", 1000},         {"2e-06", 2000},       {"5e-06", 5000},       {"1e-05", 10000},
    {"2e-05", 20000},        {"5e-05", 50000},      {"0.0001", 100000},    {"0.0002", 200000},
    {"0.0005", 500000},      {"0.001", 1000000},    {"0.002", 2000000},    {"0.005", 5000000},
    {"0.01", 10000000},      {"0.02", 20000000},    {"0.05", 50000000},    {"0.1", 100000000},
    {"0.2", 200000000},      {"0.5", 500000000},    {"1.0", 1000000000},   {"2.0", 2000000000},
    {"5.0", 5000000000},     {"10.0", 10000000000}, {"20.0", 20000000000}, {"50.0", 50000000000},
    {"100.0", 100000000000},
};

static void put_time(FILE *out, enum time_kind time, const struct hist_sum *h)
{
    char name[64], help[160];
    uint64_t seen = 0;
    uint32_t at = 0;
    snprintf(name, sizeof name, "%s_seconds", time_name(time));
    snprintf(help, sizeof help,
             "%s, of the measured phases so far; a value counts at the end of its bucket, "
             "0.1 %% wide",
             time_name(time));
    put_family(out, name, "histogram", "seconds", help);
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        while (at < HIST_COUNTS && hist_highest_ns(at) <= bounds[b].ns)
            seen += h->counts[at++];
        fprintf(out, PREFIX "%s_bucket{le=\"%s\"} %llu\n", name, bounds[b].text,
                (unsigned long long)seen);
    }
    fprintf(out, PREFIX "%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)h->count);
    fprintf(out, PREFIX "%s_count %llu\n", name, (unsigned long long)h->count);
    fprintf(out, PREFIX "%s_sum %.12g\n", name, h->sum_ns / 1e9);
}

/* --- run, phase, processes -------------------------------------------------------------------- */

static void put_run(FILE *out, const struct live_run *r, const struct live_phase *p)
{
    put_family(out, "run", "info", NULL, "What runs");
    fprintf(out, PREFIX "run_info{run=\"%lld\"", (long long)r->id);
    put_label(out, ",", "uuid", r->uuid);
    put_label(out, ",", "workload", r->workload_id);
    put_label(out, ",", "history_key", r->history_key);
    put_label(out, ",", "wire", r->wire);
    put_label(out, ",", "protocol", r->protocol);
    put_label(out, ",", "version", r->version);
    fputs("} 1\n", out);
    put_family(out, "phase", "info", NULL, "The phase that it is in");
    fputs(PREFIX "phase_info", out);
    put_label(out, "{", "name", p->name);
    put_label(out, ",", "kind", p->kind);
    put_label(out, ",", "measured", p->measured ? "true" : "false");
    fputs("} 1\n", out);
}

static void put_use(FILE *out, const char *name, const char *type, const char *unit,
                    const char *help, const int64_t *values, double scale)
{
    static const char *const roles[] = {"gen", "peer"};
    put_family(out, name, type, unit, help);
    for (int i = 0; i < 2; i++)
        if (values[i] >= 0)
            fprintf(out, PREFIX "%s%s{role=\"%s\"} %.12g\n", name, *type == 'c' ? "_total" : "",
                    roles[i], (double)values[i] * scale);
}

static void put_processes(FILE *out, const struct process_use *g, const struct process_use *p)
{
    put_use(out, "process_cpu_seconds", "counter", "seconds",
            "CPU time of gen, and of a local peer with its children",
            (const int64_t[]){g->cpu_ns, p->cpu_ns}, 1e-9);
    put_use(out, "process_resident_memory_bytes", "gauge", "bytes",
            "Resident memory without huge pages", (const int64_t[]){g->rss_bytes, p->rss_bytes}, 1);
    put_use(out, "process_voluntary_switches", "counter", NULL,
            "Context switches of threads that waited",
            (const int64_t[]){g->voluntary_switches, p->voluntary_switches}, 1);
    put_use(out, "process_involuntary_switches", "counter", NULL,
            "Context switches of threads that were preempted",
            (const int64_t[]){g->involuntary_switches, p->involuntary_switches}, 1);
}

void metrics_write(FILE *out, const struct metrics_reading *m)
{
    const struct rec_totals *t = m->totals;
    put_run(out, m->run, &m->phase);
    put_gauge(out, "phase_left_seconds", "seconds", "Time until the phase ends at the latest",
              m->left_s);
    put_gauge(out, "offered_transactions_per_second", NULL,
              "Mean rate that the phase offers; none with max", m->phase.offered_per_s);
    put_gauge(out, "open_connections", NULL, "Connections open when the last interval ended",
              (double)t->open_connections);
    put_counters(out, t);
    put_kinds(out, "transactions", "result", "Transactions by how they ended", t->results, 0,
              RESULT_COUNT, ending_name);
    put_kinds(out, "connect_errors", "reason", "Active opens that failed, by reason",
              t->connect_errors, 1, RESULT_COUNT, ending_name);
    put_kinds(out, "drops", "reason", "Frames and segments dropped, by reason", t->drops, 1,
              DROP_COUNT, reason_name);
    for (int i = 0; i < TIME_COUNT; i++)
        put_time(out, (enum time_kind)i, &m->times[i]);
    put_processes(out, &m->gen, &m->peer);
    put_family(out, "watch_lost_blocks", "counter", NULL,
               "Intervals of workers that the times here lack");
    fprintf(out, PREFIX "watch_lost_blocks_total %llu\n# EOF\n", (unsigned long long)m->watch_lost);
}
