// What was written to a file and not synced.
#ifndef TESTVFS_OVERLAY_H
#define TESTVFS_OVERLAY_H

#include <sqlite3.h>
#include <stdbool.h>

#include "plan.h"

// One per path, shared by all who have it open; it stays while it has changes or is open.
struct overlay;

// Changes of `path`, to which `file` belongs as long as it is open; null without memory.
struct overlay *overlay_open(struct plan *plan, const char *path, sqlite3_file *file);

// Ends what `overlay_open` began. The last one writes the changes where `keeps` says so.
void overlay_close(struct overlay *overlay, sqlite3_file *file, bool keeps);

int overlay_read(struct overlay *overlay, sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset);
int overlay_write(struct overlay *overlay, const void *bytes, int count, sqlite3_int64 offset);
int overlay_truncate(struct overlay *overlay, sqlite3_int64 size);
sqlite3_int64 overlay_size(const struct overlay *overlay);

// Writes all changes to the file.
int overlay_flush(struct overlay *overlay, sqlite3_file *file);

// Whether a file at `path` has more than nothing; false where nobody changed it.
bool overlay_exists(const char *path);

// Forgets the changes of a path that is deleted.
void overlay_forget(const char *path);

// Forgets all changes under the plan; writes some of their sectors where it says `torn`.
void overlay_crash(struct plan *plan);

// Writes the changes under plans that do not lie, without SQLite: for the end of the process.
void overlay_flush_all(void);

// Removes what has no owner under the plan.
void overlay_drop(struct plan *plan);

#endif
