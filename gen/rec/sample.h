/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every transaction, from the worker to the recorder: a ring of 32-byte records a worker.
 *
 * The worker fills it with rec_sample(), which neither waits nor allocates, and shows it to the
 * recorder once a round (rec_samples_tick). When the recorder falls behind, the worker keeps fewer:
 * each time the free part of the ring halves, the share kept halves, chosen by a hash of the seed
 * and the transaction's id, so that what is kept is a fair sample of all. A ring that fills at a
 * steady rate therefore never fills up; should it do so all the same, the share goes to 0. Below an
 * eighth the share doubles again. Each change is a mark in the ring, with its moment: what was kept
 * of which seconds is stored, nothing is dropped unsaid.
 *
 *   sample  word 0: intended start, lowest 54 bits | operation 4 | target, low 4 | measured 1
 *           word 1: latency 44 | size, low 20
 *           word 2: queueing 44 | connection, low 20
 *           word 3: lateness 44 | size, high 7 | connection, high 5 | result 4 | target, high 4
 *   mark    word 0: moment, word 1: phase, word 2: share kept, word 3: result 15
 *
 * A time of 2^44 ns (4.9 hours) or more is stored as 2^44 - 1.
 */
#ifndef REC_SAMPLE_H
#define REC_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ring.h"
#include "base/rng.h"

#define REC_SAMPLE_ALL     (1ull << 32) /* share kept, in 2^-32 */
#define REC_SAMPLE_RESERVE 64u          /* slots that only marks may take */

#define REC_TIME_BITS  44
#define REC_START_BITS 54
#define REC_LOW_BITS   20
#define REC_CONN_NONE  ((1u << 25) - 1) /* the transaction never had a connection */
#define REC_MARK       15u

struct rec_record {
    uint64_t word[4];
};

struct rec_transaction {
    uint64_t intended_ns, latency_ns, queueing_ns, lateness_ns;
    uint32_t size, connection; /* below 2^27 and 2^25 */
    uint8_t operation, result; /* operation: below 16 */
    uint8_t target;            /* as in db/sample_block.h */
    bool measured;
};

struct rec_samples {
    struct rec_record *at;     /* NULL: no transaction is recorded */
    struct ring ring;
    uint64_t seed;
    uint64_t most, keep;       /* share that the job asks for, share kept now */
    uint32_t left;             /* records that may be written before the ring is looked at again */
    uint32_t filled;           /* written, not shown yet */
    uint32_t halved;           /* how often the share is halved now */
    uint32_t phase;
    bool stopped;              /* the ring is full: nothing is kept */
    bool mark_due;             /* a change that the ring does not know of yet, */
    uint64_t mark_ns;          /* since when */
    uint64_t changed_ns;
};

/* Worker side. */
bool rec_samples_room(struct rec_samples *s, uint64_t now_ns);
/* Once a round: shows what was written and settles the share. */
void rec_samples_tick(struct rec_samples *s, uint64_t now_ns);
/* What is recorded from now on belongs to `phase`. */
void rec_samples_phase(struct rec_samples *s, uint32_t phase, uint64_t now_ns);

static inline uint64_t rec_time(uint64_t ns)
{
    return ns >> REC_TIME_BITS ? (1ull << REC_TIME_BITS) - 1 : ns;
}

static inline void rec_record_make(struct rec_record *r, const struct rec_transaction *t)
{
    const uint32_t low = (1u << REC_LOW_BITS) - 1;
    r->word[0] = (t->intended_ns & ((1ull << REC_START_BITS) - 1)) |
                 (uint64_t)t->operation << REC_START_BITS |
                 (uint64_t)(t->target & 15) << (REC_START_BITS + 4) | (uint64_t)t->measured << 62;
    r->word[1] = rec_time(t->latency_ns) | (uint64_t)(t->size & low) << REC_TIME_BITS;
    r->word[2] = rec_time(t->queueing_ns) | (uint64_t)(t->connection & low) << REC_TIME_BITS;
    r->word[3] = rec_time(t->lateness_ns) | (uint64_t)(t->size >> REC_LOW_BITS) << 44 |
                 (uint64_t)(t->connection >> REC_LOW_BITS) << 51 | (uint64_t)t->result << 56 |
                 (uint64_t)(t->target >> 4) << 60;
}

static inline uint32_t rec_record_result(const struct rec_record *r)
{
    return r->word[3] >> 56 & 15;
}

/* Starts are whole again within 104 days of `near_ns`. */
static inline void rec_record_read(const struct rec_record *r, uint64_t near_ns,
                                   struct rec_transaction *t)
{
    const uint64_t time = (1ull << REC_TIME_BITS) - 1;
    uint64_t ahead = (r->word[0] - near_ns) << (64 - REC_START_BITS);
    t->intended_ns = near_ns + (uint64_t)((int64_t)ahead >> (64 - REC_START_BITS));
    t->operation = r->word[0] >> REC_START_BITS & 15;
    t->target = (uint8_t)((r->word[0] >> (REC_START_BITS + 4) & 15) | r->word[3] >> 60 << 4);
    t->measured = r->word[0] >> 62 & 1;
    t->latency_ns = r->word[1] & time;
    t->queueing_ns = r->word[2] & time;
    t->lateness_ns = r->word[3] & time;
    t->size = (uint32_t)(r->word[1] >> 44 | (r->word[3] >> 44 & 127) << REC_LOW_BITS);
    t->connection = (uint32_t)(r->word[2] >> 44 | (r->word[3] >> 51 & 31) << REC_LOW_BITS);
    t->result = (uint8_t)rec_record_result(r);
}

static inline struct rec_record *rec_samples_next(struct rec_samples *s)
{
    return &s->at[ring_slot(&s->ring, s->ring.prod.at + s->filled++)];
}

/* Records one transaction; `id` tells it from others. `s` NULL: nothing is recorded. */
static inline void rec_sample(struct rec_samples *s, uint64_t id, uint64_t now_ns,
                              const struct rec_transaction *t)
{
    if (!s || (s->keep < REC_SAMPLE_ALL && rng_mix(s->seed, id) >> 32 >= s->keep))
        return;
    if (!s->left && !rec_samples_room(s, now_ns))
        return;
    s->left--;
    rec_record_make(rec_samples_next(s), t);
}

#endif
