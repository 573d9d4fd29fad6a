/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HdrHistogram's percentile distribution (".hgrm", AbstractHistogram.outputPercentileDistribution)
 * of the latency, in ms, for its plotter and for everything that reads wrk2's output. Five ticks
 * per halving of the distance to 100 %. Values are the highest of their bucket.
 */
#include <errno.h>
#include <math.h>

#include "analyzer/out/writer.h"
#include "analyzer/summary.h"
#include "base/err.h"

#define TICKS_PER_HALF 5
#define NS_PER_MS_F    1e6

/* The next percentile (0 to 100) to print after `p`. */
static double next_percentile(double p)
{
    double halvings = floor(log2(100 / (100 - p))) + 1;
    return p + 100 / (TICKS_PER_HALF * exp2(halvings));
}

static void put_row(FILE *out, uint64_t ns, double share, uint64_t seen)
{
    fprintf(out, "%12.3f %2.12f %10llu", (double)ns / NS_PER_MS_F, share, (unsigned long long)seen);
    if (share < 1)
        fprintf(out, " %14.2f", 1 / (1 - share));
    fputc('\n', out);
}

/* Rows up to the bucket that holds the last sample; that one closes the table at 1. */
static void put_rows(FILE *out, const struct hist_sum *h)
{
    uint64_t seen = 0, total = h->count - h->overflow;
    double p = 0;
    for (uint32_t i = 0; i < HIST_COUNTS && seen < total; i++) {
        if (h->counts[i] == 0)
            continue;
        seen += h->counts[i];
        double here = 100.0 * (double)seen / (double)total;
        for (bool last = false; !last && p <= here && p < 100; p = next_percentile(p)) {
            last = seen == total; /* one row of the last bucket, then the one at 1 */
            put_row(out, hist_highest_ns(i), p / 100, seen);
        }
        if (seen == total)
            put_row(out, hist_highest_ns(i), 1, seen);
    }
}

/* From buckets, around the exact mean. */
static double deviation_ns(const struct hist_sum *h)
{
    double mean = hist_sum_mean_ns(h), sum = 0;
    for (uint32_t i = 0; i < HIST_COUNTS; i++) {
        double middle = ((double)hist_lowest_ns(i) + (double)hist_highest_ns(i)) / 2;
        sum += (double)h->counts[i] * (middle - mean) * (middle - mean);
    }
    return sqrt(sum / (double)h->count);
}

int hgrm_write(FILE *out, const struct report *r, struct err *e)
{
    const struct hist_sum *h = r->runs[0].times[TIME_LATENCY].sum;
    if (h->count == 0)
        return err_set(e, EXIT_INCONCLUSIVE, -ENODATA,
                       "run %lld has no latency samples: no percentile distribution",
                       (long long)r->runs[0].run.id);
    if (h->overflow)
        fprintf(r->said, "%llu latencies above %.0f s are in no bucket: left out of --hgrm\n",
                (unsigned long long)h->overflow, (double)HIST_MAX_NS / 1e9);
    fputs("       Value     Percentile TotalCount 1/(1-Percentile)\n\n", out);
    put_rows(out, h);
    fprintf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n",
            hist_sum_mean_ns(h) / NS_PER_MS_F, deviation_ns(h) / NS_PER_MS_F);
    fprintf(out, "#[Max     = %12.3f, Total count    = %12llu]\n", (double)h->max_ns / NS_PER_MS_F,
            (unsigned long long)h->count);
    fprintf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", HIST_MAX_BITS - HIST_SUB_BITS + 1,
            1 << HIST_SUB_BITS);
    return 0;
}
