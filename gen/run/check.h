/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What job/ cannot tell, because it knows no protocol, shape or wire: whether what a job names is
 * there, and whether the protocol can carry what the job asks of it. Before any traffic.
 */
#ifndef RUN_CHECK_H
#define RUN_CHECK_H

#include "job/job.h"

struct app_proto;
struct wire_kind;

/* 0, or -errno and a message that names the place, what was found and expected; -EOPNOTSUPP: what it
 * names is known and comes later. Reads what the job replays into it. */
int check_job(struct job *job, struct err *e);
/* The same for a responder, which takes only the protocol from its job. */
int check_protocol(const struct job *job, struct err *e);
/* And the wire, which must name a device. */
int check_device(const struct job *job, const struct wire_kind **out, struct err *e);

#endif
