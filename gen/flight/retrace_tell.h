/* SPDX-License-Identifier: BSD-3-Clause */
/* What a replay tells: steps, and what is not as recorded. */
#ifndef FLIGHT_RETRACE_TELL_H
#define FLIGHT_RETRACE_TELL_H

#include "flight/retrace.h"

#define RETRACE_TELL 200

void tell_record(struct retrace *r, const struct tape_record *record);
void tell_event(struct retrace *r, enum tcp_event event);
/* The connection's state, when it is another than told last. */
void tell_state(struct retrace *r, uint64_t at_ns);
void tell_difference(struct retrace *r, const struct tape_record *record, const struct frame *sent,
                     const char *what);

/* Whether what left and what the engine sends are different; `what` (RETRACE_TELL bytes) says how. */
bool frames_differ(const struct tape_record *record, const struct frame *sent, char *what);
/* The same for where a connection stands. */
bool states_differ(const struct conn *recorded, const struct conn *found, char *what);

#endif
