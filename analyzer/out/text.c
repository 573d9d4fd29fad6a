/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run for people, on one screen: what became of it, what limited it, then figures. Intervals are
 * 95 %, two-sided, of runs whose seconds are surely worth ten independent ones.
 */
#include "analyzer/out/text.h"

#include "analyzer/out/format.h"
#include "analyzer/out/headline.h"
#include "analyzer/out/writer.h"
#include "analyzer/summary.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define TEXT        128
#define RULES_SHOWN 5 /* of an SLA that holds; what does not hold is always shown */

static const struct figure *figure(const struct summary *s, enum figure_id id)
{
    return &s->figures[id];
}

/* A figure with thousands separators, or "-". */
static const char *shown(char *buf, const struct figure *f)
{
    return f->has ? format_number(buf, TEXT, f->value) : "-";
}
#define SHOWN(id) shown((char[TEXT]){0}, figure(s, id))

/* --- what became of it ----------------------------------------------------------------- */

static void write_head(FILE *out, const struct summary *s)
{
    char when[40];
    const struct run_info *run = &s->run;
    format_line(out, "%s  %s  run %lld (%.8s)  %s", headline(s), run->workload_id,
                (long long)run->id, run->uuid, format_time(when, sizeof when, run->started_ns));
    if (run->state_reason)
        format_lines(out, 4, "  %s: %s", run_state_name(run->state), run->state_reason);
    else if (run->state == RUN_RUNNING)
        format_line(out, "  still going on (pid lives); figures up to the last interval");
    if (run->valid == 0)
        format_lines(out, 4, "  invalid: %s",
                     format_or(run->invalid_reason, "no reason is stored"));
}

static void write_verdict(FILE *out, const struct verdict_info *v)
{
    char actual[TEXT];
    format_actual(actual, sizeof actual, v);
    format_lines(out, 15, "  %-12s %s%s%s: %s%s%s%s%s", v->state, v->phase ? v->phase : "",
                 v->phase ? ": " : "", v->rule, actual, isnan(v->actual) ? "" : " ",
                 isnan(v->actual) ? "" : format_or(v->unit, ""), v->reason ? ", " : "",
                 format_or(v->reason, ""));
}

/* What did not hold comes first; of many that did, only how many. */
static void write_verdicts(FILE *out, const struct summary *s)
{
    size_t passed = 0, shown = 0;
    for (size_t i = 0; i < s->verdicts.count; i++)
        if (strcmp(s->verdicts.rows[i].state, "PASS"))
            write_verdict(out, &s->verdicts.rows[i]);
        else
            passed++;
    for (size_t i = 0; i < s->verdicts.count && shown < RULES_SHOWN; i++)
        if (strcmp(s->verdicts.rows[i].state, "PASS") == 0) {
            write_verdict(out, &s->verdicts.rows[i]);
            shown++;
        }
    if (passed > shown)
        format_line(out, "  %-12s %zu more rules (--json lists them)", "PASS", passed - shown);
}

static void write_limit(FILE *out, const struct summary *s)
{
    if (!s->limited_by)
        return;
    format_lines(out, 12, "limited by  %s%s%s", s->limited_by_words,
                 s->limited_by_evidence ? ": " : "", format_or(s->limited_by_evidence, ""));
    if (s->limited_by_remedy)
        format_lines(out, 12, "to raise it %s", s->limited_by_remedy);
}

static void write_load(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    char depth[40], sizes[TEXT];
    snprintf(depth, sizeof depth, "%lld", (long long)run->depth);
    if (run->payload && run->reply && strcmp(run->payload, run->reply) == 0)
        snprintf(sizes, sizeof sizes, "%s B requests and replies", run->payload);
    else
        snprintf(sizes, sizeof sizes, "%s B requests, %s B replies", format_or(run->payload, "?"),
                 format_or(run->reply, "?"));
    bool usual = strcmp(run->pattern, "long_lived") == 0;
    format_lines(out, 12, "load        %s on %s, rate %s, %s %s%sconnections x depth %s, %s",
                 run->protocol, run->wire, run->load, SHOWN(FIGURE_CONNECTIONS_REQUESTED),
                 usual ? "" : run->pattern, usual ? "" : " ",
                 run->depth == QUERY_NONE ? "?" : depth, sizes);
}

static void write_measured(FILE *out, const struct summary *s)
{
    if (!s->measured_phase) {
        format_line(out, "measured    nothing; %s of %s connections opened",
                    SHOWN(FIGURE_CONNECTIONS), SHOWN(FIGURE_CONNECTIONS_REQUESTED));
        return;
    }
    format_lines(out, 12,
                 "measured    %s s of %s s requested, phase %s; %s of %s connections opened",
                 SHOWN(FIGURE_ACTUAL_DURATION), SHOWN(FIGURE_DURATION), s->measured_phase,
                 SHOWN(FIGURE_CONNECTIONS), SHOWN(FIGURE_CONNECTIONS_REQUESTED));
}

/* --- rates and counts ------------------------------------------------------------------ */

static void write_rates(FILE *out, const struct summary *s)
{
    const struct figure *rate = figure(s, FIGURE_MSG_PER_S);
    char bounds[3 * TEXT] = "", lo[TEXT], hi[TEXT];
    if (!rate->has) {
        format_line(out, "rates       none: %s", rate->reason);
        return;
    }
    if (rate->has_interval)
        snprintf(bounds, sizeof bounds, " (%s to %s)", format_number(lo, sizeof lo, rate->lo),
                 format_number(hi, sizeof hi, rate->hi));
    format_line(out, "rates       %s messages/s%s, %s transactions/s, %s frames/s",
                SHOWN(FIGURE_MSG_PER_S), bounds, SHOWN(FIGURE_TRANSACTIONS_PER_S),
                SHOWN(FIGURE_FRAMES_PER_S));
    format_line(out, "            payload %s MiB/s out, %s in; wire %s Gbit/s out, %s in",
                SHOWN(FIGURE_BANDWIDTH_OUT), SHOWN(FIGURE_BANDWIDTH_IN), SHOWN(FIGURE_WIRE_OUT),
                SHOWN(FIGURE_WIRE_IN));
}

/* Appends "name value, name value" of a kind; returns whether there was any. */
static bool join(char *buf, size_t size, const struct tally_list *list, const char *kind)
{
    size_t at = strlen(buf);
    bool any = false;
    for (size_t i = 0; i < list->count && at < size; i++) {
        const struct tally *t = &list->rows[i];
        char value[TEXT];
        if (strcmp(t->kind, kind) || t->value == 0 || strcmp(t->name, "ok") == 0)
            continue;
        at += (size_t)snprintf(buf + at, size - at, "%s%s %s", any ? ", " : "", t->name,
                               format_number(value, sizeof value, (double)t->value));
        any = true;
    }
    return any;
}

static void write_ended(FILE *out, const struct summary *s)
{
    char kinds[512] = "";
    bool any = join(kinds, sizeof kinds, &s->outcome, "result");
    if (figure(s, FIGURE_TRANSACTIONS)->has)
        format_lines(out, 12, "ended       %s transactions completed, %s failed%s%s%s%s%s",
                     SHOWN(FIGURE_TRANSACTIONS), SHOWN(FIGURE_ERRORS), any ? " (" : "",
                     any ? SHOWN(FIGURE_ERRORS_PERCENT) : "", any ? " %): " : "", kinds, "");
    kinds[0] = '\0';
    if (join(kinds, sizeof kinds, &s->whole, "connect_error"))
        format_lines(out, 12, "connects    failed: %s", kinds);
}

static void write_lost(FILE *out, const struct summary *s)
{
    char kinds[512] = "", again[3 * TEXT] = "";
    if (!join(kinds, sizeof kinds, &s->whole, "drop"))
        strcpy(kinds, figure(s, FIGURE_DROPS)->has ? "none" : "not recorded");
    if (figure(s, FIGURE_SEGMENTS)->has)
        snprintf(again, sizeof again, "; %s of %s segments sent again",
                 SHOWN(FIGURE_RETRANSMISSIONS), SHOWN(FIGURE_SEGMENTS));
    format_lines(out, 12, "dropped     frames: %s%s", kinds, again);
}

/* "arrivals    waited 1.8 us in the mean to be read, ...": of what is counted under `prefix`; only where the
 * kernel stamped frames, by a clock that ours is compared with. */
static void write_wait(FILE *out, const struct summary *s, const char *what, const char *frames, const char *prefix)
{
    static const char *const over[] = {"10us", "100us", "1ms"};
    const struct tally_list *list = &s->measured;
    double count = (double)tally_of(list, "counter", frames);
    char name[64], mean[TEXT], max[TEXT], share[3][TEXT];
    snprintf(name, sizeof name, "%s_ns", prefix);
    uint64_t sum_ns = tally_of(list, "counter", name);
    if (!sum_ns)
        return;
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s_over_%s", prefix, over[i]);
        format_number(share[i], sizeof share[i], 100 * (double)tally_of(list, "counter", name) / count);
    }
    snprintf(name, sizeof name, "%s_max_ns", prefix);
    format_lines(out, 12, "%s %s us in the mean, %s us at most; %s %% over 10 us, %s %% over 100 us, %s %% over 1 ms",
                 what, format_number(mean, sizeof mean, (double)sum_ns / count / 1e3),
                 format_number(max, sizeof max, (double)tally_of(list, "counter", name) / 1e3), share[0], share[1],
                 share[2]);
}

static void write_waits(FILE *out, const struct summary *s)
{
    write_wait(out, s, "arrivals    waited to be read", "frames_stamped", "rx_wait");
    write_wait(out, s, "departures  left after our flush by", "frames_tx_stamped", "tx_wait");
}

/* "gen 51.54 % of a core, 106.9 MiB, 1,240 switches/s" */
static void add_use(char *line, size_t size, const char *who, const struct figure *cpu,
                    const struct figure *rss, const struct figure *switches)
{
    size_t at = strlen(line);
    char value[TEXT];
    if (!cpu->has && !rss->has)
        return;
    snprintf(line + at, size - at, "%s%s", at ? "; " : "", who);
    at = strlen(line);
    if (cpu->has)
        snprintf(line + at, size - at, " %s %% of a core%s", shown(value, cpu),
                 rss->has ? "," : "");
    at = strlen(line);
    if (rss->has)
        snprintf(line + at, size - at, " %s MiB", shown(value, rss));
    at = strlen(line);
    if (switches->has)
        snprintf(line + at, size - at, ", %s switches/s", shown(value, switches));
}

static void write_use(FILE *out, const struct summary *s)
{
    char line[8 * TEXT] = "";
    add_use(line, sizeof line, "gen", figure(s, FIGURE_CPU_GEN), figure(s, FIGURE_RSS_GEN),
            figure(s, FIGURE_SWITCHES_GEN));
    add_use(line, sizeof line, "peer", figure(s, FIGURE_CPU_PEER), figure(s, FIGURE_RSS_PEER),
            figure(s, FIGURE_SWITCHES_PEER));
    if (s->measured_phase)
        format_lines(out, 12, "used        %s",
                     line[0] ? line : "not sampled: the measured time was too short");
}

/* If these differ from another run's, the machine does, whatever was changed. */
static void write_controls(FILE *out, const struct summary *s)
{
    static const struct {
        enum figure_id id;
        const char *before, *after;
    } controls[] = {{FIGURE_CONTROL_WAKE_P50, "timer +", " ns"},
                    {FIGURE_CONTROL_WAKE_P99, "timer p99 +", " ns"},
                    {FIGURE_CONTROL_COPY, "copy ", " MiB/s"},
                    {FIGURE_CONTROL_CPU, "own CPU ", " ns a transaction"}};
    char line[6 * TEXT] = "";
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        const struct figure *f = figure(s, controls[i].id);
        char value[TEXT];
        size_t at = strlen(line);
        if (f->has)
            snprintf(line + at, sizeof line - at, "%s%s%s%s", at ? ", " : "", controls[i].before,
                     shown(value, f), controls[i].after);
    }
    if (line[0])
        format_line(out, "controls    %s", line);
}

/* "Intel(R) Xeon(R) Processor" is no longer name than "Intel Xeon Processor". */
static const char *without_marks(char *buf, size_t size, const char *text)
{
    size_t at = 0;
    while (*text && at + 1 < size) {
        size_t mark = !strncmp(text, "(R)", 3) ? 3 : !strncmp(text, "(TM)", 4) ? 4 : 0;
        if (mark)
            text += mark;
        else
            buf[at++] = *text++;
    }
    buf[at] = '\0';
    return buf;
}

static const char *environment(const struct summary *s, const char *name)
{
    for (size_t i = 0; i < s->environment.count; i++)
        if (strcmp(s->environment.rows[i].name, name) == 0 && s->environment.rows[i].value)
            return s->environment.rows[i].value;
    return "";
}

/* One line: enough to know the machine again. --json has all of it. */
static void write_machine(FILE *out, const struct summary *s)
{
    static const struct {
        const char *name, *label;
    } fields[] = {{"cpus_online", ""},   {"cpu_model", "x "},   {"kernel", ""},
                  {"driver", "driver "}, {"queues", "queues "}, {"mtu", "MTU "}};
    char line[6 * TEXT] = "";
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char plain[TEXT];
        const char *value = without_marks(plain, sizeof plain, environment(s, fields[i].name));
        size_t at = strlen(line);
        if (value[0])
            snprintf(line + at, sizeof line - at, "%s%s%s",
                     !at                         ? ""
                     : fields[i].label[0] == 'x' ? " "
                                                 : ", ",
                     at || fields[i].label[0] != 'x' ? fields[i].label : "", value);
    }
    format_line(out, "machine     %s", line[0] ? line : "no environment record");
}

int text_write(FILE *out, const struct summary *s)
{
    write_head(out, s);
    write_verdicts(out, s);
    write_limit(out, s);
    text_search_write(out, s);
    write_load(out, s);
    write_measured(out, s);
    format_line(out, "%s", "");
    text_times_write(out, s);
    format_line(out, "%s", "");
    write_rates(out, s);
    write_ended(out, s);
    write_lost(out, s);
    write_waits(out, s);
    write_use(out, s);
    write_controls(out, s);
    write_machine(out, s);
    return fflush(out) || ferror(out) ? -EIO : 0;
}
