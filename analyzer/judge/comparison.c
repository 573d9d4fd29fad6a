/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/comparison.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/compare_build.h"
#include "analyzer/judge/parameters.h"
#include "analyzer/out/metric.h"
#include "base/err.h"

/* What is judged by, side by side with what is only needed while it is judged. */
struct inputs {
    struct comparison_side history;
    uint32_t *stretch;
    double *error[2]; /* of one run against one; else NULL */
};

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory to compare");
}

static void add_text(struct comparison *c, const char ***list, size_t *count, const char *format,
                     va_list args)
{
    char text[500];
    vsnprintf(text, sizeof text, format, args);
    const char *kept = keep_text(&c->keep, text);
    const char **to = kept ? list_grow((void **)list, count, sizeof *to) : NULL;
    if (to)
        *to = kept;
}

void comparison_note(struct comparison *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_text(c, &c->notes, &c->note_count, format, args);
    va_end(args);
}

void comparison_obstacle(struct comparison *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_text(c, &c->obstacles, &c->obstacle_count, format, args);
    va_end(args);
}

/* --- history --------------------------------------------------------------------------- */

static bool needs_history(const struct comparison *c)
{
    bool joint = c->a.values.count >= COMPARE_JOINT_RUNS && c->b.values.count >= COMPARE_JOINT_RUNS;
    return !c->paired && !joint;
}

static int read_history(struct db *db, const struct plan *plan, struct comparison *c,
                        struct inputs *in, struct err *e)
{
    struct id_list none = {0};
    const struct id_list *ids = needs_history(c) ? &plan->history : &none;
    in->stretch = calloc(ids->count + 1, sizeof *in->stretch);
    int ret = in->stretch ? comparison_read_side(db, c, ids, &in->history, e) : no_memory(e);
    if (ret)
        return ret;
    ret = comparison_stretches(c->metrics, c->metric_count, in->history.figures, ids->count,
                               in->stretch, e);
    c->history_runs = ids->count;
    c->history_stretches = ret > 0 ? (size_t)ret : 0;
    return ret < 0 ? ret : 0;
}

/* --- one run against one --------------------------------------------------------------- */

static int read_errors(struct db *db, const struct comparison *c, int64_t run, double *out,
                       struct err *e)
{
    struct summary s;
    struct metric_value m;
    int ret = summary_build(db, run, &s, e);
    for (size_t i = 0; i < METRIC_COUNT && ret == 0; i++) {
        metric_at(&s, i, &m);
        for (size_t j = 0; j < c->metric_count && m.figure.error > 0; j++)
            if (strcmp(m.name, c->metrics[j].name) == 0 && c->metrics[j].scale == SCALE_LOG)
                out[j] = m.figure.error;
    }
    summary_fini(&s);
    return ret;
}

/* Only there the spread inside a run says something that the runs do not. */
static int errors_inside(struct db *db, const struct comparison *c, const struct plan *plan,
                         struct inputs *in, struct err *e)
{
    const struct id_list *sides[] = {&plan->a, &plan->b};
    int ret = 0;
    if (plan->a.count > 1 || plan->b.count > 1 || c->paired)
        return 0;
    for (size_t s = 0; s < 2 && ret == 0; s++) {
        in->error[s] = malloc((c->metric_count + 1) * sizeof *in->error[s]);
        if (!in->error[s])
            return no_memory(e);
        for (size_t j = 0; j < c->metric_count; j++)
            in->error[s][j] = NAN;
        ret = read_errors(db, c, sides[s]->ids[0], in->error[s], e);
    }
    return ret;
}

/* --- judging --------------------------------------------------------------------------- */

static void hash_side(struct store_hash *h, const struct comparison_side *side, size_t width,
                      size_t controls)
{
    for (size_t i = 0; i < side->values.count; i++) {
        store_hash_text(h, side->values.runs[i].uuid);
        store_hash_doubles(h, &side->values.runs[i].exposure, 1);
    }
    store_hash_doubles(h, side->figures, side->values.count * width);
    store_hash_doubles(h, side->controls, side->values.count * controls);
}

/* Everything that the numbers depend on. */
static void hash_inputs(struct comparison *c, const struct inputs *in)
{
    char hex[33];
    struct store_hash h = store_hash_begin();
    for (size_t j = 0; j < c->metric_count; j++) {
        store_hash_text(&h, c->metrics[j].name);
        store_hash_doubles(&h, &c->metrics[j].margin, 1);
    }
    hash_side(&h, &c->a, c->metric_count, c->control_count);
    hash_side(&h, &c->b, c->metric_count, c->control_count);
    hash_side(&h, &in->history, c->metric_count, c->control_count);
    for (size_t s = 0; s < 2 && in->error[s]; s++)
        store_hash_doubles(&h, in->error[s], c->metric_count);
    store_hash_bytes(&h, &c->paired, sizeof c->paired);
    c->stored.inputs_hash = keep_text(&c->keep, store_hash_hex(&h, hex));
    c->stored.seed = (int64_t)store_hash_seed(&h);
}

static double *exposures(struct keep *keep, const struct values *v)
{
    double *out = keep_bytes(keep, (v->count + 1) * sizeof *out);
    for (size_t i = 0; out && i < v->count; i++)
        out[i] = v->runs[i].exposure;
    return out;
}

static struct compare_runs runs_of(struct comparison *c, const struct comparison_side *side,
                                   const double *cells, const double *error)
{
    return (struct compare_runs){.values = cells,
                                 .runs = side->values.count,
                                 .exposure = exposures(&c->keep, &side->values),
                                 .error = error};
}

static struct compare_history history_of(struct comparison *c, const struct inputs *in,
                                         const double *cells)
{
    return (struct compare_history){.values = cells,
                                    .stretch = in->stretch,
                                    .runs = in->history.values.count,
                                    .exposure = exposures(&c->keep, &in->history.values)};
}

static int judge_metrics(struct comparison *c, const struct inputs *in, struct err *e)
{
    c->results = keep_bytes(&c->keep, (c->metric_count + 1) * sizeof *c->results);
    struct compare_input input = {
        .metrics = c->metrics,
        .metric_count = c->metric_count,
        .a = runs_of(c, &c->a, c->a.figures, in->error[0]),
        .b = runs_of(c, &c->b, c->b.figures, in->error[1]),
        .history = history_of(c, in, in->history.figures),
        .paired = c->paired,
        .alpha = c->alpha,
        .seed = (uint64_t)c->stored.seed,
    };
    if (!c->results || !input.a.exposure || !input.b.exposure || !input.history.exposure)
        return no_memory(e);
    return compare_runs(&input, c->results, &c->gate) ? no_memory(e) : 0;
}

/* A family of their own: that the machine moved is one question. */
static int judge_controls(struct comparison *c, const struct inputs *in, struct err *e)
{
    struct compare_gate gate;
    c->controls = keep_bytes(&c->keep, (c->control_count + 1) * sizeof *c->controls);
    struct compare_input input = {
        .metrics = c->control_metrics,
        .metric_count = c->control_count,
        .a = runs_of(c, &c->a, c->a.controls, NULL),
        .b = runs_of(c, &c->b, c->b.controls, NULL),
        .history = history_of(c, in, in->history.controls),
        .paired = c->paired,
        .alpha = c->alpha,
        .seed = (uint64_t)c->stored.seed,
    };
    if (!c->controls || !input.a.exposure || !input.b.exposure || !input.history.exposure)
        return no_memory(e);
    return compare_runs(&input, c->controls, &gate) ? no_memory(e) : 0;
}

static double longest_run_s(const struct values *v)
{
    double longest = NAN;
    for (size_t i = 0; i < v->count; i++)
        if (v->runs[i].ended_ns != QUERY_NONE && v->runs[i].ended_ns > v->runs[i].started_ns)
            longest =
                fmax(longest, (double)ns_between(v->runs[i].started_ns, v->runs[i].ended_ns) / 1e9);
    return longest;
}

static int judge(struct db *db, const struct plan *plan, struct comparison *c, struct inputs *in,
                 struct err *e)
{
    int ret = read_history(db, plan, c, in, e);
    if (ret)
        return ret;
    hash_inputs(c, in);
    ret = judge_metrics(c, in, e);
    ret = ret ? ret : judge_controls(c, in, e);
    return ret ? ret : comparison_latency(db, plan, c, e);
}

/* --- the whole ------------------------------------------------------------------------- */

static int build(struct db *db, const struct plan *plan, struct comparison *c, struct inputs *in,
                 struct err *e)
{
    int ret = comparison_read_side(db, c, &plan->a, &c->a, e);
    ret = ret ? ret : comparison_read_side(db, c, &plan->b, &c->b, e);
    ret = ret ? ret : comparison_set_metrics(c, e);
    ret = ret ? ret : comparison_check(db, plan, c, e);
    if (ret)
        return ret;
    c->comparable = c->obstacle_count == 0;
    c->compared = c->comparable || c->forced;
    c->run_s = longest_run_s(&c->b.values);
    int code = c->compared ? judge(db, plan, c, in, e) : 0;
    if (code == 0 && !c->compared)
        hash_inputs(c, in);
    c->stored.parameters = parameters_write(c, &in->history.values);
    return code;
}

int comparison_build(struct db *db, const struct plan *plan, struct comparison *out, struct err *e)
{
    struct inputs in = {0};
    *out = (struct comparison){.paired = plan->paired,
                               .forced = plan->forced,
                               .alpha = 0.05,
                               .worst = COMPARISON_NONE,
                               .run_s = NAN};
    out->name = keep_text(&out->keep, plan->name);
    for (size_t i = 0; i < plan->note_count; i++)
        comparison_note(out, "%s", plan->notes[i]);
    int ret = comparison_lay_out(out, e);
    ret = ret ? ret : errors_inside(db, out, plan, &in, e);
    ret = ret ? ret : query_begin(db, e);
    if (ret == 0) {
        ret = build(db, plan, out, &in, e);
        query_end(db);
    }
    if (ret == 0)
        comparison_conclude(out);
    values_fini(&in.history.values);
    free(in.stretch);
    free(in.error[0]);
    free(in.error[1]);
    return ret;
}

const char *comparison_verdict(const struct comparison *c)
{
    return c->compared ? verdict_name(c->gate.change) : "incomparable";
}

void comparison_fini(struct comparison *c)
{
    values_fini(&c->a.values);
    values_fini(&c->b.values);
    free(c->a.latency);
    free(c->b.latency);
    free(c->differences);
    free(c->obstacles);
    free(c->notes);
    keep_fini(&c->keep);
    *c = (struct comparison){0};
}
