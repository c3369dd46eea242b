#include "CAllocationCount.h"

#include <errno.h>
#include <stddef.h>

// glibc keeps its own allocator reachable by these names for programs that replace malloc.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

// The model of the program's own thread-locals: the dynamic one may call malloc to find the variable.
static _Thread_local __attribute__((tls_model("initial-exec"))) allocation_counts counts;

allocation_counts allocation_counts_of_thread(void) { return counts; }

static inline void *counted(void *memory, size_t size) {
    if (memory != NULL) {
        counts.allocations += 1;
        counts.bytes += size;
    }
    return memory;
}

void *malloc(size_t size) { return counted(__libc_malloc(size), size); }

void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size), count * size); }

void *realloc(void *memory, size_t size) { return counted(__libc_realloc(memory, size), size); }

void *memalign(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size), size); }

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    void *memory = memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}

void free(void *memory) {
    if (memory != NULL) counts.frees += 1;
    __libc_free(memory);
}
