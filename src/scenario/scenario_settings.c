#include "scenario/scenario_settings.h"

#include <stddef.h>

#include "base/check.h"
#include "scenario/scenario_words.h"

#define MTU_LEAST 576

static const char out_of_range[] = "the value is none of this setting, or out of its range";

/* Fields of the configuration that are not knobs. */
enum field_kind { FIELD_COUNT, FIELD_BYTE, FIELD_DURATION };

#define FIELD(kind, field)                                                                         \
    {                                                                                              \
#field, kind, offsetof(struct lull_stack_config, field)                                    \
    }
static const struct {
    const char *name;
    enum field_kind kind;
    size_t offset;
} fields[] = {
    FIELD(FIELD_COUNT, sockets_max),          FIELD(FIELD_COUNT, connections_max),
    FIELD(FIELD_COUNT, listeners_max),        FIELD(FIELD_COUNT, records_max),
    FIELD(FIELD_COUNT, blocks_max),           FIELD(FIELD_COUNT, block_bytes),
    FIELD(FIELD_COUNT, replies_max),          FIELD(FIELD_COUNT, send_buffer_bytes),
    FIELD(FIELD_COUNT, receive_buffer_bytes), FIELD(FIELD_BYTE, ttl),
    FIELD(FIELD_DURATION, rto_min),           FIELD(FIELD_DURATION, rto_initial),
    FIELD(FIELD_DURATION, delayed_ack),       FIELD(FIELD_DURATION, user_timeout),
    FIELD(FIELD_DURATION, syn_timeout),
};

static const struct {
    const char *name;
    uint8_t bit;
} features[] = {
    {"timestamps", LULL_FEATURE_TIMESTAMPS},
    {"window_scale", LULL_FEATURE_WINDOW_SCALE},
    {"sack", LULL_FEATURE_SACK},
};

/* Shorter names for two knobs that most scripts about closing turn. */
static const struct {
    const char *name, *knob;
} aliases[] = {{"msl", "tw.msl_ms"}, {"fin_wait_2_orphan", "fw2.orphan_ms"}};

/* What Linux calls them, below net.ipv4., and the unit it counts in. */
static const struct {
    const char *sysctl, *setting, *unit;
} sysctls[] = {
    {"tcp_fin_timeout", "fin_wait_2_orphan", "s"},
    {"tcp_timestamps", "timestamps", ""},
    {"tcp_sack", "sack", ""},
    {"tcp_window_scaling", "window_scale", ""},
    {"ip_default_ttl", "ttl", ""},
    {"tcp_max_tw_buckets", "tw.max", ""},
    {"tcp_max_orphans", "orphan.max", ""},
    {"tcp_orphan_retries", "orphan.retries", ""},
};

void scenario_settings_defaults(struct scenario_script *script)
{
    script->tolerance = LULL_MS(4); /* packetdrill's */
    script->tolerance_percent = 0;
    script->ts_tick_us = 0;
    script->mtu = 1500;
    script->strict_segments = false;
}

static const char *option_number(struct span value, int64_t least, int64_t most, uint32_t *number)
{
    int64_t n;

    if (!scenario_words_number(value, &n) || n < least || n > most)
        return "the option needs a whole number in its range";
    *number = (uint32_t)n;
    return NULL;
}

const char *scenario_settings_option(struct scenario_script *script,
                                     const struct scenario_setting *option)
{
    const struct span name = option->name;
    uint32_t number = 0;
    const char *wrong;

    if (scenario_words_equal(name, "tolerance_usecs")) {
        wrong = option_number(option->value, 1, 100000000, &number);
        script->tolerance = LULL_US((int64_t)number);
        return wrong;
    }
    if (scenario_words_equal(name, "mtu")) {
        wrong = option_number(option->value, MTU_LEAST, UINT16_MAX, &number);
        script->mtu = (uint16_t)number;
        return wrong;
    }
    if (scenario_words_equal(name, "tolerance_percent"))
        return option_number(option->value, 0, 100, &script->tolerance_percent);
    if (scenario_words_equal(name, "tcp_ts_tick_usecs"))
        return option_number(option->value, 0, 1000000, &script->ts_tick_us);
    if (scenario_words_equal(name, "ip_version"))
        return scenario_words_equal(option->value, "ipv4") ? NULL : "only ipv4 is supported";
    if (scenario_words_equal(name, "strict_segments")) {
        script->strict_segments = true;
        return NULL;
    }
    return scenario_words_equal(name, "send_omit_free") ? NULL : "there is no such option";
}

/* "tw.rst=rfc9293" with a NUL behind it, the alias replaced, and cut like any text: no knob has so
 * long a name.  Returns where the name ends. */
static size_t put_assignment(const struct scenario_setting *setting, char *buffer, size_t size)
{
    struct text t;
    struct span name = setting->name;

    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        if (scenario_words_equal(name, aliases[i].name))
            name = scenario_words_of(aliases[i].knob);
    text_init(&t, buffer, size);
    scenario_words_put(&t, name);
    const size_t end = text_length(&t);
    text_character(&t, '=');
    scenario_words_put(&t, setting->value);
    if (setting->unit != NULL)
        text_string(&t, setting->unit);
    return end;
}

static const char *set_knob(const struct scenario_setting *setting, struct lull_knobs *knobs)
{
    char assignment[128];
    const size_t end = put_assignment(setting, assignment, sizeof assignment);

    switch (lull_knobs_assign(knobs, assignment)) {
    case LULL_OK: return NULL;
    case LULL_EOPNOTSUPP: return "this knob cannot be turned: what it governs does not exist";
    default: break;
    }
    assignment[end] = '\0';
    return lull_knob_find(assignment) < 0 ? "there is no such setting" : out_of_range;
}

const char *scenario_settings_knob(const struct scenario_setting *setting, enum lull_knob *knob,
                                   int64_t *value)
{
    struct lull_knobs knobs;
    char name[128];

    lull_knobs_init(&knobs, LULL_PROFILE_DEFAULT);
    const char *wrong = set_knob(setting, &knobs);
    if (wrong != NULL)
        return wrong;
    name[put_assignment(setting, name, sizeof name)] = '\0';
    *knob = (enum lull_knob)lull_knob_find(name);
    *value = knobs.value[*knob];
    return NULL;
}

static const char *set_profile(struct span value, struct lull_stack_config *config)
{
    char name[32];
    struct text t;

    text_init(&t, name, sizeof name);
    scenario_words_put(&t, value);
    int profile = lull_profile_find(name);
    if (profile < 0)
        return "a profile is default, strict, linux or bsd";
    lull_knobs_init(&config->knobs, (enum lull_profile)profile);
    return NULL;
}

static const char *set_field(size_t i, struct span value, struct lull_stack_config *config)
{
    uint8_t *field = (uint8_t *)config + fields[i].offset;
    int64_t number;

    if (fields[i].kind == FIELD_DURATION) {
        if (!scenario_words_duration(value, &number))
            return "the value must be a duration such as 250ms or 2s";
        *(lull_duration *)(void *)field = number;
        return NULL;
    }
    if (!scenario_words_number(value, &number) || number < 0
        || number > (fields[i].kind == FIELD_BYTE ? UINT8_MAX : UINT32_MAX))
        return out_of_range;
    if (fields[i].kind == FIELD_BYTE)
        *field = (uint8_t)number;
    else
        *(uint32_t *)(void *)field = (uint32_t)number;
    return NULL;
}

static const char *set(const struct scenario_setting *setting, struct lull_stack_config *config)
{
    if (setting->ignored)
        return NULL;
    if (scenario_words_equal(setting->name, "profile"))
        return set_profile(setting->value, config);
    for (size_t i = 0; i < COUNT_OF(features); i++) {
        if (!scenario_words_equal(setting->name, features[i].name))
            continue;
        config->features &= (uint8_t)~features[i].bit;
        if (!scenario_words_equal(setting->value, "0"))
            config->features |= features[i].bit;
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (scenario_words_equal(setting->name, fields[i].name))
            return set_field(i, setting->value, config);
    return set_knob(setting, &config->knobs);
}

void scenario_settings_apply(const struct scenario_script *script, struct lull_stack_config *config)
{
    for (uint32_t i = 0; i < script->setting_count; i++)
        (void)set(&script->settings[i], config);
}

const char *scenario_settings_add(struct scenario_script *script,
                                  const struct scenario_setting *setting)
{
    struct lull_stack_config config;

    if (script->setting_count == SCENARIO_SETTINGS_MAX)
        return "the script has too many settings";
    lull_stack_config_init(&config);
    scenario_settings_apply(script, &config);
    const char *wrong = set(setting, &config);
    if (wrong == NULL && lull_stack_bytes(&config) == 0)
        wrong = out_of_range;
    if (wrong == NULL)
        script->settings[script->setting_count++] = *setting;
    return wrong;
}

/* "net.ipv4.tcp_fin_timeout=60", or the same as a path below /proc/sys. */
static const char *add_sysctl(struct scenario_script *script, struct span word, uint32_t line)
{
    static const char *const places[] = {"net.ipv4.", "/proc/sys/net/ipv4/"};
    struct scenario_setting setting = {.place = {line, 1}, .value = word};

    for (size_t i = 0; i < COUNT_OF(places); i++) {
        size_t len = scenario_words_of(places[i]).len;
        if (scenario_words_begin(setting.value, places[i]))
            setting.value = (struct span){setting.value.data + len, setting.value.len - len};
    }
    setting.name = scenario_words_split(&setting.value, '=');
    for (size_t i = 0; i < COUNT_OF(sysctls); i++) {
        if (!scenario_words_equal(setting.name, sysctls[i].sysctl))
            continue;
        setting.name = scenario_words_of(sysctls[i].setting);
        setting.unit = sysctls[i].unit;
        return scenario_settings_add(script, &setting);
    }
    setting.name = word;
    setting.ignored = true;
    return scenario_settings_add(script, &setting);
}

static const char *add_sysctls(struct scenario_script *script, struct span words, uint32_t line)
{
    const char *wrong = NULL;

    while (words.len > 0 && wrong == NULL) {
        struct span word = scenario_words_split(&words, ' ');
        if (word.len > 0 && word.data[0] != '-' && word.data[word.len - 1] != '\\')
            wrong = add_sysctl(script, word, line);
    }
    return wrong;
}

const char *scenario_settings_command(struct scenario_script *script, struct span words,
                                      uint32_t line)
{
    struct scenario_setting setting = {.place = {line, 1}, .name = words, .ignored = true};

    if (words.len == 0)
        return NULL;
    struct span rest = words;
    struct span program = scenario_words_split(&rest, ' ');
    if (scenario_words_equal(program, "sysctl") || scenario_words_end(program, "/set_sysctls.py"))
        return add_sysctls(script, rest, line);
    if (scenario_words_begin(program, "/proc/sys/")) /* the arguments go on */
        return add_sysctls(script, words, line);
    if (scenario_words_end(words, "/defaults.sh") || scenario_words_equal(words, "true"))
        return scenario_settings_add(script, &setting);
    return "commands are not run; only sysctl and defaults.sh are understood";
}
