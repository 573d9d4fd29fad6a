/* SPDX-License-Identifier: BSD-3-Clause */
/* What a phase asks for, as its row tells it. */
#include <stdio.h>

#include "app/app.h"
#include "run/setup.h"

/* Of a replay, and how much faster it is. */
static void print_arrivals(const struct job_phase *phase, FILE *out)
{
    fprintf(out, "%llu arrivals", (unsigned long long)phase->arrivals);
    if (phase->rate_scale != 1)
        fprintf(out, " x%.12g", phase->rate_scale);
}

static void load_text(char *buf, size_t size, const struct job_phase *phase)
{
    FILE *out = fmemopen(buf, size, "w");
    if (!out)
        return;
    if (phase->rate_max)
        fputs("max", out);
    else if (phase->arrivals_ns)
        print_arrivals(phase, out);
    else
        fprintf(out, "%.12g/s", phase->rate_per_s * phase->rate_scale);
    job_shape_print(phase, out);
    job_phase_mix_print(phase, out);
    fclose(out);
}

/* One size and a range in plain bytes; anything else as the job says it. */
static void sizes_text(char *buf, size_t size, const struct job_sizes *sizes)
{
    const struct job_size *s = &sizes->parts[0];
    FILE *out = fmemopen(buf, size, "w");
    if (!out)
        return;
    if (sizes->count > 1 || s->even_ratio)
        job_sizes_print(sizes, out);
    else if (s->low == s->high)
        fprintf(out, "%u", s->low);
    else
        fprintf(out, "%u-%u", s->low, s->high);
    fclose(out);
}

/* A reply of its own, or as large as every request: one size is told. */
void phase_texts_make(struct phase_texts *t, const struct job_phase *phase,
                      const struct app_proto *proto)
{
    bool as_request = !phase->reply.count;
    *t = (struct phase_texts){0};
    load_text(t->load, sizeof t->load, phase);
    sizes_text(t->payload, sizeof t->payload, &phase->payload);
    if (proto->server->answer == APP_ANSWER_NONE)
        return;
    if (!as_request || phase->payload.smallest == phase->payload.largest)
        sizes_text(t->reply, sizeof t->reply, as_request ? &phase->payload : &phase->reply);
}
