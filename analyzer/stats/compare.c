/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/stats/column.h"
#include "analyzer/stats/correction.h"

const char *compare_method_name(enum compare_method method)
{
    switch (method) {
    case COMPARE_NONE:
        return "none";
    case COMPARE_MODERATED:
        return "moderated t";
    case COMPARE_JOINT:
        return "joint permutation";
    case COMPARE_PAIRED:
        return "signed rank";
    case COMPARE_COUNTS:
        return "conditional binomial";
    }
    return NULL;
}

static bool is_joint(const struct compare_input *in)
{
    return !in->paired && in->a.runs >= COMPARE_JOINT_RUNS && in->b.runs >= COMPARE_JOINT_RUNS;
}

static enum compare_method method_for(const struct compare_input *in, const struct metric *m)
{
    if (in->paired)
        return COMPARE_PAIRED;
    if (is_joint(in))
        return COMPARE_JOINT;
    return m->scale == SCALE_COUNT ? COMPARE_COUNTS : COMPARE_MODERATED;
}

static int test_each(const struct compare_input *in, struct compare_result *results)
{
    int ret = 0;
    for (size_t j = 0; j < in->metric_count && !ret; j++) {
        struct column c;
        ret = column_init(&c, in, j);
        if (!ret)
            ret = column_test(&c, in, method_for(in, &in->metrics[j]), &results[j]);
        column_fini(&c);
    }
    return ret;
}

/* Both sides on their scales, run by run; a metric without a test stays out (NAN). */
static void lay_out(const struct compare_input *in, const struct compare_result *results,
                    double *out)
{
    const struct compare_runs *sides[] = {&in->a, &in->b};
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s]->runs; i++)
            for (size_t j = 0; j < in->metric_count; j++) {
                double over = sides[s]->exposure ? sides[s]->exposure[i] : 1;
                double value = sides[s]->values[i * in->metric_count + j];
                bool tested = results[j].method != COMPARE_NONE;
                *out++ = tested ? column_scaled(&in->metrics[j], value, over) : NAN;
            }
}

static int adjust_joint(const struct compare_input *in, const struct compare_result *results,
                        double *adjusted, struct compare_gate *gate)
{
    struct maxt maxt;
    size_t cells = (in->a.runs + in->b.runs) * in->metric_count;
    double *values = malloc((cells + 1) * sizeof *values);
    if (!values)
        return -ENOMEM;
    lay_out(in, results, values);
    int ret = correction_maxt(
        &(struct maxt_input){values, in->a.runs, in->b.runs, in->metric_count, in->seed, in->draws},
        adjusted, &maxt);
    free(values);
    gate->p_min = maxt.p_min;
    gate->exact = maxt.exact;
    return ret;
}

/* Differences of the pairs on their scales; a metric without a test stays out (NAN). */
static int adjust_signs(const struct compare_input *in, const struct compare_result *results,
                        double *adjusted, struct compare_gate *gate)
{
    struct maxt maxt;
    size_t pairs = in->a.runs, cells = pairs * in->metric_count;
    double *values = malloc((2 * cells + 1) * sizeof *values);
    if (!values)
        return -ENOMEM;
    lay_out(in, results, values);
    for (size_t i = 0; i < cells; i++)
        values[i] = values[cells + i] - values[i];
    int ret = correction_signs(
        &(struct signs_input){values, pairs, in->metric_count, in->seed, in->draws}, adjusted,
        &maxt);
    free(values);
    gate->p_min = maxt.p_min;
    gate->exact = maxt.exact;
    return ret;
}

static int adjust_by(const struct compare_input *in, const struct compare_result *results,
                     const double *p, double *adjusted, struct compare_gate *gate)
{
    bool signs = in->paired && in->a.runs >= COMPARE_JOINT_PAIRS;
    gate->joint = signs || is_joint(in);
    if (signs)
        return adjust_signs(in, results, adjusted, gate);
    return gate->joint ? adjust_joint(in, results, adjusted, gate)
                       : correction_holm(p, in->metric_count, adjusted);
}

static int adjust(const struct compare_input *in, struct compare_result *results,
                  struct compare_gate *gate)
{
    size_t count = in->metric_count;
    double *p = malloc((3 * count + 1) * sizeof *p);
    if (!p)
        return -ENOMEM;
    for (size_t j = 0; j < count; j++)
        p[j] = results[j].p;
    int ret = adjust_by(in, results, p, p + count, gate);
    if (!ret)
        ret = correction_bh(p, count, p + 2 * count);
    for (size_t j = 0; j < count && !ret; j++) {
        results[j].p_adjusted = results[j].evidence.p = p[count + j];
        results[j].p_explore = p[2 * count + j];
    }
    free(p);
    return ret;
}

static double alpha_of(const struct compare_input *in)
{
    return in->alpha > 0 ? in->alpha : 0.05;
}

/* The number of runs that would decide, more than there were. */
static double runs_needed(const struct compare_input *in, const struct compare_result *r,
                          double margin)
{
    double power = in->power > 0 ? in->power : 0.80;
    double needed = verdict_runs_needed(r->sd, margin, alpha_of(in), power);
    double had = fmin((double)r->a_runs, (double)r->b_runs);
    return isnan(needed) ? NAN : fmax(needed, had + 1);
}

static void judge(const struct compare_input *in, size_t j, struct compare_result *r)
{
    const struct metric *m = &in->metrics[j];
    double margin = verdict_margin(m);
    r->ratio = m->scale == SCALE_PLAIN ? NAN : exp(r->evidence.shift);
    if (r->method == COMPARE_NONE)
        return;
    struct verdict_of v = verdict_decide(&r->evidence, m->bad, margin, alpha_of(in));
    r->change = v.change;
    r->strong = v.strong;
    if (r->change != CHANGE_INCONCLUSIVE)
        return;
    r->runs_needed = runs_needed(in, r, margin);
    if (r->method == COMPARE_JOINT && isnan(r->p_adjusted))
        r->reason = "too many runs lack a value";
    if (r->p_adjusted <= alpha_of(in) && verdict_interval_holds_0(&r->evidence))
        r->reason = "the runs' ranks differ, the interval of the rates' ratio holds 1";
    if (r->method == COMPARE_PAIRED && r->p_min > alpha_of(in))
        r->reason = "so few pairs cannot reach the level";
}

static void count_up(const struct compare_input *in, const struct compare_result *results,
                     struct compare_gate *gate)
{
    bool open = false;
    for (size_t j = 0; j < in->metric_count; j++) {
        gate->counts[results[j].change]++;
        gate->p = fmin(gate->p, results[j].p_adjusted);
        open |= results[j].change == CHANGE_INCONCLUSIVE && (in->metrics[j].use & METRIC_DECIDES);
    }
    if (gate->counts[CHANGE_REGRESSION])
        gate->change = CHANGE_REGRESSION;
    else if (open)
        gate->change = CHANGE_INCONCLUSIVE;
    else
        gate->change = gate->counts[CHANGE_IMPROVEMENT] ? CHANGE_IMPROVEMENT : CHANGE_SAME;
}

int compare_runs(const struct compare_input *in, struct compare_result *results,
                 struct compare_gate *gate)
{
    *gate = (struct compare_gate){.p = NAN, .p_min = NAN, .exact = true};
    if (in->a.runs == 0 || in->b.runs == 0 || (in->paired && in->a.runs != in->b.runs))
        return -EINVAL;
    int ret = test_each(in, results);
    if (!ret)
        ret = adjust(in, results, gate);
    for (size_t j = 0; j < in->metric_count && !ret; j++)
        judge(in, j, &results[j]);
    if (!ret)
        count_up(in, results, gate);
    return ret;
}
