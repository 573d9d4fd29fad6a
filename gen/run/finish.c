/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a transaction: what it took and how it ended, recorded once. */
#include "run/client_internal.h"

uint32_t client_oldest(const struct client *c, const struct session *s)
{
    uint32_t i = s->head;
    while (i != TRANS_NONE && c->trans.entries[i].replied)
        i = c->trans.entries[i].next;
    return i;
}

struct lasted {
    uint64_t latency, service, queueing, lateness;
};

/* What has not happened yet (a failure came first) happens at the end. */
static struct lasted lasted(const struct trans *t, uint64_t now)
{
    uint64_t eligible = t->eligible_ns ? t->eligible_ns : now, sent = t->sent_ns ? t->sent_ns : now;
    return (struct lasted){
        .latency = now - t->intended_ns,
        .service = now > sent ? now - sent : 0,
        .queueing = eligible - t->intended_ns,
        .lateness = sent > eligible ? sent - eligible : 0,
    };
}

static void record(struct client *c, const struct lasted *l)
{
    struct hist *times = c->block->times;
    hist_record(&times[TIME_LATENCY], l->latency);
    hist_record(&times[TIME_SERVICE], l->service);
    hist_record(&times[TIME_QUEUEING], l->queueing);
    hist_record(&times[TIME_LATENESS], l->lateness);
}

static void sample(struct client *c, const struct session *s, const struct trans *t,
                   const struct lasted *l, enum result result)
{
    rec_sample(c->samples, t->msg.id, c->now_ns,
               &(struct rec_transaction){
                   .intended_ns = t->intended_ns, .latency_ns = l->latency,
                   .queueing_ns = l->queueing, .lateness_ns = l->lateness, .size = t->msg.len,
                   .connection = t->msg.conn, .operation = t->operation,
                   .target = c->target_of ? c->target_of[session_number(c, s)] : 0,
                   .result = (uint8_t)result, .measured = t->measured});
}

void client_sample_not_sent(struct client *c, enum operation operation, uint64_t intended_ns)
{
    uint64_t waited = c->now_ns - intended_ns;
    rec_sample(c->samples, intended_ns, c->now_ns,
               &(struct rec_transaction){
                   .intended_ns = intended_ns, .latency_ns = waited, .queueing_ns = waited,
                   .connection = REC_CONN_NONE, .operation = (uint8_t)operation,
                   .result = RESULT_NOT_SENT, .measured = c->due_measured});
}

void client_release(struct client *c, struct session *s, uint32_t pos)
{
    while (s->head != TRANS_NONE) {
        const struct trans *t = &c->trans.entries[s->head];
        if (!t->replied || seq_lt(pos, t->pos + t->msg.len))
            return;
        trans_free_first(&c->trans, &s->head);
    }
}

static void tell(struct client *c, const struct session *s, enum result result)
{
    if (!c->load.measured)
        return;
    struct client_target_counts *told = client_told(c, session_number(c, s));
    if (result == RESULT_OK)
        told->completed++;
    else
        told->failed++;
}

void client_finish(struct client *c, struct session *s, uint32_t trans, enum result result)
{
    struct trans *t = &c->trans.entries[trans];
    t->replied = true;
    s->outstanding--;
    c->block->results[result]++;
    client_count(c, result == RESULT_OK ? COUNTER_COMPLETED : COUNTER_FAILED);
    tell(c, s, result);
    if (t->msg.reply_len && result == RESULT_OK)
        client_count(c, COUNTER_MESSAGES_RECEIVED);
    if (!t->sent_ns)
        client_settle_eligible(c, t);
    struct lasted l = lasted(t, c->now_ns);
    if (result == RESULT_OK && t->measured) {
        record(c, &l);
        c->completed++;
    }
    sample(c, s, t, &l, result);
}

void client_fail_all(struct client *c, struct session *s, enum result result)
{
    for (uint32_t i = s->head; i != TRANS_NONE; i = c->trans.entries[i].next)
        if (!c->trans.entries[i].replied)
            client_finish(c, s, i, result);
    while (s->head != TRANS_NONE)
        trans_free_first(&c->trans, &s->head);
}
