/* Lines about packets: anything gives one printable line that is not cut. */
#include "wire/describe.h"

#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "wire/tcp_header.h"

static void check_line(const struct text *t, const char *line)
{
    assert(text_length(t) > 0 && text_length(t) < DESCRIBE_TEXT_BYTES - 1);
    assert(strlen(line) == text_length(t));
    for (const char *c = line; *c != '\0'; c++)
        assert(*c >= ' ' && *c <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span bytes = {data, size};
    char line[DESCRIBE_TEXT_BYTES];
    struct tcp_segment segment;
    struct text t;
    text_init(&t, line, sizeof line);
    describe_frame(&t, bytes);
    check_line(&t, line);
    text_init(&t, line, sizeof line);
    describe_packet(&t, bytes);
    check_line(&t, line);
    if (!tcp_header_parse(bytes, &segment))
        return 0;
    text_init(&t, line, sizeof line);
    describe_segment(&t, &segment);
    check_line(&t, line);
    return 0;
}
