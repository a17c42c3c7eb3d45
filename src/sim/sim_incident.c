#include "sim/sim_incident.h"

#include "sim/sim_host.h"
#include "sim/sim_router.h"
#include "sim/sim_world.h"

static void cut(struct sim_world *w, const struct sim_incident *i)
{
    sim_world_cut(w, i->link);
}

static void heal(struct sim_world *w, const struct sim_incident *i)
{
    sim_world_heal(w, i->link);
}

static void crash(struct sim_world *w, const struct sim_incident *i)
{
    if (w->nodes[i->node].stack != NULL)
        sim_host_crash(w, i->node);
}

static void boot(struct sim_world *w, const struct sim_incident *i)
{
    if (w->nodes[i->node].stack == NULL)
        sim_host_boot(w, i->node);
}

static void revive(struct sim_world *w, const struct sim_incident *i)
{
    if (w->nodes[i->node].stack == NULL)
        sim_host_revive(w, i->node);
}

static void suspend(struct sim_world *w, const struct sim_incident *i)
{
    if (!w->nodes[i->node].suspended)
        sim_host_suspend(w, i->node);
}

static void resume(struct sim_world *w, const struct sim_incident *i)
{
    if (w->nodes[i->node].suspended)
        sim_host_resume(w, i->node);
}

static void route(struct sim_world *w, const struct sim_incident *i)
{
    sim_router_route(w, i->node, i->towards, i->link);
}

static void converge(struct sim_world *w, const struct sim_incident *i)
{
    (void)i;
    sim_router_converge(w);
}

enum subject { OF_LINK, OF_HOST, OF_ROUTER, OF_ALL };

static const struct {
    const char *name;
    enum subject subject;
    void (*happen)(struct sim_world *w, const struct sim_incident *i);
} kinds[SIM_INCIDENT_KINDS] = {
    [SIM_INCIDENT_CUT] = {"cut", OF_LINK, cut},
    [SIM_INCIDENT_HEAL] = {"heal", OF_LINK, heal},
    [SIM_INCIDENT_CRASH] = {"crash", OF_HOST, crash},
    [SIM_INCIDENT_BOOT] = {"boot", OF_HOST, boot},
    [SIM_INCIDENT_REVIVE] = {"revive", OF_HOST, revive},
    [SIM_INCIDENT_SUSPEND] = {"suspend", OF_HOST, suspend},
    [SIM_INCIDENT_RESUME] = {"resume", OF_HOST, resume},
    [SIM_INCIDENT_ROUTE] = {"route", OF_ROUTER, route},
    [SIM_INCIDENT_CONVERGE] = {"converge", OF_ALL, converge},
};

static bool is_node(const struct sim_plan *plan, unsigned node, enum sim_node_kind kind)
{
    return node < plan->node_count && plan->nodes[node].kind == kind;
}

static bool ends_at(const struct sim_link_plan *l, unsigned node)
{
    return l->ends[0] == node || l->ends[1] == node;
}

static bool is_route(const struct sim_incident *i, const struct sim_plan *plan)
{
    return is_node(plan, i->node, SIM_ROUTER) && i->towards < plan->node_count
           && (i->link == SIM_NO_LINK
               || (i->link < plan->link_count && ends_at(&plan->links[i->link], i->node)));
}

bool sim_incident_fits(const struct sim_incident *i, const struct sim_plan *plan)
{
    if ((unsigned)i->kind >= SIM_INCIDENT_KINDS)
        return false;
    switch (kinds[i->kind].subject) {
    case OF_LINK: return i->link < plan->link_count;
    case OF_HOST: return is_node(plan, i->node, SIM_HOST);
    case OF_ROUTER: return is_route(i, plan);
    case OF_ALL: break;
    }
    return true;
}

void sim_incident_happen(struct sim_world *w, const struct sim_incident *i)
{
    kinds[i->kind].happen(w, i);
}

const char *sim_incident_name(enum sim_incident_kind kind)
{
    return (unsigned)kind < SIM_INCIDENT_KINDS ? kinds[kind].name : "?";
}
