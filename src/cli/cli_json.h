/* cli_json.h - a writer of JSON (RFC 8259), into a buffer that is handed to the caller in pieces.
 *
 * It puts the commas, and escapes what must be; bytes that are not UTF-8 become U+FFFD, so the
 * output is always valid.  Numbers are integers.  jansson was rejected for writing: it would build
 * a tree in memory for what is printed once. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CLI_JSON_DEPTH_MAX 16

struct cli_json {
    char *buffer; /* borrowed */
    size_t size, used;
    int overflow; /* something did not fit; the text is not to be used */
    int depth;
    unsigned char started[CLI_JSON_DEPTH_MAX]; /* a value stands in this object or array */
    int after_key;
};

void cli_json_init(struct cli_json *json, char *buffer, size_t size);

void cli_json_object(struct cli_json *json);
void cli_json_end_object(struct cli_json *json);
void cli_json_array(struct cli_json *json);
void cli_json_end_array(struct cli_json *json);

/* Inside an object, before each value. */
void cli_json_key(struct cli_json *json, const char *key);

/* NULL becomes null. */
void cli_json_string(struct cli_json *json, const char *value);
void cli_json_number(struct cli_json *json, int64_t value);
void cli_json_counter(struct cli_json *json, uint64_t value);

/* A key with its value. */
void cli_json_pair_string(struct cli_json *json, const char *key, const char *value);
void cli_json_pair_number(struct cli_json *json, const char *key, int64_t value);

/* The value of @key in @line, one object without nested ones as this writer makes it, unescaped for
 * strings and as written for numbers; cut at @size, which is at least 1.  1 when it was found,
 * otherwise 0 with an empty @value. */
int cli_json_field(const char *line, const char *key, char *value, size_t size);

/* One object on a line of its own. */
void cli_json_print(FILE *out, const struct cli_json *json);

/* A newline: ends a line of JSON lines; the next value starts afresh. */
void cli_json_end_line(struct cli_json *json);

#endif
