/* host_memory.c - one block of memory for one stack.
 *
 * Mapped and not allocated: the stack relies on fresh zero pages that cost nothing until they
 * are used, and a table for a million records is mostly never used. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "lull/host.h"

/* The block's size stands before the stack, in a page of its own, so that whoever ends the stack
 * need not know how it was configured. */
#define FRONT_BYTES 4096

/* From here on the tables are larger than what a processor's table of small pages covers. */
#define HUGE_PAGES_FROM ((size_t)32 << 20)

static void *map_block(size_t stack_bytes)
{
    const size_t bytes = FRONT_BYTES + stack_bytes;
    uint8_t *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED)
        return NULL;
    if (bytes >= HUGE_PAGES_FROM)
        madvise(block, bytes, MADV_HUGEPAGE); /* advice: without it all still works */
    memcpy(block, &bytes, sizeof bytes);
    return block + FRONT_BYTES;
}

static void unmap_block(void *stack)
{
    uint8_t *block = (uint8_t *)stack - FRONT_BYTES;
    size_t bytes;
    memcpy(&bytes, block, sizeof bytes);
    munmap(block, bytes);
}

static enum lull_error fill_empty_seed(struct lull_stack_config *config)
{
    static const uint8_t empty[sizeof config->seed];
    if (memcmp(config->seed, empty, sizeof empty) != 0)
        return LULL_OK;
    return lull_host_entropy_fill(config->seed, sizeof config->seed);
}

static enum lull_error create(const struct lull_stack_config *config, struct lull_stack **stack)
{
    const size_t bytes = lull_stack_bytes(config);
    if (bytes == 0)
        return LULL_EINVAL;
    void *memory = map_block(bytes);
    if (memory == NULL)
        return LULL_ENOMEM;
    *stack = lull_stack_create(memory, bytes, config, lull_host_clock_now());
    if (*stack != NULL)
        return LULL_OK;
    unmap_block(memory);
    return LULL_EINVAL;
}

struct lull_stack *lull_host_memory_create_stack(const struct lull_stack_config *config,
                                                 enum lull_error *why)
{
    struct lull_stack_config seeded = *config;
    struct lull_stack *stack = NULL;
    enum lull_error error = fill_empty_seed(&seeded);
    if (error == LULL_OK)
        error = create(&seeded, &stack);
    explicit_bzero(seeded.seed, sizeof seeded.seed);
    if (error != LULL_OK && why != NULL)
        *why = error;
    return stack;
}

void lull_host_memory_destroy_stack(struct lull_stack *stack)
{
    if (stack != NULL)
        unmap_block(stack);
}
