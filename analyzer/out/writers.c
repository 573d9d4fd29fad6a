/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/writer.h"

#include <string.h>

const struct writer writers[] = {
    {"--text", "a summary for people (the default)", text_write},
    {"--json", "one JSON object a run, indented", json_write},
    {"--json=lines", "one JSON object a run, each on one line", json_write_line},
};
const size_t writers_count = sizeof writers / sizeof *writers;

const struct writer *writer_find(const char *option)
{
    for (size_t i = 0; i < writers_count; i++)
        if (strcmp(writers[i].option, option) == 0)
            return &writers[i];
    return NULL;
}
