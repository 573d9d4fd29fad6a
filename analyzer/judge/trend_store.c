/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/trend_store.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/out/trend.h"
#include "base/err.h"

/* --- the hash -------------------------------------------------------------------------- */

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

/* --- writing --------------------------------------------------------------------------- */

/* Keeps the text of a document, which goes. */
static const char *keep_json(struct keep *keep, json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));
    const char *kept = keep_text(keep, text);
    free(text);
    json_decref(document);
    return kept;
}

static json_t *uuids(const struct values *v)
{
    json_t *out = json_array();
    for (size_t i = 0; i < v->count; i++)
        json_array_append_new(out, json_string(v->runs[i].uuid));
    return out;
}

static json_t *parameters(const struct trend_report *r, const struct trend_question *q)
{
    json_t *o = json_object(), *metrics = json_array();
    for (size_t i = 0; i < q->metric_count; i++)
        json_array_append_new(metrics, json_string(q->metrics[i]));
    json_object_set_new(o, "alpha", json_real(TREND_ALPHA));
    json_object_set_new(o, "draws", json_integer(TREND_DRAWS));
    json_object_set_new(o, "last", json_integer((json_int_t)r->last));
    json_object_set_new(o, "metrics", metrics);
    json_object_set_new(o, "runs", uuids(&r->values));
    json_object_set_new(o, "baseline", r->baseline ? json_string(r->baseline) : json_null());
    json_object_set_new(o, "baseline_runs", uuids(&r->pinned));
    return o;
}

void trend_store_describe(const struct trend_question *question, struct trend_report *r)
{
    size_t count = r->values.count;
    r->stored = (struct analysis_info){
        .kind = TREND_KIND,
        .run_id = count ? r->values.runs[count - 1].id : QUERY_NONE,
        .baseline = r->baseline,
        .seed = QUERY_NONE, /* of each test: a hash of the ranks in it */
        .inputs_hash = hash_inputs(r),
        .parameters = keep_json(&r->keep, parameters(r, question)),
        .verdict = trend_verdict_name(r->verdict),
        .result = keep_json(&r->keep, trend_json_result(r)),
    };
}

void trend_store(const char *path, struct trend_report *r)
{
    struct err e = {0};
    if (r->values.count == 0)
        r->not_stored = "there is no run";
    else if (!r->stored.inputs_hash || !r->stored.parameters || !r->stored.result)
        r->not_stored = "out of memory";
    else if (store_save(path, &r->stored, &e))
        r->not_stored = keep_text(&r->keep, e.message);
}

/* --- reading --------------------------------------------------------------------------- */

static int damaged(struct db *db, const struct analysis_info *row, struct err *e)
{
    return err_set(e, EXIT_USAGE, -EBADMSG,
                   "%s: the parameters of verdict %lld are damaged: expected a JSON object with "
                   "runs, metrics and last",
                   db_path(db), (long long)row->id);
}

static int find_run(struct db *db, const char *uuid, struct id_list *out, struct err *e)
{
    struct err not_found = {0};
    int64_t id;
    if (uuid && query_run_find(db, uuid, &id, &not_found) == 0)
        return plan_add(out, id, e);
    return err_set(e, EXIT_INVALID, -ENOENT,
                   "%s: run %.60s of the verdict is not in this file: it cannot be repeated "
                   "(--db-merge brings the run back from a file that has it)",
                   db_path(db), uuid ? uuid : "?");
}

static int read_runs(struct db *db, const json_t *list, struct id_list *out, struct err *e)
{
    size_t i;
    json_t *uuid;
    int ret = 0;
    json_array_foreach(list, i, uuid)
    {
        ret = find_run(db, json_string_value(uuid), out, e);
        if (ret)
            break;
    }
    return ret;
}

static bool read_metrics(const json_t *list, struct trend_asked *a)
{
    size_t count = json_array_size(list);
    a->metrics = calloc(count + 1, sizeof *a->metrics);
    for (size_t i = 0; i < count && a->metrics; i++)
        if (!(a->metrics[i] = keep_text(&a->keep, json_string_value(json_array_get(list, i)))))
            return false;
    a->question.metrics = a->metrics;
    a->question.metric_count = count;
    return json_is_array(list) && a->metrics;
}

static int read_all(struct db *db, const json_t *root, const struct analysis_info *row,
                    struct trend_asked *a, struct err *e)
{
    json_int_t last = json_integer_value(json_object_get(root, "last"));
    const json_t *runs = json_object_get(root, "runs");
    if (last < 1 || !json_array_size(runs) || !read_metrics(json_object_get(root, "metrics"), a))
        return damaged(db, row, e);
    a->question.again = true;
    a->question.last = (size_t)last;
    a->question.baseline =
        keep_text(&a->keep, json_string_value(json_object_get(root, "baseline")));
    int ret = read_runs(db, runs, &a->question.runs, e);
    return ret ? ret
               : read_runs(db, json_object_get(root, "baseline_runs"), &a->question.pinned, e);
}

int trend_store_read(struct db *db, const struct analysis_info *row, struct trend_asked *out,
                     struct err *e)
{
    *out = (struct trend_asked){.metrics = NULL};
    json_t *root = row->parameters ? json_loads(row->parameters, 0, NULL) : NULL;
    int ret = root ? read_all(db, root, row, out, e) : damaged(db, row, e);
    json_decref(root);
    return ret;
}

void trend_asked_fini(struct trend_asked *a)
{
    free(a->question.runs.ids);
    free(a->question.pinned.ids);
    free(a->metrics);
    keep_fini(&a->keep);
    *a = (struct trend_asked){.metrics = NULL};
}
