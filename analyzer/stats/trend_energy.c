/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_energy.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/stats/trend_bound.h"
#include "analyzer/stats/trend_series.h"
#include "base/rng.h"

#define LANES         BOUND_LANES
#define PADDED        BOUND_SLOTS
#define EXCEEDANCES   10  /* Besag and Clifford 1991: stop after so many, p is then their share */
#define DEPENDENT     0.2 /* lag-1 correlation that is allowed for at any length */
#define DEPENDENT_MAX 0.95
#define BIAS          4.0 /* of a correlation beside the best split, over the runs */
#define BIAS_SLOPE    10.0
#define SURE          60.0  /* z^2 of a step that correlation up to 0.6 hardly ever shows */
#define BOUND_MIN     128   /* runs: computing Q for fewer takes no longer than its bound */
#define ROUNDING      2e-6f /* float sums in another order: an equal arrangement counts as equal */

/* Eight floats at once, in plain C: the order of additions does not depend on the processor. */
typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t lane_bits __attribute__((vector_size(4 * LANES)));

/* A stretch of runs made ready for scans. */
struct stretch {
    size_t count;
    double pairs;           /* sum of all distances, each pair once */
    uint16_t slots[PADDED]; /* the runs in their present order */
    float value_of[PADDED]; /* of a slot's run */
    float far_of[PADDED];   /* its distance to all others together */
    float cross[ENERGY_MAX], left[ENERGY_MAX], right[ENERGY_MAX]; /* weights of Q(t) */
    float value[PADDED], near[PADDED];                            /* scratch of one scan */
    struct energy_bound bound;
};

struct split {
    size_t at;
    float q;
};

#define DISTANCES(values, to) ((lane_bits)((values) - (to)) & INT32_MAX)

/* near[k] = sum over j < k of |value[k] - value[j]|: eight k at a time. */
__attribute__((target_clones("avx2", "default"))) static void
sum_distances_before(const float *value, float *near, size_t count)
{
    static const lane_bits lane = {0, 1, 2, 3, 4, 5, 6, 7};
    for (size_t k = 0; k < count; k += LANES) {
        lanes own = *(const lanes *)(value + k), a = {0}, b = {0}, c = {0}, d = {0};
        for (size_t j = 0; j < k; j += 4) {
            a += (lanes)DISTANCES(own, value[j]);
            b += (lanes)DISTANCES(own, value[j + 1]);
            c += (lanes)DISTANCES(own, value[j + 2]);
            d += (lanes)DISTANCES(own, value[j + 3]);
        }
        for (int32_t j = 0; j < LANES; j++)
            a += (lanes)(DISTANCES(own, value[k + (size_t)j]) & (lane > j));
        *(lanes *)(near + k) = (a + b) + (c + d);
    }
}

/* The best split of the runs in their present order. */
static struct split scan(struct stretch *s)
{
    for (size_t i = 0; i < s->count; i++)
        s->value[i] = s->value_of[s->slots[i]];
    sum_distances_before(s->value, s->near, s->count);
    struct split best = {0, 0};
    float within = 0, far = 0, all = (float)s->pairs;
    for (size_t t = 1; t + ENERGY_MIN_SIDE <= s->count; t++) {
        within += s->near[t - 1];
        far += s->far_of[s->slots[t - 1]];
        float across = far - 2 * within;
        float q =
            s->cross[t] * across - s->left[t] * within - s->right[t] * (all - within - across);
        if (t >= ENERGY_MIN_SIDE && q > best.q)
            best = (struct split){t, q};
    }
    return best;
}

/* How much more the mean of k neighbours varies when each run follows the one before with
 * correlation phi: v(k) = 1 + 2 sum over j < k of (1 - j / k) phi^j. */
static void inflations(double phi, size_t count, double *v)
{
    double sum = 0, ramp = 0, power = 1;
    for (size_t k = 1; k <= count; k++) {
        v[k] = 1 + 2 * (sum - ramp / (double)k);
        power *= phi;
        sum += power;
        ramp += (double)k * power;
    }
}

/* Q(t) as weights of its three sums, each pair counted once, over what dependence adds to it. */
static void weigh(struct stretch *s, double phi)
{
    double v[ENERGY_MAX + 1], n = (double)s->count;
    inflations(phi, s->count, v);
    for (size_t i = ENERGY_MIN_SIDE; i + ENERGY_MIN_SIDE <= s->count; i++) {
        double t = (double)i, rest = n - t;
        double scale = t * rest / (rest * v[i] + t * v[s->count - i]);
        s->cross[i] = (float)(scale * 2 / (t * rest));
        s->left[i] = (float)(scale * 2 / (t * t));
        s->right[i] = (float)(scale * 2 / (rest * rest));
    }
}

/* Takes the runs in, each with its distance to all others together. */
static void fill(struct stretch *s, const double *values)
{
    for (size_t i = 0; i < s->count; i++)
        s->value[i] = (float)values[i];
    energy_bound_sort(&s->bound, s->value, s->count, s->slots);
    s->pairs = 0;
    for (size_t i = 0; i < s->count; i++) {
        float far = 0;
        for (size_t j = 0; j < s->count; j++)
            far += fabsf(s->value[i] - s->value[j]);
        s->value_of[s->slots[i]] = s->value[i];
        s->far_of[s->slots[i]] = far;
        s->pairs += far / 2;
    }
}

/* Values centred and scaled by their mean distance, so that floats lose nothing that matters.
 * False: nothing to split. */
static bool standardize(const double *values, size_t count, double *out)
{
    double sorted[ENERGY_MAX];
    assert(count <= ENERGY_MAX);
    if (count < 2 * ENERGY_MIN_SIDE)
        return false;
    series_sort(values, count, sorted);
    double middle = series_median(sorted, count), unit = series_mean_distance(sorted, count);
    for (size_t i = 0; i < count && unit > 0; i++)
        out[i] = (values[i] - middle) / unit;
    return unit > 0;
}

static void make_ready(struct stretch *s, const double *values, size_t count)
{
    memset(s, 0, sizeof *s);
    s->count = count;
    fill(s, values);
    weigh(s, 0);
}

/* Fisher and Yates. */
static void shuffle_runs(struct stretch *s, struct rng *r)
{
    for (size_t i = s->count; i > 1; i--) {
        size_t j = rng_below(r, i);
        uint16_t kept = s->slots[j];
        s->slots[j] = s->slots[i - 1];
        s->slots[i - 1] = kept;
    }
}

static bool reaches(struct stretch *s, float q)
{
    if (s->count >= BOUND_MIN && !energy_bound_may_reach(&s->bound, s->slots))
        return false;
    return scan(s).q >= q * (1 - ROUNDING);
}

/* Draws until p is known, or known to be above alpha; returns p. The decision is the same either
 * way: p <= alpha needs fewer than alpha (B + 1) permutations that reach Q. */
static double permute(struct stretch *s, float q, const struct energy_params *params, uint64_t seed,
                      struct energy_test *out)
{
    struct rng r;
    rng_seed(&r, seed);
    energy_bound_open(&s->bound, s->far_of, s->pairs, q);
    double certain = floor(params->alpha * (params->draws + 1));
    unsigned enough = (unsigned)fmax(params->decide ? 1 : EXCEEDANCES, certain), reached = 0;
    for (out->draws = 0; out->draws < params->draws && reached < enough; out->draws++) {
        shuffle_runs(s, &r);
        reached += reaches(s, q);
    }
    if (params->decide && reached >= enough)
        return (1.0 + reached) / (1.0 + params->draws);
    if (reached >= enough)
        return (double)reached / out->draws;
    return (1.0 + reached) / (1.0 + out->draws);
}

/* Where the mean moves most: the square of the best split's score in units of what is left. */
static double best_mean_split(const double *x, size_t count, size_t *at)
{
    double all = 0, squares = 0, before = 0, best = 0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        all += x[i];
        squares += x[i] * x[i];
    }
    for (size_t t = 1; t + ENERGY_MIN_SIDE <= count; t++) {
        before += x[t - 1];
        double apart = before / (double)t - (all - before) / (n - (double)t);
        double explained = (double)t * (n - (double)t) / n * apart * apart;
        if (t < ENERGY_MIN_SIDE || explained <= best)
            continue;
        best = explained;
        *at = t;
    }
    double left = squares - all * all / n - best;
    return left > 1e-12 * squares ? n * best / left : best > 0 ? INFINITY : 0;
}

/* The runs less their mean, and less further steps that are beyond doubt also in correlated runs:
 * a step that is left in would look like correlation. */
static void flatten(const double *x, size_t count, double *noise)
{
    size_t at = 0;
    if (count >= 2 * ENERGY_MIN_SIDE && best_mean_split(x, count, &at) > SURE) {
        flatten(x, at, noise);
        flatten(x + at, count - at, noise + at);
        return;
    }
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    for (size_t i = 0; i < count; i++)
        noise[i] = x[i] - sum / (double)count;
}

/* The noise beside a split: without the change, which would count as noise otherwise. */
static void noise_beside(const double *x, size_t count, size_t at, double *noise)
{
    flatten(x, at, noise);
    flatten(x + at, count - at, noise + at);
}

/* Correlation of neighbours beside the best split, less its bias there (measured over phi 0 to 0.6
 * and 20 to 100 runs; after one fitted mean it is near 1 + 3 phi, Kendall 1954). */
static double neighbours(const double *noise, size_t count)
{
    double square = 0, product = 0;
    for (size_t i = 0; i < count; i++) {
        square += noise[i] * noise[i];
        product += i ? noise[i] * noise[i - 1] : 0;
    }
    double lag1 = square > 1e-12 ? product / square : 0;
    return square > 1e-12 ? lag1 + (BIAS + BIAS_SLOPE * lag1) / (double)count : 0;
}

/* The correlation that the test allows for: 0 below what independent runs show by chance. */
static double dependence(double lag1, size_t count)
{
    return lag1 > fmin(DEPENDENT, 1 / sqrt((double)count)) ? fmin(lag1, DEPENDENT_MAX) : 0;
}

/* The best split, with Q(t) lowered by what correlation between neighbours adds to it. Leaves the
 * stretch ready for permutations: of all runs, or of the noise of correlated ones. */
static struct split best_split(struct stretch *s, const double *x, struct energy_test *out)
{
    double noise[ENERGY_MAX];
    struct split best = scan(s);
    noise_beside(x, s->count, best.at, noise);
    out->lag1 = neighbours(noise, s->count);
    out->phi = dependence(out->lag1, s->count);
    if (!(out->phi > 0))
        return best;
    weigh(s, out->phi);
    best = scan(s);
    weigh(s, 0);
    noise_beside(x, s->count, best.at, noise);
    fill(s, noise);
    return best;
}

struct energy_test energy_test(const double *values, size_t count,
                               const struct energy_params *params)
{
    struct energy_test out = {.p = NAN, .lag1 = NAN};
    struct stretch s;
    double x[ENERGY_MAX];
    if (!standardize(values, count, x))
        return out;
    make_ready(&s, x, count);
    struct split best = best_split(&s, x, &out);
    out.at = best.at;
    out.q = best.q;
    if (best.at)
        out.p = permute(&s, best.q, params, series_hash(values, count), &out);
    return out;
}

size_t energy_split(const double *values, size_t count)
{
    struct stretch s;
    double x[ENERGY_MAX];
    if (!standardize(values, count, x))
        return 0;
    make_ready(&s, x, count);
    return scan(&s).at;
}
