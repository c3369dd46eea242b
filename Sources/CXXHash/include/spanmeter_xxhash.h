#ifndef SPANMETER_XXHASH_H
#define SPANMETER_XXHASH_H

#include <stddef.h>
#include <stdint.h>

/// Half of a 128-bit hash.
struct spanmeter_hash {
    uint64_t low;
    uint64_t high;
};

/// The least size of a secret in bytes; XXH3 reads 192 where it has them.
#define SPANMETER_SECRET_SIZE 192

/// XXH3's 128-bit hash of `count` bytes, keyed by a secret of SPANMETER_SECRET_SIZE random bytes.
struct spanmeter_hash spanmeter_hash128(const void *bytes, size_t count, const void *secret);

/// XXH3's 64-bit hash of `count` bytes with a seed that anybody may know: for checksums.
uint64_t spanmeter_hash64(const void *bytes, size_t count, uint64_t seed);

#endif
