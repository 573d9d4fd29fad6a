/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_scan.h"

#include <math.h>

#include "base/vector.h"

#define KNOWN_RUNS 10  /* of a history that is watched: runs before a split, at least */
#define NEW_RUNS   6   /* runs after a split that is new */
#define OLD_RUNS   30  /* runs after a split from which it gets no older */
#define BOUND_MIN  128 /* runs: computing Q for fewer takes no longer than its bound */
#define FADING     0.25

/* Eight floats at once, in plain C: the order of additions does not depend on the processor. */
typedef float lanes __attribute__((vector_size(4 * BOUND_LANES), aligned(4)));
typedef int32_t lane_bits __attribute__((vector_size(4 * BOUND_LANES)));

#define DISTANCES(values, to) ((lane_bits)((values) - (to)) & INT32_MAX)

/* near[k] = sum over j < k of |value[k] - value[j]|: eight k at a time. */
VECTOR_CLONES_EXACT
static void sum_distances_before(const float *value, float *near, size_t count)
{
    static const lane_bits lane = {0, 1, 2, 3, 4, 5, 6, 7};
    for (size_t k = 0; k < count; k += BOUND_LANES) {
        lanes own = *(const lanes *)(value + k), a = {0}, b = {0}, c = {0}, d = {0};
        for (size_t j = 0; j < k; j += 4) {
            a += (lanes)DISTANCES(own, value[j]);
            b += (lanes)DISTANCES(own, value[j + 1]);
            c += (lanes)DISTANCES(own, value[j + 2]);
            d += (lanes)DISTANCES(own, value[j + 3]);
        }
        for (int32_t j = 0; j < BOUND_LANES; j++)
            a += (lanes)(DISTANCES(own, value[k + (size_t)j]) & (lane > j));
        *(lanes *)(near + k) = (a + b) + (c + d);
    }
}

struct split scan_best(const struct stretch *s)
{
    float value[BOUND_SLOTS] = {0}, near[BOUND_SLOTS];
    for (size_t i = 0; i < s->count; i++)
        value[i] = s->value[s->slots[i]];
    sum_distances_before(value, near, s->count);
    struct split best = {0, 0};
    double within = 0, far = 0; /* few runs after t are a small difference of large sums */
    for (size_t t = 1; t + ENERGY_MIN_SIDE <= s->count; t++) {
        within += (double)near[t - 1];
        far += (double)s->far[s->slots[t - 1]];
        double across = far - 2 * within, after = s->pairs - within - across;
        double q = (double)s->cross[t] * across - (double)s->left[t] * within -
                   (double)s->right[t] * after;
        if (t >= ENERGY_MIN_SIDE && q > (double)best.q)
            best = (struct split){t, (float)q};
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

/* The share of its Q that counts for a split of a history that is tested after every run. */
static double attention(size_t t, size_t count)
{
    size_t known = count < 2 * KNOWN_RUNS ? count / 2 : KNOWN_RUNS, after = count - t;
    if (t < known)
        return 0;
    return pow(fmin(1, (double)NEW_RUNS / fmin((double)after, OLD_RUNS)), FADING);
}

/* Each pair is counted once in the three sums. */
void scan_weigh(struct stretch *s, double phi)
{
    double v[ENERGY_MAX + 1], n = (double)s->count;
    inflations(phi, s->count, v);
    for (size_t i = ENERGY_MIN_SIDE; i + ENERGY_MIN_SIDE <= s->count; i++) {
        double t = (double)i, rest = n - t;
        double scale = t * rest / (rest * v[i] + t * v[s->count - i]);
        scale *= s->newest ? attention(i, s->count) : 1;
        s->cross[i] = (float)(scale * 2 / (t * rest));
        s->left[i] = (float)(scale * 2 / (t * t));
        s->right[i] = (float)(scale * 2 / (rest * rest));
    }
}

void scan_fill(struct stretch *s, const double *values, size_t count)
{
    float run[ENERGY_MAX] = {0};
    s->count = count;
    s->pairs = 0;
    for (size_t i = 0; i < count; i++)
        run[i] = (float)values[i];
    energy_bound_sort(&s->bound, run, count, s->slots);
    for (size_t i = 0; i < count; i++) {
        float far = 0;
        for (size_t j = 0; j < count; j++)
            far += fabsf(run[i] - run[j]);
        s->value[s->slots[i]] = run[i];
        s->far[s->slots[i]] = far;
        s->pairs += far / 2;
    }
}

/* The generator in a copy, which stays in registers. */
void scan_shuffle(struct stretch *s, struct rng *r)
{
    struct rng own = *r;
    for (size_t i = s->count; i > 1; i--) {
        uint64_t j = rng_below(&own, i);
        uint16_t kept = s->slots[j];
        s->slots[j] = s->slots[i - 1];
        s->slots[i - 1] = kept;
    }
    *r = own;
}

void scan_aim(struct stretch *s, float q)
{
    energy_bound_open(&s->bound, s->far, s->pairs, s->cross, (double)q);
}

bool scan_reaches(struct stretch *s, float q, bool plain)
{
    if (!plain && s->count >= BOUND_MIN && !energy_bound_may_reach(&s->bound, s->slots))
        return false;
    return scan_best(s).q >= q;
}
