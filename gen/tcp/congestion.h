/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registry of congestion control: what a module decides is how far a window falls and how it
 * grows once it is known where the network's limit lies. All else is common (congestion.c): slow
 * start, time-outs, marks, pauses. A new one is a file, a kind and a row.
 */
#ifndef TCP_CONGESTION_H
#define TCP_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

struct conn;
struct tcp;

enum congestion_kind { CONGESTION_NONE, CONGESTION_NEWRENO, CONGESTION_CUBIC, CONGESTION_COUNT };

struct congestion_ops {
    const char *name;
    /* A loss, or a mark of ECN, with `flight` bytes under way: sets ssthresh. */
    void (*reduce)(struct tcp *t, struct conn *c, uint32_t flight);
    /* Congestion avoidance: `acked` more bytes arrived. `full`: the window was used. */
    void (*avoid)(struct tcp *t, struct conn *c, uint32_t acked, bool full);
    /* After `reduce`, when it was a time-out that found the loss; NULL: nothing more. */
    void (*time_out)(struct tcp *t, struct conn *c);
    /* The last `reduce` answered to no loss (RFC 4015). NULL: nothing more. */
    void (*undo)(struct tcp *t, struct conn *c);
    /* Nothing was under way since the last ACK, and text is about to leave. `anew`: after so long that
     * slow start begins again. NULL: nothing more. */
    void (*resume)(struct tcp *t, struct conn *c, bool anew);
};

/* CONGESTION_NONE has no functions and is never asked. */
extern const struct congestion_ops congestion_modules[CONGESTION_COUNT];
/* CONGESTION_COUNT: no such name. */
enum congestion_kind congestion_find(const char *name);

/* reno.c (RFC 5681) */
void reno_reduce(struct tcp *t, struct conn *c, uint32_t flight);
void reno_avoid(struct tcp *t, struct conn *c, uint32_t acked, bool full);

/* cubic_conn.c: RFC 9438 on a connection. Without a side block it is Reno's. */
void cubic_on_reduce(struct tcp *t, struct conn *c, uint32_t flight);
void cubic_on_avoid(struct tcp *t, struct conn *c, uint32_t acked, bool full);
void cubic_on_time_out(struct tcp *t, struct conn *c);
void cubic_on_undo(struct tcp *t, struct conn *c);
void cubic_on_resume(struct tcp *t, struct conn *c, bool anew);

#endif
