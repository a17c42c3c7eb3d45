/* driver_memory.h - large buffers that cost nothing until they are used.
 *
 * Frame buffers are sized for the largest frame, 64 KB, which few frames are.  Pages come from
 * the kernel at the first touch, and the kernel is told not to reserve for the rest. */
#ifndef DRIVER_DRIVER_MEMORY_H
#define DRIVER_DRIVER_MEMORY_H

#include <stddef.h>

/* Zero bytes, aligned to a page; NULL when there are none. */
void *driver_memory_map(size_t bytes);

/* @memory may be NULL. */
void driver_memory_unmap(void *memory, size_t bytes);

#endif
