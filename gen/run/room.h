/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether there is the memory that a job reserves at its start. All of it is touched then: where it
 * does not fit, the kernel would end the process in the middle of that.
 */
#ifndef RUN_ROOM_H
#define RUN_ROOM_H

#include <stdint.h>

struct err;
struct need;

/* Bytes: what the kernel can give without swapping, at most what our group may have. 0: not told. */
uint64_t room_available(void);
/* 0, or -ENOMEM and the arithmetic. `available`: as room_available says. */
int room_check(const struct need *n, uint64_t available, struct err *e);

#endif
