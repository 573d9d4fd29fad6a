/* SPDX-License-Identifier: BSD-3-Clause */
/* Many connections: how fast they open, what they take, and that each of them works. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/gen_run.h"

#define MANY      10000000.0
#define MANY_KEYS "source=198.18.0.0/24", "connect_limit=10min", "connect_timeout=30s", \
                  "close_limit=10min", "wire=pair", "protocol=echo", "payload=64"

static int lab_open_1m_s(double *values)
{
    return gen_rounds(3, values, gen_open_s, "wire=lab", "busy_poll=yes", "connections=1000000",
                      "source=198.18.0.0/24", "protocol=echo", "payload=64", "rate=1000", "duration=1s", "warmup=0s", NULL);
}

/* --- ten million ------------------------------------------------------------------------------ */

/* BENCH_HOLD: how long they are held between their two uses. */
static void hold_key(char *out, size_t size)
{
    const char *hold = getenv("BENCH_HOLD");
    snprintf(out, size, "duration=%s", hold ? hold : "60s");
}

static void tell_phases(struct gen_run *run)
{
    gen_rows(run, "SELECT kind || ' ' || name || ': ' || round(duration_s, 2) || ' s, ' || "
                  "ifnull(connects_completed, 0) || ' opened, ' || ifnull(completed, 0) || "
                  "' transactions, ' || ifnull(failed, 0) || ' failed, ' || ifnull(retransmits, 0) || "
                  "' segments again' FROM phase_summary ORDER BY seq");
    gen_rows(run, "SELECT 'open at the end of ' || p.name || ' (' || p.kind || '): ' || "
                  "sum(i.open_connections) FROM phase p JOIN interval i ON i.phase_id = p.id "
                  "WHERE i.seq = (SELECT max(seq) FROM interval WHERE phase_id = p.id) GROUP BY p.id");
    gen_rows(run, "SELECT 'note: ' || text FROM note");
}

/* Each is used once: those that wait take their turns first in first out. */
static bool all_worked(struct gen_run *run)
{
    double used = gen_figure(run, "SELECT min(n) FROM (SELECT sum(i.completed) AS n FROM phase p JOIN "
                                  "interval i ON i.phase_id IN (p.id, p.id + 1) WHERE p.measured AND "
                                  "p.name <> 'hold' GROUP BY p.id)");
    double failed = gen_figure(run, "SELECT sum(failed + connects_failed) FROM phase_summary");
    double left = gen_figure(run, "SELECT sum(open_connections) FROM interval WHERE seq = "
                                  "(SELECT max(seq) FROM interval)");
    fprintf(stderr, "    used %.0f times at least in each phase, %.0f failed, %.0f left open\n", used,
            failed, left);
    return used == MANY && failed == 0 && left == 0;
}

static int pair_open_10m_s(double *values)
{
    int n = bench_rounds(1);
    char hold[40];
    hold_key(hold, sizeof hold);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        if (gen_run(&run, MANY_KEYS, "connections=10000000", "timeout=1min", "drain=1min", "warmup=0s",
                    "[use]", "rate=max", "transactions=10000000", "duration=10min", "[hold]", "rate=0",
                    hold, "[again]", "rate=max", "transactions=10000000", "duration=10min", NULL))
            return 0;
        values[i] = gen_open_s(&run, i + 1);
        tell_phases(&run);
        bool good = all_worked(&run);
        gen_run_done(&run);
        if (isnan(values[i]) || !good)
            return 0;
    }
    return n;
}

/* What a side told of its pools, a connection. */
static double pools_of(struct gen_run *run, const char *side)
{
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT sum(bytes_per_conn) FROM conn_memory WHERE side = '%s'", side);
    return gen_figure(run, sql);
}

/* Resident bytes with so many held, and what both sides' pools are a connection; NAN: the run failed. */
static double resident(const char *connections, double pools[2])
{
    struct gen_run run;
    if (gen_run(&run, MANY_KEYS, connections, "rate=0", "duration=2s", "warmup=0s", NULL))
        return NAN;
    double bytes = gen_figure(&run, "SELECT max(rss_bytes + ifnull(hugetlb_bytes, 0)) FROM resource "
                                    "WHERE role = 'gen'");
    pools[0] = pools_of(&run, "gen");
    pools[1] = pools_of(&run, "peer");
    if (pools[0] < 1000) /* of the many */
        gen_rows(&run, "SELECT side || ' ' || pool || ': ' || round(bytes_per_conn, 2) || "
                       "' bytes a connection' FROM conn_memory ORDER BY side, bytes_per_conn DESC");
    gen_run_done(&run);
    return bytes;
}

/* Both sides are one process: half of what ten million add to it. */
static int conn_bytes_10m(double *values)
{
    int n = bench_rounds(1);
    for (int i = 0; i < n; i++) {
        double pools[2], base = resident("connections=1", pools);
        double loaded = resident("connections=10000000", pools), both = (loaded - base) / MANY;
        values[i] = both / 2;
        if (isnan(values[i]))
            return 0;
        fprintf(stderr, "  round %d: %.0f bytes with all open, %.0f with one: %.1f a side; the client's "
                "pools %.1f, the responder's %.1f\n", i + 1, loaded, base, values[i], pools[0], pools[1]);
    }
    return n;
}

const struct bench scale_benches[] = {
    {"lab_open_1m_s", "s", "1,000,000 connections opened on lab", lab_open_1m_s},
    {"pair_open_10m_s", "s", "10,000,000 connections opened on pair; each used, held, used again, closed",
     pair_open_10m_s},
    {"conn_bytes_10m", "bytes", "resident memory an idle connection of 10,000,000, mean of both sides",
     conn_bytes_10m},
    {0},
};
