/* SPDX-License-Identifier: BSD-3-Clause */
/* print_options help|man|markdown: the option table as the documents hold it. */
#include <stdio.h>
#include <string.h>

#include "job/job.h"

static const struct {
    const char *name;
    void (*print)(FILE *out);
} forms[] = {{"help", job_print_help}, {"man", job_print_man}, {"markdown", job_print_markdown}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof forms / sizeof *forms; i++)
        if (!strcmp(argv[1], forms[i].name)) {
            forms[i].print(stdout);
            return 0;
        }
    fputs("usage: print_options help|man|markdown\n", stderr);
    return 2;
}
