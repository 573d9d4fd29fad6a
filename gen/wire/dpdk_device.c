/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/dpdk_device.h"

#include <errno.h>
#include <rte_dev.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

enum { DOMAIN_LEN = 5 }; /* "0000:", which may be put before an address */

/* ---- what is meant ---- */

/* "0000:03:00.0", of which the domain may be left out; NULL: no such address. Returns what follows. */
static const char *parse_pci(const char *text, char *out, size_t size)
{
    unsigned domain = 0, bus, slot, function;
    int end = 0;
    bool is = (sscanf(text, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end) == 4 && end) ||
              (domain = 0, sscanf(text, "%2x:%2x.%1x%n", &bus, &slot, &function, &end) == 3 && end);
    if (!is || (text[end] && text[end] != ','))
        return NULL;
    snprintf(out, size, "%04x:%02x:%02x.%x", domain, bus, slot, function);
    return text + end;
}

static bool parse_mac(const char *text, uint8_t mac[6])
{
    int end = 0;
    return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2], &mac[3],
                  &mac[4], &mac[5], &end) == 6 && !text[end];
}

/* The PCI device of an interface of the kernel's; false: no interface, or a virtual one. */
static bool pci_of_interface(const char *name, char *out, size_t size)
{
    char path[300], link[256];
    if (strchr(name, '/'))
        return false;
    snprintf(path, sizeof path, "/sys/class/net/%s/device", name);
    ssize_t n = readlink(path, link, sizeof link - 1);
    if (n <= 0)
        return false;
    link[n] = '\0';
    const char *base = strrchr(link, '/');
    return base && parse_pci(base + 1, out, size);
}

int dpdk_device_parse(const char *text, struct dpdk_device *out, struct err *e)
{
    *out = (struct dpdk_device){.pci = DPDK_PCI_ALL};
    out->by_mac = parse_mac(text, out->mac);
    if (out->by_mac) {
        snprintf(out->args, sizeof out->args, "%s", text);
        return 0;
    }
    size_t len = strcspn(text, ",");
    if (len == 0 || len >= sizeof out->name || strlen(text) >= sizeof out->args - DOMAIN_LEN)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire dpdk:%s: expected a virtual device with its arguments "
                       "(net_memif0,role=client), a PCI address (0000:03:00.0), an interface or a MAC",
                       text);
    const char *more = parse_pci(text, out->name, sizeof out->name);
    if (!more && pci_of_interface(text, out->name, sizeof out->name))
        more = "";
    out->pci = more ? DPDK_PCI_ONE : DPDK_PCI_NONE;
    if (!more)
        snprintf(out->name, sizeof out->name, "%.*s", (int)len, text);
    snprintf(out->args, sizeof out->args, "%s%s", more ? out->name : "", more ? more : text);
    return 0;
}

/* ---- its port ---- */

static int find_mac(const uint8_t mac[6], uint16_t *port_id)
{
    struct rte_ether_addr addr;
    uint64_t id = rte_eth_find_next(0);
    while (id < RTE_MAX_ETHPORTS && (rte_eth_macaddr_get((uint16_t)id, &addr) ||
                                     memcmp(addr.addr_bytes, mac, sizeof addr.addr_bytes)))
        id = rte_eth_find_next((uint16_t)(id + 1));
    *port_id = (uint16_t)id;
    return id < RTE_MAX_ETHPORTS ? 0 : -ENODEV;
}

/* Of a PCI device: the driver that holds it; "": none, or no such device (false). */
static bool kernel_driver(const char *address, char out[DPDK_TEXT])
{
    char path[128], link[DPDK_TEXT];
    out[0] = '\0';
    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s", address);
    if (access(path, F_OK))
        return false;
    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/driver", address);
    ssize_t n = readlink(path, link, sizeof link - 1);
    if (n > 0) {
        link[n] = '\0';
        const char *base = strrchr(link, '/');
        snprintf(out, DPDK_TEXT, "%s", base ? base + 1 : link);
    }
    return true;
}

static int refuse_pci(const struct dpdk_device *d, const char *said, struct err *e)
{
    char driver[DPDK_TEXT];
    if (!kernel_driver(d->name, driver))
        return err_set(e, EXIT_ENVIRONMENT, -ENODEV, "wire dpdk:%s: no such PCI device", d->args);
    return err_set(e, EXIT_ENVIRONMENT, -ENODEV,
                   "wire dpdk:%s: no driver of DPDK's takes it (it is bound to %s; %s): expected it bound "
                   "to vfio-pci: dpdk-devbind.py --bind=vfio-pci %s; see gen doctor",
                   d->args, driver[0] ? driver : "no driver", said, d->name);
}

static int refuse(const struct dpdk_device *d, int rc, const char *said, struct err *e)
{
    if (d->by_mac)
        return err_set(e, EXIT_ENVIRONMENT, rc,
                       "wire dpdk:%s: no device of DPDK's has this MAC: expected one that is bound to "
                       "vfio-pci; see gen doctor", d->args);
    if (d->pci == DPDK_PCI_ONE)
        return refuse_pci(d, said, e);
    return err_set(e, EXIT_ENVIRONMENT, rc, "wire dpdk:%s: cannot be opened: %s: %s", d->args,
                   strerror(-rc), said);
}

int dpdk_device_find(const struct dpdk_device *d, uint16_t *port_id, struct err *e)
{
    char said[DPDK_SAID];
    long mark = dpdk_log_mark();
    int rc = d->by_mac ? find_mac(d->mac, port_id) : rte_eth_dev_get_port_by_name(d->name, port_id);
    if (rc && !d->by_mac) {
        rc = rte_dev_probe(d->args);
        rc = rc && rc != -EEXIST ? rc : rte_eth_dev_get_port_by_name(d->name, port_id);
    }
    return rc ? refuse(d, rc, dpdk_log_first(mark, said), e) : 0;
}

void dpdk_device_remove(uint16_t port_id)
{
    struct rte_eth_dev_info info;
    struct rte_device *device = rte_eth_dev_info_get(port_id, &info) ? NULL : info.device;
    rte_eth_dev_close(port_id);
    if (device)
        rte_dev_remove(device);
}
