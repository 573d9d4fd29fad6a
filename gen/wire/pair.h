/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pair: two ports in one process joined by in-memory rings; queue n of one meets queue n of the
 * other. Frames are handed over, not copied. Each queue may be polled by its own thread.
 */
#ifndef WIRE_PAIR_H
#define WIRE_PAIR_H

#include "wire/wire.h"

/* cfg: queues, ring_size and frames are used. Both ports must be closed; the memory goes with the
 * second. MACs are locally administered. A received frame may go to tx instead of rx_free. 0 or
 * -errno (-EINVAL: sizes that cannot be; -ENOMEM). */
/* Bytes of all frames that pair_open reserves. */
uint64_t pair_memory(const struct wire_config *cfg, uint16_t mtu);
int pair_open(const struct wire_config *cfg, uint16_t mtu, struct wire_port *out[2], struct err *e);

#endif
