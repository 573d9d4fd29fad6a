/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the live affairs of a run: what its files share. Everything here is the main thread's. */
#ifndef RUN_LIVE_H
#define RUN_LIVE_H

#include "live/ctl_socket.h"
#include "live/figures.h"
#include "live/metrics.h"
#include "live/sink.h"
#include "run/run.h"

struct live {
    struct live_run run;
    bool terminal, shown;
    uint64_t next_ns; /* of the line */
    uint64_t last_completed, last_lanes_ns;
    double transactions_per_s; /* of the intervals that came in last; NAN: none yet */
    struct rec_totals totals;  /* as of the last line */

    struct sink *sink; /* NULL: no JSON stream */
    bool sink_ended;   /* and told */
    uint64_t lines;
    struct metrics *metrics;    /* NULL: no endpoint */
    struct hist_sum *times;     /* for it: TIME_COUNT sums over the measured phases so far */
    struct rec_totals *scraped; /* room for a reading */
    struct ctl_server *ctl;     /* NULL: nobody is answered */
    struct {                    /* the load as gen ctl changed it */
        bool changed;           /* in phase `number` */
        uint32_t number;
        double starts, rate_per_s; /* to be expected until `since_ns`, then */
        uint64_t since_ns;
    } load;
    char faults[2][CTL_REPLY_MAX / 16]; /* received, sent: as last given; "" for none */
};

/* The phase that the run is in; its number (rec_phase_begin), -1: none. */
int live_phase_now(const struct run *r, uint64_t now_ns, struct live_phase *out);
/* The phase of a number. */
void live_phase_of(const struct run *r, uint32_t number, struct live_phase *out);

/* stream.c: the intervals that have come in, to the JSON stream and the metrics' sums. */
int stream_open(struct run *r, struct err *e);
void stream_tick(struct run *r);
void stream_close(struct run *r); /* the workers have stopped */

/* scrape.c */
int scrape_open(struct run *r, struct err *e);
void scrape_close(struct run *r);

/* steer.c: what gen ctl asks. */
void steer_open(struct run *r);
ctl_answer steer_answer; /* ctx: struct run */
struct json_t;
void steer_put(FILE *reply, struct json_t *o); /* takes `o` over; NULL: no memory */
/* steer_status.c: the answer to status. */
void steer_status(FILE *reply, struct run *r, const struct live_phase *in, uint64_t now_ns);

#endif
