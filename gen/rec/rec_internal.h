/* SPDX-License-Identifier: BSD-3-Clause */
/* What the recorder's files share. Everything but the atomics and the list of phases belongs to
 * the recorder thread while it runs. */
#ifndef REC_REC_INTERNAL_H
#define REC_REC_INTERNAL_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "base/drop.h"
#include "base/err.h"
#include "db/db.h"
#include "db/finding.h"
#include "db/run_row.h"
#include "rec/rec.h"

_Static_assert(DROP_COUNT <= 64, "rec_interval.drops is too small");

/* The main thread makes it and sets ended_ns; the rest is the recorder's. */
struct rec_phase {
    struct phase_row row;             /* strings owned */
    uint64_t started_ns;              /* CLOCK_MONOTONIC, as ended_ns */
    double starts, rate_per_s;        /* of a load that was changed: expected until `rate_since_ns`, then */
    uint64_t rate_since_ns;           /* 0: it was not */
    double offered_per_s;             /* of such a load, once it has ended */
    enum phase_exit why;              /* set before: */
    _Atomic uint64_t ended_ns;        /* 0: not ended; what main sets before is seen with it */
    int64_t id;                       /* 0: its row is not stored */
    bool end_stored;
    bool begun_now, ended_now;        /* by the batch that is not committed yet */
    uint64_t results[RESULT_COUNT];
    struct hist_sum times[TIME_COUNT];
};

struct rec_phase *phase_new(const struct phase_row *row, uint64_t now_ns);
void phase_free(struct rec_phase *p);

/* The statements of one interval and the ids of the counters' names. */
struct store {
    struct db_stmt *interval, *counter, *hist, *block;
    int64_t counter_ids[COUNTER_COUNT], result_ids[RESULT_COUNT], error_ids[RESULT_COUNT],
        drop_ids[DROP_COUNT];
};
int store_names(struct store *s, struct db *db, struct err *e);
int store_open(struct store *s, struct db *db, struct err *e);
void store_close(struct store *s);

struct rec_span {
    uint64_t from_ns, to_ns;          /* Unix; to_ns 0: nothing */
};

/* What the recorder knows of one lane's samples. */
struct drain {
    bool begun;                       /* a mark was seen: */
    uint32_t phase, named;            /* the mark's; of the last one that named it (REC_PHASE_NEXT does not) */
    uint64_t keep, since_ns;          /* share kept since then (CLOCK_MONOTONIC) */
    uint32_t ready;                   /* records that the current look takes */
    uint64_t stored_ns;               /* when a block was last made */
    struct rec_span in_batch, lost;   /* not committed yet; never will be, and not told yet */
};

#define WATCH_SLOTS 16 /* gathered, ready, and with the watcher */
#define WATCH_WAITS 4  /* an interval is told when so many later ones have begun to come in */

/* The recorder gathers in slots of `pending`; `ready` and `empty` pass their numbers. */
struct gather {
    struct rec_watch *slots;          /* mmap: what is not touched costs nothing. NULL: nobody watches */
    struct ring ready, empty;         /* recorder -> watcher, watcher -> recorder */
    uint32_t ready_at[WATCH_SLOTS], empty_at[WATCH_SLOTS];
    uint32_t pending[WATCH_SLOTS], pending_count; /* by seq, lowest first */
    uint64_t floor;                   /* intervals below are told or lost */
    _Atomic uint64_t lost;
    _Atomic bool ended;               /* no interval becomes whole any more */
};

/* What main has to say to the file. */
enum post_kind { POST_COMMAND, POST_FAULT, POST_NOTE, POST_TRIAL, POST_PEER };
struct rec_post {
    enum post_kind kind;              /* which of these; texts owned */
    struct command_row command;
    struct trial_row trial;
    char *level, *note;
    uint64_t *counters;               /* of the peer, COUNTER_COUNT */
    int phase;                        /* of the command or fault, below 0: none */
    uint64_t at_ns;                   /* CLOCK_MONOTONIC */
    bool stored, stored_now;          /* now: by the batch that is not committed yet */
};

struct rec {
    struct rec_config cfg;
    struct rec_lane *lanes;
    uint32_t *lane_full;              /* by lane: blocks that the current look takes */
    uint64_t *lane_seq, *lane_open;   /* by lane: number of its next interval, open connections */

    pthread_t thread;
    sem_t wake;                       /* posted when a look is wanted, or stopping is set */
    _Atomic bool stopping;
    _Atomic uint64_t syncs_wanted, syncs_done;

    struct rec_phase *phases[REC_PHASES_MAX];
    _Atomic uint32_t phase_count;

    struct rec_post *posts[REC_POSTS_MAX];
    _Atomic uint32_t post_count;
    uint32_t posts_stored;            /* all before are committed */

    struct gather watch;
    bool left_recorded;               /* what the workers still had when they stopped */

    struct store store;
    struct drain *drains;             /* by lane; NULL: no transactions are recorded */
    struct sample_packer *packer;
    struct rec_totals totals;         /* the recorder's own */
    pthread_mutex_t shown_lock;
    struct rec_totals shown;          /* what rec_totals() tells, as of the last batch */
    struct hist_sum live;             /* latency of interval `live_seq`, being gathered */
    uint64_t live_seq;
    uint32_t live_lanes;

    uint64_t next_resource_ns, resource_seq; /* seq: of the newest interval that has a row */
    int64_t peer_start_ticks;
    bool peer_gone, peer_gone_stored; /* stored: and the note that says so */
    struct process_use peer_least;    /* sums over a tree never go back, see process_tree_use */
    struct err first;                 /* the first write that failed */
};

static inline int64_t rec_unix_ns(const struct rec *r, uint64_t mono_ns)
{
    return (int64_t)(mono_ns + r->cfg.mono_to_real_ns);
}

/* One interval with everything in it, inside the caller's transaction. */
int store_interval(struct rec *r, const struct rec_interval *b, uint64_t seq, struct err *e);
/* Rows of phases that began or ended since the last batch. */
int store_phases(struct rec *r, struct err *e);
/* What the batch did to the phases' rows holds (committed) or never was (rolled back). */
void settle_phases(struct rec *r, bool committed);
int store_summaries(struct rec *r, struct err *e);
/* Commands and notes that came since the last batch; the same for them. */
int store_posts(struct rec *r, struct err *e);
void settle_posts(struct rec *r, bool committed);
void free_posts(struct rec *r);
/* The watched intervals: room for them, one more block of a worker, and those that are whole. */
int gather_open(struct rec *r);
void gather_close(struct rec *r);
void gather_block(struct rec *r, const struct rec_interval *b, uint64_t seq);
void gather_tell(struct rec *r);
int store_resources(struct rec *r, uint64_t now_ns, struct err *e);

/* One batch: what it did so far, whether it still can be committed. */
struct batch {
    struct err e;
    int ret;
    uint64_t intervals;
};

int drain_open(struct rec *r, struct err *e);
void drain_close(struct rec *r);
bool drain_due(struct rec *r, uint32_t lane, uint64_t now_ns);
void drain_lane_samples(struct rec *r, uint32_t lane, uint64_t now_ns, struct batch *b);
bool drain_behind(struct rec *r);
/* True: there is more. */
bool drain_rest(struct rec *r, uint32_t lane, struct batch *b);
void drain_settle(struct rec *r, bool committed);

/* Adds a block to the totals, its phase's sums and the live latency. */
void account_block(struct rec *r, const struct rec_interval *b, uint64_t seq);
void publish_totals(struct rec *r);
/* An empty block again, at the cost of what was used of it. */
void clear_block(struct rec_interval *b);

void *recorder_main(void *rec);

#endif
