/* SPDX-License-Identifier: BSD-3-Clause */
/* The pcap file format (draft-ietf-opsawg-pcap) with nanoseconds, in the writer's byte order. */
#ifndef WIRE_PCAP_FILE_H
#define WIRE_PCAP_FILE_H

#include <stdint.h>

#define PCAP_MAGIC_NS          0xa1b23c4du
#define PCAP_SNAP_BYTES        65535u
#define PCAP_LINKTYPE_ETHERNET 1u
#define PCAP_HEAD                                                                                  \
    {                                                                                              \
        .magic = PCAP_MAGIC_NS, .major = 2, .minor = 4, .snap_bytes = PCAP_SNAP_BYTES,             \
        .linktype = PCAP_LINKTYPE_ETHERNET                                                         \
    }

struct pcap_head {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t reserved[2], snap_bytes, linktype;
};

struct pcap_record {
    uint32_t s, ns, kept_bytes, wire_bytes;
};

#endif
