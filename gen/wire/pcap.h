/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pcap: a wire around a wire that writes every frame received and sent into a capture file
 * (nanosecond pcap, magic 0xa1b23c4d, LINKTYPE_ETHERNET), one file a queue: PATH for queue 0,
 * PATH.n for the others. For tests and diagnosis; it writes buffered, on the data path.
 */
#ifndef WIRE_PCAP_H
#define WIRE_PCAP_H

#include "wire/wire.h"

/* Takes over `inner`. `max_frames` 0: no limit. Frames carry the last tick() as their time. */
int pcap_wrap(struct wire_port *inner, const char *path, uint64_t max_frames, struct wire_port **out,
              struct err *e);
/* Frames that passed and are not in the file: beyond the limit, or after the disk was full. `port`
 * is one that pcap_wrap gave. */
uint64_t pcap_missed(const struct wire_port *port);

#endif
