#include "scenario/scenario.h"

#include "base/address.h"
#include "scenario/scenario_parser.h"
#include "scenario/scenario_report.h"
#include "scenario/scenario_run.h"
#include "scenario/scenario_settings.h"

#define START LULL_SEC(1000) /* of a script, on the stack's clock: no clock begins at 0 */

struct scenario {
    struct scenario_script script;
    const struct scenario_listener *listener;
    struct scenario_world world;
};

size_t scenario_bytes(void)
{
    return sizeof(struct scenario);
}

struct scenario *scenario_init(void *memory)
{
    struct scenario *s = memory;

    s->listener = NULL;
    return s;
}

bool scenario_read(struct scenario *s, struct span text, struct scenario_report *report)
{
    struct scenario_fault fault;
    struct text t;

    *report = (struct scenario_report){.result = SCENARIO_PASSED};
    if (scenario_parser_read(&s->script, text, &fault))
        return true;
    report->result = SCENARIO_UNPLAYABLE;
    report->line = fault.place.line;
    report->column = fault.place.column;
    text_init(&t, report->text, sizeof report->text);
    text_string(&t, fault.text);
    return false;
}

void scenario_configure(const struct scenario *s, struct lull_stack_config *config)
{
    scenario_settings_apply(&s->script, config);
}

void scenario_listen(struct scenario *s, const struct scenario_listener *listener)
{
    s->listener = listener;
}

static bool open_stack(struct scenario_world *w, const struct lull_stack_config *config,
                       void *memory)
{
    const struct lull_interface_config interface = {.link = LULL_LINK_IP, .mtu = w->script->mtu};
    const struct lull_address local = address_from_ipv4_word(SCENARIO_LOCAL_ADDRESS);
    const struct lull_address gateway = address_from_ipv4_word(SCENARIO_GATEWAY_ADDRESS);

    w->stack = lull_stack_create(memory, lull_stack_bytes(config), config, START);
    return w->stack != NULL && lull_stack_add_interface(w->stack, &interface) == 0
           && lull_stack_add_address(w->stack, 0, &local, SCENARIO_PREFIX_BITS) == LULL_OK
           && lull_stack_add_default_route(w->stack, &gateway) == LULL_OK;
}

static void begin(struct scenario *s, struct scenario_report *report)
{
    struct scenario_world *w = &s->world;

    w->script = &s->script;
    w->report = report;
    w->listener = s->listener;
    w->start = w->now = w->event_at = START;
    w->place = (struct scenario_place){1, 1};
    w->failed = w->placed = false;
    w->calling.event = NULL;
    w->descriptor_age = 0;
    for (size_t i = 0; i < SCENARIO_DESCRIPTORS_MAX; i++)
        w->descriptors[i].open = false;
    w->flow_count = w->current = w->offered_seq = 0;
    w->flows[0] = (struct scenario_flow){0}; /* looked at before there is one */
    w->sent_first = w->sent_count = 0;
}

void scenario_play(struct scenario *s, const struct lull_stack_config *config, void *memory,
                   struct scenario_report *report)
{
    struct scenario_world *w = &s->world;

    *report = (struct scenario_report){.result = SCENARIO_FAILED};
    begin(s, report);
    if (!open_stack(w, config, memory)) {
        report->result = SCENARIO_UNPLAYABLE;
        text_string(scenario_report_fail(w), "no stack can be made of these settings");
        return;
    }
    scenario_run(w);
    report->took = w->now - w->start;
    if (!w->failed)
        report->result = SCENARIO_PASSED;
}

bool scenario_requirement(const struct scenario *s, unsigned index, struct span *id)
{
    if (index >= s->script.requirement_count)
        return false;
    *id = s->script.requirements[index];
    return true;
}

bool scenario_ignored(const struct scenario *s, unsigned index, struct span *command)
{
    for (uint32_t i = 0; i < s->script.setting_count; i++) {
        if (!s->script.settings[i].ignored || index-- > 0)
            continue;
        *command = s->script.settings[i].name;
        return true;
    }
    return false;
}
