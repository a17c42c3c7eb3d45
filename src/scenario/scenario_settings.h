/* scenario_settings.h - what a script says before its first event: --options for the player,
 * //lull: NAME=VALUE for the stack, and commands, of which the sysctls with a meaning here become
 * settings.
 *
 * Functions that return a text return NULL when all is well, and otherwise what is wrong. */
#ifndef SCENARIO_SCENARIO_SETTINGS_H
#define SCENARIO_SCENARIO_SETTINGS_H

#include "lull/stack.h"

#include "scenario/scenario_script.h"

void scenario_settings_defaults(struct scenario_script *script);

/* "--tolerance_usecs=1000" */
const char *scenario_settings_option(struct scenario_script *script,
                                     const struct scenario_setting *option);

/* A line between backquotes, without blanks around it; perhaps nothing. */
const char *scenario_settings_command(struct scenario_script *script, struct span words,
                                      uint32_t line);

/* Note a setting of the stack once it is known to be one. */
const char *scenario_settings_add(struct scenario_script *script,
                                  const struct scenario_setting *setting);

/* What a setting means as a knob of a running stack. */
const char *scenario_settings_knob(const struct scenario_setting *setting, enum lull_knob *knob,
                                   int64_t *value);

/* Change @config as the script says. */
void scenario_settings_apply(const struct scenario_script *script,
                             struct lull_stack_config *config);

#endif
