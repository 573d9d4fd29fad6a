/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CUBIC's window (RFC 9438) as arithmetic: no connection, no clock of its own. Windows in bytes,
 * times in units of 2^20 ns (the engine's wheel steps), wrapping. In these units C = 0.4 is
 * 2^62 / 10^28 segments a unit cubed, so that everything is whole numbers: the window is exact to a
 * byte, K to half a unit.
 */
#ifndef TCP_CUBIC_H
#define TCP_CUBIC_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: no state. */
struct cubic {
    uint32_t w_max;      /* 4.1.2: the window where the last loss was; 0: no state */
    uint32_t k;          /* (2): units from the epoch's begin to the plateau at w_max */
    uint32_t epoch;      /* when this congestion avoidance began, pauses taken off */
    uint32_t at;         /* when it last went on */
    uint32_t cwnd_prior; /* the window before the last reduction */
    uint32_t w_est;      /* 4.3: what Reno would have; 0: the epoch has not begun */
    uint32_t undo_w_max; /* 4.9: w_max before the last reduction */
    uint16_t w_est_part; /* 1/65536 bytes */
    uint16_t cwnd_part;  /* the same, of the connection's window */
};

static inline bool cubic_is_idle(const struct cubic *q)
{
    return !q->w_max;
}

/* A loss or a mark found the window at `cwnd` (4.6, 4.7). */
void cubic_reduce(struct cubic *q, uint32_t cwnd);
/* That was no loss (4.9.2): an epoch begins where the last one was, on the same curve as long as it led
 * up to w_max. */
void cubic_undo(struct cubic *q);
/* After the time-out that cubic_reduce was told of (4.8). */
void cubic_time_out(struct cubic *q);
/* What the window is not used for does not count as time (5.8). */
void cubic_pause(struct cubic *q, uint32_t now);
/* The window after `acked` more bytes in congestion avoidance (4.2 to 4.5). */
uint32_t cubic_grow(struct cubic *q, uint32_t cwnd, uint32_t mss, uint32_t acked, uint32_t now,
                    uint32_t rtt);
/* W_cubic (1) at `t` units after the epoch's begin. */
uint32_t cubic_window(const struct cubic *q, uint32_t mss, uint32_t t);
/* K (2) from w_max and the window at the epoch's begin. */
uint32_t cubic_k(uint32_t w_max, uint32_t cwnd, uint32_t mss);

#endif
