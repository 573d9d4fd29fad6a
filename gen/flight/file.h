/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A recording in a file: head, job, tape (docs/REPLAY.md). Saved by the main thread from a frozen
 * ring, or by a signal handler that has nothing but system calls left; read by `gen replay`.
 */
#ifndef FLIGHT_FILE_H
#define FLIGHT_FILE_H

#include "flight/flight.h"

#define FLIGHT_MAGIC   "WBFLIGHT"
#define FLIGHT_VERSION 1
#define FLIGHT_FILE_MAX (1u << 30)

enum flight_scope {
    FLIGHT_CONNECTION, /* the records of one connection */
    FLIGHT_WHOLE,      /* the whole ring: the process died on it */
};

/* Little-endian, as the tape. `sum` is FNV-1a (64 bits) of all that follows it. */
struct flight_head {
    char magic[8];
    uint16_t version, scope; /* enum flight_scope */
    uint32_t head_bytes;
    uint64_t sum;
    uint64_t at_ns, mono_to_real_ns;
    struct tape_tuple tuple; /* of the connection at fault; FLIGHT_WHOLE: zero */
    uint32_t why;            /* enum result; RESULT_COUNT: the process died */
    uint32_t worker, workers;
    uint32_t layout;         /* of struct conn; see flight_layout */
    uint32_t job_bytes;      /* behind the head, filled up to a multiple of 8 with zeros */
    uint32_t tape_bytes;     /* behind the job */
    uint8_t mac[6];
    uint16_t mtu;
    char uuid[40], build[64]; /* of the run, of the program; end with zero */
};

/* What a worker's files say beside its tape; made before the run. */
struct flight_origin {
    struct flight_head head;
    const char *job; /* as INI text */
};

/* Tells struct conn of one build from another's. */
uint32_t flight_layout(void);

/* Of a file that is being written; whoever is killed meanwhile leaves it. */
#define FLIGHT_PART ".part"
/* Writes PATH anew, whole or not at all; 0 or -errno. Safe in a signal handler. */
int flight_save(const struct flight *f, const struct flight_origin *o, enum flight_scope scope,
                const char *path);
/* The frames of the connection at fault as a capture; 0 or -errno. */
int flight_save_pcap(const struct flight *f, const struct flight_origin *o, const char *path);

/* A recording in memory. */
struct flight_file {
    struct flight_head head;
    const char *job;  /* head.job_bytes, not terminated */
    struct tape tape; /* into `bytes` */
    uint8_t *bytes;   /* malloc */
};

/* Foreign bytes (aligned as malloc's), which stay the caller's; -EINVAL and e says what is wrong.
 * `name` is for the message. */
int flight_parse(struct flight_file *f, const uint8_t *bytes, size_t len, const char *name,
                 struct err *e);
int flight_load(struct flight_file *f, const char *path, struct err *e);
void flight_unload(struct flight_file *f);

#endif
