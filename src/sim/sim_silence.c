#include "sim/sim_silence.h"

static const struct {
    const char *name, *text;
    bool warns;
} silences[SIM_SILENCE_COUNT] = {
    [SIM_SILENCE_VOICES] = {"full_ledger", "events came after the ledger was full", true},
    [SIM_SILENCE_FOOLED] = {"fooled", "events came after a damaged segment passed its checksum",
                            true},
    [SIM_SILENCE_ROWS] = {"crowded", "tables had more rows than the judge", true},
    [SIM_SILENCE_SOCKETS] = {"sockets", "sockets found no room in the list of names", true},
    [SIM_SILENCE_TUPLES] = {"tuples", "tuples to be remembered made room for others", true},
    [SIM_SILENCE_READS] = {"reads", "reads were of a connection that nobody knows", true},
    [SIM_SILENCE_EVICTED] = {"excused_evicted",
                             "segments met nobody because a record had made room", false},
    [SIM_SILENCE_FORGED] = {"excused_forged", "incarnations or octets were a forger's", false},
};

const char *sim_silence_name(enum sim_silence silence)
{
    return silences[silence].name;
}

const char *sim_silence_text(enum sim_silence silence)
{
    return silences[silence].text;
}

bool sim_silence_warns(enum sim_silence silence)
{
    return silences[silence].warns;
}
