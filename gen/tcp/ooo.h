/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Out-of-order store: copies of pieces that arrived ahead of a hole, in a bounded pool, sorted and
 * disjoint a connection. What finds no room is dropped, counted, and sent again by the peer; so is
 * a FIN without data.
 */
#ifndef TCP_OOO_H
#define TCP_OOO_H

#include <stdbool.h>
#include <stdint.h>

struct err;

#define OOO_NONE 0xffffffffu

struct ooo_piece {
    uint32_t seq, next;
    uint16_t len; /* payload bytes */
    bool fin;     /* a FIN follows the payload */
};

struct ooo_pool {
    struct ooo_piece *pieces;
    uint8_t *bytes;      /* piece i at i * piece_bytes */
    uint32_t count, piece_bytes;
    uint32_t free, free_count;
};

int ooo_init(struct ooo_pool *p, uint32_t count, uint32_t piece_bytes, struct err *e);
void ooo_fini(struct ooo_pool *p);

enum ooo_kept { OOO_KEPT, OOO_KNOWN, OOO_FULL };
/* Keeps what of [seq, seq + len) the list at *first does not hold. OOO_KNOWN: nothing of it was
 * new. OOO_FULL: some of it was new and found no room. */
enum ooo_kept ooo_add(struct ooo_pool *p, uint32_t *first, uint32_t seq, const uint8_t *data,
                      uint32_t len, bool fin);
static inline const uint8_t *ooo_data(const struct ooo_pool *p, uint32_t piece)
{
    return p->bytes + (uint64_t)piece * p->piece_bytes;
}
/* Takes the first piece off the list. */
void ooo_pop(struct ooo_pool *p, uint32_t *first);
void ooo_clear(struct ooo_pool *p, uint32_t *first);

#endif
