/* A script: whatever is read can be played, and both end. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "scenario/scenario.h"

#define STACK_ALIGNMENT 64

/* Settings may ask for more memory than a target should take. */
#define STACK_BYTES_MAX (1u << 25)

static void play(struct scenario *s, struct scenario_report *report)
{
    struct lull_stack_config config;

    lull_stack_config_init(&config);
    memset(config.seed, 'f', sizeof config.seed);
    scenario_configure(s, &config);
    size_t bytes = lull_stack_bytes(&config);
    if (bytes == 0 || bytes > STACK_BYTES_MAX)
        return;
    void *memory =
        aligned_alloc(STACK_ALIGNMENT, (bytes + STACK_ALIGNMENT - 1) & ~(STACK_ALIGNMENT - 1ul));
    assert(memory != NULL);
    scenario_play(s, &config, memory, report);
    assert((report->result == SCENARIO_PASSED) == (report->text[0] == '\0'));
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scenario_report report;
    struct span id;
    void *memory = malloc(scenario_bytes());
    assert(memory != NULL);
    struct scenario *s = scenario_init(memory);

    if (scenario_read(s, (struct span){data, size}, &report)) {
        for (unsigned i = 0; scenario_requirement(s, i, &id); i++)
            assert(id.data >= data && id.data + id.len <= data + size);
        play(s, &report);
    } else {
        assert(report.result == SCENARIO_UNPLAYABLE);
        assert(report.line > 0 && report.column > 0 && report.text[0] != '\0');
    }
    free(memory);
    return 0;
}
