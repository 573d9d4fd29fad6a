/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/fault_vfs.h"

#include <stdint.h>
#include <string.h>

struct fault_file {
    sqlite3_file file; /* first: SQLite hands it back */
    struct fault_vfs *owner;
    sqlite3_file *under; /* lies behind this struct */
};

static struct fault_file *ours(sqlite3_file *file)
{
    return (struct fault_file *)file;
}

static sqlite3_file *under(sqlite3_file *file)
{
    return ours(file)->under;
}

static bool fails(sqlite3_file *file)
{
    struct fault_vfs *f = ours(file)->owner;
    int n = atomic_fetch_add(&f->seen, 1) + 1;
    return n == f->fail_at || (f->stays && n > f->fail_at);
}

/* --- what can fail --------------------------------------------------------------------- */

static int fault_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    if (!fails(file))
        return under(file)->pMethods->xWrite(under(file), data, len, at);
    under(file)->pMethods->xWrite(under(file), data, len / 2, at);
    return ours(file)->owner->kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fails(file) ? SQLITE_IOERR_TRUNCATE
                       : under(file)->pMethods->xTruncate(under(file), size);
}

static int fault_sync(sqlite3_file *file, int flags)
{
    return fails(file) ? SQLITE_IOERR_FSYNC : under(file)->pMethods->xSync(under(file), flags);
}

/* --- what is passed on ----------------------------------------------------------------- */

static int pass_close(sqlite3_file *file)
{
    return under(file)->pMethods->xClose(under(file));
}

static int pass_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
    return under(file)->pMethods->xRead(under(file), data, len, at);
}

static int pass_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return under(file)->pMethods->xFileSize(under(file), size);
}

static int pass_lock(sqlite3_file *file, int level)
{
    return under(file)->pMethods->xLock(under(file), level);
}

static int pass_unlock(sqlite3_file *file, int level)
{
    return under(file)->pMethods->xUnlock(under(file), level);
}

static int pass_reserved(sqlite3_file *file, int *out)
{
    return under(file)->pMethods->xCheckReservedLock(under(file), out);
}

static int pass_control(sqlite3_file *file, int op, void *arg)
{
    return under(file)->pMethods->xFileControl(under(file), op, arg);
}

static int pass_sector(sqlite3_file *file)
{
    return under(file)->pMethods->xSectorSize(under(file));
}

static int pass_device(sqlite3_file *file)
{
    return under(file)->pMethods->xDeviceCharacteristics(under(file));
}

static int pass_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return under(file)->pMethods->xShmMap(under(file), page, size, extend, out);
}

static int pass_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return under(file)->pMethods->xShmLock(under(file), offset, n, flags);
}

static void pass_shm_barrier(sqlite3_file *file)
{
    under(file)->pMethods->xShmBarrier(under(file));
}

static int pass_shm_unmap(sqlite3_file *file, int remove)
{
    return under(file)->pMethods->xShmUnmap(under(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* without memory-mapped reads */
    .xClose = pass_close,
    .xRead = pass_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = pass_size,
    .xLock = pass_lock,
    .xUnlock = pass_unlock,
    .xCheckReservedLock = pass_reserved,
    .xFileControl = pass_control,
    .xSectorSize = pass_sector,
    .xDeviceCharacteristics = pass_device,
    .xShmMap = pass_shm_map,
    .xShmLock = pass_shm_lock,
    .xShmBarrier = pass_shm_barrier,
    .xShmUnmap = pass_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct fault_vfs *f = (struct fault_vfs *)vfs;
    struct fault_file *ff = ours(file);
    *ff = (struct fault_file){.owner = f, .under = (sqlite3_file *)(ff + 1)};
    int rc = f->under->xOpen(f->under, name, ff->under, flags, out);
    if (rc == SQLITE_OK)
        ff->file.pMethods = &methods;
    return rc;
}

void fault_vfs_install(struct fault_vfs *f, enum fault_kind kind, int fail_at, bool stays)
{
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    *f = (struct fault_vfs){
        .vfs = *below, .under = below, .kind = kind, .fail_at = fail_at, .stays = stays};
    f->vfs.zName = "fault";
    f->vfs.pNext = NULL;
    f->vfs.szOsFile = (int)sizeof(struct fault_file) + below->szOsFile;
    f->vfs.xOpen = fault_open;
    sqlite3_vfs_register(&f->vfs, 1);
}

void fault_vfs_remove(struct fault_vfs *f)
{
    sqlite3_vfs_unregister(&f->vfs);
    sqlite3_vfs_register(f->under, 1);
}
