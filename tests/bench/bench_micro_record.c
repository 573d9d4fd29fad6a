/* SPDX-License-Identifier: BSD-3-Clause */
/* What is kept of a transaction, and what a hand-over between threads costs each side. */
#include <math.h>

#include "base/hist.h"
#include "base/ring.h"
#include "base/rng.h"
#include "bench/bench.h"
#include "bench/micro.h"
#include "db/sample_block.h"
#include "rec/sample.h"
#include "tests/bench/noise.h"

/* --- histogram -------------------------------------------------------------------------------- */

#define DRAWS 4096u

struct times {
    struct hist hist;
    uint64_t ns[DRAWS]; /* about 30 us, log-normal */
};

static bool open_times(void *state, uint32_t size)
{
    (void)size;
    struct rng rng;
    struct times *t = state;
    rng_seed(&rng, 1);
    for (uint32_t i = 0; i < DRAWS; i++)
        t->ns[i] = (uint64_t)exp(10.3 + 0.5 * noise_normal(&rng));
    hist_reset(&t->hist);
    return true;
}

static void record(void *state, uint32_t ops)
{
    struct times *t = state;
    for (uint32_t i = 0; i < ops; i++) {
        hist_record(&t->hist, t->ns[i % DRAWS]);
        MICRO_USE(&t->hist);
    }
}

MICRO(hist, .bytes = sizeof(struct times), .open = open_times, .chunk = record, .ops = DRAWS,
      .chunks = 500)

/* --- ring ------------------------------------------------------------------------------------- */

struct handed {
    struct ring ring;
    uint64_t slots[1024];
};

static bool open_ring(void *state, uint32_t size)
{
    struct handed *h = state;
    ring_init(&h->ring, size);
    return true;
}

static void push_pop(void *state, uint32_t ops)
{
    struct handed *h = state;
    for (uint32_t i = 0; i < ops; i++) {
        if (ring_space(&h->ring, 1)) {
            h->slots[ring_slot(&h->ring, h->ring.prod.at)] = i;
            ring_produce(&h->ring, 1);
        }
        if (ring_ready(&h->ring, 1)) {
            MICRO_USE(h->slots[ring_slot(&h->ring, h->ring.cons.at)]);
            ring_consume(&h->ring, 1);
        }
    }
}

MICRO(ring, .bytes = sizeof(struct handed), .open = open_ring, .chunk = push_pop, .size = 1024,
      .ops = 2000, .chunks = 500)

/* --- samples ---------------------------------------------------------------------------------- */

struct block {
    struct sample_packer *packer;
    struct rng rng;
    uint64_t now_ns;
};

static void close_block(void *state)
{
    struct block *b = state;
    sample_packer_free(b->packer);
}

static bool open_block(void *state, uint32_t size)
{
    (void)size;
    struct block *b = state;
    rng_seed(&b->rng, 1);
    b->now_ns = 1700000000000000000;
    b->packer = sample_packer_new();
    return b->packer != NULL;
}

/* 50,000 a second over 100 connections, in the order of their ends. */
static void fill(void *state)
{
    struct block *b = state;
    uint64_t *columns[SAMPLE_COLUMNS];
    for (int c = 0; c < SAMPLE_COLUMNS; c++)
        columns[c] = sample_packer_column(b->packer, (enum sample_column)c);
    for (uint32_t i = 0; i < SAMPLE_BLOCK_MAX; i++) {
        columns[SAMPLE_START][i] = b->now_ns += 20000;
        columns[SAMPLE_LATENCY][i] = (uint64_t)exp(10.3 + 0.5 * noise_normal(&b->rng));
        columns[SAMPLE_QUEUEING][i] = 0;
        columns[SAMPLE_LATENESS][i] = (uint64_t)(1000 * rng_f64(&b->rng));
        columns[SAMPLE_SIZE][i] = 64;
        columns[SAMPLE_CONNECTION][i] = i % 100;
        columns[SAMPLE_KIND][i] = sample_kind(0, 0, 0, true);
    }
}

static void pack(void *state, uint32_t ops)
{
    struct block *b = state;
    struct sample_packed packed;
    sample_packer_pack(b->packer, ops, &packed);
    MICRO_USE(packed.crc);
}

MICRO(sample_pack, .bytes = sizeof(struct block), .open = open_block, .prepare = fill, .chunk = pack,
      .close = close_block, .ops = SAMPLE_BLOCK_MAX, .chunks = 50)

/* --- records of a worker ---------------------------------------------------------------------- */

struct kept {
    struct rec_record at[DRAWS];
    struct rec_transaction t;
};

static bool open_kept(void *state, uint32_t size)
{
    (void)size;
    struct kept *k = state;
    k->t = (struct rec_transaction){.intended_ns = 1, .latency_ns = 30000, .lateness_ns = 100,
                                    .size = 64, .measured = true};
    return true;
}

static void make_records(void *state, uint32_t ops)
{
    struct kept *k = state;
    for (uint32_t i = 0; i < ops; i++) {
        k->t.intended_ns += 20000;
        rec_record_make(&k->at[i % DRAWS], &k->t);
        MICRO_USE(&k->at[i % DRAWS]);
    }
}

MICRO(sample_make, .bytes = sizeof(struct kept), .open = open_kept, .chunk = make_records,
      .ops = DRAWS, .chunks = 500)

const struct bench micro_record_benches[] = {
    {"micro_hist_record", MICRO_UNIT, "a time of about 30 us counted in a histogram", hist},
    {"micro_ring", MICRO_UNIT, "an entry put into a ring and taken out, by one thread", ring},
    {"micro_sample_make", MICRO_UNIT, "a transaction as a record of the sample ring", sample_make},
    {"micro_sample_pack", MICRO_UNIT, "a transaction packed in a block of 16,384 (50,000/s, 100 connections)",
     sample_pack},
    {0},
};
