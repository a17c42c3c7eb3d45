#include "cli/cli_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_json_init(struct cli_json *json, char *buffer, size_t size)
{
    memset(json, 0, sizeof *json);
    json->buffer = buffer;
    json->size = size;
    if (size > 0)
        buffer[0] = '\0';
    else
        json->overflow = 1;
}

static void put_bytes(struct cli_json *json, const char *bytes, size_t length)
{
    if (json->overflow || length >= json->size - json->used) {
        json->overflow = 1;
        return;
    }
    memcpy(json->buffer + json->used, bytes, length);
    json->used += length;
    json->buffer[json->used] = '\0';
}

static void put(struct cli_json *json, const char *text)
{
    put_bytes(json, text, strlen(text));
}

/* The comma between this value and the one before it. */
static void begin_value(struct cli_json *json)
{
    if (!json->after_key && json->started[json->depth])
        put(json, ",");
    json->started[json->depth] = 1;
    json->after_key = 0;
}

static void open_nested(struct cli_json *json, const char *bracket)
{
    begin_value(json);
    put(json, bracket);
    if (json->depth + 1 >= CLI_JSON_DEPTH_MAX) {
        json->overflow = 1;
        return;
    }
    json->started[++json->depth] = 0;
}

static void close_nested(struct cli_json *json, const char *bracket)
{
    put(json, bracket);
    if (json->depth > 0)
        json->depth--;
}

void cli_json_object(struct cli_json *json)
{
    open_nested(json, "{");
}
void cli_json_end_object(struct cli_json *json)
{
    close_nested(json, "}");
}
void cli_json_array(struct cli_json *json)
{
    open_nested(json, "[");
}
void cli_json_end_array(struct cli_json *json)
{
    close_nested(json, "]");
}

/* How many bytes of @s form one character of UTF-8 (RFC 3629 section 4); 0 when they form none. */
static size_t utf8_length(const unsigned char *s)
{
    static const struct {
        unsigned char first, last, second_first, second_last;
        size_t length;
    } rows[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    size_t i = 0, n = 2;

    while (i < sizeof rows / sizeof rows[0] && (*s < rows[i].first || *s > rows[i].last))
        i++;
    if (i == sizeof rows / sizeof rows[0])
        return 0;
    if (rows[i].length == 1)
        return 1;
    if (s[1] < rows[i].second_first || s[1] > rows[i].second_last)
        return 0;
    while (n < rows[i].length && (s[n] & 0xc0) == 0x80)
        n++;
    return n == rows[i].length ? n : 0;
}

static void put_escaped(struct cli_json *json, unsigned char c)
{
    char escape[8];

    snprintf(escape, sizeof escape, "\\u%04x", c);
    put(json, escape);
}

static void put_string(struct cli_json *json, const char *value)
{
    put(json, "\"");
    while (*value) {
        size_t length = utf8_length((const unsigned char *)value);
        unsigned char c = (unsigned char)*value;
        if (length == 0)
            put(json, "\\ufffd");
        else if (c < 0x20 || c == 0x7f)
            put_escaped(json, c);
        else if (c == '"' || c == '\\')
            put_bytes(json, c == '"' ? "\\\"" : "\\\\", 2);
        else
            put_bytes(json, value, length);
        value += length == 0 ? 1 : length;
    }
    put(json, "\"");
}

void cli_json_key(struct cli_json *json, const char *key)
{
    begin_value(json);
    put_string(json, key);
    put(json, ":");
    json->after_key = 1;
}

void cli_json_string(struct cli_json *json, const char *value)
{
    begin_value(json);
    if (value)
        put_string(json, value);
    else
        put(json, "null");
}

void cli_json_number(struct cli_json *json, int64_t value)
{
    char digits[24];

    begin_value(json);
    snprintf(digits, sizeof digits, "%" PRId64, value);
    put(json, digits);
}

void cli_json_counter(struct cli_json *json, uint64_t value)
{
    char digits[24];

    begin_value(json);
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    put(json, digits);
}

void cli_json_pair_string(struct cli_json *json, const char *key, const char *value)
{
    cli_json_key(json, key);
    cli_json_string(json, value);
}

void cli_json_pair_number(struct cli_json *json, const char *key, int64_t value)
{
    cli_json_key(json, key);
    cli_json_number(json, value);
}

void cli_json_end_line(struct cli_json *json)
{
    put(json, "\n");
    json->started[json->depth] = 0;
}

/* The character behind a backslash at @s; how many characters of @s it took. */
static size_t unescape(const char *s, char *c)
{
    char digits[5] = "";
    unsigned long code;

    if (*s != 'u') {
        *c = *s;
        return 1;
    }
    memcpy(digits, s + 1, strnlen(s + 1, 4));
    code = strtoul(digits, NULL, 16);
    *c = (char)(code < 0x80 ? code : '?'); /* the writer escapes no others */
    return strnlen(s, 5);
}

/* A string begins behind @s; returns what follows its closing quote. */
static const char *take_string(const char *s, char *value, size_t size)
{
    size_t used = 0;

    while (*s && *s != '"') {
        char c = *s++;
        if (c == '\\' && *s)
            s += unescape(s, &c);
        if (used + 1 < size)
            value[used++] = c;
    }
    value[used] = '\0';
    return *s ? s + 1 : s;
}

static const char *take_value(const char *s, char *value, size_t size)
{
    size_t length = strcspn(s, ",}");

    if (*s == '"')
        return take_string(s + 1, value, size);
    snprintf(value, size, "%.*s", (int)length, s);
    return s + length;
}

int cli_json_field(const char *line, const char *key, char *value, size_t size)
{
    char name[64];

    while (*line == '{' || *line == ',') {
        line++;
        if (*line != '"')
            break;
        line = take_string(line + 1, name, sizeof name);
        if (*line != ':')
            break;
        line = take_value(line + 1, value, size);
        if (strcmp(name, key) == 0)
            return 1;
    }
    value[0] = '\0';
    return 0;
}

void cli_json_print(FILE *out, const struct cli_json *json)
{
    fprintf(out, "%s\n", json->overflow ? "null" : json->buffer);
}
