/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A comparison as GitHub's Markdown, for a comment: the sentence first, what moved or decides in a
 * table, all else folded away.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/words.h"
#include "analyzer/out/compare.h"
#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"

static void put_code(FILE *out, const char *text)
{
    fputs("<code>", out);
    escape_markdown(out, text);
    fputs("</code>", out);
}

static const char *mark_of(const struct comparison *c)
{
    if (!c->compared)
        return "⚪";
    switch (c->gate.change) {
    case CHANGE_REGRESSION:
        return "🔴";
    case CHANGE_IMPROVEMENT:
    case CHANGE_SAME:
        return "🟢";
    case CHANGE_INCONCLUSIVE:
        return "⚪";
    }
    return "";
}

static void put_head(FILE *out, const struct comparison *c)
{
    const struct values *b = &c->b.values;
    char word[20];
    snprintf(word, sizeof word, "%s", comparison_verdict(c));
    fprintf(out, "### %s %s ", mark_of(c), word);
    put_code(out, b->runs[b->count - 1].workload_id);
    fputs(" against ", out);
    put_code(out, c->name);
    fputs("\n\n", out);
    if (c->forced && !c->comparable)
        fputs("**Forced: these runs are not comparable, the figures prove nothing.**\n\n", out);
    fputs("**", out);
    escape_markdown(out, c->conclusion);
    fputs("**\n\n", out);
    if (c->machine_moved) {
        escape_markdown(out, c->machine_moved);
        fputs("\n\n", out);
    }
}

static void put_list(FILE *out, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs("- ", out);
        escape_markdown(out, list[i]);
        fputc('\n', out);
    }
    if (count)
        fputc('\n', out);
}

static void put_differences(FILE *out, const struct comparison *c)
{
    if (c->difference_count)
        fputs("| environment | class | baseline | now |\n|---|---|---|---|\n", out);
    for (size_t i = 0; i < c->difference_count; i++) {
        const struct comparison_difference *d = &c->differences[i];
        const char *const cells[] = {d->name, d->class, d->a, d->b};
        for (size_t j = 0; j < 4; j++) {
            fputs("| ", out);
            put_code(out, cells[j]);
            fputc(' ', out);
        }
        fputs("|\n", out);
    }
    if (c->difference_count)
        fputc('\n', out);
}

/* --- metrics --------------------------------------------------------------------------- */

static const char *value(char buf[WORDS_BYTES], double v)
{
    return isnan(v) ? "–" : format_number(buf, WORDS_BYTES, v);
}

static void put_row(FILE *out, const struct comparison *c, size_t j)
{
    const struct metric *m = &c->metrics[j];
    const struct compare_result *r = &c->results[j];
    char a[WORDS_BYTES], b[WORDS_BYTES], ratio[WORDS_BYTES], interval[WORDS_BYTES], p[WORDS_BYTES];
    char margin[WORDS_BYTES];
    bool moved = r->change == CHANGE_REGRESSION || r->change == CHANGE_IMPROVEMENT;
    words_p(p, r->p_adjusted);
    fprintf(out, "| `%s` | %s | %s | %s (%s) | %s | ", m->name, value(a, c->a.typical[j]),
            value(b, c->b.typical[j]), words_ratio(ratio, m, r->evidence.shift),
            words_interval(interval, m, &r->evidence), words_margin(margin, m));
    escape_markdown(out, p);
    fprintf(out, " | %s%s%s%s%s |\n", moved ? "**" : "", verdict_name(r->change), moved ? "**" : "",
            *r->reason ? ": " : "", r->reason);
}

static int put_tables(FILE *out, const struct comparison *c)
{
    static const char head[] =
        "| metric (median) | baseline | now | ratio (95 % interval) | margin "
        "| p | verdict |\n|---|--:|--:|--:|--:|--:|---|\n";
    size_t *order = malloc((c->metric_count + 1) * sizeof *order);
    if (!order)
        return -ENOMEM;
    words_order(c, order);
    for (int shown = 1; shown >= 0; shown--) {
        fputs(shown ? "" : "\n<details><summary>Every other metric</summary>\n\n", out);
        fputs(head, out);
        for (size_t i = 0; i < c->metric_count; i++)
            if (words_is_shown(c, order[i]) == (shown == 1))
                put_row(out, c, order[i]);
    }
    fputs("\n</details>\n", out);
    free(order);
    return 0;
}

/* --- runs ------------------------------------------------------------------------------ */

static void put_runs(FILE *out, const char *side, const struct values *v)
{
    char when[40];
    for (size_t i = 0; i < v->count; i++) {
        const struct values_run *r = &v->runs[i];
        fprintf(out, "| %s | %lld | ", side, (long long)r->id);
        put_code(out, r->uuid);
        fprintf(out, " | %s | ", format_time(when, sizeof when, r->started_ns));
        put_code(out, format_or(r->subject_commit, "–"));
        fputs(" | ", out);
        put_code(out, format_or(r->tool_commit, "–"));
        fputs(" |\n", out);
    }
}

static void put_details(FILE *out, const struct comparison *c)
{
    char p[WORDS_BYTES];
    fputs("\n<details><summary>Runs and method</summary>\n\n"
          "| side | run | uuid | started | commit | generator |\n|---|--:|---|---|---|---|\n",
          out);
    put_runs(out, c->paired ? "A" : "baseline", &c->a.values);
    put_runs(out, c->paired ? "B" : "now", &c->b.values);
    fputc('\n', out);
    put_list(out, c->notes, c->note_count);
    if (c->compared) {
        fputs("p over all metrics ", out);
        escape_markdown(out, words_p(p, c->gate.p));
        fprintf(out, " (%s), level %g. ", c->gate.joint ? "joint permutation" : "Holm", c->alpha);
    }
    if (c->stored.id)
        fprintf(out, "Stored as verdict %lld: `analyze --replay %lld`.", (long long)c->stored.id,
                (long long)c->stored.id);
    else if (c->not_stored) {
        fputs("Not stored: ", out);
        escape_markdown(out, c->not_stored);
    }
    fputs("\n\n</details>\n", out);
}

int compare_markdown_write(FILE *out, const struct comparison *c)
{
    put_head(out, c);
    put_list(out, c->obstacles, c->obstacle_count);
    put_differences(out, c);
    if (c->compared && put_tables(out, c))
        return -ENOMEM;
    put_details(out, c);
    return fflush(out) || ferror(out) ? -EIO : 0;
}
