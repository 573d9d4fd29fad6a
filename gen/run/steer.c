/* SPDX-License-Identifier: BSD-3-Clause */
/* What gen ctl asks of a run, done or refused, answered and recorded. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/rng.h"
#include "base/units.h"
#include "live/ctl_parse.h"
#include "run/faults.h"
#include "run/live.h"
#include "run/setup.h"
#include "run/step.h"
#include "wire/fault.h"

#define LEAD_NS       20000000ull /* from giving a command to its start */
#define LEAST_LEFT_NS 50000000ull /* of a phase, so that a change comes before its end */
#define CHANGES_MAX   8           /* told by a worker; as many more may be on their way */
#define RESULT_BYTES  400

_Static_assert(CHANGES_MAX + WORKER_COMMANDS <= SCHEDULE_PARTS, "a change always finds room");

void steer_open(struct run *r)
{
    const struct job *job = r->job;
    struct live *l = r->live;
    for (enum fault_way way = 0; way < WAYS; way++)
        snprintf(l->faults[way], sizeof l->faults[way], "%s", faults_text(&job->phases[0], way));
    int rc = job->control ? ctl_listen(steer_answer, r, &l->ctl) : 0;
    if (rc)
        log_warn(&r->log, "gen ctl will not find this run: its socket cannot be made: %s",
                 strerror(-rc));
}

/* --- what is done --------------------------------------------------------------------------- */

/* One command on its way. */
struct steering {
    struct run *r;
    struct ctl_command c;
    uint64_t now_ns;
    int phase; /* that the run is in; -1: none */
    struct live_phase in;
    const char *injected;
    char result[RESULT_BYTES];
};

static int refuse(struct steering *s, const char *format, ...)
{
    va_list args;
    size_t at = (size_t)snprintf(s->result, sizeof s->result, "refused: ");
    va_start(args, format);
    vsnprintf(s->result + at, sizeof s->result - at, format, args);
    va_end(args);
    return -EPERM;
}

/* The measured time of a phase goes on, and so for a while. */
static int check_measured(struct steering *s)
{
    if (s->phase < 0 || !s->in.measured)
        return refuse(s, "the run is in \"%s\": expected the measured time of a phase",
                      s->phase < 0 ? "set-up" : s->in.kind);
    if (s->r->asked != ASKED_NOTHING || s->now_ns + LEAST_LEFT_NS >= s->r->loaded.end_ns)
        return refuse(s, "the phase is about to end");
    return 0;
}

/* So that every worker gets it, or none. */
static bool workers_have_room(const struct run *r)
{
    for (uint32_t w = 0; w < r->workers_count; w++)
        if (!ring_space(&r->workers[w].mailbox, 1) ||
            atomic_load_explicit(&r->workers[w].status.changes, memory_order_relaxed) >=
                CHANGES_MAX)
            return false;
    return true;
}

/* The rate does not move any more, but by chance where it did. */
static void change_spec(const struct steering *s, struct load_spec *spec)
{
    static const char by_chance[] = "poisson";
    bool chance = spec->shape == load_shape_find(by_chance)->shape;
    spec->shape = load_shape_find(chance ? by_chance : "constant")->shape;
    spec->rate_per_s = s->c.rate_per_s;
    spec->seed = rng_mix(spec->seed, s->r->commands);
}

/* What was to be expected of the load so far, and of the new one. */
static void note_change(struct steering *s, uint64_t start_ns)
{
    struct run *r = s->r;
    struct live *l = r->live;
    struct load_spec spec;
    if (l->load.changed && l->load.number == r->loaded.number) {
        l->load.starts += l->load.rate_per_s * (double)(start_ns - l->load.since_ns) / 1e9;
    } else {
        setup_spec(r->job, r->loaded.phase, 0, &spec);
        l->load.starts = spec.shape->sum(&spec, start_ns - s->in.started_ns);
    }
    l->load.changed = true;
    l->load.number = r->loaded.number;
    l->load.rate_per_s = s->c.rate_per_s;
    l->load.since_ns = start_ns;
    rec_phase_rate(r->rec, r->loaded.number, l->load.starts, s->c.rate_per_s, start_ns);
}

static int do_rate(struct steering *s)
{
    struct run *r = s->r;
    const struct run_loaded *l = &r->loaded;
    int rc = check_measured(s);
    if (rc)
        return rc;
    if (l->phase->rate_max)
        return refuse(s, "rate = max: each connection keeps depth outstanding, there is no rate");
    if (l->phase->rate_per_s == 0)
        return refuse(s, "rate = 0: connections are only held");
    if (!workers_have_room(r))
        return refuse(s, "earlier changes still wait behind arrivals that no connection has taken");
    struct worker_command cmd = {.mode = CLIENT_LOAD,
                                 .start_ns = s->now_ns + LEAD_NS,
                                 .end_ns = l->end_ns,
                                 .phase = l->number,
                                 .has_load = true};
    r->commands++;
    for (uint32_t w = 0; w < r->workers_count; w++) {
        setup_load(r->job, l->phase, w, &cmd.load);
        change_spec(s, &cmd.load.spec);
        cmd.load.spec.duration_ns = cmd.end_ns - cmd.start_ns;
        cmd.load.measured = cmd.load.goes_on = true;
        worker_command(&r->workers[w], &cmd);
    }
    note_change(s, cmd.start_ns);
    return 0;
}

static int do_next(struct steering *s)
{
    int rc = check_measured(s);
    if (!rc)
        s->r->asked = ASKED_NEXT;
    return rc;
}

static int do_stop(struct steering *s)
{
    struct run *r = s->r;
    r->asked = ASKED_STOP;
    if (!r->aborted[0])
        snprintf(r->aborted, sizeof r->aborted, "stopped by gen ctl");
    return 0;
}

static void note_faults(struct steering *s)
{
    struct live *l = s->r->live;
    for (enum fault_way way = 0; way < WAYS; way++)
        if (s->c.way == CTL_BOTH || s->c.way == (way == WAY_TX ? CTL_TX : CTL_RX))
            snprintf(l->faults[way], sizeof l->faults[way], "%s", s->c.faults);
}

static int do_fault(struct steering *s)
{
    struct fault_rates rates;
    struct err e = {0};
    if (!s->r->wires.fault)
        return refuse(s, "no fault wire stands: expected a job with fault, fault_rx or fault_tx "
                         "(fault = loss=0%%)");
    if (fault_parse(s->c.faults, &rates, &e))
        return refuse(s, "%s", e.message);
    if (fault_change(s->r->wires.fault, s->c.way == CTL_TX ? NULL : &rates,
                     s->c.way == CTL_RX ? NULL : &rates))
        return refuse(s, "no memory");
    s->injected = s->c.argument;
    note_faults(s);
    return 0;
}

static int act(struct steering *s)
{
    switch (s->c.verb) {
    case CTL_RATE:
        return do_rate(s);
    case CTL_NEXT:
        return do_next(s);
    case CTL_FAULT:
        return do_fault(s);
    case CTL_STOP:
        return do_stop(s);
    case CTL_STATUS:
    case CTL_COUNT:
        break;
    }
    return 0;
}

/* --- what is answered ------------------------------------------------------------------------- */

void steer_put(FILE *reply, struct json_t *o)
{
    if (!o || json_dumpf(o, reply, JSON_COMPACT | JSON_REAL_PRECISION(12)))
        fputs("{\"ok\":false,\"error\":\"no memory\"}", reply);
    json_decref(o);
}

static void put_refusal(FILE *reply, const char *why)
{
    steer_put(reply, json_pack("{s:b, s:s}", "ok", 0, "error", why));
}

/* What the job says is not what the run does any more. Stopped is aborted: no figure of it is used. */
static bool changes_work(enum ctl_verb verb)
{
    return verb == CTL_RATE || verb == CTL_NEXT || verb == CTL_FAULT;
}

static void record(const struct steering *s, bool done)
{
    bool steered = done && changes_work(s->c.verb);
    if (steered)
        identity_steered(s->r);
    struct command_row row = {.name = ctl_verb_name(s->c.verb),
                              .argument = s->c.argument[0] ? s->c.argument : NULL,
                              .result = s->result,
                              .injected = s->injected,
                              .history_key = steered ? s->r->history_key : NULL};
    if (rec_command(s->r->rec, &row, s->phase, s->now_ns))
        log_warn(&s->r->log, "gen ctl: %s was %s, and could not be recorded", row.name, row.result);
}

void steer_answer(const char *line, size_t len, FILE *reply, void *ctx)
{
    struct steering s = {.r = ctx, .result = "done"};
    char error[160];
    if (ctl_parse(line, len, &s.c, error, sizeof error)) {
        put_refusal(reply, error);
        return;
    }
    s.now_ns = clock_now_ns(&s.r->clock);
    s.phase = live_phase_now(s.r, s.now_ns, &s.in);
    if (s.c.verb == CTL_STATUS) {
        steer_status(reply, s.r, &s.in, s.now_ns);
        return;
    }
    int rc = act(&s);
    record(&s, !rc);
    if (rc)
        put_refusal(reply, s.result);
    else
        steer_put(reply, json_pack("{s:b, s:s, s:I}", "ok", 1, "result", s.result, "run",
                                   (json_int_t)s.r->id));
}
