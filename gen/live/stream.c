/* SPDX-License-Identifier: BSD-3-Clause */
#include "live/stream.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/drop.h"
#include "base/units.h"
#include "db/run_row.h"

#define MIB 1048576.0

double live_left_s(const struct live_phase *p, uint64_t now_ns)
{
    uint64_t end_ns = p->started_ns + p->requested_ns;
    if (!p->requested_ns)
        return NAN;
    return end_ns > now_ns ? (double)(end_ns - now_ns) / 1e9 : 0;
}

/* What was not measured is null. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *timestamp(uint64_t unix_ns)
{
    char text[40];
    struct tm at;
    time_t s = (time_t)(unix_ns / NS_PER_S);
    gmtime_r(&s, &at);
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &at);
    snprintf(text + n, sizeof text - n, ".%03uZ", (unsigned)(unix_ns / NS_PER_MS % 1000));
    return json_string(text);
}

static json_t *counters(const struct rec_watch *w)
{
    json_t *o = json_object();
    for (int i = 0; i < COUNTER_COUNT; i++)
        json_object_set_new(o, counter_name((enum counter)i), count(w->counters[i]));
    return o;
}

/* Only those that there were. */
static json_t *kinds(const uint64_t *values, int from, int n, const char *(*name)(int))
{
    json_t *o = json_object();
    for (int i = from; i < n; i++)
        if (values[i])
            json_object_set_new(o, name(i), count(values[i]));
    return o;
}

static const char *error_name(int i)
{
    return result_name((enum result)i);
}

static const char *reason_name(int i)
{
    return drop_name((enum drop)i);
}

static json_t *rates(const struct rec_watch *w)
{
    static const struct {
        const char *name;
        enum counter counter;
        double scale;
    } rows[] = {
        {"started_per_s", COUNTER_STARTED, 1},
        {"transactions_per_s", COUNTER_COMPLETED, 1},
        {"msg_per_s", COUNTER_MESSAGES_SENT, 1},
        {"connects_per_s", COUNTER_CONNECTS_COMPLETED, 1},
        {"payload_out_mib_per_s", COUNTER_PAYLOAD_SENT, 1 / MIB},
        {"payload_in_mib_per_s", COUNTER_PAYLOAD_RECEIVED, 1 / MIB},
        {"wire_out_gbit_per_s", COUNTER_WIRE_TX, 8e-9},
        {"wire_in_gbit_per_s", COUNTER_WIRE_RX, 8e-9},
    };
    double seconds = (double)(w->end_ns - w->start_ns) / 1e9;
    json_t *o = json_object();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        json_object_set_new(o, rows[i].name,
                            number((double)w->counters[rows[i].counter] * rows[i].scale / seconds));
    return o;
}

static void set_percentiles(json_t *o, const struct hist_sum *h)
{
    bool some_missing = false;
    for (size_t i = 0; i < STORED_PERCENTILES; i++) {
        const struct stored_percentile *p = &stored_percentiles[i];
        bool carried = percentile_supported(h->count, p->num, p->den);
        char name[16];
        snprintf(name, sizeof name, "%.*s_us", (int)strcspn(p->column, "_"), p->column);
        some_missing |= !carried;
        json_object_set_new(
            o, name,
            number(carried ? (double)hist_sum_percentile_ns(h, p->num, p->den) / 1e3 : NAN));
    }
    json_object_set_new(
        o, "missing_reason",
        !some_missing ? json_null()
        : h->count    ? json_string("fewer than 10 samples lie beyond a percentile that is null")
                      : json_string("no sample in this interval"));
}

static json_t *times(const struct rec_watch *w)
{
    json_t *all = json_object();
    for (int t = 0; t < TIME_COUNT; t++) {
        const struct hist_sum *h = &w->times[t];
        json_t *o = json_object();
        json_object_set_new(o, "count", count(h->count));
        json_object_set_new(o, "mean_us", number(h->count ? hist_sum_mean_ns(h) / 1e3 : NAN));
        json_object_set_new(o, "max_us", number(h->count ? (double)h->max_ns / 1e3 : NAN));
        set_percentiles(o, h);
        json_object_set_new(all, time_name((enum time_kind)t), o);
    }
    return all;
}

static json_t *phase_object(const struct live_phase *p, uint64_t end_ns)
{
    json_t *o = json_object();
    json_object_set_new(o, "name", json_string(p->name));
    json_object_set_new(o, "kind", json_string(p->kind));
    json_object_set_new(o, "measured", json_boolean(p->measured));
    json_object_set_new(o, "offered_rate_per_s", number(p->offered_per_s));
    json_object_set_new(o, "left_s", number(live_left_s(p, end_ns)));
    return o;
}

static void set_place(json_t *o, const struct live_run *run, const struct rec_watch *w)
{
    uint64_t end_ns = w->end_ns + run->mono_to_real_ns;
    json_object_set_new(o, "run", json_integer(run->id));
    json_object_set_new(o, "uuid", json_string(run->uuid));
    json_object_set_new(o, "workload_id", json_string(run->workload_id));
    json_object_set_new(o, "seq", count(w->seq));
    json_object_set_new(o, "time", timestamp(end_ns));
    json_object_set_new(o, "at_s", number((double)((int64_t)end_ns - run->started_ns) / 1e9));
    json_object_set_new(o, "length_s", number((double)(w->end_ns - w->start_ns) / 1e9));
    json_object_set_new(o, "workers", count(w->workers));
    json_object_set_new(o, "merged", count(w->merged));
}

char *stream_line(const struct live_run *run, const struct live_phase *phase,
                  const struct rec_watch *w, uint64_t dropped)
{
    json_t *o = json_object();
    set_place(o, run, w);
    json_object_set_new(o, "phase", phase_object(phase, w->end_ns));
    json_object_set_new(o, "open_connections", count(w->open_connections));
    json_object_set_new(o, "counters", counters(w));
    json_object_set_new(o, "rates", rates(w));
    json_object_set_new(o, "times", times(w));
    json_object_set_new(o, "errors", kinds(w->results, RESULT_OK + 1, RESULT_COUNT, error_name));
    json_object_set_new(o, "connect_errors",
                        kinds(w->connect_errors, RESULT_OK + 1, RESULT_COUNT, error_name));
    json_object_set_new(o, "drops", kinds(w->drops, 1, DROP_COUNT, reason_name));
    json_object_set_new(o, "lines_dropped", count(dropped));
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(o);
    return text;
}
