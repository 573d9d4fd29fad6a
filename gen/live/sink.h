/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines for a reader that may be slow or go away: what it does never holds the writer up. Whole
 * lines wait in a bounded buffer; one that does not fit is dropped and counted. A reader that is
 * gone, or a full disk, ends the sink, not the run.
 */
#ifndef LIVE_SINK_H
#define LIVE_SINK_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct sink;

#define SINK_BYTES (256u << 10) /* that wait at most */

/* FILE (made, or added to), "-" for standard output, "fd:N" for a file that is open already.
 * EXIT_USAGE: not open, or not for writing; EXIT_ENVIRONMENT: cannot be opened. */
int sink_open(const char *where, struct sink **out, struct err *e);
/* Takes a line without its end, now or never. */
void sink_line(struct sink *s, const char *text, size_t len);
/* Writes what the reader takes now. */
void sink_pump(struct sink *s);
uint64_t sink_dropped(const struct sink *s); /* lines */
/* Why no more is written: the errno of the write that failed; 0: it goes on. */
int sink_ended(const struct sink *s);
/* Writes the rest as far as the reader takes it within `wait_ms`; the lines that are lost by then.
 */
uint64_t sink_close(struct sink *s, int wait_ms);

#endif
