/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp/ooo.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "tcp/seq.h"

int ooo_init(struct ooo_pool *p, uint32_t count, uint32_t piece_bytes, struct err *e)
{
    *p = (struct ooo_pool){.count = count, .piece_bytes = piece_bytes, .free = OOO_NONE};
    p->pieces = mem_reserve(count * sizeof *p->pieces, "out-of-order pieces", e);
    p->bytes = mem_reserve((size_t)count * piece_bytes, "out-of-order bytes", e);
    if (!p->pieces || !p->bytes)
        return -ENOMEM;
    for (uint32_t i = count; i-- > 0;) {
        p->pieces[i].next = p->free;
        p->free = i;
    }
    p->free_count = count;
    return 0;
}

void ooo_fini(struct ooo_pool *p)
{
    mem_release(p->pieces, p->count * sizeof *p->pieces);
    mem_release(p->bytes, (size_t)p->count * p->piece_bytes);
    *p = (struct ooo_pool){.free = OOO_NONE};
}

static uint32_t piece_end(const struct ooo_piece *piece)
{
    return piece->seq + piece->len;
}

static bool insert(struct ooo_pool *p, uint32_t *link, uint32_t seq, const uint8_t *data,
                   uint32_t len, bool fin)
{
    uint32_t index = p->free;
    if (index == OOO_NONE)
        return false;
    struct ooo_piece *piece = &p->pieces[index];
    p->free = piece->next;
    p->free_count--;
    *piece = (struct ooo_piece){.seq = seq, .next = *link, .len = (uint16_t)len, .fin = fin};
    memcpy(p->bytes + (uint64_t)index * p->piece_bytes, data, len);
    *link = index;
    return true;
}

/* Fills the gap in front of *link (up to `gap_end`) with what of the data falls there, in pieces
 * that fit a slot. Moves *link behind what it put in. */
static bool fill_gap(struct ooo_pool *p, uint32_t **link, uint32_t seq, const uint8_t *data,
                     uint32_t len, bool fin)
{
    do {
        uint32_t part = len < p->piece_bytes ? len : p->piece_bytes;
        if (!insert(p, *link, seq, data, part, fin && part == len))
            return false;
        *link = &p->pieces[**link].next;
        seq += part;
        data += part;
        len -= part;
    } while (len);
    return true;
}

enum ooo_kept ooo_add(struct ooo_pool *p, uint32_t *first, uint32_t seq, const uint8_t *data,
                      uint32_t len, bool fin)
{
    uint32_t *link = first;
    bool added = false;
    while (len) {
        struct ooo_piece *piece = *link == OOO_NONE ? NULL : &p->pieces[*link];
        if (piece && seq_le(piece_end(piece), seq)) {
            link = &piece->next;
            continue;
        }
        uint32_t gap = len; /* bytes before the next known piece */
        if (piece && seq_lt(piece->seq, seq + len))
            gap = seq_lt(seq, piece->seq) ? piece->seq - seq : 0;
        if (gap && !fill_gap(p, &link, seq, data, gap, fin && gap == len))
            return OOO_FULL;
        added |= gap != 0;
        if (gap == len)
            break;
        uint32_t known = gap + (piece_end(piece) - (seq + gap)); /* the piece covers up to here */
        if (known >= len) {
            piece->fin |= fin && known == len;
            break;
        }
        seq += known;
        data += known;
        len -= known;
    }
    return added ? OOO_KEPT : OOO_KNOWN;
}

void ooo_pop(struct ooo_pool *p, uint32_t *first)
{
    uint32_t index = *first;
    *first = p->pieces[index].next;
    p->pieces[index].next = p->free;
    p->free = index;
    p->free_count++;
}

void ooo_clear(struct ooo_pool *p, uint32_t *first)
{
    while (*first != OOO_NONE)
        ooo_pop(p, first);
}
