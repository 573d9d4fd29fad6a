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

static void record(struct client *c, const struct trans *t)
{
    struct hist *times = c->block->times;
    uint64_t now = c->now_ns, sent = t->sent_ns ? t->sent_ns : now;
    hist_record(&times[TIME_LATENCY], now - t->intended_ns);
    hist_record(&times[TIME_SERVICE], now > sent ? now - sent : 0);
    hist_record(&times[TIME_QUEUEING], t->eligible_ns - t->intended_ns);
    hist_record(&times[TIME_LATENESS], sent > t->eligible_ns ? sent - t->eligible_ns : 0);
}

void client_release(struct client *c, struct session *s, uint64_t pos)
{
    while (s->head != TRANS_NONE) {
        uint32_t index = s->head;
        const struct trans *t = &c->trans.entries[index];
        if (!t->replied || t->pos + t->msg.len > pos)
            return;
        s->head = t->next;
        if (s->head == TRANS_NONE)
            s->tail = TRANS_NONE;
        trans_free(&c->trans, index);
    }
}

void client_finish(struct client *c, struct session *s, uint32_t trans, enum result result)
{
    struct trans *t = &c->trans.entries[trans];
    t->replied = true;
    s->outstanding--;
    c->block->results[result]++;
    client_count(c, result == RESULT_OK ? COUNTER_COMPLETED : COUNTER_FAILED);
    if (t->msg.reply_len && result == RESULT_OK)
        client_count(c, COUNTER_MESSAGES_RECEIVED);
    if (result == RESULT_OK && t->measured)
        record(c, t);
}

void client_fail_all(struct client *c, struct session *s, enum result result)
{
    for (uint32_t i = s->head; i != TRANS_NONE; i = c->trans.entries[i].next)
        if (!c->trans.entries[i].replied)
            client_finish(c, s, i, result);
    client_release(c, s, UINT64_MAX);
}
