#include "spanmeter_xxhash.h"

// The library's header as a part of this file: its short inputs are a few multiplications, less than a call.
#define XXH_INLINE_ALL
#include <xxhash.h>

struct spanmeter_hash spanmeter_hash128(const void *bytes, size_t count, const void *secret)
{
    XXH128_hash_t hash = XXH3_128bits_withSecret(bytes, count, secret, SPANMETER_SECRET_SIZE);
    struct spanmeter_hash result = {hash.low64, hash.high64};
    return result;
}

uint64_t spanmeter_hash64(const void *bytes, size_t count, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, count, seed);
}
