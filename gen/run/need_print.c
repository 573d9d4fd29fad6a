/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>

#include "app/app.h"
#include "base/units.h"
#include "run/dryrun.h"

#define TEXT 32

static const char *bytes_text(char buf[TEXT], uint64_t bytes)
{
    return units_format_bytes(buf, TEXT, bytes);
}

/* More than can be counted: an IPv6 prefix alone has so many. */
static const char *count_text(char buf[TEXT], uint64_t count)
{
    if (count == UINT64_MAX)
        return "more than 10^19";
    return units_format_count(buf, TEXT, count);
}

static void print_tuples(const struct job *job, const struct need *n)
{
    char sources[TEXT], targets[TEXT], have[TEXT], want[TEXT];
    printf("  tuples        %s source addresses x %llu ports x %s targets = %s; %s connections at "
           "once\n",
           units_format_count(sources, sizeof sources, n->pool.sources),
           (unsigned long long)n->pool.ports,
           units_format_count(targets, sizeof targets, n->pool.targets),
           count_text(have, n->pool.tuples), units_format_count(want, sizeof want, n->connections));
    if (n->walked < n->pool.sources)
        printf("                connections come from %u of the addresses, evenly over all\n",
               n->walked);
    if (n->opened_per_s == 0 || n->held_s == 0)
        return;
    printf("                a closed one keeps its tuple for %.0f s (time_wait): they last for %.0f "
           "connections/s",
           n->held_s, (double)n->pool.tuples / n->held_s);
    if (!isnan(n->opened_per_s))
        printf(", the job opens %.0f/s", n->opened_per_s);
    puts(job->timestamps ? "; timestamps let one be used again before" : "");
}

static void print_memory(const struct need *n)
{
    char gen[TEXT], peer[TEXT];
    printf("  %-24s %14s %14s\n", "memory reserved", "gen", "responder");
    for (uint32_t i = 0; i < n->pools_count; i++)
        printf("    %-22s %14s %14s\n", n->pools[i].name, bytes_text(gen, n->pools[i].gen_bytes),
               bytes_text(peer, n->pools[i].peer_bytes));
    printf("    %-22s %14s %14s\n", "all of these", bytes_text(gen, n->gen_bytes),
           bytes_text(peer, n->peer_bytes));
    printf("    %-22s %14s\n", "frames, both sides", bytes_text(gen, n->frame_bytes));
}

static void print_way(const char *way, double rate, double bytes, double frames, double wire)
{
    printf("    %-6s %.0f messages/s, %.2f MiB/s of payload, %.0f frames/s or more, %.4f Gbit/s "
           "with headers\n",
           way, rate, rate * bytes / (1 << 20), rate * frames, rate * wire * 8 / 1e9);
}

static void print_load(const struct job *job, uint32_t phase, const struct app_proto *proto)
{
    const struct job_phase *p = &job->phases[phase];
    struct need_load l;
    need_load_of(job, phase, proto, &l);
    printf("  load of %-12s %.0f B out and %.0f B back a transaction\n", p->name, l.request_bytes,
           l.reply_bytes);
    if (isnan(l.mean_per_s)) {
        puts("    rate   not known before: max goes as fast as replies come, and no rule names a "
             "rate");
        return;
    }
    if (l.why)
        printf("    rate   not known before (max); the rule for %s asks for %.0f/s:\n", l.why,
               l.mean_per_s);
    else
        printf("    rate   %.6g/s on average, %.6g/s at most\n", l.mean_per_s, l.peak_per_s);
    print_way("out", l.mean_per_s, l.request_bytes, l.frames_out, l.wire_out_bytes);
    if (l.reply_bytes > 0)
        print_way("back", l.mean_per_s, l.reply_bytes, l.frames_in, l.wire_in_bytes);
}

static void print_time(const struct need *n)
{
    char load[TEXT], limit[TEXT];
    char trials[TEXT * 2] = "";
    if (n->trials)
        snprintf(trials, sizeof trials, "%u trials, if each holds: ", n->trials);
    printf("  duration      %s%s under load; at most %s with connecting and ending\n", trials,
           units_format_ns(load, sizeof load, n->load_ns),
           units_format_ns(limit, sizeof limit, n->limit_ns));
}

static void print_file(const struct job *job, const struct need *n)
{
    char low[TEXT], high[TEXT], count[TEXT];
    if (isnan(n->db_high_bytes)) {
        printf("  database      not known before (max): about 4 to 10 MB for a million "
               "transactions in %s\n",
               job->db);
        return;
    }
    printf("  database      about %s to %s in %s: ", bytes_text(low, (uint64_t)n->db_low_bytes),
           bytes_text(high, (uint64_t)n->db_high_bytes), job->db);
    if (job->samples <= 0)
        puts("intervals only (samples = none)");
    else
        printf("%s transactions%s, %.6g %% of them kept\n",
               units_format_count(count, sizeof count, (uint64_t)n->transactions),
               n->by_rule ? " at the rules' rates" : "", job->samples * 100);
}

void need_print(const struct job *job, const struct app_proto *proto, const struct need *need)
{
    puts("arithmetic");
    print_time(need);
    print_tuples(job, need);
    for (uint32_t i = 0; i < job->phases_count; i++)
        print_load(job, i, proto);
    print_memory(need);
    print_file(job, need);
}
