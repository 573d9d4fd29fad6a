/* SPDX-License-Identifier: BSD-3-Clause */
/* Which part of a run a transaction belongs to. */
#include "analyzer/by_batch.h"

static void deal_block(const struct batch *b, const struct block *block, struct tally *tallies)
{
    bool phases = b->table->kind == BY_PHASE;
    for (size_t i = 0; i < b->count; i++)
        if (phases ? b->parts[i].phase_id == block->phase_id : b->parts[i].number == block->worker)
            tally_add(&tallies[i], block->columns[SAMPLE_LATENCY], block->count);
}

/* The span in which a transaction ended; NULL: in none of this batch. */
static const struct span *span_at(const struct batch *b, const struct block *block, int64_t end_ns,
                                  const struct span *last)
{
    if (last && end_ns >= last->from_ns && end_ns < last->to_ns)
        return last;
    for (size_t i = 0; i < b->spans_count; i++) {
        const struct span *s = &b->spans[i];
        if (s->phase_id == block->phase_id && s->worker == block->worker && end_ns >= s->from_ns &&
            end_ns < s->to_ns)
            return s;
    }
    return NULL;
}

static void deal_intervals(const struct batch *b, const struct block *block, struct tally *tallies)
{
    const uint64_t *start = block->columns[SAMPLE_START], *latency = block->columns[SAMPLE_LATENCY];
    const struct span *span = NULL;
    for (uint32_t i = 0; i < block->count; i++) {
        span = span_at(b, block, (int64_t)(start[i] + latency[i]), span);
        if (span)
            tally_add(&tallies[span->part], &latency[i], 1);
    }
}

static void deal_kinds(const struct batch *b, const struct block *block, struct tally *tallies)
{
    const uint64_t *kind = block->columns[SAMPLE_KIND], *latency = block->columns[SAMPLE_LATENCY];
    for (uint32_t i = 0; i < block->count; i++)
        tally_add(&tallies[b->part_of[batch_key(b->table->kind, kind[i])]], &latency[i], 1);
}

void batch_deal(const void *batch, const struct block *block, struct tally *tallies)
{
    const struct batch *b = batch;
    switch (b->table->kind) {
    case BY_PHASE:
    case BY_WORKER:
        deal_block(b, block, tallies);
        break;
    case BY_OPERATION:
    case BY_TARGET:
        deal_kinds(b, block, tallies);
        break;
    case BY_INTERVAL:
        deal_intervals(b, block, tallies);
        break;
    }
}
