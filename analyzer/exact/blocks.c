/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The caller's thread copies blocks into slots; decoders take them from a queue. A slot is empty,
 * full or being decoded; `empty` and `full` are stacks of slots under one lock, which is taken a
 * few thousand times a second.
 */
#include "analyzer/exact/blocks.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/query_samples.h"
#include "base/err.h"
#include "base/measure.h"

#define SLOTS (2 * BLOCKS_THREADS_MAX)

struct slot {
    struct block_info block; /* data is the slot's own */
    void *data;
    size_t room;
};

struct stack {
    struct slot *at[SLOTS];
    size_t count;
};

struct pool {
    const struct blocks_scan *scan;
    struct blocks_damage *damage;
    struct slot slots[SLOTS];
    struct stack empty, full;
    bool done; /* no more blocks will come */
    pthread_mutex_t lock;
    pthread_cond_t filled, emptied;
};

struct decoder {
    struct pool *pool;
    size_t number;
    struct sample_reader *reader;
    uint64_t kept[SAMPLE_COLUMNS][SAMPLE_BLOCK_MAX]; /* columns without what did not count */
    pthread_t thread;
};

size_t blocks_threads(void)
{
    cpu_set_t cpus;
    size_t cores = sched_getaffinity(0, sizeof cpus, &cpus) ? 1 : (size_t)CPU_COUNT(&cpus);
    return cores < BLOCKS_THREADS_MAX ? cores : BLOCKS_THREADS_MAX;
}

/* --- one block ------------------------------------------------------------------------- */

static bool counts(uint64_t kind)
{
    return sample_measured(kind) && sample_result(kind) == RESULT_OK;
}

/* How many rows count; all of them: the columns stay as they are. */
static uint32_t rows_that_count(const uint64_t *kinds, uint32_t n)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < n; i++)
        rows += counts(kinds[i]);
    return rows;
}

static const uint64_t *squeeze(const uint64_t *column, const uint64_t *kinds, uint32_t n,
                               uint64_t *out)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < n; i++) {
        out[rows] = column[i];
        rows += counts(kinds[i]);
    }
    return out;
}

/* NULL: done, else why not. */
static const char *decode(struct decoder *d, const struct block_info *in)
{
    const char *why = NULL;
    struct block b = {.phase_id = in->phase_id, .worker = in->worker};
    if (sample_reader_open(d->reader, in->format, in->count, in->crc, in->data, in->len, &why))
        return why;
    uint32_t n = (uint32_t)in->count;
    const uint64_t *kinds = sample_reader_column(d->reader, SAMPLE_KIND);
    if (!kinds)
        return "a column cannot be unpacked";
    b.count = rows_that_count(kinds, n);
    for (enum sample_column c = 0; c < SAMPLE_COLUMNS; c++) {
        if (!(d->pool->scan->wanted >> c & 1))
            continue;
        const uint64_t *column = sample_reader_column(d->reader, c);
        if (!column)
            return "a column cannot be unpacked";
        b.columns[c] = b.count == n ? column : squeeze(column, kinds, n, d->kept[c]);
    }
    d->pool->scan->take(d->pool->scan->arg, d->number, &b);
    return NULL;
}

/* --- decoders -------------------------------------------------------------------------- */

static struct slot *take_full(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->full.count && !p->done)
        pthread_cond_wait(&p->filled, &p->lock);
    struct slot *s = p->full.count ? p->full.at[--p->full.count] : NULL;
    pthread_mutex_unlock(&p->lock);
    return s;
}

static void give_empty(struct pool *p, struct slot *s, const char *why)
{
    pthread_mutex_lock(&p->lock);
    if (why && !p->damage->id)
        *p->damage = (struct blocks_damage){s->block.id, why};
    p->empty.at[p->empty.count++] = s;
    pthread_cond_signal(&p->emptied);
    pthread_mutex_unlock(&p->lock);
}

static void *decoder_main(void *arg)
{
    struct decoder *d = arg;
    for (struct slot *s; (s = take_full(d->pool));)
        give_empty(d->pool, s, decode(d, &s->block));
    return NULL;
}

/* --- the reader ------------------------------------------------------------------------ */

/* NULL: a block is damaged, the rest does not matter. */
static struct slot *take_empty(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->empty.count && !p->damage->id)
        pthread_cond_wait(&p->emptied, &p->lock);
    struct slot *s = p->damage->id ? NULL : p->empty.at[--p->empty.count];
    pthread_mutex_unlock(&p->lock);
    return s;
}

static void give_full(struct pool *p, struct slot *s)
{
    pthread_mutex_lock(&p->lock);
    p->full.at[p->full.count++] = s;
    pthread_cond_signal(&p->filled);
    pthread_mutex_unlock(&p->lock);
}

static int fill(struct slot *s, const struct block_info *b, struct err *e)
{
    if (s->room < b->len) {
        free(s->data);
        s->room = b->len + b->len / 4;
        s->data = malloc(s->room);
    }
    if (!s->data) {
        s->room = 0;
        if (b->len)
            return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory reading raw samples");
    }
    s->block = *b;
    s->block.data = s->data;
    if (b->len)
        memcpy(s->data, b->data, b->len);
    return 0;
}

static int read_blocks(struct pool *p, struct err *e)
{
    const struct blocks_scan *scan = p->scan;
    struct db_stmt *rows = NULL;
    struct block_info b;
    struct slot *s = NULL;
    int ret = query_blocks(scan->db, scan->run_id, scan->from_ns, scan->to_ns, &rows, e);
    while (ret == 0 && (ret = query_blocks_next(rows, &b, e)) == 1 && (s = take_empty(p))) {
        ret = fill(s, &b, e);
        if (ret == 0)
            give_full(p, s);
    }
    db_finish(rows);
    return ret < 0 ? ret : 0;
}

/* --- together -------------------------------------------------------------------------- */

static struct decoder *new_decoder(struct pool *p, size_t number)
{
    struct decoder *d = malloc(sizeof *d);
    if (!d)
        return NULL;
    d->pool = p;
    d->number = number;
    d->reader = sample_reader_new();
    if (d->reader && pthread_create(&d->thread, NULL, decoder_main, d) == 0)
        return d;
    sample_reader_free(d->reader);
    free(d);
    return NULL;
}

static void end_decoders(struct pool *p, struct decoder **decoders, size_t count)
{
    pthread_mutex_lock(&p->lock);
    p->done = true;
    pthread_cond_broadcast(&p->filled);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < count; i++) {
        pthread_join(decoders[i]->thread, NULL);
        sample_reader_free(decoders[i]->reader);
        free(decoders[i]);
    }
}

int blocks_scan(const struct blocks_scan *scan, struct blocks_damage *damage, struct err *e)
{
    struct decoder *decoders[BLOCKS_THREADS_MAX];
    struct pool p = {.scan = scan, .damage = damage, .lock = PTHREAD_MUTEX_INITIALIZER,
                     .filled = PTHREAD_COND_INITIALIZER, .emptied = PTHREAD_COND_INITIALIZER};
    *damage = (struct blocks_damage){0};
    size_t made = 0;
    while (made < scan->threads && (decoders[made] = new_decoder(&p, made)))
        made++;
    for (size_t i = 0; i < 2 * made; i++)
        p.empty.at[p.empty.count++] = &p.slots[i];
    int ret = made ? read_blocks(&p, e)
                   : err_set(e, EXIT_ENVIRONMENT, -EAGAIN, "no memory or no thread to read raw samples");
    end_decoders(&p, decoders, made);
    for (size_t i = 0; i < SLOTS; i++)
        free(p.slots[i].data);
    return ret;
}
