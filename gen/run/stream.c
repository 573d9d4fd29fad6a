/* SPDX-License-Identifier: BSD-3-Clause */
/* Each interval as it comes in from the recorder: a line of JSON, and its times for the metrics. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live/stream.h"
#include "run/live.h"

#define LAST_WAIT_MS 500 /* for a reader that is behind at the end */

int stream_open(struct run *r, struct err *e)
{
    return r->job->json_stream[0] ? sink_open(r->job->json_stream, &r->live->sink, e) : 0;
}

static void put_line(struct run *r, const struct live_phase *phase, const struct rec_watch *w)
{
    struct live *l = r->live;
    char *text = stream_line(&l->run, phase, w, sink_dropped(l->sink));
    l->lines++;
    sink_line(l->sink, text ? text : "", text ? strlen(text) : 0);
    free(text);
}

static void take(struct run *r, const struct rec_watch *w)
{
    struct live_phase phase;
    live_phase_of(r, w->phase, &phase);
    if (r->live->sink)
        put_line(r, &phase, w);
    for (int t = 0; t < TIME_COUNT && r->live->times; t++)
        if (w->times[t].count)
            hist_sum_merge(&r->live->times[t], &w->times[t]);
}

static void say(struct run *r, const char *text)
{
    uint64_t now_ns = clock_now_ns(&r->clock);
    log_warn(&r->log, "%s", text);
    rec_note(r->rec, "warn", text, now_ns);
}

/* Once: the run goes on without a reader. */
static void look_for_end(struct run *r)
{
    char text[400];
    struct live *l = r->live;
    if (!l->sink || l->sink_ended || !sink_ended(l->sink))
        return;
    l->sink_ended = true;
    int error = sink_ended(l->sink);
    snprintf(text, sizeof text, "json_stream = %s: %s; the run goes on without it",
             r->job->json_stream, error == EPIPE ? "the reader went away" : strerror(error));
    say(r, text);
}

void stream_tick(struct run *r)
{
    const struct rec_watch *w;
    while ((w = rec_watch_next(r->rec)) != NULL) {
        take(r, w);
        rec_watch_done(r->rec);
    }
    if (r->live->sink)
        sink_pump(r->live->sink);
    look_for_end(r);
}

void stream_close(struct run *r)
{
    struct live *l = r->live;
    char text[400];
    if (!l->sink)
        return;
    if (r->rec && l->run.uuid) {
        rec_watch_end(r->rec);
        stream_tick(r);
    }
    uint64_t lost = sink_close(l->sink, LAST_WAIT_MS);
    uint64_t unseen = r->rec ? rec_watch_lost(r->rec) : 0;
    l->sink = NULL;
    if (!r->rec || (!lost && !unseen))
        return;
    snprintf(text, sizeof text,
             "json_stream = %s: %llu of %llu lines were dropped, the reader was too slow or "
             "gone; %llu intervals of workers are in no line",
             r->job->json_stream, (unsigned long long)lost, (unsigned long long)l->lines,
             (unsigned long long)unseen);
    say(r, text);
}
