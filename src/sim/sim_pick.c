#include "sim/sim_pick.h"

static bool has_right_text(enum sim_pick_text wanted, const struct tcp_segment *segment)
{
    return wanted == SIM_PICK_ANY || (wanted == SIM_PICK_WITH_TEXT) == (segment->text.len > 0);
}

static bool has_right_flags(const struct sim_pick *pick, const struct tcp_segment *segment)
{
    return (segment->flags & pick->flags) == pick->flags && (segment->flags & pick->not_flags) == 0;
}

static bool is_the_place(const struct sim_pick *pick, const struct sim_passage *passage)
{
    if (pick->link == SIM_PICK_FIRST)
        return passage->node == passage->packet.ghost->host;
    return pick->link == passage->link;
}

/* What costs nothing is asked first: most packets fail it. */
bool sim_pick_finds(const struct sim_pick *pick, const struct sim_passage *passage)
{
    const struct sim_ghost *ghost = passage->packet.ghost;
    struct sim_parsed parsed;

    if ((pick->from != SIM_PICK_ANYBODY && pick->from != ghost->host) || ghost->copy != 0
        || ghost->damaged || !is_the_place(pick, passage)
        || (pick->incarnation != 0 && pick->incarnation != ghost->incarnation))
        return false;
    return sim_packet_parse(passage->packet.bytes, &parsed) && parsed.is_tcp
           && has_right_flags(pick, &parsed.segment) && has_right_text(pick->text, &parsed.segment);
}

void sim_pick_decide(const struct sim_pick *pick, struct sim_fate *fate)
{
    const lull_duration jitter[2] = {fate->jitter[0], fate->jitter[1]};

    *fate = pick->fate;
    fate->jitter[0] = jitter[0];
    fate->jitter[1] = jitter[1];
}
