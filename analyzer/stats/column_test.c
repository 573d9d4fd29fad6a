/* SPDX-License-Identifier: BSD-3-Clause */
/* The tests on one metric alone: p, shift, intervals. */
#include <errno.h>
#include <math.h>

#include "analyzer/stats/column.h"
#include "analyzer/stats/describe.h"
#include "analyzer/stats/effect.h"
#include "analyzer/stats/ranks.h"

static double pooled_sd(const struct column *c)
{
    double df = (double)(c->a.n + c->b.n) - 2;
    double squares = describe_squares(c->a.x, c->a.n) + describe_squares(c->b.x, c->b.n);
    return df > 0 ? sqrt(squares / df) : NAN;
}

static void no_test(struct compare_result *out, const char *reason)
{
    out->method = COMPARE_NONE;
    out->reason = reason;
}

/* A missing interval is no error: few runs cannot give every level. */
static int keep_interval(int ret, const struct rank_interval *i, double *lo, double *hi)
{
    if (!ret) {
        *lo = i->lo;
        *hi = i->hi;
    }
    return ret == -ERANGE ? 0 : ret;
}

static int test_ranks(const struct column *c, const struct rank_draws *draws,
                      struct compare_result *out)
{
    struct rank_test t;
    int ret = ranks_two_sample(c->a.x, c->a.n, c->b.x, c->b.n, draws, &t);
    if (ret)
        return ret;
    out->p_exact = t.p;
    out->p_min = t.p_min;
    out->evidence.shift = t.shift;
    return 0;
}

static int shift_joint(const struct column *c, struct compare_result *out)
{
    struct rank_interval i;
    struct evidence *e = &out->evidence;
    int ret = ranks_two_sample_interval(c->a.x, c->a.n, c->b.x, c->b.n, 0.95, &i);
    ret = keep_interval(ret, &i, &e->lo, &e->hi);
    if (ret)
        return ret;
    ret = ranks_two_sample_interval(c->a.x, c->a.n, c->b.x, c->b.n, 0.90, &i);
    out->p = out->p_exact;
    out->sd = pooled_sd(c);
    return keep_interval(ret, &i, &e->lo90, &e->hi90);
}

static int shift_paired(const struct column *c, const struct rank_draws *draws,
                        struct compare_result *out)
{
    struct rank_test t;
    struct rank_interval i;
    struct evidence *e = &out->evidence;
    int ret = ranks_paired(c->pairs, c->pair_count, draws, &t);
    if (ret)
        return ret == -ERANGE ? no_test(out, "no pair has both values"), 0 : ret;
    out->p = out->p_exact = t.p;
    out->p_min = t.p_min;
    e->shift = t.shift;
    out->sd = describe_sd(c->pairs, c->pair_count) * M_SQRT1_2;
    ret = ranks_paired_interval(c->pairs, c->pair_count, 0.95, &i);
    ret = keep_interval(ret, &i, &e->lo, &e->hi);
    if (ret)
        return ret;
    ret = ranks_paired_interval(c->pairs, c->pair_count, 0.90, &i);
    return keep_interval(ret, &i, &e->lo90, &e->hi90);
}

static const char *why_not_moderated(int ret, const struct column *c)
{
    if (ret == -EDOM)
        return "no spread between the runs, and no history to take one from";
    return c->a.n + c->b.n == 2
               ? "one run against one needs a history of at least 8 degrees of freedom"
               : "too few runs, and no history to take a variance from";
}

static void shift_moderated(const struct column *c, struct compare_result *out)
{
    struct moderated m;
    struct evidence *e = &out->evidence;
    int ret = moderated_compare(&(struct side){c->a.x, c->a.n, c->a.error},
                                &(struct side){c->b.x, c->b.n, c->b.error}, &c->prior, &m);
    e->shift = m.shift;
    if (ret) {
        no_test(out, why_not_moderated(ret, c));
        return;
    }
    double half = fmax(moderated_half_width(&m, 0.95), column_apart(c, 0.95));
    double half90 = fmax(moderated_half_width(&m, 0.90), column_apart(c, 0.90));
    *e = (struct evidence){
        NAN, m.shift, m.shift - half, m.shift + half, m.shift - half90, m.shift + half90};
    out->p = fmax(m.p, column_share(c, fabs(m.shift)));
    out->sd = m.sd;
}

/* Deviation of ln(rate) of one run: 1 / sqrt(bursts a run). */
static double count_sd(const struct column *c)
{
    double phi = rates_dispersion(c->a.rate, c->a.n, c->b.rate, c->b.n);
    if (c->spread.df > 0)
        phi = fmax(phi, c->spread.squares / c->spread.df);
    double bursts =
        (rates_pool(c->a.rate, c->a.n, 1).events + rates_pool(c->b.rate, c->b.n, 1).events) / phi;
    return bursts > 0 ? sqrt((double)(c->a.n + c->b.n) / bursts) : NAN;
}

/* The ratio of the pooled rates with its intervals, as logarithms; -INFINITY and INFINITY where one
 * side has no event. */
static void ratio_of_counts(const struct column *c, struct compare_result *out)
{
    struct rate_test t;
    struct evidence *e = &out->evidence;
    const struct column_side *a = &c->a, *b = &c->b;
    if (rates_compare_spread(a->rate, a->n, b->rate, b->n, &c->spread, 0.95, &t))
        return;
    out->p = fmax(t.p, column_share(c, fabs(b->x[0] - a->x[0])));
    *e = (struct evidence){NAN, log(t.ratio), log(t.lo), log(t.hi), NAN, NAN};
    if (rates_compare_spread(a->rate, a->n, b->rate, b->n, &c->spread, 0.90, &t))
        return;
    e->lo90 = log(t.lo);
    e->hi90 = log(t.hi);
    out->sd = count_sd(c);
}

/* One run against one: how much counts vary from run to run only a history can tell. */
static void shift_counts(const struct column *c, struct compare_result *out)
{
    ratio_of_counts(c, out);
    if (c->a.n == 1 && c->b.n == 1 && c->vouched < PRIOR_ONE_DF)
        no_test(out, "one run against one needs a history of at least 8 degrees of freedom");
}

/* Of interleaved runs the signs of the differences decide: a burst in one run is one sign. */
static int shift_paired_counts(const struct column *c, const struct rank_draws *draws,
                               struct compare_result *out)
{
    int ret = shift_paired(c, draws, out);
    double p = out->p;
    if (!ret && out->method != COMPARE_NONE)
        ratio_of_counts(c, out);
    out->p = p;
    return ret;
}

static bool nothing_varies(const struct column *c)
{
    for (size_t i = 0; i < c->a.n; i++)
        for (size_t j = 0; j < c->b.n; j++)
            if (c->a.x[i] != c->b.x[j])
                return false;
    return true;
}

static int shift_by(const struct column *c, const struct rank_draws *draws,
                    struct compare_result *out)
{
    switch (out->method) {
    case COMPARE_JOINT:
        if (c->metric->scale == SCALE_COUNT) {
            ratio_of_counts(c, out);
            out->p = out->p_exact;
            return 0;
        }
        return shift_joint(c, out);
    case COMPARE_PAIRED:
        if (c->metric->scale == SCALE_COUNT)
            return shift_paired_counts(c, draws, out);
        return shift_paired(c, draws, out);
    case COMPARE_MODERATED:
        shift_moderated(c, out);
        return 0;
    case COMPARE_COUNTS:
        shift_counts(c, out);
        return 0;
    case COMPARE_NONE:
        return 0;
    }
    return 0;
}

static void nothing_known(const struct column *c, struct compare_result *out)
{
    *out = (struct compare_result){
        .p = NAN,
        .p_adjusted = NAN,
        .p_explore = NAN,
        .p_exact = NAN,
        .p_min = NAN,
        .evidence = {NAN, NAN, NAN, NAN, NAN, NAN},
        .ratio = NAN,
        .cliff = NAN,
        .sd = NAN,
        .runs_needed = NAN,
        .prior = c->prior,
        .a_runs = c->a.n,
        .b_runs = c->b.n,
        .change = CHANGE_INCONCLUSIVE,
        .reason = "",
    };
}

int column_test(const struct column *c, const struct compare_input *in, enum compare_method method,
                struct compare_result *out)
{
    struct rank_draws draws = {in->seed, in->draws};
    nothing_known(c, out);
    if (c->no_logarithm || c->a.n == 0 || c->b.n == 0) {
        no_test(out, c->no_logarithm ? "a value is not above 0: it has no logarithm"
                                     : "a side has no value");
        return 0;
    }
    out->method = method;
    out->cliff = effect_cliff(c->a.x, c->a.n, c->b.x, c->b.n);
    int ret = test_ranks(c, &draws, out);
    if (!ret && nothing_varies(c)) {
        no_test(out, "every run measured the same");
        out->change = CHANGE_SAME;
        return 0;
    }
    return ret ? ret : shift_by(c, &draws, out);
}
