#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CTestVFS.h"
#include "overlay.h"
#include "plan.h"

// An open file: ours first, then the room that the wrapped VFS asks for.
struct file {
    sqlite3_file base;
    struct plan *plan;
    // Null where nothing is forgotten.
    struct overlay *overlay;
    sqlite3_file *real;
};

static sqlite3_vfs *wrapped;
static sqlite3_vfs vfs;

// Guards plans and overlays. Tests are not fast.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct file *own(sqlite3_file *file) {
    return (struct file *)file;
}

// The verdict as a code; `code` is what an I/O error of this operation is called.
static int decide(struct plan *plan, enum operation operation, int code) {
    switch (plan_decide(plan, operation)) {
        case GO: return SQLITE_OK;
        case FAIL_FULL: return SQLITE_FULL;
        case CRASH:
            overlay_crash(plan);
            if (plan->kills) kill(getpid(), SIGKILL);
            plan->has_crashed = true;
            return code;
        case FAIL_IOERR: break;
    }
    return code;
}

static int file_close(sqlite3_file *base) {
    struct file *file = own(base);
    pthread_mutex_lock(&lock);
    if (file->overlay) {
        overlay_close(file->overlay, file->real, !file->plan->lies && !file->plan->has_crashed);
    }
    int code = file->real->pMethods->xClose(file->real);
    pthread_mutex_unlock(&lock);
    return code;
}

static int file_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    struct file *file = own(base);
    pthread_mutex_lock(&lock);
    int code = decide(file->plan, OP_READ, SQLITE_IOERR_READ);
    if (code == SQLITE_OK) {
        code = file->overlay ? overlay_read(file->overlay, file->real, bytes, count, offset)
                             : file->real->pMethods->xRead(file->real, bytes, count, offset);
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static int write_now(struct file *file, const void *bytes, int count, sqlite3_int64 offset) {
    return file->overlay ? overlay_write(file->overlay, bytes, count, offset)
                         : file->real->pMethods->xWrite(file->real, bytes, count, offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    struct file *file = own(base);
    pthread_mutex_lock(&lock);
    int code = decide(file->plan, OP_WRITE, SQLITE_IOERR_WRITE);
    if (code == SQLITE_OK) {
        code = write_now(file, bytes, count, offset);
    } else if (!file->plan->has_crashed) {
        write_now(file, bytes, count / 2, offset);
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct file *file = own(base);
    pthread_mutex_lock(&lock);
    int code = decide(file->plan, OP_TRUNCATE, SQLITE_IOERR_TRUNCATE);
    if (code == SQLITE_OK) {
        code = file->overlay ? overlay_truncate(file->overlay, size)
                             : file->real->pMethods->xTruncate(file->real, size);
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static int file_sync(sqlite3_file *base, int flags) {
    struct file *file = own(base);
    if (file->plan && file->plan->slow) usleep(file->plan->slow * 1000U);
    pthread_mutex_lock(&lock);
    int code = decide(file->plan, OP_SYNC, SQLITE_IOERR_FSYNC);
    bool lies = file->plan && file->plan->lies;
    if (code == SQLITE_OK && !lies && file->overlay) code = overlay_flush(file->overlay, file->real);
    pthread_mutex_unlock(&lock);
    // What was handed to the system outlives a killed process, so that a file that forgets needs no real sync.
    // Outside of the lock: others may go on meanwhile.
    bool is_done = code != SQLITE_OK || lies || file->overlay;
    return is_done ? code : file->real->pMethods->xSync(file->real, flags);
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    struct file *file = own(base);
    pthread_mutex_lock(&lock);
    int code = SQLITE_OK;
    if (file->plan && file->plan->has_crashed) {
        code = SQLITE_IOERR_FSTAT;
    } else if (file->overlay) {
        *size = overlay_size(file->overlay);
    } else {
        code = file->real->pMethods->xFileSize(file->real, size);
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    struct file *file = own(base);
    // It would change the size of the real file behind the overlay.
    if (operation == SQLITE_FCNTL_SIZE_HINT && file->overlay) return SQLITE_OK;
    // Mapped files would not show the overlay.
    if (operation == SQLITE_FCNTL_MMAP_SIZE) return SQLITE_NOTFOUND;
    return file->real->pMethods->xFileControl(file->real, operation, argument);
}

static int file_lock(sqlite3_file *base, int level) {
    return own(base)->real->pMethods->xLock(own(base)->real, level);
}

static int file_unlock(sqlite3_file *base, int level) {
    return own(base)->real->pMethods->xUnlock(own(base)->real, level);
}

static int file_check_lock(sqlite3_file *base, int *result) {
    return own(base)->real->pMethods->xCheckReservedLock(own(base)->real, result);
}

static int file_sector_size(sqlite3_file *base) {
    return own(base)->real->pMethods->xSectorSize(own(base)->real);
}

static int file_characteristics(sqlite3_file *base) {
    return own(base)->real->pMethods->xDeviceCharacteristics(own(base)->real);
}

static int shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory) {
    struct file *file = own(base);
    pthread_mutex_lock(&lock);
    int code = decide(file->plan, OP_SHM, SQLITE_IOERR_SHMMAP);
    pthread_mutex_unlock(&lock);
    if (code != SQLITE_OK) {
        *memory = NULL;
        return code;
    }
    return file->real->pMethods->xShmMap(file->real, region, size, extend, memory);
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    return own(base)->real->pMethods->xShmLock(own(base)->real, offset, count, flags);
}

static void shm_barrier(sqlite3_file *base) {
    own(base)->real->pMethods->xShmBarrier(own(base)->real);
}

static int shm_unmap(sqlite3_file *base, int deletes) {
    return own(base)->real->pMethods->xShmUnmap(own(base)->real, deletes);
}

// Version 2: shared memory, no mapped pages.
static const sqlite3_io_methods methods = {
    2,           file_close,    file_read,        file_write,      file_truncate, file_sync,
    file_size,   file_lock,     file_unlock,      file_check_lock, file_control,  file_sector_size,
    file_characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, NULL, NULL,
};

static int vfs_open(sqlite3_vfs *self, sqlite3_filename path, sqlite3_file *base, int flags, int *out) {
    (void)self;
    struct file *file = own(base);
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    pthread_mutex_lock(&lock);
    // A file without a name is temporary.
    file->plan = plan_for(path);
    int code = decide(file->plan, OP_OPEN, SQLITE_CANTOPEN);
    if (code == SQLITE_OK) code = wrapped->xOpen(wrapped, path, file->real, flags, out);
    if (code == SQLITE_OK && file->plan && file->plan->forgets) {
        file->overlay = overlay_open(file->plan, path, file->real);
        if (!file->overlay) {
            file->real->pMethods->xClose(file->real);
            code = SQLITE_NOMEM;
        }
    }
    pthread_mutex_unlock(&lock);
    if (code == SQLITE_OK) file->base.pMethods = &methods;
    return code;
}

static int vfs_delete(sqlite3_vfs *self, const char *path, int syncs) {
    (void)self;
    pthread_mutex_lock(&lock);
    int code = decide(plan_for(path), OP_DELETE, SQLITE_IOERR_DELETE);
    if (code == SQLITE_OK) {
        overlay_forget(path);
        code = wrapped->xDelete(wrapped, path, syncs);
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static int vfs_access(sqlite3_vfs *self, const char *path, int flags, int *result) {
    (void)self;
    int code = wrapped->xAccess(wrapped, path, flags, result);
    pthread_mutex_lock(&lock);
    if (code == SQLITE_OK && flags == SQLITE_ACCESS_EXISTS && overlay_exists(path)) *result = 1;
    pthread_mutex_unlock(&lock);
    return code;
}

int testvfs_register(void) {
    pthread_mutex_lock(&lock);
    int code = SQLITE_OK;
    if (!wrapped) {
        wrapped = sqlite3_vfs_find(NULL);
        if (!wrapped) {
            code = SQLITE_ERROR;
        } else {
            // Everything that is not about files of ours is the wrapped one's business, which takes no self.
            vfs = *wrapped;
            vfs.zName = "spanmeter-test";
            vfs.szOsFile = (int)sizeof(struct file) + wrapped->szOsFile;
            vfs.xOpen = vfs_open;
            vfs.xDelete = vfs_delete;
            vfs.xAccess = vfs_access;
            code = sqlite3_vfs_register(&vfs, 1);
        }
    }
    pthread_mutex_unlock(&lock);
    return code;
}

int testvfs_plan(const char *prefix, const char *text) {
    testvfs_end(prefix);
    pthread_mutex_lock(&lock);
    const struct plan *plan = plan_add(prefix, text);
    pthread_mutex_unlock(&lock);
    return plan ? 0 : -1;
}

void testvfs_end(const char *prefix) {
    pthread_mutex_lock(&lock);
    struct plan *plan = plan_named(prefix);
    if (plan) {
        overlay_drop(plan);
        plan_remove(plan);
    }
    pthread_mutex_unlock(&lock);
}

unsigned long long testvfs_count(const char *prefix, const char *operation) {
    pthread_mutex_lock(&lock);
    const struct plan *plan = plan_named(prefix);
    int index = operation_named(operation, strlen(operation));
    unsigned long long count = plan && index >= 0 ? plan->counts[index] : 0;
    pthread_mutex_unlock(&lock);
    return count;
}

int testvfs_has_crashed(const char *prefix) {
    pthread_mutex_lock(&lock);
    const struct plan *plan = plan_named(prefix);
    int result = plan && plan->has_crashed;
    pthread_mutex_unlock(&lock);
    return result;
}

// Around a program: its plan comes from the environment, and a wrong one must not go unnoticed.
__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("SPANMETER_TESTVFS");
    if (!text) return;
    struct plan *plan = plan_add("", text);
    if (!plan || testvfs_register() != SQLITE_OK) {
        fprintf(stderr, "SPANMETER_TESTVFS '%s' is no plan\n", text);
        abort();
    }
    plan->kills = true;
}

__attribute__((destructor)) static void end(void) {
    pthread_mutex_lock(&lock);
    overlay_flush_all();
    pthread_mutex_unlock(&lock);
}
