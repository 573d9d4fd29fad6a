/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupt moderation of a device that has none of its own (veth): when its receive poll ended with
 * frames, the next one waits for a timer, and takes then whatever came meanwhile. What arrives after an
 * idle time is handed on at once. The kernel does that for any device (NAPI; net/core/dev.c,
 * Documentation/networking/napi.rst, "Software IRQ coalescing").
 *
 * Over veth a poll is otherwise a frame, made by whoever sends it, a soft interrupt each.
 */
#ifndef WIRE_COALESCE_H
#define WIRE_COALESCE_H

#include <stdint.h>

/* For all queues of a device in the caller's network namespace. 0 or -errno; -EPERM without
 * CAP_SYS_ADMIN. Linux 5.10. */
int coalesce_set(const char *iface, uint64_t ns);
/* For a device whose queues are polled by who receives (wire/napi.h): no interrupts, but one 500 ms after the
 * last poll. */
int coalesce_polled(const char *iface);

#endif
