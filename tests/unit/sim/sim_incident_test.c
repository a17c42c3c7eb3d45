/* What befalls a world at times that are planned. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "internet.h"

#define START LULL_SEC(1000)

/* The last lives and changes, and when. */
static struct {
    unsigned count;
    const char *what;
    lull_time at;
} told;

static void watch(void *context, const struct sim_event *e)
{
    (void)context;
    if (e->kind != SIM_LIVED && e->kind != SIM_CHANGED)
        return;
    told.count++;
    told.what = e->what;
    told.at = e->at;
}

static struct sim_world *open_with(struct sim_plan *plan, const struct sim_incident *incidents,
                                   uint32_t count)
{
    plan->incidents = incidents;
    plan->incident_count = count;
    struct sim_world *w = internet_open(plan);
    told.count = 0;
    sim_world_watch(w, watch, NULL);
    return w;
}

static void each_happens_at_its_time(void **state)
{
    static const struct {
        enum sim_incident_kind kind;
        const char *what;
    } steps[] = {
        {SIM_INCIDENT_CUT, "a link is cut"},
        {SIM_INCIDENT_HEAL, "a link is whole again"},
        {SIM_INCIDENT_SUSPEND, "is suspended"},
        {SIM_INCIDENT_RESUME, "goes on"},
        {SIM_INCIDENT_CRASH, "crashes"},
        {SIM_INCIDENT_REVIVE, "goes on with the memory it had"},
        {SIM_INCIDENT_CRASH, "crashes"},
        {SIM_INCIDENT_BOOT, "starts with nothing remembered"},
    };
    enum { COUNT = sizeof steps / sizeof steps[0] };
    struct sim_incident incidents[COUNT];
    struct sim_plan plan = internet_wire(1);

    (void)state;
    for (int i = 0; i < COUNT; i++)
        incidents[i] = (struct sim_incident){
            .at = START + LULL_SEC(i + 1), .kind = steps[i].kind, .node = INTERNET_S};
    struct sim_world *w = open_with(&plan, incidents, COUNT);
    assert_false(sim_world_is_quiet(w));
    for (unsigned i = 0; i < COUNT; i++) {
        sim_world_run(w, incidents[i].at - 1);
        assert_int_equal(told.count, i);
        sim_world_run(w, incidents[i].at);
        assert_int_equal(told.count, i + 1);
        assert_string_equal(told.what, steps[i].what);
        assert_int_equal(told.at, incidents[i].at);
    }
    assert_true(sim_world_is_quiet(w));
    free(w);
}

static void a_partition_that_is_planned_begins_and_ends(void **state)
{
    static const struct sim_incident incidents[] = {
        {.at = START + LULL_SEC(10), .kind = SIM_INCIDENT_CUT, .link = 0},
        {.at = START + LULL_SEC(13), .kind = SIM_INCIDENT_HEAL, .link = 0},
    };
    struct sim_plan plan = internet_wire(1);
    uint32_t streams[2];

    (void)state;
    struct sim_world *w = open_with(&plan, incidents, 2);
    internet_connect(w, internet_listen(w), streams);
    sim_world_run(w, START + LULL_SEC(10));
    (void)sim_call_send(w, streams[0], 100);
    (void)sim_call_send(w, streams[1], 200);
    sim_world_run(w, START + LULL_SEC(13) - 1);
    assert_true(w->events[SIM_DOOMED] >= 4); /* in both directions */
    assert_int_equal(sim_call_receive(w, streams[1], 4096), LULL_EAGAIN);
    sim_world_run(w, START + LULL_SEC(20));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 100);
    assert_int_equal(sim_call_receive(w, streams[0], 4096), 200);
    free(w);
}

static void routes_change_and_converge(void **state)
{
    struct sim_plan plan = internet_triangle(1);
    static const struct sim_incident incidents[] = {
        {.at = START + 1,
         .kind = SIM_INCIDENT_ROUTE,
         .node = INTERNET_R1,
         .towards = INTERNET_S,
         .link = 3},
        {.at = START + 2,
         .kind = SIM_INCIDENT_ROUTE,
         .node = INTERNET_R1,
         .towards = INTERNET_S,
         .link = SIM_NO_LINK},
        {.at = START + 3, .kind = SIM_INCIDENT_CONVERGE},
    };

    (void)state;
    struct sim_world *w = open_with(&plan, incidents, 3);
    const uint8_t *route = &w->nodes[INTERNET_R1].routes[INTERNET_S];
    assert_int_equal(*route, 1);
    sim_world_run(w, START + 1);
    assert_int_equal(*route, 3);
    sim_world_run(w, START + 2);
    assert_int_equal(*route, SIM_NO_LINK);
    sim_world_run(w, START + 3);
    assert_int_equal(*route, 1);
    free(w);
}

/* Whoever makes a list shorter need not know what the rest of it did. */
static void what_cannot_happen_does_not(void **state)
{
    static const struct sim_incident incidents[] = {
        {.at = START, .kind = SIM_INCIDENT_BOOT, .node = INTERNET_S},
        {.at = START, .kind = SIM_INCIDENT_REVIVE, .node = INTERNET_S},
        {.at = START, .kind = SIM_INCIDENT_RESUME, .node = INTERNET_S},
        {.at = START, .kind = SIM_INCIDENT_CRASH, .node = INTERNET_S},
        {.at = START, .kind = SIM_INCIDENT_CRASH, .node = INTERNET_S},
    };
    struct sim_plan plan = internet_wire(1);

    (void)state;
    struct sim_world *w = open_with(&plan, incidents, 5);
    sim_world_run(w, START);
    assert_int_equal(told.count, 1);
    assert_string_equal(told.what, "crashes");
    assert_int_equal(w->nodes[INTERNET_S].life, 1);
    free(w);
}

/* The plan with one incident: is it sound? */
static bool is_accepted(struct sim_plan plan, struct sim_incident incident)
{
    plan.incidents = &incident;
    plan.incident_count = 1;
    return sim_world_bytes(&plan) != 0;
}

static void an_incident_must_fit(void **state)
{
    const struct sim_plan plan = internet_triangle(1);

    (void)state;
    assert_true(is_accepted(plan, (struct sim_incident){.kind = SIM_INCIDENT_CUT, .link = 4}));
    assert_false(is_accepted(plan, (struct sim_incident){.kind = SIM_INCIDENT_CUT, .link = 5}));
    assert_false(is_accepted(plan, (struct sim_incident){.kind = SIM_INCIDENT_HEAL, .link = 5}));
    assert_false(
        is_accepted(plan, (struct sim_incident){.kind = SIM_INCIDENT_CRASH, .node = INTERNET_R1}));
    assert_false(is_accepted(plan, (struct sim_incident){.kind = SIM_INCIDENT_BOOT, .node = 5}));
    assert_false(is_accepted(plan, (struct sim_incident){.kind = SIM_INCIDENT_KINDS}));
    struct sim_incident route = {
        .kind = SIM_INCIDENT_ROUTE, .node = INTERNET_R1, .towards = INTERNET_S, .link = 3};
    assert_true(is_accepted(plan, route));
    route.link = 2; /* of R2 and S */
    assert_false(is_accepted(plan, route));
    route.link = 5;
    assert_false(is_accepted(plan, route));
    route.link = SIM_NO_LINK;
    assert_true(is_accepted(plan, route));
    route.towards = 5;
    assert_false(is_accepted(plan, route));
    route.towards = INTERNET_S;
    route.node = INTERNET_C;
    assert_false(is_accepted(plan, route));
}

static void incidents_are_in_order(void **state)
{
    struct sim_incident incidents[2] = {{.at = 5, .kind = SIM_INCIDENT_CONVERGE},
                                        {.at = 5, .kind = SIM_INCIDENT_CONVERGE}};
    struct sim_plan plan = internet_wire(1);

    (void)state;
    plan.incidents = incidents;
    plan.incident_count = 2;
    assert_int_not_equal(sim_world_bytes(&plan), 0);
    incidents[1].at = 4;
    assert_int_equal(sim_world_bytes(&plan), 0);
}

static void each_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(sim_incident_name(SIM_INCIDENT_CUT), "cut");
    assert_string_equal(sim_incident_name(SIM_INCIDENT_CONVERGE), "converge");
    assert_string_equal(sim_incident_name(SIM_INCIDENT_KINDS), "?");
    for (unsigned kind = 0; kind < SIM_INCIDENT_KINDS; kind++)
        assert_non_null(sim_incident_name((enum sim_incident_kind)kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_happens_at_its_time),
        cmocka_unit_test(a_partition_that_is_planned_begins_and_ends),
        cmocka_unit_test(routes_change_and_converge),
        cmocka_unit_test(what_cannot_happen_does_not),
        cmocka_unit_test(an_incident_must_fit),
        cmocka_unit_test(incidents_are_in_order),
        cmocka_unit_test(each_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
