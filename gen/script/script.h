/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP behaviour as a script in packetdrill's language (a part of it: docs/REPLAY.md), so that one
 * case is tried against our engine in virtual time, against Linux, and by packetdrill itself.
 *
 *   +0 < S 0:0(0) win 65535 <mss 1460>      a segment arrives
 *   +0 > S. 0:0(0) ack 1 <...>              a segment leaves
 *   +0 accept(3, ..., ...) = 4              the application calls
 *
 * Numbers are relative: a side's SYN is 0, its first byte 1.
 */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/segment.h"

struct err;

#define SCRIPT_TEXT 120
#define SCRIPT_PAYLOAD_MAX 1460 /* of what arrives: a packet of 1500 bytes */
#define SCRIPT_FDS  16

enum script_kind { SCRIPT_ARRIVES, SCRIPT_LEAVES, SCRIPT_CALL };

enum script_call {
    CALL_SOCKET,
    CALL_SETSOCKOPT,
    CALL_FCNTL,
    CALL_BIND,
    CALL_LISTEN,
    CALL_ACCEPT,
    CALL_CONNECT,
    CALL_WRITE,
    CALL_READ,
    CALL_SHUTDOWN,
    CALL_CLOSE,
    CALL_COUNT
};

enum script_when { WHEN_AT, WHEN_AFTER, WHEN_ANY };

struct script_row {
    uint32_t line;
    enum script_kind kind;
    enum script_when when;
    uint64_t from_ns, to_ns; /* since the start, or since the row before */
    /* of segments */
    struct segment segment;  /* relative numbers */
    bool any_options, has_window, has_payload;
    /* of calls */
    enum script_call call;
    int fd;                  /* first argument; of socket: none */
    uint32_t amount;         /* bytes of read and write */
    char name[32];           /* option of setsockopt, how of shutdown */
    int64_t value;           /* of setsockopt: the first number in brackets or braces */
    int64_t result;
    char error[24];          /* "EINPROGRESS" behind a result of -1; "": none asked for */
};

struct script {
    struct script_row *rows;  /* malloc */
    uint32_t count;
    uint64_t tolerance_ns;    /* --tolerance_usecs, or 4 ms */
    char title[SCRIPT_TEXT];  /* the first comment */
    char linux_differs[SCRIPT_TEXT]; /* what follows "linux differs:" in a comment; "": nothing */
};

/* -EINVAL and e: name, line, found, expected. Frees what it has made then. */
int script_parse(struct script *s, const char *text, const char *name, struct err *e);
int script_load(struct script *s, const char *path, struct err *e);
void script_free(struct script *s);
const char *script_call_name(enum script_call call);

/* --- playing ---------------------------------------------------------------------------------- */

/* A TCP under test. Times are ns since the play began. */
struct script_side {
    uint64_t (*now)(void *ctx);
    /* Time passes until then, or until a segment has left. */
    void (*wait)(void *ctx, uint64_t until_ns);
    /* The next segment that left, and when; false: none. */
    bool (*sent)(void *ctx, struct segment *out, uint64_t *at_ns);
    void (*arrive)(void *ctx, const struct segment *s); /* absolute numbers, options as they are */
    /* What the call gives: a result, or -1 with the error's name. */
    int64_t (*call)(void *ctx, const struct script_row *row, const char **error);
    void *ctx;
};

struct script_play {
    uint32_t peer_iss;
    uint64_t late_ns;        /* allowed beside the script's own tolerance */
    /* Each row as it is played, for a trace; NULL: nobody looks. `sent`: what left,
     * in relative numbers, or NULL. */
    void (*show)(void *ctx, const struct script_row *row, const struct segment *sent, uint64_t at_ns);
    void *ctx;
};

#define SCRIPT_WHY 1200

/* 0, or -1 and `why` (SCRIPT_WHY bytes) says line, found and expected. */
int script_run(const struct script *s, const struct script_side *side,
               const struct script_play *play, char *why);
/* "line 7: > S. ..." as the script would have written it. */
char *script_row_text(char *buf, size_t size, const struct script_row *row);

#endif
