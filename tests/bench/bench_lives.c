/* SPDX-License-Identifier: BSD-3-Clause */
/* Whole lives of connections: opened, used once, closed by FIN. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/units.h"
#include "bench/bare.h"
#include "bench/bench.h"
#include "bench/gen_run.h"
#include "run/reflect.h"
#include "run/turns.h"
#include "wire/wire_features.h"

#define LIVES "rate=max", "pattern=short_lived", "close=client", "connections=256", \
              "source=198.18.2.0/24"
#define ECHO_LIVES "protocol=echo", "payload=64", LIVES

/* Connections a second; the rest to stderr. NAN: the run failed. */
static double lives_of(struct gen_run *run, int round)
{
    double cps = gen_figure(run, "SELECT transactions_per_s FROM run_summary");
    double segments = gen_figure(run,
        "SELECT 1.0 * sum(CASE WHEN n.name IN ('segments_tx', 'segments_rx') THEN c.value END) /"
        " sum(CASE WHEN n.name = 'connects_completed' THEN c.value END)"
        " FROM counter c JOIN counter_name n ON n.id = c.name_id AND n.kind = 'counter'");
    double resets = gen_figure(run,
        "SELECT coalesce(sum(c.value), 0) FROM counter c JOIN counter_name n ON n.id = c.name_id"
        " WHERE n.name IN ('rst_sent', 'rst_received')");
    fprintf(stderr, "  round %d: %.0f connections/s, %.2f segments a connection, %.0f resets, %.0f "
            "failed\n", round, cps, segments, resets, gen_figure(run, "SELECT failed FROM run_summary"));
    fprintf(stderr, "    %s\n",
            gen_text(run, "SELECT limited_by || ': ' || limited_by_evidence FROM run"));
    return cps;
}

static int lab_cps(double *values)
{
    return gen_rounds(5, values, lives_of, "wire=lab", "duration=3s", "warmup=500ms", ECHO_LIVES, NULL);
}

/* SYN and SYN-ACK; request and reply of 64 bytes; FIN and FIN; the last ACK, with the next SYN. */
static const struct turn life = {4, {{1, 74, 74}, {1, 130, 130}, {1, 66, 66}, {1, 66, 0}}};
static const struct reflect_config bare_lives = {
    .turn = &life, .in_flight = 256, .batch = 64, .near_cpu = 0, .far_cpu = 1,
    .warmup_ns = NS_PER_S / 5, .measure_ns = NS_PER_S,
};

static int lab_cps_vs_pattern(double *values)
{
    int n = bench_rounds(11);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        double bare = bare_lab(&bare_lives);
        if (bare < 0 || gen_run(&run, "wire=lab", "duration=1s", "warmup=300ms", ECHO_LIVES, NULL))
            return 0;
        values[i] = lives_of(&run, i + 1) / bare;
        gen_run_done(&run);
        fprintf(stderr, "    bare frames %.0f lives/s: %.3f\n", bare, values[i]);
    }
    return n;
}

static int pair_cps(double *values)
{
    return gen_rounds(5, values, lives_of, "wire=pair", "duration=3s", "warmup=500ms", ECHO_LIVES, NULL);
}

static int pair_cps_32k(double *values)
{
    return gen_rounds(5, values, lives_of, "wire=pair", "duration=3s", "warmup=500ms", "protocol=line",
                      "payload=100", "reply=32KiB", LIVES, NULL);
}

/* One process a side, a core each. Its socket has no file: it is gone with them. */
#define MEMIF "dpdk:net_memif0,socket=wirebench-bench-%d,role="

static int memif_run(struct gen_run *run, const char *client, const char *server)
{
    int responder = gen_respond(server, "--cpus=1", "--listen=198.19.0.1:9000", "--protocol=echo",
                                "--payload=64", "--pattern=short_lived", "--connections=256", NULL);
    if (responder < 0)
        return -1;
    int rc = gen_run(run, client, "cpus=0", "target=198.19.0.1:9000", "duration=3s", "warmup=500ms",
                     "protocol=echo", "payload=64", LIVES, NULL);
    gen_respond_end(responder);
    return rc;
}

static int memif_cps(double *values)
{
    char client[96], server[96];
    int n = bench_rounds(5);
    if (!WIRE_HAS_DPDK) {
        fputs("bench: this build is without DPDK: install libdpdk-dev, then meson setup --reconfigure\n",
              stderr);
        return 0;
    }
    snprintf(client, sizeof client, "wire=" MEMIF "client", getpid());
    snprintf(server, sizeof server, "--wire=" MEMIF "server", getpid());
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        if (memif_run(&run, client, server))
            return 0;
        values[i] = lives_of(&run, i + 1);
        gen_run_done(&run);
    }
    return n;
}

const struct bench lives_benches[] = {
    {"lab_cps", "connections/s", "lab, connect + one 64 B transaction + close by FIN", lab_cps},
    {"lab_cps_vs_pattern", "ratio",
     "the same against bare frames in the same order, 4 and 3 a life, alternating rounds",
     lab_cps_vs_pattern},
    {"pair_cps", "connections/s", "as lab_cps over the pair wire", pair_cps},
    {"pair_cps_32k", "connections/s", "pair, connect + 100 B request, 32 KiB reply + close by FIN",
     pair_cps_32k},
    {"memif_cps", "connections/s", "as lab_cps between two processes over DPDK's net_memif", memif_cps},
    {0},
};
