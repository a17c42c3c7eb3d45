/* lab_play.c - from a scenario to a story with a verdict. */
#include "lab/lab_play.h"

#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/text.h"

struct parts {
    void *world, *judge;
    struct lab_recorder *recorder;
    struct lab_event *events;
    uint8_t *bytes;
    size_t world_bytes;
};

/* Routers have a configuration that nobody uses. */
static void vary(struct lab_stage *stage, const struct lab_play_options *options)
{
    for (unsigned i = 0; i < stage->plan.node_count; i++) {
        if (options->without_timewait)
            stage->config[i].flaws |= LULL_FLAW_NO_TIME_WAIT;
        if (options->msl != 0)
            stage->config[i].knobs.value[LULL_KNOB_tw_msl_ms] = options->msl / LULL_MS(1);
    }
    for (unsigned i = 0; i < stage->plan.link_count; i++)
        stage->plan.links[i].options.loss_ppm += options->loss_percent * (SIM_LINK_PPM / 100);
    if (options->msl != 0)
        stage->judge.msl = options->msl;
    if (options->seed != 0)
        stage->plan.seed = options->seed;
}

static void set_stage(const struct lab_scenario *scenario, const struct lab_play_options *options,
                      struct lab_stage *stage)
{
    memset(stage, 0, sizeof *stage);
    stage->flawed = options->without_timewait;
    stage->twisted = options->twisted;
    stage->which = options->which;
    if (scenario->set != NULL)
        scenario->set(stage);
    else
        lab_stage_wire(stage);
    if (options->twisted)
        scenario->twist->set(stage);
    vary(stage, options);
}

static void lay_out(struct arena *a, const struct lab_stage *stage, struct parts *parts)
{
    parts->world_bytes = sim_world_bytes(&stage->plan);
    LULL_CHECK(parts->world_bytes != 0);
    parts->world = arena_take(a, parts->world_bytes);
    parts->judge = arena_take(a, sim_invariant_bytes(&stage->plan));
    parts->recorder = arena_take(a, sizeof *parts->recorder);
    parts->events = arena_take(a, LAB_PLAY_EVENTS * sizeof *parts->events);
    parts->bytes = arena_take(a, LAB_PLAY_BYTES);
}

static unsigned cases_of(const struct lab_scenario *scenario)
{
    return scenario->cases == 0 ? 1 : scenario->cases;
}

static size_t bytes_of_case(const struct lab_scenario *scenario,
                            const struct lab_play_options *options)
{
    struct lab_stage stage;
    struct parts parts;
    struct arena a;

    set_stage(scenario, options, &stage);
    arena_init(&a, NULL, 0);
    lay_out(&a, &stage, &parts);
    return a.wanted;
}

size_t lab_play_bytes(const struct lab_scenario *scenario, const struct lab_play_options *options)
{
    struct lab_play_options one = *options;
    size_t most = 0;

    for (one.which = 1; one.which <= cases_of(scenario); one.which++) {
        const size_t bytes = bytes_of_case(scenario, &one);
        most = bytes > most ? bytes : most;
    }
    return most;
}

static void put(char *to, size_t size, const char *s)
{
    struct text t;

    text_init(&t, to, size);
    text_string(&t, s);
}

static void entitle(const struct lab_scenario *scenario, const struct lab_play_options *options,
                    struct lab_story *story)
{
    struct text t;

    put(story->name, sizeof story->name, scenario->name);
    text_init(&t, story->title, sizeof story->title);
    text_string(&t, scenario->title);
    if (scenario->name_case != NULL) {
        text_string(&t, ": ");
        scenario->name_case(&t, options->which);
    }
    if (options->without_timewait)
        text_string(&t, ", without TIME-WAIT");
    if (options->twisted) {
        text_string(&t, ", with ");
        text_string(&t, scenario->twist->name);
    }
    story->look_for = scenario->look_for;
    story->rules = scenario->rules;
}

static uint32_t violated(const struct sim_judge *judge)
{
    const struct sim_violation *v;
    uint32_t seen = 0;

    for (unsigned i = 0; (v = sim_invariant_violation(judge, i)) != NULL; i++)
        seen |= 1u << v->invariant;
    return seen;
}

/* What is to strike: one of these invariants, if any. */
struct strike {
    uint32_t violated;
    const char *verdict;
};

/* With settings of somebody's own the play expects nothing, and what is written of it may not come
 * to pass: all that is known is whether the invariants hold.  One that does not is news where no
 * mistake was asked for. */
static void judge_varied(struct lab_scene *scene)
{
    struct lab_story *story = scene->story;
    const uint32_t seen = violated(scene->judge);
    struct text t;

    story->judged = seen != 0 && !scene->flawed && !scene->twisted;
    story->as_expected = !story->judged;
    text_init(&t, story->verdict, sizeof story->verdict);
    if (story->judged) {
        text_string(&t, sim_invariant_violation(scene->judge, 0)->text);
        return;
    }
    text_string(&t, seen == 0 ? "not judged; no invariant is violated" : "not judged; violated:");
    for (unsigned i = 1; i < 32; i++) {
        if (!(seen >> i & 1))
            continue;
        text_string(&t, i < 10 ? " INV-0" : " INV-");
        text_decimal(&t, i);
    }
}

/* A form with a mistake is as expected when the danger strikes. */
static void judge_strike(struct lab_scene *scene, const struct strike *strike)
{
    struct lab_story *story = scene->story;
    const bool struck = strike->violated == 0 || (violated(scene->judge) & strike->violated) != 0;

    story->as_expected = scene->failures == 0 && struck;
    if (scene->failures == 0)
        put(story->verdict, sizeof story->verdict,
            struck ? strike->verdict : "not as expected: nothing strikes");
}

static void judge(const struct lab_scenario *scenario, const struct lab_play_options *options,
                  struct lab_scene *scene)
{
    struct lab_story *story = scene->story;
    const uint64_t violations = sim_invariant_violations(scene->judge);

    if (scene->varied) {
        judge_varied(scene);
        return;
    }
    story->judged = true;
    if (options->without_timewait) {
        judge_strike(scene, &(struct strike){scenario->violated, scenario->without});
        return;
    }
    if (options->twisted) {
        judge_strike(scene, &(struct strike){scenario->twist->violated, scenario->twist->strikes});
        return;
    }
    story->as_expected = scene->failures == 0 && violations == 0;
    if (scene->failures > 0)
        return; /* the first has written the verdict */
    put(story->verdict, sizeof story->verdict,
        violations > 0 ? sim_invariant_violation(scene->judge, 0)->text : scenario->expected);
}

/* Where packets are lost by chance, ends take longer than the scene foresaw. */
static void come_to_an_end(struct lab_scene *scene)
{
    const lull_time last = scene->world->now + LULL_SEC(1200);

    while (scene->varied && scene->world->now < last && !sim_world_is_quiet(scene->world))
        lab_scene_wait(scene, LULL_SEC(10));
    if (!scene->open_ended && !scene->varied)
        sim_invariant_finish(scene->judge);
}

static void play_case(const struct lab_scenario *scenario, const struct lab_play_options *options,
                      void *memory, struct lab_story *story)
{
    struct lab_stage stage;
    struct parts parts;
    struct arena a;

    set_stage(scenario, options, &stage);
    arena_init(&a, memory, bytes_of_case(scenario, options));
    lay_out(&a, &stage, &parts);
    lab_story_init(
        story, &(struct lab_memory){parts.events, LAB_PLAY_EVENTS, parts.bytes, LAB_PLAY_BYTES});
    entitle(scenario, options, story);
    struct lab_scene scene = {
        .world = sim_world_init(parts.world, parts.world_bytes, &stage.plan),
        .story = story,
        .recorder = parts.recorder,
        .start = stage.plan.start,
        .flawed = options->without_timewait,
        .twisted = options->twisted,
        .which = options->which,
        .varied = options->msl != 0 || options->loss_percent != 0 || options->seed != 0,
        .prompt = SIM_STREAM_NONE,
    };
    scene.judge = sim_invariant_init(parts.judge, scene.world, &stage.judge);
    lab_record_init(scene.recorder, story, scene.world, scene.judge);
    scenario->play(&scene);
    come_to_an_end(&scene);
    judge(scenario, options, &scene);
}

/* The first case, besides the one that is shown, that is not as expected; 0: all are. */
static unsigned wrong_case(const struct lab_scenario *scenario,
                           const struct lab_play_options *options, void *memory,
                           struct lab_story *story)
{
    struct lab_play_options one = *options;

    for (one.which = 1; one.which <= cases_of(scenario); one.which++) {
        if (one.which == scenario->shown)
            continue;
        play_case(scenario, &one, memory, story);
        if (!story->as_expected)
            return one.which;
    }
    return 0;
}

/* Dangers need not strike in every case, and chance makes each another one. */
static bool asks_for_all(const struct lab_scenario *scenario,
                         const struct lab_play_options *options)
{
    return scenario->cases > 1 && options->which == 0 && !options->without_timewait
           && !options->twisted && options->msl == 0 && options->loss_percent == 0
           && options->seed == 0;
}

void lab_play(const struct lab_scenario *scenario, const struct lab_play_options *options,
              void *memory, struct lab_story *story)
{
    struct lab_play_options one = *options;
    unsigned wrong = 0;

    if (asks_for_all(scenario, options))
        wrong = wrong_case(scenario, options, memory, story);
    if (wrong != 0)
        one.which = wrong; /* it is the one to be looked at */
    else if (options->which == 0)
        one.which = scenario->cases == 0 ? 1 : scenario->shown;
    play_case(scenario, &one, memory, story);
}
