/* SPDX-License-Identifier: BSD-3-Clause */
/* The option table for people: --help, the man page and the table of docs/JOBS.md. */
#include <stdio.h>

#include "job/job.h"
#include "job/value.h"

static void default_print(const struct option *o, FILE *out)
{
    if (o->initial && *o->initial)
        fprintf(out, "default %s; ", o->initial);
    o->kind->expect(o, out);
    if (o->phase)
        fputs("; per phase", out);
}

void job_print_help(FILE *out)
{
    fputs(
        "Keys of a job file, each also --key=value and BENCH_KEY=value. Precedence: command line,\n"
        "environment, section, [global], default. --PHASE.key=value sets a key marked\n"
        "\"per phase\" for one phase. include = FILE, before all else of a job file, reads another,\n"
        "over which the including file wins.\n",
        out);
    for (const struct option *o = options; o < options + option_count; o++) {
        if (!o->help)
            continue;
        if (o->group)
            fprintf(out, "\n%s:\n", o->group);
        fprintf(out, "  --%s=%s\n      %s\n      (", o->key, o->form, o->help);
        default_print(o, out);
        fputs(")\n", out);
    }
}

/* roff takes '-' for a hyphen and a leading '.' or '\'' for a request. */
static void roff_print(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (*text == '-' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
}

void job_print_man(FILE *out)
{
    fputs(".SH OPTIONS\n", out);
    for (const struct option *o = options; o < options + option_count; o++) {
        if (!o->help)
            continue;
        if (o->group)
            fprintf(out, ".SS %s\n", o->group);
        fputs(".TP\n.BI \\-\\-", out);
        fprintf(out, "%s= \"", o->key);
        roff_print(o->form, out);
        fputs("\"\n", out);
        roff_print(o->help, out);
        fputs(" (", out);
        default_print(o, out);
        fputs(").\n", out);
    }
}

/* A '|' would end the cell. */
static void cell_print(const char *text, FILE *out)
{
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

void job_print_markdown(FILE *out)
{
    fputs("| key | value | default | holds for | meaning |\n|---|---|---|---|---|\n", out);
    for (const struct option *o = options; o < options + option_count; o++) {
        if (!o->help)
            continue;
        if (o->group)
            fprintf(out, "| **%s** | | | | |\n", o->group);
        fprintf(out, "| `%s` | ", o->key);
        o->kind->expect(o, out);
        fprintf(out, " | %s | %s | ", o->initial ? o->initial : "", o->phase ? "phase" : "run");
        cell_print(o->help, out);
        fputs(" |\n", out);
    }
}
