/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "app/app.h"
#include "app/protos.h"

#define BUILT(name, meaning)        {#name, meaning, &name##_client, &name##_server, NULL},
#define LATER(name, meaning, later) {#name, meaning, NULL, NULL, later},
const struct app_proto app_protos[] = {APP_PROTOS(BUILT, LATER)};
const uint32_t app_proto_count = sizeof app_protos / sizeof *app_protos;

const struct app_proto *app_proto_find(const char *name)
{
    for (uint32_t i = 0; i < app_proto_count; i++)
        if (strcmp(app_protos[i].name, name) == 0)
            return &app_protos[i];
    return NULL;
}
