/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of docs/JOBS.md, when a metric has come or gone. */
#include "run/figures.h"

int main(void)
{
    figure_print_markdown(stdout);
    return 0;
}
