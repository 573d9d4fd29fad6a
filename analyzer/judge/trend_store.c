/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/trend_store.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/out/trend.h"
#include "base/err.h"

#define METRICS_MAX 100 /* of a stored verdict */

static void hash_values(struct store_hash *h, const struct values *v)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct values_run *run = &v->runs[i];
        const double about[] = {(double)run->valid, run->exposure};
        store_hash_text(h, run->uuid);
        store_hash_text(h, run->subject_commit);
        store_hash_text(h, run->tool_commit);
        store_hash_bytes(h, &run->started_ns, sizeof run->started_ns);
        store_hash_doubles(h, about, 2);
    }
    store_hash_doubles(h, v->cells, v->count * v->metric_count);
}

static const char *hash_inputs(struct trend_report *r)
{
    char hex[33];
    struct store_hash h = store_hash_begin();
    store_hash_text(&h, r->history_key);
    hash_values(&h, &r->values);
    store_hash_text(&h, r->baseline);
    hash_values(&h, &r->pinned);
    for (size_t j = 0; j < r->metric_count + r->control_count; j++) {
        store_hash_text(&h, r->metrics[j].name);
        store_hash_doubles(&h, &r->metrics[j].margin, 1);
    }
    return keep_text(&r->keep, store_hash_hex(&h, hex));
}

/* Keeps the text of a document, which goes. */
static const char *keep_json(struct trend_report *r, json_t *document)
{
    char *text = document
                     ? json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17))
                     : NULL;
    const char *kept = text ? keep_text(&r->keep, text) : NULL;
    free(text);
    json_decref(document);
    return kept;
}

static json_t *parameters(const struct trend_report *r, const struct trend_question *q)
{
    const struct values_run *newest = &r->values.runs[r->values.count - 1];
    json_t *metrics = json_array();
    for (size_t i = 0; i < q->metric_count; i++)
        json_array_append_new(metrics, json_string(q->metrics[i]));
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:f, s:i, s:o}", "newest_run", newest->uuid,
                     "newest_run_id", (json_int_t)newest->id, "newest_started_ns",
                     (json_int_t)newest->started_ns, "runs", (json_int_t)r->values.count, "last",
                     (json_int_t)r->last, "alpha", TREND_ALPHA, "draws", TREND_DRAWS, "metrics",
                     metrics);
}

int trend_store(const char *path, const struct trend_question *question, struct trend_report *r,
                struct err *e)
{
    struct err why = {0};
    if (r->values.count == 0)
        return (r->not_stored = keep_text(&r->keep, "there is no run")) ? 0 : -ENOMEM;
    struct analysis_info row = {
        .kind = TREND_KIND,
        .run_id = r->values.runs[r->values.count - 1].id,
        .baseline = r->baseline,
        .seed = QUERY_NONE, /* of each test: a hash of the ranks in it */
        .inputs_hash = hash_inputs(r),
        .parameters = keep_json(r, parameters(r, question)),
        .verdict = trend_verdict_name(r->verdict),
        .result = keep_json(r, trend_json(r)),
    };
    if (!row.inputs_hash || !row.parameters || !row.result)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the verdict");
    if (store_save(path, &row, &why))
        r->not_stored = keep_text(&r->keep, why.message);
    r->stored = row;
    return 0;
}

/* --- replay ---------------------------------------------------------------------------- */

struct asked {
    const char *names[METRICS_MAX];
    struct trend_question question;
    int64_t run_id;
};

static bool read_parameters(const json_t *root, struct asked *a)
{
    json_int_t last, run, started;
    json_t *metrics;
    if (json_unpack((json_t *)root, "{s:I, s:I, s:I, s:o}", "newest_run_id", &run,
                    "newest_started_ns", &started, "last", &last, "metrics", &metrics) ||
        last < 1 || started == INT64_MAX || json_array_size(metrics) > METRICS_MAX)
        return false;
    *a = (struct asked){.run_id = run};
    for (size_t i = 0; i < json_array_size(metrics); i++)
        if (!(a->names[i] = json_string_value(json_array_get(metrics, i))))
            return false;
    a->question = (struct trend_question){
        .metric_count = json_array_size(metrics), .last = (size_t)last, .before_ns = started + 1};
    return true;
}

static int replay(struct db *db, const struct analysis_info *row, struct asked *a,
                  struct trend_replay *out, struct err *e)
{
    struct trend_report *r = &out->report;
    a->question.metrics = a->names;
    int ret = trend_report_build(db, a->run_id, &a->question, r, e);
    if (ret)
        return ret;
    const char *hash = hash_inputs(r), *result = keep_json(r, trend_json(r));
    if (!hash || !result)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the verdict");
    out->same_inputs = row->inputs_hash && strcmp(hash, row->inputs_hash) == 0;
    out->same_result = row->result && strcmp(result, row->result) == 0;
    r->stored = *row;
    return 0;
}

int trend_replay(struct db *db, const struct analysis_info *row, struct trend_replay *out,
                 struct err *e)
{
    *out = (struct trend_replay){.same_inputs = false};
    struct asked a;
    json_t *root = json_loads(row->parameters ? row->parameters : "", 0, NULL);
    int ret = row->kind && strcmp(row->kind, TREND_KIND) == 0 && root && read_parameters(root, &a)
                  ? replay(db, row, &a, out, e)
                  : err_set(e, EXIT_USAGE, -EINVAL,
                            "verdict %lld is no trend, or its parameters are damaged",
                            (long long)row->id);
    json_decref(root);
    return ret;
}
