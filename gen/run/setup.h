/* SPDX-License-Identifier: BSD-3-Clause */
/* From a job's plain data to what workers and wires are configured with. Arithmetic alone, where nothing else
 * is said. */
#ifndef RUN_SETUP_H
#define RUN_SETUP_H

#include "job/job.h"
#include "run/worker.h"

struct app_proto;

/* Connections of worker w of n: the whole, dealt out evenly. */
static inline uint32_t setup_share(uint32_t whole, uint32_t w, uint32_t n)
{
    return whole / n + (w < whole % n ? 1 : 0);
}

void setup_client(const struct job *job, const struct app_proto *proto, uint32_t worker,
                  struct worker_config *out);
/* It answers at every target of the job. */
void setup_responder(const struct job *job, const struct app_proto *proto, uint32_t worker,
                     struct worker_config *out);
/* Where a client worker's connections come from and go to. */
void setup_tuples(const struct job *job, uint32_t worker, struct tuples_config *out);
void setup_load(const struct job *job, const struct job_phase *phase, uint32_t worker,
                struct client_load *out);
/* The rate of a phase at each moment, for one worker. */
void setup_spec(const struct job *job, const struct job_phase *phase, uint32_t worker,
                struct load_spec *out);
/* The operations that arrivals are, and how many transactions each of them is. */
void setup_mix(const struct job_phase *phase, struct client_load *out);
/* Arrivals a second over the whole run: each is a transaction, or a batch of them. */
double setup_arrivals_per_s(const struct job_phase *phase);
/* The mean rate of transactions that is to be expected over so much of the phase, a second; NAN with max. */
double setup_offered_per_s(const struct job *job, const struct job_phase *phase,
                           uint64_t duration_ns);
/* The highest rate that there may be; with max and in a search it is not known:
 * INFINITY. */
double setup_peak_per_s(const struct job *job, const struct job_phase *phase);
/* count 0: none. */
void setup_sizes(const struct job_sizes *sizes, struct size_dist *out);
/* Records of each worker's sample ring: two seconds of its rate, 64 MiB at most. 0: none. */
uint32_t setup_sample_records(const struct job *job);
/* Frames of the job's MTU fit the wire; the dry run asks the interface. -EMSGSIZE. */
int setup_check_mtu(const struct job *job, const struct wire_port *port, struct err *e);
/* The flows that a side takes from its wire. */
void setup_client_wire(const struct job *job, const char *device, struct wire_config *out);
void setup_responder_wire(const struct job *job, const char *device, struct wire_config *out);
/* Whether the loops at both ends of its wire run the receive polls; `auto` asks what kernel this is. */
bool setup_polled(const struct job *job);
/* What a phase asks for, as the database and people read it: "60000/s", "64-1024", "mixed"; "1000/s
 * sine (depth=0.8, period=30s)". */
struct phase_texts {
    char load[320], payload[400], reply[400]; /* reply empty: none, or as large as each request */
};
void phase_texts_make(struct phase_texts *t, const struct job_phase *phase,
                      const struct app_proto *proto);
#define SETUP_CPUS_MAX 512 /* workers of both sides */
/* CPUs for the workers: client's first, then the responder's; -1 in all when only one is ours. */
int setup_cpus(const struct job *job, uint32_t wanted, int *cpus, struct err *e);

#endif
