#include "plan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const names[OP_COUNT] = {"open", "read", "write", "truncate", "sync", "delete", "shm"};

// One line of the stats file: name, count, end of line; the same width for all, so that a count is replaced
// in place.
enum { STATS_LINE = 32 };

// A minute: nothing waits for longer.
enum { SLOW_MAX = 60000 };

static struct plan *plans;

int operation_named(const char *name, unsigned long length) {
    for (int index = 0; index < OP_COUNT; index++) {
        if (strlen(names[index]) == length && memcmp(names[index], name, length) == 0) return index;
    }
    return -1;
}

struct plan *plan_named(const char *prefix) {
    for (struct plan *plan = plans; plan; plan = plan->next) {
        if (strcmp(plan->prefix, prefix) == 0) return plan;
    }
    return NULL;
}

struct plan *plan_for(const char *path) {
    struct plan *best = NULL;
    for (struct plan *plan = plans; path && plan; plan = plan->next) {
        size_t length = strlen(plan->prefix);
        if (strncmp(plan->prefix, path, length) == 0 && (!best || strlen(best->prefix) < length)) best = plan;
    }
    return best;
}

static bool read_fault(struct plan *plan, const char *text, bool crashes) {
    if (plan->fault_count == FAULT_COUNT_MAX) return false;
    struct fault fault = {.verdict = crashes ? CRASH : FAIL_IOERR};
    const char *colon = strchr(text, ':');
    if (!colon) return false;
    int operation = operation_named(text, (unsigned long)(colon - text));
    if (operation < 0) return false;
    fault.operation = (enum operation)operation;
    char *end;
    fault.from = fault.to = strtoull(colon + 1, &end, 10);
    if (end == colon + 1 || fault.from == 0) return false;
    if (*end == '-' && !crashes) {
        const char *second = end + 1;
        fault.to = strtoull(second, &end, 10);
        if (end == second) fault.to = UINT64_MAX;
        if (fault.to < fault.from) return false;
    }
    if (strcmp(end, ":full") == 0 && !crashes) {
        fault.verdict = FAIL_FULL;
    } else if (*end != 0 && (strcmp(end, ":ioerr") != 0 || crashes)) {
        return false;
    }
    plan->faults[plan->fault_count++] = fault;
    return true;
}

static bool open_stats(struct plan *plan, const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return false;
    size_t size = OP_COUNT * STATS_LINE;
    void *memory = MAP_FAILED;
    if (ftruncate(descriptor, (off_t)size) == 0) {
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    }
    close(descriptor);
    if (memory == MAP_FAILED) return false;
    plan->stats = memory;
    return true;
}

static void write_stats(struct plan *plan, enum operation operation) {
    if (!plan->stats) return;
    char line[STATS_LINE + 1];
    snprintf(line, sizeof line, "%-10s%21llu\n", names[operation], (unsigned long long)plan->counts[operation]);
    memcpy(plan->stats + operation * STATS_LINE, line, STATS_LINE);
}

static bool read_word(struct plan *plan, const char *word) {
    if (strcmp(word, "forget") == 0) return plan->forgets = true;
    if (strcmp(word, "lie") == 0) return plan->lies = true;
    if (strncmp(word, "fail=", 5) == 0) return read_fault(plan, word + 5, false);
    if (strncmp(word, "crash=", 6) == 0) return read_fault(plan, word + 6, true);
    if (strncmp(word, "stats=", 6) == 0) return open_stats(plan, word + 6);
    if (strncmp(word, "slow=", 5) == 0) {
        char *end;
        plan->slow = (unsigned)strtoul(word + 5, &end, 10);
        return end != word + 5 && *end == 0 && plan->slow < SLOW_MAX;
    }
    if (strncmp(word, "torn=", 5) == 0) {
        char *end;
        plan->torn_seed = strtoull(word + 5, &end, 10);
        return end != word + 5 && *end == 0 && plan->torn_seed != 0;
    }
    return false;
}

struct plan *plan_add(const char *prefix, const char *text) {
    struct plan *plan = calloc(1, sizeof *plan);
    char *copy = strdup(text), *rest = copy;
    bool is_right = plan && copy && (plan->prefix = strdup(prefix));
    for (char *word; is_right && (word = strsep(&rest, ","));) is_right = *word == 0 || read_word(plan, word);
    free(copy);
    if (!is_right) {
        if (plan) free(plan->prefix);
        free(plan);
        return NULL;
    }
    for (int operation = 0; operation < OP_COUNT; operation++) write_stats(plan, (enum operation)operation);
    plan->next = plans;
    return plans = plan;
}

void plan_remove(struct plan *plan) {
    for (struct plan **link = &plans; *link; link = &(*link)->next) {
        if (*link != plan) continue;
        *link = plan->next;
        if (plan->stats) munmap(plan->stats, OP_COUNT * STATS_LINE);
        free(plan->prefix);
        free(plan);
        return;
    }
}

enum verdict plan_decide(struct plan *plan, enum operation operation) {
    if (!plan) return GO;
    if (plan->has_crashed) return FAIL_IOERR;
    uint64_t count = ++plan->counts[operation];
    write_stats(plan, operation);
    for (int index = 0; index < plan->fault_count; index++) {
        const struct fault *fault = &plan->faults[index];
        if (fault->operation == operation && fault->from <= count && count <= fault->to) return fault->verdict;
    }
    return GO;
}
