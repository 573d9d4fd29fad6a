/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "app/app.h"
#include "app/protos.h"

const struct app_proto app_protos[] = {
    {"line", "one JSON-RPC object a line, matched by id", &line_client, &line_server, NULL},
    {"echo", "opaque bytes, sent back and compared", &echo_client, &echo_server, NULL},
    {"discard", "one way; the peer only counts", &discard_client, &discard_server, NULL},
    {"http", "HTTP/1.1 with keep-alive and pipelining", NULL, NULL, "the HTTP issue"},
    {"websocket", "RFC 6455 messages", NULL, NULL, "the WebSocket issue"},
    {"mcp", "Model Context Protocol sessions", NULL, NULL, "the MCP issue"},
    {"script", "send, expect and delay from a file", NULL, NULL, "the script issue"},
};
const uint32_t app_proto_count = sizeof app_protos / sizeof *app_protos;

const struct app_proto *app_proto_find(const char *name)
{
    for (uint32_t i = 0; i < app_proto_count; i++)
        if (strcmp(app_protos[i].name, name) == 0)
            return &app_protos[i];
    return NULL;
}
