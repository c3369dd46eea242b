// What shall happen to which files.
#ifndef TESTVFS_PLAN_H
#define TESTVFS_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum operation { OP_OPEN, OP_READ, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_DELETE, OP_SHM, OP_COUNT };

enum verdict { GO, FAIL_IOERR, FAIL_FULL, CRASH };

struct fault {
    enum operation operation;
    uint64_t from, to;
    enum verdict verdict;
};

enum { FAULT_COUNT_MAX = 16 };

struct plan {
    struct plan *next;
    char *prefix;
    bool forgets, lies, kills, has_crashed;
    // 0: nothing that was not synced survives a crash.
    uint64_t torn_seed;
    // Milliseconds that a sync takes at least.
    unsigned slow;
    struct fault faults[FAULT_COUNT_MAX];
    int fault_count;
    uint64_t counts[OP_COUNT];
    // The mapped text file of counts, or null.
    char *stats;
};

// The plan with exactly this prefix, or null.
struct plan *plan_named(const char *prefix);

// The plan for a file: the longest prefix wins. Null where there is none.
struct plan *plan_for(const char *path);

// Reads a plan; null where `text` is none.
struct plan *plan_add(const char *prefix, const char *text);

void plan_remove(struct plan *plan);

// Counts a call and says what becomes of it; after a crash, or without a plan, there is no more counting.
enum verdict plan_decide(struct plan *plan, enum operation operation);

// The number of an operation's name, or -1.
int operation_named(const char *name, unsigned long length);

#endif
