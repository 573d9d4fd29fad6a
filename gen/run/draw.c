/* SPDX-License-Identifier: BSD-3-Clause */
/* What a transaction is: by the seed and the number of the start alone. */
#include "run/client_internal.h"

#define SIZE_STREAM  0x73697a6573000000ull /* "sizes", */
#define REPLY_STREAM 0x7265706c79000000ull /* "reply", and */
#define MIX_STREAM   0x6d69780000000000ull /* "mix": drawn apart from each other and from the gaps \
                                            */

/* Of the start in the phase, over all workers: it does not matter which connection was free. */
static uint64_t start_number(const struct client *c)
{
    return c->started * c->cfg.workers + c->cfg.worker;
}

enum operation draw_operation(const struct client *c)
{
    return mix_draw(&c->load.mix, c->load.spec.seed ^ MIX_STREAM, start_number(c));
}

uint64_t draw_starts(const struct client *c, enum operation operation)
{
    uint64_t left = c->load.transactions ? c->load.transactions - c->started : UINT64_MAX;
    uint64_t starts = operation == OPERATION_BATCH ? c->load.batch : 1;
    return starts < left ? starts : left;
}

static uint32_t draw_reply(const struct client *c, uint32_t payload)
{
    const struct client_load *l = &c->load;
    if (c->cfg.one_way)
        return 0;
    return l->reply.count ? size_draw(&l->reply, l->spec.seed ^ REPLY_STREAM, start_number(c))
                          : payload;
}

void draw_sizes(const struct client *c, enum operation operation, struct app_message *msg)
{
    const struct app_client *proto = c->cfg.proto;
    uint32_t payload =
        size_draw(&c->load.payload, c->load.spec.seed ^ SIZE_STREAM, start_number(c));
    switch (operation) {
    case OPERATION_READ:
        msg->len = proto->min_len;
        msg->reply_len = payload;
        return;
    case OPERATION_WRITE:
        msg->len = payload;
        msg->reply_len = proto->min_reply;
        return;
    case OPERATION_STREAM:
        msg->len = proto->min_stream;
        msg->reply_len = payload;
        msg->replies = c->load.stream;
        return;
    case OPERATION_PLAIN:
    case OPERATION_BATCH:
    case OPERATION_COUNT:
        break;
    }
    msg->len = payload;
    msg->reply_len = draw_reply(c, payload);
}
