/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/store.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/rng.h"
#include "base/units.h"
#include "db/row.h"

/* --- writing --------------------------------------------------------------------------- */

static int insert(struct db *db, const struct analysis_info *row, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(db, "store the verdict",
                         "INSERT INTO analysis (at_ns, kind, run_id, baseline, inputs_hash, seed, "
                         "parameters, tool_version, verdict, result) VALUES (:at_ns, :kind, "
                         ":run_id, :baseline, :inputs_hash, :seed, :parameters, :tool_version, "
                         ":verdict, :result)",
                         &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":at_ns", row->at_ns}, {":run_id", row->run_id}, {":seed", row->seed});
    bind_texts(s, {":kind", row->kind}, {":baseline", row->baseline},
               {":inputs_hash", row->inputs_hash}, {":parameters", row->parameters},
               {":tool_version", row->tool_version}, {":verdict", row->verdict},
               {":result", row->result});
    return run_once(s, e);
}

int store_save(const char *path, struct analysis_info *row, struct err *e)
{
    struct db *db = NULL;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    row->at_ns = (int64_t)now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec;
    row->tool_version = VERSION;
    row->id = 0;
    int ret = db_open(path, DB_NOTE, &db, e);
    if (ret)
        return ret;
    ret = db_begin(db, "store the verdict", e);
    ret = ret ? ret : insert(db, row, e);
    int64_t id = ret ? 0 : db_last_id(db);
    ret = ret ? ret : db_commit(db, "store the verdict", e);
    row->id = ret ? 0 : id;
    db_rollback(db);
    db_close(db);
    return ret;
}

/* --- reading --------------------------------------------------------------------------- */

static int parse_id(const char *which, int64_t *id, struct err *e)
{
    char *end;
    errno = 0;
    *id = strtoll(which, &end, 10);
    if (!errno && end != which && !*end && *id > 0)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "\"%.60s\" is not the id of a verdict: expected a number that "
                   "--list-analyses shows",
                   which);
}

static void keep_texts(struct keep *keep, struct analysis_info *row)
{
    const char **texts[] = {&row->kind,         &row->baseline, &row->inputs_hash, &row->parameters,
                            &row->tool_version, &row->verdict,  &row->result};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = keep_text(keep, *texts[i]);
}

int store_load(struct db *db, const char *which, struct keep *keep, struct analysis_info *out,
               struct err *e)
{
    struct db_stmt *s = NULL;
    int64_t id;
    int ret = parse_id(which, &id, e);
    ret = ret ? ret : query_analysis(db, id, &s, e);
    if (ret)
        return ret;
    ret = query_analysis_next(s, out, e);
    if (ret == 1)
        keep_texts(keep, out);
    else if (ret == 0)
        err_set(e, EXIT_USAGE, -ENOENT,
                "%s: no verdict %lld: --list-analyses shows those that are stored", db_path(db),
                (long long)id);
    db_finish(s);
    return ret == 1 ? 0 : ret == 0 ? -ENOENT : ret;
}

/* --- hashes ---------------------------------------------------------------------------- */

struct store_hash store_hash_begin(void)
{
    return (struct store_hash){{1, 2}};
}

static void mix(struct store_hash *h, uint64_t value)
{
    h->half[0] = rng_mix(h->half[0], value);
    h->half[1] = rng_mix(h->half[1], value);
}

void store_hash_bytes(struct store_hash *h, const void *data, size_t len)
{
    const unsigned char *bytes = data;
    mix(h, len);
    for (size_t i = 0; i < len; i++)
        mix(h, bytes[i]);
}

void store_hash_text(struct store_hash *h, const char *text)
{
    mix(h, text != NULL);
    if (text)
        store_hash_bytes(h, text, strlen(text));
}

/* Every NAN is the same missing figure, and -0 the same nothing. */
void store_hash_doubles(struct store_hash *h, const double *values, size_t count)
{
    mix(h, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        double value = isnan(values[i]) ? (double)NAN : values[i] == 0 ? 0 : values[i];
        memcpy(&bits, &value, sizeof bits);
        mix(h, isnan(value) ? UINT64_MAX : bits);
    }
}

char *store_hash_hex(const struct store_hash *h, char out[33])
{
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)h->half[0],
             (unsigned long long)h->half[1]);
    return out;
}

uint64_t store_hash_seed(const struct store_hash *h)
{
    return h->half[0] >> 1;
}
