/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/options.h"

#include <errno.h>
#include <string.h>

#include "analyzer/command.h"
#include "analyzer/out/writer.h"
#include "base/err.h"
#include "base/units.h"

enum option_id {
    OPT_DB,
    OPT_RUN,
    OPT_LIST,
    OPT_LIMIT,
    OPT_JSON_DIR,
    OPT_PLOT,
    OPT_OLDER_THAN,
    OPT_KEEP_SIZE,
    OPT_FOLLOW_LIMIT,
    OPT_FAIL_ON,
    OPT_FORCE,
    OPT_METRIC,
    OPT_LAST,
    OPT_HELP,
    OPT_VERSION
};

static const struct option {
    enum option_id id;
    const char *name, *value, *what; /* value NULL: the option takes none */
} table[] = {
    {OPT_DB, "--db", "FILE", "the results file (default: results.db)"},
    {OPT_RUN, "--run", "ID|UUID", "which run; may be given several times (default: the last)"},
    {OPT_LIST, "--list", NULL, "a table of the runs, newest first"},
    {OPT_LIMIT, "--limit", "N", "with --list: of the newest N (default 1000; 0: all)"},
    {OPT_JSON_DIR, "--json-dir", "DIR",
     "write DIR/transport_real_tcp_{workload}_{unix seconds}.json"},
    {OPT_PLOT, "--plot", "DIR", "draw charts (SVG and PNG, by gnuplot) into DIR"},
    {OPT_OLDER_THAN, "--older-than", "TIME", "with --db-prune: of runs begun before, such as 30d"},
    {OPT_KEEP_SIZE, "--keep-size", "SIZE",
     "with --db-prune: of the oldest runs, until the rest is at most 1GiB"},
    {OPT_FOLLOW_LIMIT, "--follow-limit", "N", "with --follow: end after N lines"},
    {OPT_FAIL_ON, "--fail-on", "STATES",
     "with --compare, --trend: of regression,inconclusive,invalid what fails"},
    {OPT_FORCE, "--force", NULL, "with --compare: compare what is not comparable, and say so"},
    {OPT_METRIC, "--metric", "NAME",
     "with --trend, --calibrate: also this one; may be given several times"},
    {OPT_LAST, "--last", "N",
     "with --trend: only changes for the worse in the last N runs fail (5)"},
    {OPT_HELP, "--help", NULL, "this text"},
    {OPT_VERSION, "--version", NULL, "the version"},
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Whether `arg` is the option `name`, alone or with "=value". */
static bool matches(const char *arg, const char *name)
{
    size_t len = strlen(name);
    return strncmp(arg, name, len) == 0 && (arg[len] == '\0' || arg[len] == '=');
}

static int refuse(const char *arg, struct err *e)
{
    if (arg[0] == '-')
        return err_set(e, EXIT_USAGE, -EINVAL, "unknown option \"%.100s\": see analyze --help",
                       arg);
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "unexpected argument \"%.100s\": expected options only (a file is --db FILE, "
                   "a run is --run ID)",
                   arg);
}

static int add_run(struct options *o, const char *value, struct err *e)
{
    if (o->runs_count == OPTIONS_RUNS)
        return err_set(e, EXIT_USAGE, -EINVAL, "--run given more than %d times", OPTIONS_RUNS);
    o->runs[o->runs_count++] = value;
    return 0;
}

static int add_metric(struct options *o, const char *value, struct err *e)
{
    if (o->metrics_count == OPTIONS_METRICS)
        return err_set(e, EXIT_USAGE, -EINVAL, "--metric given more than %d times",
                       OPTIONS_METRICS);
    o->metrics[o->metrics_count++] = value;
    return 0;
}

static int take_limit(struct options *o, const char *value, struct err *e)
{
    o->limited = true;
    return units_parse_count(value, &o->limit)
               ? err_set(e, EXIT_USAGE, -EINVAL,
                         "--limit \"%.40s\": expected a whole number of runs, 0 for all", value)
               : 0;
}

static int take(struct options *o, enum option_id id, const char *value, struct err *e)
{
    switch (id) {
    case OPT_DB:
        o->db = value;
        return 0;
    case OPT_RUN:
        return add_run(o, value, e);
    case OPT_LIST:
        o->list = true;
        return 0;
    case OPT_LIMIT:
        return take_limit(o, value, e);
    case OPT_JSON_DIR:
        o->json_dir = value;
        return 0;
    case OPT_PLOT:
        o->plot = value;
        return 0;
    case OPT_OLDER_THAN:
        o->older_than = value;
        return 0;
    case OPT_KEEP_SIZE:
        o->keep_size = value;
        return 0;
    case OPT_FOLLOW_LIMIT:
        o->follow_limit = value;
        return 0;
    case OPT_FAIL_ON:
        o->fail_on = value;
        return 0;
    case OPT_FORCE:
        o->force = true;
        return 0;
    case OPT_METRIC:
        return add_metric(o, value, e);
    case OPT_LAST:
        o->last = value;
        return 0;
    case OPT_HELP:
        o->help = true;
        return 0;
    case OPT_VERSION:
        o->version = true;
        return 0;
    }
    return 0;
}

static const struct option *find(const char *arg)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (matches(arg, table[i].name))
            return &table[i];
    return NULL;
}

/* --- commands -------------------------------------------------------------------------- */

static const struct command *find_command(const char *arg)
{
    for (size_t i = 0; i < commands_count; i++)
        if (matches(arg, commands[i].option))
            return &commands[i];
    return NULL;
}

static int add_word(struct options *o, const char *word, struct err *e)
{
    if (o->words_count == o->command->words_max)
        return err_set(e, EXIT_USAGE, -EINVAL, "unexpected \"%.100s\": expected %s %s", word,
                       o->command->option, o->command->words);
    o->words[o->words_count++] = word;
    return 0;
}

static int take_command(struct options *o, const struct command *c, const char *arg, struct err *e)
{
    if (o->command)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s and %s: one at a time", o->command->option,
                       c->option);
    o->command = c;
    const char *value = strchr(arg, '=');
    return value ? add_word(o, value + 1, e) : 0;
}

/* The option given that the command has no use for, or NULL. */
static const char *of_no_use(const struct options *o, unsigned takes)
{
    if (o->runs_count && !(takes & TAKES_RUN))
        return "--run";
    if (o->older_than && !(takes & TAKES_PRUNE))
        return "--older-than";
    if (o->keep_size && !(takes & TAKES_PRUNE))
        return "--keep-size";
    if (o->limited && !o->list)
        return "--limit";
    if (o->follow_limit && !(takes & TAKES_LIMIT))
        return "--follow-limit";
    if (o->fail_on && !(takes & TAKES_FAIL_ON))
        return "--fail-on";
    if (o->force && !(takes & TAKES_FORCE))
        return "--force";
    if (o->metrics_count && !(takes & TAKES_METRIC))
        return "--metric";
    if (o->last && !(takes & TAKES_LAST))
        return "--last";
    if (!o->command)
        return NULL;
    bool writes = takes & TAKES_WRITER;
    return o->list                            ? "--list"
           : o->json_dir                      ? "--json-dir"
           : o->plot && !(takes & TAKES_PLOT) ? "--plot"
           : writes                           ? NULL
           : o->files_count                   ? o->files[0].writer->option
           : o->writer != &writers[0]         ? o->writer->option
                                              : NULL;
}

static int check_command(const struct options *o, struct err *e)
{
    const struct command *c = o->command;
    const char *stray = of_no_use(o, c ? c->takes : TAKES_RUN);
    if (stray && !c)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s goes with another option: see analyze --help",
                       stray);
    if (stray)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s does not go with %s", stray, c->option);
    if (c && o->words_count < c->words_min)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s needs a value: %s %s", c->option, c->option,
                       c->words);
    for (int i = 0; i < o->words_count; i++)
        if (!*o->words[i])
            return err_set(e, EXIT_USAGE, -EINVAL, "%s: \"\" is not a value: expected %s",
                           c->option, c->words);
    return 0;
}

static int take_writer(struct options *o, const struct writer *w, const char *file, struct err *e)
{
    if ((file && !*file) || (w->file_only && !file))
        return err_set(e, EXIT_USAGE, -EINVAL, "%s needs a value: %s=FILE", w->option, w->option);
    if (!file)
        o->writer = w;
    else if (o->files_count == OPTIONS_FILES)
        return err_set(e, EXIT_USAGE, -EINVAL, "more than %d files to write", OPTIONS_FILES);
    else
        o->files[o->files_count++] = (struct output){w, file};
    return 0;
}

/* A document that takes few runs, given too many. */
static int check_runs(const struct writer *w, int runs, struct err *e)
{
    if (!w->runs_max || runs <= (int)w->runs_max)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL, "%s shows at most %zu run%s: found %d times --run",
                   w->option, w->runs_max, w->runs_max == 1 ? "" : "s", runs);
}

static int check(const struct options *o, struct err *e)
{
    bool more = o->runs_count || o->json_dir || o->plot || o->files_count || o->writer != writers;
    if (o->list && more)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "--list shows all runs in a table: it goes with --db only");
    int ret = check_runs(o->writer, o->runs_count, e);
    for (int i = 0; i < o->files_count && ret == 0; i++)
        ret = check_runs(o->files[i].writer, o->runs_count, e);
    return ret;
}

/* One option and its value; `*i` moves past what was used. */
static int parse_one(struct options *o, int argc, char **argv, int *i, struct err *e)
{
    const char *arg = argv[(*i)++];
    const char *file;
    const struct writer *w = writer_find(arg, &file);
    if (w)
        return take_writer(o, w, w->file_only && !file && *i < argc ? argv[(*i)++] : file, e);
    const struct command *command = find_command(arg);
    if (command)
        return take_command(o, command, arg, e);
    if (o->command && arg[0] != '-')
        return add_word(o, arg, e);
    const struct option *option = find(arg);
    if (!option)
        return refuse(arg, e);
    const char *value = strchr(arg, '=');
    if (value && !option->value)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s takes no value, found \"%.100s\"", option->name,
                       value + 1);
    if (option->value)
        value = value ? value + 1 : *i < argc ? argv[(*i)++] : NULL;
    if (option->value && (!value || !*value))
        return err_set(e, EXIT_USAGE, -EINVAL, "%s needs a value: %s %s", option->name,
                       option->name, option->value);
    return take(o, option->id, value, e);
}

int options_parse(struct options *o, int argc, char **argv, struct err *e)
{
    *o = (struct options){.db = "results.db", .writer = &writers[0], .limit = 1000};
    int ret = 0;
    for (int i = 1; i < argc && ret == 0;)
        ret = parse_one(o, argc, argv, &i, e);
    ret = ret ? ret : check_command(o, e);
    return ret ? ret : check(o, e);
}

static void help_line(FILE *out, const char *name, const char *what)
{
    if (strlen(name) > 20)
        fprintf(out, "  %s\n  %-20s  %s\n", name, "", what);
    else
        fprintf(out, "  %-20s  %s\n", name, what);
}

void options_help(FILE *out)
{
    fputs("Usage: analyze [OPTION]...\n"
          "Explains a run of gen from its results file. Without options: the last run of "
          "results.db.\n\n",
          out);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char name[60];
        snprintf(name, sizeof name, "%s%s%s", table[i].name, table[i].value ? " " : "",
                 table[i].value ? table[i].value : "");
        help_line(out, name, table[i].what);
    }
    fputs("\nOutput, to the standard output instead of --text, or with =FILE beside it:\n\n", out);
    for (size_t i = 0; i < writers_count; i++) {
        const struct writer *w = &writers[i];
        bool optional = w->file && !w->file_only;
        char name[60];
        snprintf(name, sizeof name, "%s%s%s%s", w->option,
                 !w->file   ? ""
                 : optional ? "[="
                            : "=",
                 w->file ? w->file : "", optional ? "]" : "");
        help_line(out, name, w->what);
    }
    fputs("\nInstead of showing a run:\n\n", out);
    for (size_t i = 0; i < commands_count; i++) {
        char name[60];
        snprintf(name, sizeof name, "%s %s", commands[i].option, commands[i].words);
        help_line(out, name, commands[i].what);
    }
    fputs("\nPercentiles and rates cover the measured phases. A percentile is shown when at least "
          "ten\n"
          "samples lie beyond it; its 95 % interval takes the seconds of the run as dependent "
          "clusters.\n"
          "A FILE appears whole or not at all. Paths of written files are printed; where --text is "
          "not\n"
          "what the standard output holds, they go to the standard error.\n"
          "\nExit codes, the first that applies:\n"
          "  2  usage, or input that cannot be read\n"
          "  3  a chart needs gnuplot and it is missing, or a file cannot be written: a full disk, "
          "or\n"
          "     another process is writing to it\n"
          "  4  the shown run failed, was aborted or interrupted\n"
          "  6  the shown run is invalid: the generator could not keep its own promises; runs "
          "that are\n"
          "     not comparable\n"
          "  1  a verdict of the shown run is FAIL; a regression\n"
          "  5  a verdict of the shown run is NOT_MEASURED, or it is still going on; a comparison "
          "that\n"
          "     decides nothing, or without a baseline yet\n"
          "  0  none of these\n",
          out);
}
