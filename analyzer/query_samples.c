/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_samples.h"

#define OUTCOME " (p.measured OR p.kind = 'drain') "

int query_kept(struct db *db, int64_t run_id, struct kept_info *out, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(
        db, "count the raw samples",
        "SELECT count(*) AS blocks, ifnull(sum(b.count), 0) AS samples, min(b.ratio) = 1 AS whole, "
        "  (SELECT ifnull(sum(i.completed + i.failed), 0) FROM interval i "
        "   JOIN phase p ON p.id = i.phase_id WHERE i.run_id = :run_id AND" OUTCOME ") AS ended "
        "FROM sample_block b CROSS JOIN phase p ON p.id = b.phase_id "
        "WHERE b.run_id = :run_id AND" OUTCOME,
        &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":run_id", run_id);
    ret = db_step(s, e);
    if (ret == 1)
        *out = (struct kept_info){
            .blocks = db_col_i64(s, "blocks"),
            .samples = db_col_i64(s, "samples"),
            .ended = db_col_i64(s, "ended"),
            .all = db_col_i64(s, "whole") == 1,
        };
    db_finish(s);
    return ret < 0 ? ret : 0;
}

int query_blocks(struct db *db, int64_t run_id, int64_t from_ns, int64_t to_ns,
                 struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, "read the raw samples",
                         "SELECT b.id, b.phase_id, b.worker, b.count, b.format, b.crc, b.data "
                         "FROM sample_block b CROSS JOIN phase p ON p.id = b.phase_id "
                         "WHERE b.run_id = :run_id AND b.count > 0 AND b.ended_ns >= :from_ns "
                         "AND b.started_ns <= :to_ns AND" OUTCOME,
                         out, e);
    if (ret)
        return ret;
    db_bind_i64(*out, ":run_id", run_id);
    db_bind_i64(*out, ":from_ns", from_ns);
    db_bind_i64(*out, ":to_ns", to_ns);
    return 0;
}

int query_blocks_next(struct db_stmt *s, struct block_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    *out = (struct block_info){
        .id = db_col_i64(s, "id"),
        .phase_id = db_col_i64(s, "phase_id"),
        .worker = db_col_i64(s, "worker"),
        .count = db_col_i64(s, "count"),
        .format = db_col_i64(s, "format"),
        .crc = db_col_i64(s, "crc"),
    };
    out->data = db_col_blob(s, "data", &out->len);
    return 1;
}

int query_owned_hists(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(db, "read the histograms",
                         "SELECT i.phase_id, p.seq AS phase_seq, i.seq, i.worker, "
                         "  p.name || CASE p.kind WHEN 'drain' THEN ' drain' ELSE '' END AS phase, "
                         "  i.started_ns, i.ended_ns, h.count, h.overflow, h.min_ns, h.max_ns, "
                         "  h.mean_ns, h.blob FROM interval i JOIN phase p ON p.id = i.phase_id "
                         "JOIN hist h ON h.interval_id = i.id AND h.time = 'latency' "
                         "WHERE i.run_id = :run_id AND" OUTCOME "ORDER BY p.seq, i.seq, i.worker",
                         run_id, out, e);
}

int query_owned_hists_next(struct db_stmt *s, struct owned_hist_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    *out = (struct owned_hist_info){
        .phase_id = db_col_i64(s, "phase_id"),
        .phase_seq = db_col_i64(s, "phase_seq"),
        .phase = db_col_text(s, "phase"),
        .seq = db_col_i64(s, "seq"),
        .worker = db_col_i64(s, "worker"),
        .hist =
            {
                .started_ns = db_col_i64(s, "started_ns"),
                .ended_ns = db_col_i64(s, "ended_ns"),
                .count = (uint64_t)db_col_i64(s, "count"),
                .overflow = (uint64_t)db_col_i64(s, "overflow"),
                .min_ns = (uint64_t)db_col_i64(s, "min_ns"),
                .max_ns = (uint64_t)db_col_i64(s, "max_ns"),
                .mean_ns = db_col_f64(s, "mean_ns"),
            },
    };
    out->hist.blob = db_col_blob(s, "blob", &out->hist.blob_len);
    return 1;
}
