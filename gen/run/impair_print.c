/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "base/units.h"
#include "run/impair.h"

/* What became of the frames of one direction. */
struct passed {
    const char *from, *to, *fault;
    const struct bridge_way *way;
    struct wire_stats in, out; /* of the wire that they came from, of the one that they went to */
    struct fault_held held;
};

static struct passed passed_of(struct impair *m, enum impair_way way)
{
    struct passed p = {.from = m->iface[way], .to = m->iface[!way], .fault = m->fault[way],
                       .way = &m->bridge.ways[way]};
    p.way->from->ops->stats(p.way->from, &p.in);
    p.way->to->ops->stats(p.way->to, &p.out);
    fault_held(p.way->to, &p.held);
    return p;
}

/* Taken in and neither sent nor dropped: held back, or not taken by a full ring. */
static uint64_t left_of(const struct passed *p)
{
    return p->held.waiting + p->way->waiting_count;
}

/* Of those that went; 0: none did. */
static double late_mean_ns(const struct passed *p)
{
    return p->held.released ? (double)p->held.late_sum_ns / (double)p->held.released : 0;
}

static double seconds_of(const struct impair *m)
{
    return (double)(m->ended_ns - m->started_ns) / 1e9;
}

void impair_print_begin(const struct impair *m)
{
    for (enum impair_way way = 0; way < IMPAIR_WAYS; way++)
        fprintf(stderr, "%s to %s: %s\n", m->iface[way], m->iface[!way],
                m->fault[way][0] ? m->fault[way] : "no faults");
    fprintf(stderr, "seed %" PRIu64 "; %s: %s; %s: %s\nready\n", m->seed, m->iface[0],
            m->port[0]->caps.detail, m->iface[1], m->port[1]->caps.detail);
}

/* ---- text ---- */

static void print_count(uint64_t count, const char *what)
{
    char text[32];
    if (count)
        printf(", %s %s", units_format_count(text, sizeof text, count), what);
}

static void print_way(const struct passed *p)
{
    char in[32], out[32];
    printf("%s to %s: %s frames in, %s out", p->from, p->to,
           units_format_count(in, sizeof in, p->way->frames),
           units_format_count(out, sizeof out, p->out.tx_frames));
    for (int i = 1; i < DROP_COUNT; i++)
        print_count(p->out.drops[i], drop_name((enum drop)i));
    print_count(p->in.rx_dropped, "lost before the bridge (its ring was full, or larger than a frame)");
    print_count(p->way->too_long, "too long");
    print_count(p->held.held, "held for a while");
    if (p->held.released)
        printf(" (%.1f us later than due in the mean, %.1f at most)", late_mean_ns(p) / 1e3,
               (double)p->held.late_max_ns / 1e3);
    print_count(left_of(p), "still held at the end");
    print_count(p->way->completed, "checksums finished");
    putchar('\n');
}

/* ---- JSON ---- */

static json_t *drops_object(const struct passed *p)
{
    json_t *o = json_object();
    for (int i = 1; i < DROP_COUNT; i++)
        if (p->out.drops[i])
            json_object_set_new(o, drop_name((enum drop)i), json_integer((json_int_t)p->out.drops[i]));
    return o;
}

static json_t *lateness(const struct passed *p, double ns)
{
    return p->held.released ? json_real(ns / 1e3) : json_null();
}

static json_t *way_object(const struct passed *p)
{
    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:o, s:o, s:I}", "from", p->from,
        "to", p->to, "fault", p->fault, "frames_in", (json_int_t)p->way->frames, "bytes_in",
        (json_int_t)p->way->bytes, "frames_out", (json_int_t)p->out.tx_frames, "bytes_out",
        (json_int_t)p->out.tx_bytes, "drops", drops_object(p), "lost_before",
        (json_int_t)p->in.rx_dropped, "too_long", (json_int_t)p->way->too_long, "held",
        (json_int_t)p->held.held, "left", (json_int_t)left_of(p), "late_mean_us",
        lateness(p, late_mean_ns(p)),
        "late_max_us", lateness(p, (double)p->held.late_max_ns), "checksums_finished",
        (json_int_t)p->way->completed);
}

static void print_json(const struct impair *m, const struct passed passed[IMPAIR_WAYS])
{
    json_t *o = json_pack("{s:I, s:f, s:[o, o]}", "seed", (json_int_t)m->seed, "actual_duration_s",
                          seconds_of(m), "ways", way_object(&passed[IMPAIR_AB]),
                          way_object(&passed[IMPAIR_BA]));
    if (!o || json_dumpf(o, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12)))
        fputs("gen: impair: no memory for its JSON\n", stderr);
    else
        putchar('\n');
    json_decref(o);
}

void impair_print_end(struct impair *m)
{
    struct passed passed[IMPAIR_WAYS];
    for (enum impair_way way = 0; way < IMPAIR_WAYS; way++)
        passed[way] = passed_of(m, way);
    if (m->json) {
        print_json(m, passed);
        return;
    }
    printf("%.3f s, seed %" PRIu64 "\n", seconds_of(m), m->seed);
    for (enum impair_way way = 0; way < IMPAIR_WAYS; way++)
        print_way(&passed[way]);
}
