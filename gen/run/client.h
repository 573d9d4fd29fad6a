/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client side of one worker: sessions (connections as the load sees them), arrivals from the
 * schedule, transactions, and what became of them. Sits on the engine's callbacks; told the time
 * by the worker through `now_ns`.
 *
 * A session is FREE (may take a transaction), BUSY (depth outstanding), OPENING, CLOSING or DOWN.
 * Free sessions wait in a list, least recently used first. Arrivals for which none is free wait in
 * the schedule itself: it is behind, and by how much is the queueing.
 */
#ifndef RUN_CLIENT_H
#define RUN_CLIENT_H

#include "app/app.h"
#include "db/sample_block.h"
#include "flight/flight.h"
#include "load/mix.h"
#include "load/schedule.h"
#include "load/size.h"
#include "rec/rec.h"
#include "run/pace.h"
#include "run/reopen.h"
#include "run/trans.h"
#include "run/tuples.h"
#include "stack/stack.h"

#define SESSION_NONE 0xffffffffu
#define CLIENT_MISSED_NS 1000000u /* an arrival that is looked at later is a missed start */
#define CLIENT_BEHIND_NS 10000000u /* behind the schedule by more than a machine's hiccup */

enum session_state { SESSION_DOWN, SESSION_OPENING, SESSION_OPEN, SESSION_CLOSING };

struct session {
    uint32_t conn;       /* engine's index, CONN_NONE while there is none */
    uint32_t head;       /* outstanding transactions, oldest first */
    uint16_t outstanding;
    uint8_t vain;        /* opens in vain since its last transaction */
    uint8_t state : 2;   /* enum session_state */
    bool listed : 1;     /* may take work */
    bool queued : 1;     /* has its place among those that may, or had when it left them */
    bool resting : 1;    /* its pace says: not yet */
    bool retiring : 1;   /* to be replaced (churn) when nothing is outstanding */
};

static_assert(sizeof(struct session) == 12, "with its place in the queue a session is 16 bytes");

/* Sessions that may take work, first in first out: numbers in a ring of as many places as there are
 * sessions. Who leaves from the middle keeps the place, unlisted, until it comes to the front. */
struct free_queue {
    uint32_t *ring;
    uint32_t at, queued; /* the front; places taken */
    uint32_t listed;     /* of them, may take work */
};

#define SESSION_BYTES (sizeof(struct session) + sizeof(uint32_t))

/* What a phase asks of the client; plain numbers, resolved. */
struct client_load {
    struct load_spec spec;      /* shape, rate, this worker's share */
    uint64_t transactions;      /* of this worker; 0: by time only */
    struct size_dist payload, reply; /* reply.count 0: equal to the payload drawn */
    struct mix mix;             /* of operations */
    uint32_t batch, stream;     /* requests of a batch, messages of a stream */
    uint32_t burst;             /* most transactions that one arrival may be: 1, or batch */
    uint32_t depth;
    bool measured;
    bool goes_on;               /* the phase is the same, only its arrivals are others from now on */
    /* The pattern, as what it makes connections do. None of the three: opened once. */
    bool opens_each;            /* short_lived: every transaction opens and closes its own */
    bool on_demand;             /* pooled: opened when none is free, up to `sessions` */
    bool reopens;               /* those that are lost are opened again, after a back-off */
    struct load_spec churn;     /* shape NULL: none; else when the next one is replaced */
    uint32_t sessions;          /* of this worker: open, or open at most */
    double connect_rate_per_s;  /* of this worker; 0: no limit */
    uint64_t reopen_min_ns, reopen_max_ns;
    uint64_t pace_ns, pace_worker_ns; /* least time between two starts; 0: none */
    bool close_by_reset, close_by_peer;
    uint64_t timeout_ns, connect_timeout_ns, queue_max_ns;
};

/* What became of one target: connections over the whole run, transactions as the intervals of
 * measured phases count them. */
struct client_target_counts {
    uint64_t opened, connects_failed;
    uint64_t started, completed, failed;
};

struct client_config {
    const struct app_client *proto;
    bool one_way;                /* no reply: acknowledged is done */
    const struct app_ctx *app;
    uint32_t sessions;           /* this worker's connections, of the phase with most */
    bool reopens, paces;         /* in some phase: room for it is made at start */
    uint32_t trans;              /* pool */
    uint32_t first_session;      /* number of session 0 over the whole run */
    struct tuples_config tuples; /* where its connections come from and go to */
    uint32_t worker, workers;
    uint32_t connect_parallel;
    uint64_t seed;
};

enum client_mode {
    CLIENT_IDLE,    /* nothing starts */
    CLIENT_CONNECT, /* sessions open or close until as many are open as the phase wants */
    CLIENT_LOAD,    /* transactions start */
    CLIENT_DRAIN,   /* those under way end */
    CLIENT_CLOSE,   /* connections close */
};

struct client {
    struct client_config cfg;
    struct stack *stack;
    struct flight *flight;       /* told of faults; NULL: nobody asks */
    struct rec_interval *block;  /* counts and times of the current interval */
    struct rec_samples *samples; /* every transaction; NULL: not recorded */
    uint64_t now_ns;             /* set by the worker before each sub-batch */
    enum client_mode mode;
    struct client_load load;
    struct schedule schedule;
    bool due_measured;           /* the schedule's arrivals are of a measured phase, even those that only
                                  * start when it is over: leaving them out would leave out the slowest */

    struct session *sessions;
    uint8_t *target_of;          /* by session: number of its last connection's target; NULL: there is
                                  * one target. 0: one that is not told, see SAMPLE_TARGETS */
    struct client_target_counts told[SAMPLE_TARGETS + 1]; /* by number, from 1; good after client_fini */
    struct trans_pool trans;
    struct free_queue free;
    uint64_t free_since_ns;      /* since when somebody may take work */
    uint64_t caught_up_ns, caught_up_id; /* when all that TCP let go was last handed over, and next_id then:
                                          * of what had started, the rest was held by a window */
    uint64_t next_id;
    uint64_t started;            /* in this phase */
    uint64_t completed;          /* of what was started in measured phases, since the start */
    uint64_t looked_ns;          /* when the schedule was last looked at */
    uint32_t to_open;            /* next session that the connect phase opens */
    uint32_t opening;            /* SYNs under way */
    uint32_t open;               /* sessions with a connection in ESTABLISHED */
    uint32_t closing;            /* connections between our close and the end */
    uint64_t connect_start_ns, connects_begun; /* for connect_rate, since the phase began */
    uint64_t worker_rests_ns;    /* pace_worker: nothing starts before */
    struct schedule churn;
    uint32_t churn_at;           /* the session to replace next */
    uint32_t detached;           /* connections whose session went on without them: closing */
    struct reopen reopen;
    struct pace pace;
    uint64_t connects_failed[RESULT_COUNT];    /* since the start, by reason */

    struct tuples tuples;
    struct tuple ahead[TUPLES_AHEAD]; /* the next ones of the walk, in a ring; once paths are there */
    uint32_t ahead_at;
    uint32_t *paths;             /* sources x hosts, made and asked for at start */
    uint32_t path_count;
    enum neigh_state resolved;   /* of all paths, as last looked */

    uint32_t unstamped[STACK_BATCH_MAX * 2]; /* first bytes built since the last flush */
    uint32_t unstamped_count;
};

int client_init(struct client *c, const struct client_config *cfg, struct stack *stack,
                struct err *e);
void client_fini(struct client *c);
/* Bytes of sessions. */
uint64_t client_sessions_memory(const struct client_config *cfg);
/* Bytes of the list of servers and of the way to each from each source. */
uint64_t client_servers_memory(const struct client_config *cfg);

extern const struct tcp_ops client_tcp_ops; /* ctx: struct client */
uint64_t client_fill(void *client, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len);

/* Makes and asks for all paths; call once before the connect phase. -ENOSPC: too many. */
int client_resolve(struct client *c, struct err *e);
/* NEIGH_READY when every path is, NEIGH_FAILED when one is not to be had. */
enum neigh_state client_resolved(const struct client *c);

void client_begin(struct client *c, enum client_mode mode, const struct client_load *load,
                  uint64_t start_ns);
/* An open loop that is not far behind its schedule. */
static inline bool client_keeps_up(const struct client *c, uint64_t now_ns)
{
    return c->mode == CLIENT_LOAD && !c->load.spec.shape->closed_loop &&
           c->schedule.next_ns > now_ns - CLIENT_BEHIND_NS;
}
/* Whether an arrival is due that somebody may take. */
static inline bool client_is_due(const struct client *c, uint64_t now_ns)
{
    return c->schedule.next_ns <= now_ns && c->free.listed;
}
/* Starts what is due, at most `budget` arrivals or opens; returns how many. */
uint32_t client_start_due(struct client *c, uint32_t budget);
/* The end of a round. */
static inline void client_note_caught_up(struct client *c)
{
    if (c->stack->tcp.out_count)
        return;
    c->caught_up_ns = c->now_ns;
    c->caught_up_id = c->next_id;
}
/* Of a transaction that is not sent: what waits for a window, the peer's or that of congestion, waits for
 * the peer (queueing), not for the generator (lateness). */
static inline void client_settle_eligible(const struct client *c, struct trans *t)
{
    bool held = t->msg.id < c->caught_up_id && t->eligible_ns && t->eligible_ns < c->caught_up_ns;
    if (held)
        t->eligible_ns = c->caught_up_ns;
}
/* The first bytes built since the last call are handed over now. */
void client_flushed(struct client *c, uint64_t now_ns);
/* The load's time is over: only arrivals that are due by now still start, in the drain. */
void client_end_load(struct client *c, uint64_t now_ns);
/* What of them is left fails as not_sent. */
void client_give_up_arrivals(struct client *c);
/* Fails what is still outstanding with RESULT_TIMEOUT and resets its connections. */
void client_give_up(struct client *c);
/* The connect phase is over: opens still under way have failed. */
void client_give_up_opening(struct client *c);
/* Whether the mode's work is done: all opened (or failed), drained, closed. */
bool client_idle(const struct client *c);

#endif
