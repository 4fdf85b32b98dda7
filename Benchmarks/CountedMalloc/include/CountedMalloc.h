#pragma once
#include <stdint.h>

/// Heap allocations of this process so far, by malloc, calloc, realloc and the aligned ones.
uint64_t counted_allocations(void);
