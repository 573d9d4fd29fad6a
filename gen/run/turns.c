/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/turns.h"

#include "run/reflect.h"
#include "wire/wire.h"

/* Behind Ethernet, IP and TCP headers of the least length. */
enum { STEP_AT = 54, LAST_AT = 55 };

enum { PATIENCE = 1 << 20 }; /* tries to hand over, until the other side must be gone */

void turns_init(struct turns *t, const struct turn *turn, uint32_t in_flight)
{
    *t = (struct turns){.turn = turn, .owed = {in_flight}};
}

/* How many were handed over: all, while the other side takes what is in their way. */
static uint32_t hand_over(const struct reflector *r, struct frame *f, uint32_t n)
{
    uint32_t sent = 0;
    for (uint32_t tries = 0; sent < n && tries < PATIENCE; tries++) {
        sent += r->q->ops->tx(r->q, f + sent, n - sent);
        r->q->ops->flush(r->q);
    }
    return sent;
}

/* --- near ------------------------------------------------------------------------------------- */

static bool is_answered(const struct turn *turn, uint32_t step)
{
    return turn->step[step].back != 0;
}

/* The answer to a step: what it lets begin. Whether that ends the turn. */
static bool answered(struct turns *t, uint32_t step)
{
    const struct turn *turn = t->turn;
    bool more = step + 1 < turn->steps, ended = !more || !is_answered(turn, step + 1);
    if (more)
        t->owed[step + 1]++;
    if (ended)
        t->owed[0]++;
    return ended;
}

static uint32_t receive(struct turns *t, const struct reflector *r)
{
    struct frame f[REFLECT_BATCH_MAX];
    uint32_t n = r->q->ops->rx(r->q, f, r->batch), ended = 0;
    for (uint32_t i = 0; i < n; i++)
        ended += answered(t, f[i].data[STEP_AT] % t->turn->steps);
    if (n)
        r->q->ops->rx_free(r->q, f, n);
    return ended;
}

/* The step to send from: the one that is half sent, else the furthest. False: nothing is owed. */
static bool choose(struct turns *t)
{
    if (t->sent)
        return true;
    for (t->at = t->turn->steps; t->at-- > 0;)
        if (t->owed[t->at])
            return true;
    return false;
}

static void fill(struct turns *t, struct frame *f)
{
    const struct turn_step *s = &t->turn->step[t->at];
    reflect_frame(f->data, s->len);
    f->len = s->len;
    f->data[STEP_AT] = (uint8_t)t->at;
    f->data[LAST_AT] = ++t->sent == s->frames;
    if (f->data[LAST_AT]) {
        t->sent = 0;
        t->owed[t->at]--;
    }
}

static void send_owed(struct turns *t, const struct reflector *r)
{
    struct frame f[REFLECT_BATCH_MAX];
    uint32_t n = 0, have = choose(t) ? r->q->ops->tx_alloc(r->q, f, r->batch) : 0;
    while (n < have && choose(t))
        fill(t, &f[n++]);
    n = hand_over(r, f, n);
    if (n < have)
        r->q->ops->tx_free(r->q, f + n, have - n);
}

uint32_t turns_near(struct turns *t, const struct reflector *r)
{
    uint32_t ended = receive(t, r);
    send_owed(t, r);
    r->q->ops->flush(r->q);
    return ended;
}

/* --- far -------------------------------------------------------------------------------------- */

uint32_t turns_far(const struct reflector *r)
{
    struct frame in[REFLECT_BATCH_MAX], back[REFLECT_BATCH_MAX], done[REFLECT_BATCH_MAX];
    uint32_t n = r->q->ops->rx(r->q, in, r->batch), backs = 0, dones = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct turn_step *s = &r->turn->step[in[i].data[STEP_AT] % r->turn->steps];
        if (!in[i].data[LAST_AT] || !s->back) {
            done[dones++] = in[i];
            continue;
        }
        reflect_swap(in[i].data);
        in[i].len = s->back;
        back[backs++] = in[i];
    }
    if (dones)
        r->q->ops->rx_free(r->q, done, dones);
    uint32_t sent = hand_over(r, back, backs);
    if (sent < backs)
        r->q->ops->rx_free(r->q, back + sent, backs - sent);
    return n;
}
