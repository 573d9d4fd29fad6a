/* SPDX-License-Identifier: BSD-3-Clause */
/* What a connection costs: time to open it, memory. */
#include <math.h>
#include <stdio.h>

#include "bench/bench.h"
#include "bench/gen_run.h"

#define OPEN_100K "connections=100000", "protocol=echo", "payload=64", "rate=1000", \
                  "duration=1s", "warmup=0s"

static int lab_open_100k(double *values)
{
    return gen_rounds(5, values, gen_open_s, "wire=lab", "busy_poll=yes", OPEN_100K, NULL);
}

static double resident(const char *connections)
{
    struct gen_run run;
    if (gen_run(&run, "wire=lab", connections, "protocol=echo", "payload=64", "rate=1000",
                "duration=1s", "warmup=0s", NULL))
        return -1;
    double bytes = gen_figure(&run, "SELECT max(rss_bytes + ifnull(hugetlb_bytes, 0)) FROM resource "
                                    "WHERE role = 'gen'");
    gen_rows(&run, "SELECT pool || ': ' || round(bytes_per_conn, 1) || ' bytes a connection' "
                   "FROM conn_memory WHERE side = 'gen' AND connections > 1");
    gen_run_done(&run);
    return bytes;
}

static int conn_bytes_100k(double *values)
{
    int n = bench_rounds(3);
    for (int i = 0; i < n; i++) {
        double base = resident("connections=1"), loaded = resident("connections=100000");
        if (base < 0 || loaded < 0)
            return 0;
        values[i] = (loaded - base) / 100000;
        fprintf(stderr, "  round %d: %.0f bytes with 100,000 open, %.0f with one: %.1f a connection\n",
                i + 1, loaded, base, values[i]);
    }
    return n;
}

/* SPEC 6: the same process configured for none beside it; read when all are open, before any load. */
static double idle_bytes(struct gen_run *run, int round)
{
    double bytes = gen_figure(run, "SELECT bytes_per_conn FROM conn_memory WHERE side = 'gen' AND "
                                   "pool = 'process' AND connections = 100000");
    gen_rows(run, "SELECT side || ' ' || pool || ': ' || round(bytes_per_conn, 1) || "
                  "' bytes a connection' FROM conn_memory");
    fprintf(stderr, "  round %d: %.1f bytes an idle connection\n", round, bytes);
    return bytes;
}

static int conn_bytes_all_options(double *values)
{
    return gen_rounds(3, values, idle_bytes, "wire=lab", "connections=100000", "protocol=echo",
                      "payload=64", "rate=0", "duration=1s", "warmup=0s", "measure_memory=yes",
                      ALL_OPTIONS, NULL);
}

const struct bench connections_benches[] = {
    {"conn_bytes_100k", "bytes", "resident memory a connection, client side", conn_bytes_100k},
    {"conn_bytes_100k_all_options", "bytes", "the same of idle ones with SACK, RACK, timestamps, CUBIC, IPv6",
     conn_bytes_all_options},
    {"lab_open_100k_s", "s", "100,000 connections opened on lab", lab_open_100k},
    {0},
};
