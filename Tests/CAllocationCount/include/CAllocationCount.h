// Counts heap allocations by taking the place of glibc's malloc in the program that links this.
//
// For tools that check how often code allocates; never linked into spanmeter itself.

#ifndef C_ALLOCATION_COUNT_H
#define C_ALLOCATION_COUNT_H

#include <stdint.h>

/// What one thread has asked of the heap since it began.
typedef struct {
    /// Calls that gave memory: malloc, calloc, realloc (moved or not), memalign and its kin.
    uint64_t allocations;
    /// Calls that gave memory back; `free(NULL)` is none, nor is what realloc replaces.
    uint64_t frees;
    /// Bytes that were asked for, what the allocator adds left out.
    uint64_t bytes;
} allocation_counts;

/// The counts of the calling thread; exact, and never an allocation itself.
allocation_counts allocation_counts_of_thread(void);

#endif
