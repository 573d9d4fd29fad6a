/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The recorder's side of the sample rings: blocks of up to SAMPLE_BLOCK_MAX transactions of one
 * worker, one phase and one share kept, as rows of sample_block. Seconds of which nothing was kept
 * (the share was 0, or the disk took no row) are rows too: ratio 0, no samples.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/units.h"
#include "db/sample_block.h"
#include "rec/rec_internal.h"

#define AGE_NS        (500 * NS_PER_MS) /* a block that is not full waits so long at most */
#define BLOCKS_A_LOOK 4                 /* so that intervals never wait for long */

static const char insert_block[] =
    "INSERT INTO sample_block (run_id, phase_id, worker, started_ns, ended_ns, count, ratio, "
    "format, crc, data) VALUES (:run_id, :phase_id, :worker, :started_ns, :ended_ns, :count, "
    ":ratio, :format, :crc, :data)";

int drain_open(struct rec *r, struct err *e)
{
    if (!r->cfg.sample_records)
        return 0;
    r->packer = sample_packer_new();
    r->drains = calloc(r->cfg.lanes, sizeof *r->drains);
    if (!r->packer || !r->drains)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "recorder: no memory for packing samples");
    return db_prepare(r->cfg.db, "store the samples", insert_block, &r->store.block, e);
}

void drain_close(struct rec *r)
{
    sample_packer_free(r->packer);
    free(r->drains);
}

/* --- rows ------------------------------------------------------------------------------------ */

static void widen(struct rec_span *s, uint64_t from_ns, uint64_t to_ns)
{
    if (!s->to_ns || from_ns < s->from_ns)
        s->from_ns = from_ns;
    if (to_ns > s->to_ns)
        s->to_ns = to_ns;
}

static int insert(struct rec *r, uint32_t lane, const struct sample_packed *p, uint32_t count,
                  struct err *e)
{
    struct drain *d = &r->drains[lane];
    struct db_stmt *s = r->store.block;
    db_bind_i64(s, ":run_id", r->cfg.run_id);
    db_bind_i64(s, ":phase_id", r->phases[d->phase]->id);
    db_bind_i64(s, ":worker", lane);
    db_bind_u64(s, ":started_ns", p->first_ns);
    db_bind_u64(s, ":ended_ns", p->last_ns);
    db_bind_i64(s, ":count", count);
    db_bind_f64(s, ":ratio", count ? (double)d->keep / (double)REC_SAMPLE_ALL : 0);
    db_bind_i64(s, ":format", SAMPLE_BLOCK_FORMAT);
    db_bind_i64(s, ":crc", p->crc);
    db_bind_blob(s, ":data", p->data, p->len);
    return db_run(s, e);
}

static int insert_nothing_kept(struct rec *r, uint32_t lane, const struct rec_span *span,
                               struct err *e)
{
    struct sample_packed none = {.data = (const uint8_t *)"", .first_ns = span->from_ns,
                                 .last_ns = span->to_ns};
    return insert(r, lane, &none, 0, e);
}

/* Unix time; a batch that is lost takes this span with it. */
static void store_span(struct rec *r, uint32_t lane, uint64_t from_ns, uint64_t to_ns,
                       struct batch *b)
{
    struct rec_span span = {from_ns, to_ns};
    widen(&r->drains[lane].in_batch, from_ns, to_ns);
    if (!b->ret)
        b->ret = insert_nothing_kept(r, lane, &span, &b->e);
}

static void store_lost(struct rec *r, uint32_t lane, struct batch *b)
{
    struct rec_span *lost = &r->drains[lane].lost;
    if (!lost->to_ns || b->ret)
        return;
    store_span(r, lane, lost->from_ns, lost->to_ns, b);
    *lost = (struct rec_span){0};
}

void drain_settle(struct rec *r, bool committed)
{
    for (uint32_t n = 0; r->drains && n < r->cfg.lanes; n++) {
        struct drain *d = &r->drains[n];
        if (!committed && d->in_batch.to_ns)
            widen(&d->lost, d->in_batch.from_ns, d->in_batch.to_ns);
        d->in_batch = (struct rec_span){0};
    }
}

/* --- blocks ---------------------------------------------------------------------------------- */

static const struct rec_record *record_at(const struct rec_samples *s, uint32_t i)
{
    return &s->at[ring_slot(&s->ring, s->ring.cons.at + i)];
}

/* Its name follows; if the run ended before the phase began, these samples are of the one before. */
static uint32_t phase_after(const struct rec *r, uint32_t phase)
{
    uint32_t begun = atomic_load_explicit(&r->phase_count, memory_order_acquire);
    return phase + 1 < begun ? phase + 1 : phase;
}

static void take_mark(struct rec *r, uint32_t lane, const struct rec_record *mark, struct batch *b)
{
    struct drain *d = &r->drains[lane];
    if (d->begun && !d->keep)
        store_span(r, lane, (uint64_t)rec_unix_ns(r, d->since_ns),
                   (uint64_t)rec_unix_ns(r, mark->word[0]), b);
    d->begun = true;
    d->since_ns = mark->word[0];
    d->phase = (uint32_t)mark->word[1];
    if (d->phase == REC_PHASE_NEXT)
        d->phase = phase_after(r, d->named);
    else
        d->named = d->phase;
    d->keep = mark->word[2];
}

struct columns {
    uint64_t *of[SAMPLE_COLUMNS];
};

static struct columns packer_columns(struct sample_packer *p)
{
    struct columns to;
    for (enum sample_column c = 0; c < SAMPLE_COLUMNS; c++)
        to.of[c] = sample_packer_column(p, c);
    return to;
}

static inline void put_columns(const struct columns *to, uint32_t i, const struct rec_transaction *t,
                               uint64_t to_unix_ns)
{
    to->of[SAMPLE_START][i] = t->intended_ns + to_unix_ns;
    to->of[SAMPLE_LATENCY][i] = t->latency_ns;
    to->of[SAMPLE_QUEUEING][i] = t->queueing_ns;
    to->of[SAMPLE_LATENESS][i] = t->lateness_ns;
    to->of[SAMPLE_SIZE][i] = t->size;
    to->of[SAMPLE_CONNECTION][i] = t->connection;
    to->of[SAMPLE_KIND][i] = sample_kind(t->target, t->operation, t->result, t->measured);
}

/* Up to the next mark; gives the slots back. */
static uint32_t gather(struct rec *r, uint32_t lane, uint32_t most)
{
    struct rec_samples *s = &r->lanes[lane].samples;
    const struct columns to = packer_columns(r->packer);
    uint64_t near_ns = r->drains[lane].since_ns, to_unix_ns = r->cfg.mono_to_real_ns;
    uint32_t n = 0;
    for (; n < most; n++) {
        const struct rec_record *record = record_at(s, n);
        struct rec_transaction t;
        if (rec_record_result(record) == REC_MARK)
            break;
        rec_record_read(record, near_ns, &t);
        put_columns(&to, n, &t, to_unix_ns);
    }
    ring_consume(&s->ring, n);
    return n;
}

static void store_block(struct rec *r, uint32_t lane, uint32_t n, struct batch *b)
{
    struct sample_packed packed;
    sample_packer_pack(r->packer, n, &packed);
    widen(&r->drains[lane].in_batch, packed.first_ns, packed.last_ns);
    if (!b->ret)
        b->ret = insert(r, lane, &packed, n, &b->e);
}

/* One block or one mark; returns the records that it took. */
static uint32_t drain_some(struct rec *r, uint32_t lane, uint32_t ready, struct batch *b)
{
    struct rec_samples *s = &r->lanes[lane].samples;
    const struct rec_record *first = record_at(s, 0);
    if (rec_record_result(first) == REC_MARK) {
        take_mark(r, lane, first, b);
        ring_consume(&s->ring, 1);
        return 1;
    }
    uint32_t n = gather(r, lane, ready < SAMPLE_BLOCK_MAX ? ready : SAMPLE_BLOCK_MAX);
    store_block(r, lane, n, b);
    return n;
}

static uint32_t records_ready(struct rec *r, uint32_t lane)
{
    struct ring *ring = &r->lanes[lane].samples.ring;
    return ring_ready(ring, ring->size);
}

/* Looked at before the phases, as intervals are. True: some are due. */
bool drain_due(struct rec *r, uint32_t lane, uint64_t now_ns)
{
    if (!r->drains)
        return false;
    struct drain *d = &r->drains[lane];
    d->ready = records_ready(r, lane);
    if (d->ready < SAMPLE_BLOCK_MAX && (!d->ready || now_ns - d->stored_ns < AGE_NS))
        d->ready = 0;
    return d->ready || d->lost.to_ns;
}

/* What comes is of a phase that has no row yet. */
static bool waits_for_phase(const struct rec *r, uint32_t lane)
{
    const struct rec_record *first = record_at(&r->lanes[lane].samples, 0);
    uint32_t named = r->drains[lane].named;
    if (rec_record_result(first) != REC_MARK || (uint32_t)first->word[1] != REC_PHASE_NEXT)
        return false;
    uint32_t next = phase_after(r, named);
    return next == named || !r->phases[next]->id;
}

void drain_lane_samples(struct rec *r, uint32_t lane, uint64_t now_ns, struct batch *b)
{
    if (!r->drains)
        return;
    struct drain *d = &r->drains[lane];
    if (d->ready)
        d->stored_ns = now_ns;
    store_lost(r, lane, b);
    for (int i = 0; i < BLOCKS_A_LOOK && d->ready && !waits_for_phase(r, lane); i++)
        d->ready -= drain_some(r, lane, d->ready, b);
}

bool drain_behind(struct rec *r)
{
    for (uint32_t n = 0; r->drains && n < r->cfg.lanes; n++)
        if (records_ready(r, n) >= SAMPLE_BLOCK_MAX)
            return true;
    return false;
}

/* Seconds at the end of which nothing was kept have no mark behind them. */
static void store_tail(struct rec *r, uint32_t lane, struct batch *b)
{
    struct drain *d = &r->drains[lane];
    if (!d->begun || d->keep)
        return;
    uint64_t end_ns = rec_lane_current(&r->lanes[lane])->end_ns;
    store_span(r, lane, (uint64_t)rec_unix_ns(r, d->since_ns), (uint64_t)rec_unix_ns(r, end_ns), b);
    d->begun = false;
}

/* The workers have stopped: whatever is left. */
bool drain_rest(struct rec *r, uint32_t lane, struct batch *b)
{
    if (!r->drains)
        return false;
    uint32_t ready = records_ready(r, lane);
    store_lost(r, lane, b);
    for (int i = 0; i < BLOCKS_A_LOOK && ready; i++)
        ready -= drain_some(r, lane, ready, b);
    if (!ready)
        store_tail(r, lane, b);
    return ready > 0;
}
