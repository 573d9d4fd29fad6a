/* SPDX-License-Identifier: BSD-3-Clause */
/* Capabilities (capabilities(7)) of the calling thread: which it lacks, by name, for messages; and
 * giving up those that its work no longer needs. */
#ifndef BASE_PRIVILEGE_H
#define BASE_PRIVILEGE_H

#include <stddef.h>
#include <stdint.h>

#define PRIVILEGE_BIT(cap) (1ull << (cap))

/* Of the `wanted` bits, those not effective; their names, joined by commas, into `names`. */
uint64_t privilege_missing(uint64_t wanted, char *names, size_t size);

/* Gives up all capabilities of this thread for good but those of the `kept` bits that it has. */
void privilege_drop(uint64_t kept);
/* The same until privilege_restore: for a thread that sets up another run afterwards. */
void privilege_lower(uint64_t kept);
void privilege_restore(void);
/* What a thread that writes into folders of other users keeps. */
uint64_t privilege_files(void);

/* The nice value (setpriority(2)) that this thread can take when it wants the highest of the
 * ordinary priorities: -20 with CAP_SYS_NICE, or as far as RLIMIT_NICE lets it. Takes it. */
int privilege_hurry(void);
/* The same value, not taken. */
int privilege_nice(void);

#endif
