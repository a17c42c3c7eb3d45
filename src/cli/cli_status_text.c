#include "cli/cli_status_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_json.h"

#define FIELD_BYTES 80
#define TEXT_BYTES  512 /* of a refusal */

void cli_status_text_timer(uint64_t milliseconds, char *text, size_t size)
{
    unsigned long minutes = (unsigned long)(milliseconds / 60000);
    unsigned seconds = (unsigned)(milliseconds / 1000 % 60);
    unsigned rest = (unsigned)(milliseconds % 1000);
    char parts[3][24] = {"", "", ""};

    /* The finer parts are left out where nobody would miss them. */
    if (minutes > 0)
        rest = 0;
    if (minutes > 9)
        seconds = 0;
    if (seconds > 9)
        rest = 0;
    if (minutes > 0)
        snprintf(parts[0], sizeof parts[0], "%lumin", minutes);
    if (seconds > 0)
        snprintf(parts[1], sizeof parts[1], "%u%s", seconds, rest > 0 ? "." : "sec");
    if (rest > 0)
        snprintf(parts[2], sizeof parts[2], "%03ums", rest);
    snprintf(text, size, "%s%s%s", parts[0], parts[1], parts[2]);
}

void cli_status_text_header(FILE *out)
{
    fprintf(out, "%-11s%-7s%-7s%21s %-21s\n", "State", "Recv-Q", "Send-Q", "Local Address:Port",
            "Peer Address:Port");
}

static uint64_t number_field(const char *json, const char *key)
{
    char value[FIELD_BYTES];

    return cli_json_field(json, key, value, sizeof value) ? strtoull(value, NULL, 10) : 0;
}

static void text_field(const char *json, const char *key, char value[FIELD_BYTES])
{
    if (!cli_json_field(json, key, value, FIELD_BYTES))
        memcpy(value, "?", 2);
}

void cli_status_text_row(FILE *out, const char *json)
{
    char state[FIELD_BYTES], local[FIELD_BYTES], peer[FIELD_BYTES], timer[FIELD_BYTES];
    char left[CLI_STATUS_TEXT_TIMER_BYTES];

    text_field(json, "state", state);
    text_field(json, "local", local);
    text_field(json, "peer", peer);
    text_field(json, "timer", timer);
    fprintf(out, "%-11s%-7llu%-7llu%21s %-21s", state,
            (unsigned long long)number_field(json, "recv_q"),
            (unsigned long long)number_field(json, "send_q"), local, peer);
    if (strcmp(timer, "off") != 0) {
        cli_status_text_timer(number_field(json, "timer_ms"), left, sizeof left);
        fprintf(out, " timer:(%s,%s,%llu)", timer, left,
                (unsigned long long)number_field(json, "retries"));
    }
}

static bool has_field(const char *json, const char *key)
{
    char value[FIELD_BYTES];

    return cli_json_field(json, key, value, sizeof value);
}

static void round_to_seconds(uint64_t milliseconds, char text[CLI_STATUS_TEXT_TIMER_BYTES])
{
    cli_status_text_timer((milliseconds + 500) / 1000 * 1000, text, CLI_STATUS_TEXT_TIMER_BYTES);
    if (*text == '\0')
        memcpy(text, "0sec", 5);
}

void cli_status_text_extended(FILE *out, const char *json)
{
    char cause[FIELD_BYTES], reason[FIELD_BYTES], age[CLI_STATUS_TEXT_TIMER_BYTES] = "long";

    if (has_field(json, "snd_nxt"))
        fprintf(out, " seq:(snd %llu,rcv %llu)", (unsigned long long)number_field(json, "snd_nxt"),
                (unsigned long long)number_field(json, "rcv_nxt"));
    if (!has_field(json, "cause"))
        return;
    if (has_field(json, "age_ms"))
        round_to_seconds(number_field(json, "age_ms"), age);
    text_field(json, "cause", cause);
    text_field(json, "reason", reason);
    fprintf(out, " record:(%s,%s ago,restarts %llu,last %s)", cause, age,
            (unsigned long long)number_field(json, "restarts"), reason);
}

void cli_status_text_refusal(FILE *out, const char *json)
{
    char text[TEXT_BYTES];

    if (!cli_json_field(json, "text", text, sizeof text))
        memcpy(text, "?", 2);
    fprintf(out, "%llu.%03llu %s\n", (unsigned long long)number_field(json, "at_ms") / 1000,
            (unsigned long long)number_field(json, "at_ms") % 1000, text);
}

void cli_status_text_counter(FILE *out, const char *json)
{
    char name[FIELD_BYTES];

    text_field(json, "name", name);
    fprintf(out, "%-31s %llu\n", name, (unsigned long long)number_field(json, "value"));
}

void cli_status_text_limit(FILE *out, const char *json)
{
    char name[FIELD_BYTES];

    text_field(json, "name", name);
    fprintf(out, "%-14s%10llu of %llu\n", name, (unsigned long long)number_field(json, "used"),
            (unsigned long long)number_field(json, "limit"));
}

void cli_status_text_knob(FILE *out, const char *json)
{
    char name[FIELD_BYTES], value[FIELD_BYTES], usual[FIELD_BYTES];

    text_field(json, "name", name);
    text_field(json, "value", value);
    text_field(json, "default", usual);
    fprintf(out, "%s = %s    (default %s)\n", name, value, usual);
}
