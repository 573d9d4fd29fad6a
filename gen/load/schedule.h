/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When transactions are meant to start: pure arithmetic on time and seed, no clock.
 *
 * The schedule of a phase is one sequence of intended times over the whole run; worker w of n owns
 * arrivals w, w + n, w + 2n, ... so that the split over workers equals the whole exactly: the
 * workers' times together are the times of one worker, however many workers there are. Arrivals are
 * numbered in the order of their times, with poisson in the order in which they are drawn.
 */
#ifndef LOAD_SCHEDULE_H
#define LOAD_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct load_shape;
struct piece;

/* What each shape has beside the rate; only the member of the shape's name is read. Factors and
 * shares are of rate_per_s. */
struct load_params {
    struct {
        double factor;
        uint64_t high_ns, low_ns;
    } burst;
    struct {
        double from, to;
        uint32_t steps;   /* 0: none, the rate moves all the time */
        uint64_t time_ns; /* from `from` to `to`, where it stays */
    } ramp;
    struct {
        double depth; /* 0 to 1 */
        uint64_t period_ns;
    } sine;
    struct {
        double step, low, high;
    } walk;
    struct {
        const uint64_t *times_ns; /* from the start, never going back; shared by all workers */
        uint64_t count;
        double scale; /* the times are divided by it */
    } replay;
};

#define SCHEDULE_RATE_MIN 1e-6
struct load_spec {
    const struct load_shape *shape;
    double rate_per_s; /* over the whole run, 1e-6 to 1e12; unused in a closed loop and in replay */
    uint64_t duration_ns;
    uint64_t seed;
    uint32_t worker, workers;
    struct load_params params;
};

/* What a schedule goes on with: another load from some moment on. */
struct schedule_part {
    struct load_spec spec;
    uint64_t start_ns;
};

#define SCHEDULE_OWN   1856
#define SCHEDULE_PARTS 16
struct schedule {
    struct load_spec spec;
    uint64_t start_ns;
    uint64_t next_ns; /* intended time of the next arrival; UINT64_MAX: no more */
    uint64_t index;   /* number of the next arrival over the whole run */
    _Alignas(16) char own[SCHEDULE_OWN]; /* the shape's, zero before its `first` */
    uint32_t parts_count;
    struct schedule_part parts[SCHEDULE_PARTS]; /* that follow, in order */
};

/*
 * How the rate moves over time. Offsets are ns from the start of the phase; they never go back, and
 * UINT64_MAX says that there are no more. All randomness comes from spec.seed.
 */
struct load_shape {
    bool no_rate;     /* goes with rate = 0, and only with it */
    bool given;       /* the times themselves are: no rate either */
    bool closed_loop; /* no arithmetic: an arrival is always due. The rest is NULL then */
    uint64_t (*first)(struct schedule *s); /* offset of this worker's first arrival */
    uint64_t (*next)(struct schedule *s, uint64_t offset_ns); /* of the one after `offset_ns`;
                                                               * s->index is its number already */
    uint64_t (*count)(const struct load_spec *spec,
                      uint64_t end_ns); /* of this worker, in [0, end) */
    /* Arrivals of the whole run that are to be expected in [0, end): the integral of the rate. */
    double (*sum)(const struct load_spec *spec, uint64_t end_ns);
    double (*peak)(const struct load_spec *spec); /* the highest rate that there may be, a second */
    /* Only where sum is dear: the same between the next arrival and `end_ns`. */
    double (*ahead)(const struct schedule *s, uint64_t end_ns);
    /* Only of a shape made of pieces (load/curve.h): the one that holds arrival `index`. */
    void (*find)(const struct load_spec *spec, double index, struct piece *p);
};

/* No arrival is at or after start + duration. In a closed loop one is always due: next_ns stays at
 * start, index counts, and the caller, who has the clock, ends it. */
void schedule_init(struct schedule *s, const struct load_spec *spec, uint64_t start_ns);
/* Takes the arrival at next_ns, returns its time and moves on; UINT64_MAX: there was none. */
uint64_t schedule_take(struct schedule *s);
/* No arrival at or after `end_ns` any more. */
void schedule_end(struct schedule *s, uint64_t end_ns);
/* From `start_ns` on the load is another one: arrivals that are due before stay, and come first. Not
 * in a closed loop. False: so many changes wait behind arrivals that nobody has taken; nothing is
 * changed. */
bool schedule_follow(struct schedule *s, const struct load_spec *spec, uint64_t start_ns);
/* Arrivals of this worker in [start, start + until_ns), none beyond the duration. UINT64_MAX in a
 * closed loop, which no schedule bounds. */
uint64_t schedule_count(const struct load_spec *spec, uint64_t until_ns);
/* How many arrivals of this worker are to be expected from the next one, included, to `now_ns`. */
uint64_t schedule_due(const struct schedule *s, uint64_t now_ns);
/* The mean rate over the duration and the highest, a second, over the whole run: what is to be
 * expected of a shape by chance. Not for a closed loop. */
double schedule_mean_per_s(const struct load_spec *spec);
double schedule_peak_per_s(const struct load_spec *spec);

/* A job's `shape =`, and what `gen list` shows; the list is load/shapes.h. */
struct load_shape_kind {
    const char *name, *meaning;
    const struct load_shape *shape;
};
extern const struct load_shape_kind load_shapes[];
extern const uint32_t load_shape_count;
const struct load_shape_kind *load_shape_find(const char *name); /* NULL: no such shape */

#endif
