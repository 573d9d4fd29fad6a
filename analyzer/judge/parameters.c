/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/parameters.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static json_t *uuids(const struct values *v)
{
    json_t *out = json_array();
    for (size_t i = 0; i < v->count; i++)
        json_array_append_new(out, json_string(v->runs[i].uuid));
    return out;
}

const char *parameters_write(struct comparison *c, const struct values *history)
{
    json_t *root = json_object();
    json_object_set_new(root, "baseline", json_string(c->name));
    json_object_set_new(root, "interleaved", json_boolean(c->paired));
    json_object_set_new(root, "forced", json_boolean(c->forced));
    json_object_set_new(root, "alpha", json_real(c->alpha));
    json_object_set_new(root, "a", uuids(&c->a.values));
    json_object_set_new(root, "b", uuids(&c->b.values));
    json_object_set_new(root, "history", uuids(history));
    char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17));
    const char *kept = keep_text(&c->keep, text);
    json_decref(root);
    free(text);
    return kept;
}

static int find_run(struct db *db, const char *uuid, int64_t *id, struct err *e)
{
    struct err not_found = {0};
    if (query_run_find(db, uuid, id, &not_found) == 0)
        return 0;
    return err_set(e, EXIT_INVALID, -ENOENT,
                   "%s: run %.60s of the verdict is not in this file: it cannot be repeated "
                   "(--db-merge brings the run back from a file that has it)",
                   db_path(db), uuid);
}

static int read_list(struct db *db, const json_t *root, const char *name, struct id_list *out,
                     struct err *e)
{
    size_t i;
    json_t *uuid;
    int ret = 0;
    int64_t id;
    json_array_foreach(json_object_get(root, name), i, uuid)
    {
        if (ret == 0)
            ret = find_run(db, json_is_string(uuid) ? json_string_value(uuid) : "?", &id, e);
        if (ret == 0)
            ret = plan_add(out, id, e);
    }
    return ret;
}

int parameters_read(struct db *db, const char *text, struct plan *out, struct err *e)
{
    *out = (struct plan){0};
    json_t *root = text ? json_loads(text, 0, NULL) : NULL;
    const char *name = json_string_value(json_object_get(root, "baseline"));
    int ret = 0;
    if (!name || !json_array_size(json_object_get(root, "a")) ||
        !json_array_size(json_object_get(root, "b")))
        ret = err_set(e, EXIT_USAGE, -EBADMSG,
                      "%s: the parameters of the verdict are damaged: expected a JSON object with "
                      "baseline and two sides",
                      db_path(db));
    out->name = keep_text(&out->keep, name);
    out->paired = json_is_true(json_object_get(root, "interleaved"));
    out->forced = json_is_true(json_object_get(root, "forced"));
    ret = ret ? ret : read_list(db, root, "a", &out->a, e);
    ret = ret ? ret : read_list(db, root, "b", &out->b, e);
    ret = ret ? ret : read_list(db, root, "history", &out->history, e);
    json_decref(root);
    return ret;
}
