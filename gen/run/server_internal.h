/* SPDX-License-Identifier: BSD-3-Clause */
/* What the responder's own files share: the lists of what is not acknowledged yet. */
#ifndef RUN_SERVER_INTERNAL_H
#define RUN_SERVER_INTERNAL_H

#include "run/server.h"
#include "tcp/seq.h"

static inline bool server_retains(const struct server *s)
{
    return s->cfg.proto->answer == APP_ANSWER_RETAINED;
}

static inline struct held *server_held(const struct server *s, uint32_t i)
{
    return (void *)(s->pending + (size_t)i * s->held_bytes);
}

static inline uint32_t server_end(const struct held *h)
{
    return h->pos + h->what.len;
}

static inline struct server_place *server_place_of(struct server *s, uint32_t conn)
{
    return &s->places[conn % SERVER_PLACES];
}

/* Positions begin anew. */
static inline void server_forget_place(struct server *s, uint32_t conn)
{
    struct server_place *p = server_place_of(s, conn);
    if (p->conn == conn)
        p->conn = CONN_NONE;
}

#endif
