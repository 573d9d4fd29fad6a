/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sample: one row a recorded transaction, read from sample_block as they are asked for. Nothing is
 * kept beside the block at hand, and of that only the columns that the query names are unpacked.
 *
 * Equality on run, phase and worker and bounds on time_ns choose the blocks; within a block, which
 * is ordered by start, time_ns is searched and operation compared before a row is made.
 *
 * A damaged block is skipped and named in SQLite's log (sqlite3: `.log stderr`); sample_damage()
 * finds them all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/measure.h"
#include "db/extension/extension.h"
#include "db/sample_block.h"

enum column {
    COLUMN_RUN, COLUMN_PHASE, COLUMN_WORKER, COLUMN_TIME, COLUMN_LATENCY, COLUMN_SERVICE,
    COLUMN_QUEUEING, COLUMN_LATENESS, COLUMN_SIZE, COLUMN_OPERATION, COLUMN_CONNECTION,
    COLUMN_RESULT, COLUMN_MEASURED, COLUMN_RATIO, COLUMN_BLOCK, COLUMN_TARGET
};
static const char declaration[] =
    "CREATE TABLE sample (run INTEGER, phase INTEGER, worker INTEGER, time_ns INTEGER, "
    "latency_ns INTEGER, service_ns INTEGER, queueing_ns INTEGER, lateness_ns INTEGER, "
    "size_bytes INTEGER, operation INTEGER, connection INTEGER, result TEXT, measured INTEGER, "
    "ratio REAL, block INTEGER, target INTEGER)";

#define BIT(n)          (1u << (n))
#define NO_CONNECTION   ((1u << 25) - 1) /* what the recorder writes for none */
#define COLUMNS_AT      8                /* in idxNum: above the constraints */

/* Constraints that a plan uses, in the order of their arguments. */
enum bound { BOUND_RUN, BOUND_PHASE, BOUND_WORKER, BOUND_FROM, BOUND_TO, BOUND_OPERATION, BOUNDS };
static const struct {
    const char *where; /* NULL: not a matter of blocks */
    uint8_t column;
    bool exact;        /* needs no second look */
} bounds[BOUNDS] = {
    [BOUND_RUN] = {" AND run_id = ?", COLUMN_RUN, true},
    [BOUND_PHASE] = {" AND phase_id = ?", COLUMN_PHASE, true},
    [BOUND_WORKER] = {" AND worker = ?", COLUMN_WORKER, true},
    [BOUND_FROM] = {" AND ended_ns >= ?", COLUMN_TIME, false},
    [BOUND_TO] = {" AND started_ns <= ?", COLUMN_TIME, false},
    [BOUND_OPERATION] = {NULL, COLUMN_OPERATION, false},
};

struct table {
    sqlite3_vtab base;
    sqlite3 *db;
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct sample_reader *reader;
    sqlite3_stmt *blocks;      /* stands on the block at hand */
    uint32_t wanted;           /* enum sample_column, bits: what the query needs */
    const uint64_t *columns[SAMPLE_COLUMNS];
    uint32_t row, end;         /* within the block */
    sqlite3_int64 id, run, phase, worker;
    double ratio;
    bool phase_known, done;
    bool has_from, has_to, has_operation;
    sqlite3_int64 from_ns, to_ns, operation;
};

/* --- the table ------------------------------------------------------------------------------- */

static int connect_table(sqlite3 *db, void *aux, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **message)
{
    (void)aux, (void)argc, (void)argv, (void)message;
    int rc = sqlite3_declare_vtab(db, declaration);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    struct table *t = sqlite3_malloc(sizeof *t);
    if (!t)
        return SQLITE_NOMEM;
    *t = (struct table){.db = db};
    *out = &t->base;
    return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

/* --- the plan -------------------------------------------------------------------------------- */

static bool bound_takes(enum bound bound, int op)
{
    switch (bound) {
    case BOUND_RUN:
    case BOUND_PHASE:
    case BOUND_WORKER:
    case BOUND_OPERATION:
        return op == SQLITE_INDEX_CONSTRAINT_EQ;
    case BOUND_FROM:
        return op == SQLITE_INDEX_CONSTRAINT_GE || op == SQLITE_INDEX_CONSTRAINT_GT ||
               op == SQLITE_INDEX_CONSTRAINT_EQ;
    case BOUND_TO:
        return op == SQLITE_INDEX_CONSTRAINT_LE || op == SQLITE_INDEX_CONSTRAINT_LT;
    case BOUNDS:
        break;
    }
    return false;
}

/* The first usable constraint for a bound, -1: none. */
static int constraint_for(const sqlite3_index_info *info, enum bound bound)
{
    for (int i = 0; i < info->nConstraint; i++)
        if (info->aConstraint[i].usable && info->aConstraint[i].iColumn == bounds[bound].column &&
            bound_takes(bound, info->aConstraint[i].op) && !info->aConstraintUsage[i].argvIndex)
            return i;
    return -1;
}

/* The packed columns behind those that the query names. */
static uint32_t columns_behind(sqlite3_uint64 used)
{
    const uint32_t three = BIT(SAMPLE_LATENCY) | BIT(SAMPLE_QUEUEING) | BIT(SAMPLE_LATENESS);
    static const struct {
        uint8_t column, packed;
    } behind[] = {
        {COLUMN_TIME, SAMPLE_START}, {COLUMN_LATENCY, SAMPLE_LATENCY},
        {COLUMN_QUEUEING, SAMPLE_QUEUEING}, {COLUMN_LATENESS, SAMPLE_LATENESS},
        {COLUMN_SIZE, SAMPLE_SIZE}, {COLUMN_SIZE, SAMPLE_CONNECTION},
        {COLUMN_CONNECTION, SAMPLE_CONNECTION}, {COLUMN_OPERATION, SAMPLE_KIND},
        {COLUMN_RESULT, SAMPLE_KIND}, {COLUMN_MEASURED, SAMPLE_KIND},
        {COLUMN_TARGET, SAMPLE_KIND},
    };
    uint32_t wanted = used & BIT(COLUMN_SERVICE) ? three : 0;
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        if (used & BIT(behind[i].column))
            wanted |= BIT(behind[i].packed);
    return wanted;
}

static int plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    uint32_t chosen = 0;
    int argument = 0;
    double rows = 1e9;
    for (enum bound b = 0; b < BOUNDS; b++) {
        int i = constraint_for(info, b);
        if (i < 0)
            continue;
        chosen |= BIT(b);
        info->aConstraintUsage[i].argvIndex = ++argument;
        info->aConstraintUsage[i].omit = bounds[b].exact;
        rows /= b == BOUND_RUN ? 100 : 4;
    }
    info->idxNum = (int)(chosen | columns_behind(info->colUsed) << COLUMNS_AT);
    info->estimatedRows = (sqlite3_int64)rows;
    info->estimatedCost = rows;
    return SQLITE_OK;
}

/* --- reading --------------------------------------------------------------------------------- */

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    struct cursor *c = sqlite3_malloc(sizeof *c);
    if (!c)
        return SQLITE_NOMEM;
    *c = (struct cursor){.reader = sample_reader_new(), .done = true};
    *out = &c->base;
    if (c->reader)
        return SQLITE_OK;
    sqlite3_free(c);
    return SQLITE_NOMEM;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    struct cursor *c = (struct cursor *)cursor;
    sqlite3_finalize(c->blocks);
    sample_reader_free(c->reader);
    sqlite3_free(c);
    return SQLITE_OK;
}

/* NULL: unpacked, else why not. */
static const char *unpack(struct cursor *c)
{
    const char *why = NULL;
    sqlite3_stmt *s = c->blocks;
    const void *data = sqlite3_column_blob(s, 8);
    if (sample_reader_open(c->reader, sqlite3_column_int64(s, 6), sqlite3_column_int64(s, 5),
                           sqlite3_column_int64(s, 7), data, (size_t)sqlite3_column_bytes(s, 8),
                           &why))
        return why;
    for (enum sample_column i = 0; i < SAMPLE_COLUMNS; i++)
        if (c->wanted & BIT(i) && !(c->columns[i] = sample_reader_column(c->reader, i)))
            return "a column cannot be unpacked";
    return NULL;
}

/* The first row that does not start before `ns`. */
static uint32_t first_from(const uint64_t *starts, uint32_t count, sqlite3_int64 ns)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if ((sqlite3_int64)starts[middle] < ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void begin_block(struct cursor *c)
{
    sqlite3_stmt *s = c->blocks;
    const uint64_t *starts = c->columns[SAMPLE_START];
    c->id = sqlite3_column_int64(s, 0);
    c->run = sqlite3_column_int64(s, 1);
    c->phase = sqlite3_column_int64(s, 2);
    c->phase_known = sqlite3_column_type(s, 2) != SQLITE_NULL;
    c->worker = sqlite3_column_int64(s, 3);
    c->ratio = sqlite3_column_double(s, 4);
    c->row = 0;
    c->end = (uint32_t)sqlite3_column_int64(s, 5);
    if (c->has_to && c->to_ns < INT64_MAX)
        c->end = first_from(starts, c->end, c->to_ns + 1);
    if (c->has_from)
        c->row = first_from(starts, c->end, c->from_ns);
}

static int next_block(struct cursor *c)
{
    int rc;
    while ((rc = sqlite3_step(c->blocks)) == SQLITE_ROW) {
        const char *why = unpack(c);
        if (why) {
            sqlite3_log(SQLITE_CORRUPT, "sample_block %lld is skipped: %s",
                        sqlite3_column_int64(c->blocks, 0), why);
            continue;
        }
        begin_block(c);
        if (c->row < c->end)
            return SQLITE_OK;
    }
    c->done = true;
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* From c->row on: the next row that is wanted, in this block or a later one. */
static int settle(struct cursor *c)
{
    for (;;) {
        if (c->row >= c->end) {
            int rc = next_block(c);
            if (rc != SQLITE_OK || c->done)
                return rc;
        }
        if (!c->has_operation ||
            sample_operation(c->columns[SAMPLE_KIND][c->row]) == c->operation)
            return SQLITE_OK;
        c->row++;
    }
}

static void note_bound(struct cursor *c, enum bound b, sqlite3_value *v)
{
    if (sqlite3_value_type(v) != SQLITE_INTEGER)
        return; /* SQLite compares again itself */
    if (b == BOUND_FROM) {
        c->has_from = true;
        c->from_ns = sqlite3_value_int64(v);
        c->wanted |= BIT(SAMPLE_START);
    } else if (b == BOUND_TO) {
        c->has_to = true;
        c->to_ns = sqlite3_value_int64(v);
        c->wanted |= BIT(SAMPLE_START);
    } else if (b == BOUND_OPERATION) {
        c->has_operation = true;
        c->operation = sqlite3_value_int64(v);
        c->wanted |= BIT(SAMPLE_KIND);
    }
}

static char *block_query(uint32_t chosen)
{
    char *sql = sqlite3_mprintf("SELECT id, run_id, phase_id, worker, ratio, count, format, crc, "
                                "data FROM main.sample_block WHERE count > 0");
    for (enum bound b = 0; sql && b < BOUNDS; b++)
        if (chosen & BIT(b) && bounds[b].where)
            sql = sqlite3_mprintf("%z%s", sql, bounds[b].where);
    return sql;
}

static int select_blocks(struct cursor *c, uint32_t chosen)
{
    char *sql = block_query(chosen);
    if (!sql)
        return SQLITE_NOMEM;
    struct table *t = (struct table *)c->base.pVtab;
    int rc = sqlite3_prepare_v2(t->db, sql, -1, &c->blocks, NULL);
    sqlite3_free(sql);
    if (rc == SQLITE_OK)
        return rc;
    sqlite3_free(t->base.zErrMsg);
    t->base.zErrMsg = sqlite3_mprintf("sample: %s", sqlite3_errmsg(t->db));
    return rc;
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int argc,
                  sqlite3_value **argv)
{
    (void)text;
    struct cursor *c = (struct cursor *)cursor;
    uint32_t chosen = (uint32_t)number & (BIT(BOUNDS) - 1);
    sqlite3_finalize(c->blocks);
    *c = (struct cursor){.base = c->base, .reader = c->reader,
                         .wanted = (uint32_t)number >> COLUMNS_AT};
    int rc = select_blocks(c, chosen), argument = 0, parameter = 0;
    for (enum bound b = 0; rc == SQLITE_OK && b < BOUNDS && argument < argc; b++) {
        if (!(chosen & BIT(b)))
            continue;
        sqlite3_value *v = argv[argument++];
        note_bound(c, b, v);
        if (bounds[b].where)
            rc = sqlite3_bind_value(c->blocks, ++parameter, v);
    }
    return rc == SQLITE_OK ? settle(c) : rc;
}

static int next(sqlite3_vtab_cursor *cursor)
{
    struct cursor *c = (struct cursor *)cursor;
    if (++c->row < c->end && !c->has_operation)
        return SQLITE_OK;
    return settle(c);
}

static int at_end(sqlite3_vtab_cursor *cursor)
{
    return ((struct cursor *)cursor)->done;
}

static int row_id(sqlite3_vtab_cursor *cursor, sqlite3_int64 *id)
{
    struct cursor *c = (struct cursor *)cursor;
    *id = c->id * SAMPLE_BLOCK_MAX + c->row;
    return SQLITE_OK;
}

/* --- values ---------------------------------------------------------------------------------- */

static sqlite3_int64 packed(const struct cursor *c, enum sample_column column)
{
    return (sqlite3_int64)c->columns[column][c->row];
}

static void result_text(sqlite3_context *out, uint32_t result)
{
    if (result < RESULT_COUNT)
        sqlite3_result_text(out, result_name((enum result)result), -1, SQLITE_STATIC);
}

static void known_with_connection(sqlite3_context *out, const struct cursor *c, sqlite3_int64 v)
{
    if (packed(c, SAMPLE_CONNECTION) != NO_CONNECTION)
        sqlite3_result_int64(out, v);
}

static int value(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
    const struct cursor *c = (const struct cursor *)cursor;
    switch ((enum column)column) {
    case COLUMN_RUN:
        sqlite3_result_int64(out, c->run);
        break;
    case COLUMN_PHASE:
        if (c->phase_known)
            sqlite3_result_int64(out, c->phase);
        break;
    case COLUMN_WORKER:
        sqlite3_result_int64(out, c->worker);
        break;
    case COLUMN_TIME:
        sqlite3_result_int64(out, packed(c, SAMPLE_START));
        break;
    case COLUMN_LATENCY:
        sqlite3_result_int64(out, packed(c, SAMPLE_LATENCY));
        break;
    case COLUMN_SERVICE:
        sqlite3_result_int64(out, (sqlite3_int64)sample_service(
            c->columns[SAMPLE_LATENCY][c->row], c->columns[SAMPLE_QUEUEING][c->row],
            c->columns[SAMPLE_LATENESS][c->row]));
        break;
    case COLUMN_QUEUEING:
        sqlite3_result_int64(out, packed(c, SAMPLE_QUEUEING));
        break;
    case COLUMN_LATENESS:
        sqlite3_result_int64(out, packed(c, SAMPLE_LATENESS));
        break;
    case COLUMN_SIZE:
        known_with_connection(out, c, packed(c, SAMPLE_SIZE));
        break;
    case COLUMN_OPERATION:
        sqlite3_result_int64(out, sample_operation(c->columns[SAMPLE_KIND][c->row]));
        break;
    case COLUMN_CONNECTION:
        known_with_connection(out, c, packed(c, SAMPLE_CONNECTION));
        break;
    case COLUMN_RESULT:
        result_text(out, sample_result(c->columns[SAMPLE_KIND][c->row]));
        break;
    case COLUMN_MEASURED:
        sqlite3_result_int(out, sample_measured(c->columns[SAMPLE_KIND][c->row]));
        break;
    case COLUMN_RATIO:
        sqlite3_result_double(out, c->ratio);
        break;
    case COLUMN_BLOCK:
        sqlite3_result_int64(out, c->id);
        break;
    case COLUMN_TARGET:
        if (sample_target(c->columns[SAMPLE_KIND][c->row]))
            sqlite3_result_int64(out, sample_target(c->columns[SAMPLE_KIND][c->row]));
        break;
    }
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = connect_table, .xBestIndex = plan, .xDisconnect = disconnect_table,
    .xOpen = open_cursor, .xClose = close_cursor, .xFilter = filter, .xNext = next,
    .xEof = at_end, .xColumn = value, .xRowid = row_id,
};

/* --- damage ---------------------------------------------------------------------------------- */

/* sample_damage(format, count, crc, data): NULL when the block is whole, else why it is not. */
static void sample_damage(sqlite3_context *out, int argc, sqlite3_value **v)
{
    (void)argc;
    size_t len = (size_t)sqlite3_value_bytes(v[3]);
    sqlite3_int64 count = sqlite3_value_int64(v[1]);
    if (!count && !len)
        return; /* seconds of which nothing was kept */
    struct sample_reader *r = sample_reader_new();
    if (!r) {
        sqlite3_result_error_nomem(out);
        return;
    }
    const char *why = sample_reader_damage(r, sqlite3_value_int64(v[0]), count,
                                           sqlite3_value_int64(v[2]), sqlite3_value_blob(v[3]),
                                           len);
    if (why)
        sqlite3_result_text(out, why, -1, SQLITE_STATIC);
    sample_reader_free(r);
}

int extension_register_sample(sqlite3 *db)
{
    int rc = sqlite3_create_module_v2(db, "sample", &module, NULL, NULL);
    if (rc != SQLITE_OK)
        return rc;
    return sqlite3_create_function_v2(db, "sample_damage", 4,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                      sample_damage, NULL, NULL, NULL);
}
