#include "overlay.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512, FILE_COUNT_MAX = 16 };

// A write, or a truncation to `offset` where `bytes` is null.
struct change {
    sqlite3_int64 offset;
    int count;
    unsigned char *bytes;
};

struct overlay {
    struct overlay *next;
    struct plan *plan;
    char *path;
    sqlite3_int64 size;
    struct change *changes;
    int count, capacity;
    sqlite3_file *files[FILE_COUNT_MAX];
    int file_count;
};

static struct overlay *overlays;

static struct overlay *find(const char *path) {
    for (struct overlay *overlay = overlays; overlay; overlay = overlay->next) {
        if (strcmp(overlay->path, path) == 0) return overlay;
    }
    return NULL;
}

static void clear(struct overlay *overlay) {
    for (int index = 0; index < overlay->count; index++) free(overlay->changes[index].bytes);
    overlay->count = 0;
}

static void release(struct overlay *overlay) {
    for (struct overlay **link = &overlays; *link; link = &(*link)->next) {
        if (*link != overlay) continue;
        *link = overlay->next;
        clear(overlay);
        free(overlay->changes);
        free(overlay->path);
        free(overlay);
        return;
    }
}

struct overlay *overlay_open(struct plan *plan, const char *path, sqlite3_file *file) {
    struct overlay *overlay = find(path);
    if (!overlay) {
        overlay = calloc(1, sizeof *overlay);
        if (!overlay || !(overlay->path = strdup(path))) {
            free(overlay);
            return NULL;
        }
        overlay->plan = plan;
        file->pMethods->xFileSize(file, &overlay->size);
        overlay->next = overlays;
        overlays = overlay;
    }
    if (overlay->file_count == FILE_COUNT_MAX) return NULL;
    overlay->files[overlay->file_count++] = file;
    return overlay;
}

void overlay_close(struct overlay *overlay, sqlite3_file *file, bool keeps) {
    for (int index = 0; index < overlay->file_count; index++) {
        if (overlay->files[index] == file) overlay->files[index] = overlay->files[--overlay->file_count];
    }
    if (overlay->file_count > 0) return;
    if (keeps) overlay_flush(overlay, file);
    if (overlay->count == 0) release(overlay);
}

int overlay_read(struct overlay *overlay, sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    int code = file->pMethods->xRead(file, bytes, count, offset);
    // A short read has filled the rest with zeros.
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    sqlite3_int64 end = offset + count;
    for (int index = 0; index < overlay->count; index++) {
        const struct change *change = &overlay->changes[index];
        sqlite3_int64 from = change->offset > offset ? change->offset : offset;
        sqlite3_int64 to = change->offset + change->count < end ? change->offset + change->count : end;
        if (!change->bytes) to = end;
        if (from >= to) continue;
        unsigned char *place = (unsigned char *)bytes + (from - offset);
        if (change->bytes) {
            memcpy(place, change->bytes + (from - change->offset), (size_t)(to - from));
        } else {
            memset(place, 0, (size_t)(to - from));
        }
    }
    return end > overlay->size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int add(struct overlay *overlay, struct change change) {
    if (overlay->count == overlay->capacity) {
        int capacity = overlay->capacity * 2 + 16;
        struct change *changes = realloc(overlay->changes, (size_t)capacity * sizeof *changes);
        if (!changes) return SQLITE_NOMEM;
        overlay->changes = changes;
        overlay->capacity = capacity;
    }
    overlay->changes[overlay->count++] = change;
    return SQLITE_OK;
}

int overlay_write(struct overlay *overlay, const void *bytes, int count, sqlite3_int64 offset) {
    if (count <= 0) return SQLITE_OK;
    struct change change = {.offset = offset, .count = count, .bytes = malloc((size_t)count)};
    if (!change.bytes) return SQLITE_NOMEM;
    memcpy(change.bytes, bytes, (size_t)count);
    int code = add(overlay, change);
    if (code != SQLITE_OK) {
        free(change.bytes);
    } else if (offset + count > overlay->size) {
        overlay->size = offset + count;
    }
    return code;
}

int overlay_truncate(struct overlay *overlay, sqlite3_int64 size) {
    int code = add(overlay, (struct change){.offset = size});
    if (code == SQLITE_OK) overlay->size = size;
    return code;
}

sqlite3_int64 overlay_size(const struct overlay *overlay) {
    return overlay->size;
}

static int apply(const struct change *change, sqlite3_file *file) {
    if (!change->bytes) return file->pMethods->xTruncate(file, change->offset);
    return file->pMethods->xWrite(file, change->bytes, change->count, change->offset);
}

int overlay_flush(struct overlay *overlay, sqlite3_file *file) {
    for (int index = 0; index < overlay->count; index++) {
        int code = apply(&overlay->changes[index], file);
        if (code != SQLITE_OK) return code;
    }
    clear(overlay);
    return SQLITE_OK;
}

bool overlay_exists(const char *path) {
    const struct overlay *overlay = find(path);
    return overlay && overlay->size > 0;
}

void overlay_forget(const char *path) {
    struct overlay *overlay = find(path);
    if (!overlay) return;
    clear(overlay);
    overlay->size = 0;
    if (overlay->file_count == 0) release(overlay);
}

// Numbers by chance, following from the seed.
static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545F4914F6CDD1DU;
}

static void tear(struct overlay *overlay, uint64_t *state) {
    if (overlay->file_count == 0) return;
    sqlite3_file *file = overlay->files[0];
    for (int index = 0; index < overlay->count; index++) {
        const struct change *change = &overlay->changes[index];
        if (!change->bytes) {
            if (next_random(state) >> 63) apply(change, file);
            continue;
        }
        for (int done = 0; done < change->count;) {
            int rest = (int)(SECTOR - (change->offset + done) % SECTOR);
            int count = change->count - done < rest ? change->count - done : rest;
            struct change part = {.offset = change->offset + done, .count = count, .bytes = change->bytes + done};
            if (next_random(state) >> 63) apply(&part, file);
            done += count;
        }
    }
}

void overlay_crash(struct plan *plan) {
    uint64_t state = plan->torn_seed;
    for (struct overlay *overlay = overlays; overlay; overlay = overlay->next) {
        if (overlay->plan != plan) continue;
        if (state) tear(overlay, &state);
        clear(overlay);
    }
}

void overlay_flush_all(void) {
    for (struct overlay *overlay = overlays; overlay; overlay = overlay->next) {
        if (overlay->plan->lies || overlay->count == 0) continue;
        int descriptor = open(overlay->path, O_WRONLY | O_CLOEXEC);
        if (descriptor < 0) continue;
        for (int index = 0; index < overlay->count; index++) {
            const struct change *change = &overlay->changes[index];
            long done = change->bytes
                            ? pwrite(descriptor, change->bytes, (size_t)change->count, change->offset)
                            : ftruncate(descriptor, change->offset);
            if (done < 0) break;
        }
        close(descriptor);
    }
}

void overlay_drop(struct plan *plan) {
    for (struct overlay *overlay = overlays; overlay;) {
        struct overlay *next = overlay->next;
        if (overlay->plan == plan && overlay->file_count == 0) release(overlay);
        overlay = next;
    }
}
