/* SPDX-License-Identifier: BSD-3-Clause */
/* What DPDK finds here: itself, by a frame over its ring device; vfio, by which it takes a NIC from
 * the kernel; the NICs. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "run/doctor.h"
#include "run/sysfile.h"
#include "wire/wire.h"

#define PCI_DEVICES  "/sys/bus/pci/devices"
#define NO_IOMMU     "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
#define PCI_NETWORK  0x02 /* the class of a device, its first byte */

enum { FRAME_BYTES = 64, ADDRESS = 16, WORD = 64 };

static const struct wire_device *dpdk(void)
{
    const struct wire_kind *kind = wire_kind_find("dpdk");
    return kind ? kind->device : NULL;
}

/* ---- DPDK itself ---- */

static bool frame_returns(struct wire_port *port, struct err *e)
{
    struct wire_queue *q;
    struct frame f;
    if (port->ops->queue_open(port, 0, &q, e))
        return false;
    bool back = false;
    if (q->ops->tx_alloc(q, &f, 1)) {
        memset(f.data, 0, FRAME_BYTES);
        f.len = FRAME_BYTES;
        if (!q->ops->tx(q, &f, 1))
            q->ops->tx_free(q, &f, 1);
        back = q->ops->rx(q, &f, 1) == 1;
        if (back)
            q->ops->rx_free(q, &f, 1);
    }
    q->ops->queue_close(q);
    return back;
}

void doctor_dpdk(struct doctor *d)
{
    (void)d;
    const struct wire_device *wire = dpdk();
    struct wire_config cfg = {.device = "net_ring0", .queues = 1};
    struct wire_port *port;
    struct err e = {0};
    if (!wire)
        return; /* doctor_later says so */
    if (wire->open(&cfg, &port, &e)) {
        doctor_row(FINDING_LACK, "dpdk", "%s", e.message);
        return;
    }
    if (frame_returns(port, &e))
        doctor_row(FINDING_OK, "dpdk", "a frame went there and back over net_ring: %s", port->caps.detail);
    else
        doctor_row(FINDING_LACK, "dpdk", "no frame came back over net_ring: %s%s", port->caps.detail,
                   e.message);
    port->ops->port_close(port);
}

/* ---- vfio ---- */

static bool has_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    bool any = false;
    for (struct dirent *at; dir && !any && (at = readdir(dir)) != NULL;)
        any = at->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return any;
}

/* A NIC that the kernel drives beside us (mlx5) needs none of it; no virtual device does. */
void doctor_vfio(struct doctor *d)
{
    (void)d;
    char on[WORD];
    if (!dpdk())
        return;
    bool module = !access("/sys/bus/pci/drivers/vfio-pci", F_OK);
    bool iommu = has_entries("/sys/kernel/iommu_groups");
    bool without = sysfile_line(NO_IOMMU, on, sizeof on) && on[0] == 'Y';
    if (module && (iommu || without))
        doctor_row(FINDING_OK, "vfio", "dpdk can take NICs that are bound to vfio-pci%s",
                   iommu ? "" : ", without an IOMMU: they may write to any memory");
    else if (module)
        doctor_row(FINDING_INFO, "vfio",
                   "no IOMMU, which dpdk wants for a NIC -> boot with intel_iommu=on iommu=pt, or, where "
                   "the NIC may write to any memory, echo Y >" NO_IOMMU);
    else
        doctor_row(FINDING_INFO, "vfio", "no vfio-pci, by which dpdk takes a NIC%s -> modprobe vfio-pci%s",
                   iommu ? "" : ", and no IOMMU",
                   iommu ? "" : ", and boot with intel_iommu=on iommu=pt");
}

/* ---- NICs ---- */

/* The last part of what a link below a device points to; "": there is none. */
static void link_name(const char *address, const char *link, char out[WORD])
{
    char path[128], to[256];
    snprintf(path, sizeof path, PCI_DEVICES "/%.15s/%s", address, link);
    ssize_t n = readlink(path, to, sizeof to - 1);
    to[n > 0 ? n : 0] = '\0';
    const char *base = strrchr(to, '/');
    snprintf(out, WORD, "%.60s", base ? base + 1 : to);
}

static bool is_dpdks(const char *driver)
{
    return !strcmp(driver, "vfio-pci") || !strcmp(driver, "uio_pci_generic") ||
           !strcmp(driver, "igb_uio");
}

static void print_nic(const char *address)
{
    char driver[WORD];
    link_name(address, "driver", driver);
    if (is_dpdks(driver))
        doctor_row(FINDING_OK, address, "bound to %s: wire = dpdk:%s", driver, address);
    else if (!strncmp(driver, "mlx", 3))
        doctor_row(FINDING_OK, address, "%s shares it with dpdk: wire = dpdk:%s", driver, address);
    else
        doctor_row(FINDING_INFO, address,
                   "bound to %s; for dpdk, which takes it from the kernel with its addresses -> "
                   "dpdk-devbind.py --bind=vfio-pci %s",
                   driver[0] ? driver : "no driver", address);
}

static int is_nic(const struct dirent *d)
{
    char path[128], class[WORD];
    snprintf(path, sizeof path, PCI_DEVICES "/%.15s/class", d->d_name);
    return d->d_name[0] != '.' && sysfile_line(path, class, sizeof class) &&
           strtoul(class, NULL, 16) >> 16 == PCI_NETWORK;
}

void doctor_nics(struct doctor *d)
{
    (void)d;
    struct dirent **nics;
    int n = dpdk() ? scandir(PCI_DEVICES, &nics, is_nic, alphasort) : -1;
    if (n < 0)
        return;
    if (!n)
        doctor_row(FINDING_INFO, "none", "dpdk has its virtual devices only");
    for (int i = 0; i < n; i++) {
        char address[ADDRESS];
        snprintf(address, sizeof address, "%.15s", nics[i]->d_name);
        print_nic(address);
        free(nics[i]);
    }
    free(nics);
}
