/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_INTEG_KERNEL_SERVER_H
#define TESTS_INTEG_KERNEL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one process saw. In memory shared with the parent, who adds them up. */
struct counts {
    uint64_t accepted, bytes_in, bytes_out, lines;
    uint64_t bad_lines; /* --verify: no JSON object, no id, or an id not above the last one */
};

/* A connection holds the bytes that it has not answered yet: buf[0, ready) may be sent,
 * buf[ready, len) waits for the rest of its line. */
struct server_conn {
    int fd;
    uint32_t watched; /* epoll events asked for */
    uint8_t *buf;
    size_t len, ready, room;
    bool eof;   /* the client has sent everything */
    bool mute;  /* we have sent everything: send what is ready, then FIN */
    bool reset; /* end it with RST */
    bool seen;  /* something was received before */
    uint64_t last_id;
};

struct server_mode {
    const char *name;
    /* New bytes stand in buf[from, len): decides what becomes ready, counts lines. */
    void (*take)(struct server_conn *c, size_t from, struct counts *k);
    bool lines; /* speaks lines: --verify has something to look at */
};

const struct server_mode *server_mode_find(const char *name); /* NULL: none of that name */
const char *server_mode_names(void);                          /* "echo|line|..." */
/* Counts bad lines among buf[from, to), which are whole lines. */
void server_lines_verify(struct server_conn *c, size_t from, size_t to, struct counts *k);

/* Serves until SIGTERM (which the caller has blocked), then what has arrived by then. */
void server_loop(int listener, const struct server_mode *mode, bool verify, struct counts *k);

#endif
