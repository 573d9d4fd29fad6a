/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Unix socket of a running `gen`, both ends. Its name is abstract (unix(7)): "@wirebench-PID",
 * so nothing of it is in the file system and it is gone with its process, however that ends.
 * Whoever connects must be of the same user, or root; who connects sees to the same of the other
 * side. A line in, a line of JSON out, as often as wanted.
 */
#ifndef LIVE_CTL_SOCKET_H
#define LIVE_CTL_SOCKET_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define CTL_NAME      "wirebench-" /* then the process */
#define CTL_REPLY_MAX 8192

struct err;
struct ctl_server;

/* Answers `line` (`len` bytes, anything) with one line of JSON, its end left out, into `reply`. */
typedef void ctl_answer(const char *line, size_t len, FILE *reply, void *ctx);

/* -errno: the name is taken (by somebody who wants to be in the way), no memory. */
int ctl_listen(ctl_answer *answer, void *ctx, struct ctl_server **out);
/* Takes who came and answers what is there; never waits. */
void ctl_poll(struct ctl_server *s);
void ctl_close(struct ctl_server *s); /* NULL is fine */

/* The processes that listen in this network namespace, at most `max`; how many there are. */
int ctl_find(pid_t *pids, int max);
/* `socket`: "@wirebench-PID", the name of another abstract socket, or a path. The answer without
 * its end of line in `reply`. EXIT_ENVIRONMENT: nobody answers there, or somebody of another user.
 */
int ctl_ask(const char *socket, const char *line, char reply[CTL_REPLY_MAX], struct err *e);

#endif
