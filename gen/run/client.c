/* SPDX-License-Identifier: BSD-3-Clause */
#include <assert.h>

#include "run/client_internal.h"

#include <errno.h>
#include <string.h>

#include "base/csum.h"
#include "base/err.h"
#include "base/mem.h"

int client_init(struct client *c, const struct client_config *cfg, struct stack *stack,
                struct err *e)
{
    *c = (struct client){.cfg = *cfg, .stack = stack, .next_id = 1 + cfg->worker};
    c->sessions = mem_reserve((size_t)cfg->sessions * sizeof *c->sessions, "sessions", e);
    c->free.ring = mem_reserve((size_t)cfg->sessions * sizeof *c->free.ring, "free sessions", e);
    if (!c->sessions || !c->free.ring || trans_init(&c->trans, cfg->trans, e) || pace_init(c, e) ||
        reopen_init(c, e) || tuples_init(&c->tuples, &cfg->tuples, e) ||
        targets_init(c, c->tuples.targets_count, e)) {
        client_fini(c);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < cfg->sessions; i++)
        c->sessions[i] = (struct session){.conn = CONN_NONE, .head = TRANS_NONE};
    return 0;
}

void client_fini(struct client *c)
{
    mem_release(c->sessions, (size_t)c->cfg.sessions * sizeof *c->sessions);
    mem_release(c->free.ring, (size_t)c->cfg.sessions * sizeof *c->free.ring);
    mem_release(c->paths, (size_t)c->path_count * sizeof *c->paths);
    trans_fini(&c->trans);
    pace_fini(c);
    reopen_fini(c);
    tuples_fini(&c->tuples);
    targets_fini(c);
    c->sessions = NULL;
    c->free = (struct free_queue){0};
    c->paths = NULL;
}

uint64_t client_sessions_memory(const struct client_config *cfg)
{
    uint64_t each = SESSION_BYTES + (cfg->paces ? sizeof(struct pace_entry) : 0) +
                    (cfg->reopens ? sizeof(struct wheel_node) : 0) +
                    (tuples_targets(&cfg->tuples) > 1 ? sizeof(uint8_t) : 0);
    return cfg->sessions * each;
}

uint64_t client_servers_memory(const struct client_config *cfg)
{
    return tuples_memory(&cfg->tuples) + tuples_paths(&cfg->tuples) * sizeof(uint32_t);
}

static int make_path(struct client *c, uint32_t source, const struct tuple_target *target,
                     struct err *e)
{
    uint32_t path = stack_path(c->stack, tuples_source(&c->tuples, source), target->addr, c->now_ns);
    if (path == PATH_NONE)
        return err_set(e, EXIT_USAGE, -ENOSPC,
                       "sources x targets make more paths than the %u reserved, or more neighbours"
                       " than %u",
                       c->stack->cfg.paths, c->stack->cfg.neighbours);
    c->paths[source * c->tuples.hosts_count + target->host] = path;
    return 0;
}

int client_resolve(struct client *c, struct err *e)
{
    const struct tuples *t = &c->tuples;
    c->path_count = t->sources * t->hosts_count;
    c->paths = mem_reserve(c->path_count * sizeof *c->paths, "client paths", e);
    if (!c->paths)
        return -ENOMEM;
    memset(c->paths, 0xff, c->path_count * sizeof *c->paths);
    int rc = 0;
    for (uint32_t source = 0; source < t->sources; source++)
        for (uint32_t i = 0; i < t->targets_count && !rc; i++)
            if (c->paths[source * t->hosts_count + t->targets[i].host] == PATH_NONE)
                rc = make_path(c, source, &t->targets[i], e);
    if (!rc)
        session_draw_ahead(c);
    return rc;
}

enum neigh_state client_resolved(const struct client *c)
{
    enum neigh_state all = NEIGH_READY;
    for (uint32_t i = 0; i < c->path_count; i++) {
        enum neigh_state one = stack_path_state(c->stack, c->paths[i]);
        if (one == NEIGH_FAILED)
            return NEIGH_FAILED;
        if (one == NEIGH_WAIT)
            all = NEIGH_WAIT;
    }
    return all;
}

static void begin_connect(struct client *c, uint64_t start_ns)
{
    c->to_open = 0;
    c->resolved = NEIGH_WAIT;
    c->connects_begun = 0;
    c->connect_start_ns = start_ns;
}

/* The sessions that come back, replace or rest do so by this phase's rules. */
static void begin_connections(struct client *c, uint64_t start_ns)
{
    c->connects_begun = 0;
    c->connect_start_ns = start_ns;
    reopen_begin(c);
    churn_begin(c, start_ns);
}

/* Every session that may take work is listed; in a closed loop its first arrival is now. */
static void begin_load(struct client *c, uint64_t start_ns)
{
    if (c->load.goes_on) {
        bool follows = schedule_follow(&c->schedule, &c->load.spec, start_ns);
        assert(follows && "main gives no more changes than there is room for");
        return;
    }
    c->started = 0;
    c->due_measured = c->load.measured;
    begin_connections(c, start_ns);
    schedule_init(&c->schedule, &c->load.spec, start_ns);
    c->looked_ns = start_ns;
    c->free_since_ns = start_ns;
    for (uint32_t i = 0; i < c->cfg.sessions; i++) {
        struct session *s = &c->sessions[i];
        s->retiring = false;
        if (!session_fits(c, s))
            session_unlist(c, s);
        if (session_has_room(c, s))
            session_list(c, s);
    }
}

void client_begin(struct client *c, enum client_mode mode, const struct client_load *load,
                  uint64_t start_ns)
{
    c->mode = mode;
    if (load)
        c->load = *load;
    switch (mode) {
    case CLIENT_CONNECT:
        begin_connect(c, start_ns);
        break;
    case CLIENT_LOAD:
        begin_load(c, start_ns);
        break;
    case CLIENT_CLOSE:
        c->to_open = 0; /* now the next session to close */
        break;
    case CLIENT_IDLE:
    case CLIENT_DRAIN:
        break;
    }
}

void client_flushed(struct client *c, uint64_t now_ns)
{
    for (uint32_t i = 0; i < c->unstamped_count; i++)
        c->trans.entries[c->unstamped[i]].sent_ns = now_ns;
    c->unstamped_count = 0;
}

void client_give_up(struct client *c)
{
    for (uint32_t i = 0; i < c->cfg.sessions; i++) {
        struct session *s = &c->sessions[i];
        if (client_oldest(c, s) == TRANS_NONE)
            continue;
        client_fault(c, s->conn, RESULT_TIMEOUT);
        client_fail_all(c, s, RESULT_TIMEOUT);
        session_abort(c, s);
    }
}

void client_give_up_opening(struct client *c)
{
    uint64_t never = 0;
    for (uint32_t i = c->to_open; i < c->cfg.sessions; i++)
        never += client_wants_open(c, i) && c->sessions[i].state == SESSION_DOWN;
    c->block->counters[COUNTER_CONNECTS_STARTED] += never;
    client_count_connects_failed(c, RESULT_NOT_SENT, never);
    c->to_open = c->cfg.sessions;
    for (uint32_t i = 0; c->opening && i < c->cfg.sessions; i++) {
        if (c->sessions[i].state != SESSION_OPENING)
            continue;
        client_count_connect_failed(c, &c->sessions[i], RESULT_CONNECT_TIMEOUT);
        session_abort(c, &c->sessions[i]);
    }
}

bool client_idle(const struct client *c)
{
    switch (c->mode) {
    case CLIENT_IDLE:
        return true;
    case CLIENT_CONNECT:
        return c->to_open == c->cfg.sessions && !c->opening && !c->closing;
    case CLIENT_LOAD:
        return c->load.transactions && c->started >= c->load.transactions;
    case CLIENT_DRAIN:
        return client_drained(c);
    case CLIENT_CLOSE:
        return c->to_open == c->cfg.sessions && !c->closing && !c->detached;
    }
    return true;
}

/* Bytes [from, from + len) of one transaction's request. */
static uint64_t fill_one(struct client *c, uint32_t index, uint32_t from, uint8_t *buf,
                         uint32_t len)
{
    struct trans *t = &c->trans.entries[index];
    if (!from && !t->sent_ns && c->unstamped_count < sizeof c->unstamped / sizeof *c->unstamped) {
        client_settle_eligible(c, t);
        c->unstamped[c->unstamped_count++] = index;
    }
    if (from + len == t->msg.len && !t->whole) {
        t->whole = true;
        client_count(c, COUNTER_MESSAGES_SENT);
    }
    return c->cfg.proto->fill(c->cfg.app, &t->msg, from, buf, len);
}

uint64_t client_fill(void *client, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len)
{
    struct client *c = client;
    struct session *s = client_session(c, conn);
    uint64_t sum = 0;
    uint32_t done = 0;
    for (uint32_t i = s->head; i != TRANS_NONE && done < len; i = c->trans.entries[i].next) {
        const struct trans *t = &c->trans.entries[i];
        uint32_t from = pos + done - t->pos;
        if (from >= t->msg.len)
            continue;
        uint32_t part = t->msg.len - from;
        if (part > len - done)
            part = len - done;
        sum += csum_at(fill_one(c, i, from, buf + done, part), done);
        done += part;
    }
    assert(done == len); /* every unacknowledged byte belongs to a listed transaction */
    return sum;
}
