/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "wire/wire.h"

void wire_caps_send_whole(struct wire_caps *c)
{
    size_t used = strlen(c->detail);
    if (c->tx_csum || c->tso_bytes)
        snprintf(c->detail + used, sizeof c->detail - used, "; but not of what is sent");
    c->tx_csum = false;
    c->tso_bytes = 0;
}
