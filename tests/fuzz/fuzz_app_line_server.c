/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes from a client: judged alike whole and in pieces; what is answered, our own client
 * takes for the right reply. */
#include "app/protos.h"
#include "tests/fuzz/fuzz.h"

#define PAYLOAD_MAX 4096

struct outcome {
    struct app_response response;
    uint32_t taken;
    bool done, bad;
};

static const struct app_ctx *context(void)
{
    static struct app_ctx c;
    if (!c.pattern && app_ctx_init(&c, 1, false, NULL))
        abort();
    c.payload_max = PAYLOAD_MAX;
    return &c;
}

static struct outcome feed(const uint8_t *data, uint32_t size, uint32_t step)
{
    struct app_parse st = {0};
    struct outcome o = {0};
    while (o.taken < size && !o.done) {
        uint32_t n = size - o.taken < step ? size - o.taken : step;
        uint32_t taken = line_server.rx(context(), &st, data + o.taken, n, &o.response, &o.done);
        FUZZ_CHECK(taken <= n && (o.done || taken == n));
        o.taken += taken;
    }
    o.bad = st.bad;
    return o;
}

static void check_answer(const struct outcome *o)
{
    static uint8_t buf[PAYLOAD_MAX];
    uint32_t messages = !o->bad && o->response.kind > 1 ? o->response.kind : 1;
    uint32_t each = o->response.len / messages, taken = 0;
    const struct app_message m = {o->response.id, each, each, 0, 0};
    FUZZ_CHECK(o->response.len && o->response.len <= PAYLOAD_MAX);
    line_server.fill(context(), &o->response, 0, buf, o->response.len);
    for (uint32_t i = 0; i < messages; i++) {
        struct app_parse st = {0};
        struct app_reply reply;
        bool done;
        taken += line_client.rx(context(), &st, &m, buf + taken, o->response.len - taken, &reply, &done);
        FUZZ_CHECK(done && reply.id == m.id && reply.len == each);
        FUZZ_CHECK(reply.result == (o->bad ? RESULT_SERVER_ERROR : RESULT_OK));
    }
    FUZZ_CHECK(taken == o->response.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16)
        return 0;
    struct outcome whole = feed(data, (uint32_t)size, UINT32_MAX);
    for (uint32_t step = 1; step < 80; step = step * 2 + 1) {
        struct outcome pieces = feed(data, (uint32_t)size, step);
        FUZZ_CHECK(pieces.done == whole.done && pieces.bad == whole.bad);
        FUZZ_CHECK(pieces.taken == whole.taken && pieces.response.id == whole.response.id);
        FUZZ_CHECK(pieces.response.len == whole.response.len);
    }
    if (whole.done)
        check_answer(&whole);
    return 0;
}
