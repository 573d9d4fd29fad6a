/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages of 1 MiB in frames of 1500 bytes. Gbit/s are of frames, without FCS and preamble. */
#include <stdio.h>

#include "base/units.h"
#include "bench/bare.h"
#include "bench/bench.h"
#include "bench/gen_run.h"
#include "run/reflect.h"
#include "run/turns.h"

/* All windows together are less than a ring of the lab's wire holds: 2,048 frames. */
#define BULK "payload=1MiB", "connections=4", "depth=2", "rate=max", "window=512KiB", "warmup=500ms"

#define GBIT(way)                                                                                  \
    "SELECT sum(" way ") * 8 / (SELECT measured_s * 1e9 FROM run_summary) FROM phase_summary "    \
    "WHERE measured"

/* The way that the messages go; NAN: the run failed. */
static double gbit_of(struct gen_run *run, const char *sql, int round)
{
    double gbit = gen_figure(run, sql);
    fprintf(stderr, "  round %d: %.2f Gbit/s, %.0f messages/s, %.0f retransmissions, %.0f failed\n",
            round, gbit, gen_figure(run, "SELECT transactions_per_s FROM run_summary"),
            gen_figure(run, "SELECT retransmits FROM run_summary"),
            gen_figure(run, "SELECT failed FROM run_summary"));
    fprintf(stderr, "    %s\n",
            gen_text(run, "SELECT limited_by || ': ' || limited_by_evidence FROM run"));
    return gbit;
}

static double gbit_sent(struct gen_run *run, int round)
{
    return gbit_of(run, GBIT("wire_tx_bytes"), round);
}

static double gbit_received(struct gen_run *run, int round)
{
    return gbit_of(run, GBIT("wire_rx_bytes"), round);
}

/* One way; the other side verifies the checksum of every segment and drops what it holds. */
static int pair_gbit_1mib(double *values)
{
    return gen_rounds(5, values, gbit_sent, "wire=pair", "protocol=discard", "duration=3s", BULK, NULL);
}

/* A small request, and a reply of which the client compares every byte. */
static int pair_gbit_1mib_checked(double *values)
{
    return gen_rounds(5, values, gbit_received, "wire=pair", "protocol=line", "mix=read", "duration=3s",
                      BULK, NULL);
}

/* Two full frames, and what acknowledges them. */
#define FULL_FRAME 1514
static const struct turn full_frames = {1, {{2, FULL_FRAME, 66}}};
static const struct reflect_config bare_bulk = {
    .turn = &full_frames, .in_flight = 256, .batch = 64, .near_cpu = 0, .far_cpu = 1,
    .warmup_ns = NS_PER_S / 5, .measure_ns = NS_PER_S,
};

static int lab_gbit_1mib_vs_limit(double *values)
{
    int n = bench_rounds(11);
    for (int i = 0; i < n; i++) {
        struct gen_run run;
        double limit = bare_lab(&bare_bulk) * 2 * FULL_FRAME * 8 / 1e9;
        if (limit < 0 || gen_run(&run, "wire=lab", "protocol=discard", "duration=1s", BULK, NULL))
            return 0;
        values[i] = gbit_sent(&run, i + 1) / limit;
        gen_run_done(&run);
        fprintf(stderr, "    bare frames %.2f Gbit/s: %.3f\n", limit, values[i]);
    }
    return n;
}

const struct bench bulk_benches[] = {
    {"pair_gbit_1mib", "Gbit/s", "pair, 1 MiB messages one way, 1500-byte frames, checksums verified",
     pair_gbit_1mib},
    {"pair_gbit_1mib_checked", "Gbit/s", "pair, 1 MiB replies, every byte compared",
     pair_gbit_1mib_checked},
    {"lab_gbit_1mib_vs_limit", "ratio",
     "lab, 1 MiB messages one way against bare full-size frames, alternating rounds",
     lab_gbit_1mib_vs_limit},
    {0},
};
