/* lab_stage.c - the book's two hosts, and ways between them. */
#include "lab/lab_stage.h"

#include "base/check.h"

#define LINK_DELAY  LULL_MS(5)
#define HOP_IN_LOOP LULL_MS(400) /* 64 hops live 25.6 s */

/* Small tables: a scene has a few connections, and worlds are made again for every variant. */
static void configure(struct lull_stack_config *config)
{
    lull_stack_config_init(config);
    config->sockets_max = 64;
    config->connections_max = 64;
    config->listeners_max = 8;
    config->records_max = 64;
    config->blocks_max = 64;
    config->replies_max = 32;
}

static void join(struct lab_stage *stage, unsigned a, unsigned b)
{
    struct sim_plan *plan = &stage->plan;

    LULL_CHECK(plan->link_count < SIM_LINKS_MAX);
    plan->links[plan->link_count++] = (struct sim_link_plan){
        .ends = {(uint8_t)a, (uint8_t)b},
        .options = {.delay = LINK_DELAY, .queue_frames = 64, .frame_bytes = SIM_PACKET_BYTES_MAX}};
}

static unsigned add_node(struct lab_stage *stage, const char *name, const uint8_t octets[4],
                         enum sim_node_kind kind)
{
    const unsigned i = stage->plan.node_count++;

    LULL_CHECK(i < SIM_NODES_MAX);
    configure(&stage->config[i]);
    stage->plan.nodes[i] = (struct sim_node_plan){.kind = kind,
                                                  .name = name,
                                                  .address = lull_address_ipv4(octets),
                                                  .config = &stage->config[i]};
    return i;
}

unsigned lab_stage_add_host(struct lab_stage *stage, const char *name, const uint8_t octets[4],
                            unsigned to)
{
    const unsigned i = add_node(stage, name, octets, SIM_HOST);

    join(stage, i, to);
    return i;
}

static void begin_stage(struct lab_stage *stage)
{
    static const uint8_t c[4] = {12, 106, 32, 254}, s[4] = {206, 168, 112, 219};
    const struct lab_stage asked = *stage;

    *stage = (struct lab_stage){
        .plan = {.seed = 1, .voices_max = 256, .streams_max = 256, .faults_max = 256},
        .judge = {.msl = LULL_SEC(30)},
        .flawed = asked.flawed,
        .twisted = asked.twisted,
        .which = asked.which};
    (void)add_node(stage, "C", c, SIM_HOST);
    (void)add_node(stage, "S", s, SIM_HOST);
}

void lab_stage_wire(struct lab_stage *stage)
{
    begin_stage(stage);
    join(stage, LAB_C, LAB_S);
}

void lab_stage_bypath(struct lab_stage *stage)
{
    static const char *const names[] = {"R1", "R2", "R3", "R4"};

    begin_stage(stage);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)add_node(stage, names[i], (const uint8_t[4]){10, 0, 0, (uint8_t)(i + 1)}, SIM_ROUTER);
    join(stage, LAB_C, LAB_R1);
    join(stage, LAB_R1, LAB_R3);
    join(stage, LAB_R3, LAB_S);
    join(stage, LAB_R1, LAB_R2);
    join(stage, LAB_R2, LAB_R3);
    join(stage, LAB_R2, LAB_R4);
    stage->plan.links[stage->plan.link_count - 1].options.delay = HOP_IN_LOOP;
}

void lab_stage_plain(struct lab_stage *stage)
{
    for (unsigned i = 0; i < stage->plan.node_count; i++)
        stage->config[i].features = 0;
}

void lab_stage_turn(struct lab_stage *stage, enum lull_knob knob, int64_t value)
{
    for (unsigned i = 0; i < stage->plan.node_count; i++)
        stage->config[i].knobs.value[knob] = value;
}
