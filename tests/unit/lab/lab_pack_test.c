#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drawing.h"
#include "lab/lab_pack.h"

static struct lab_pack_memory memory;
static struct lab_pack pack;

/* What a page's script makes of packed text. */
static char read_back[1 << 20];
static size_t read_bytes;

static uint32_t read_digit(const char **at)
{
    const unsigned c = (unsigned char)*(*at)++;

    assert_true(c >= '!' && c <= '~' && c != '<' && c != LAB_PACK_MARK);
    return c - '!' - (c > '<') - (c > LAB_PACK_MARK);
}

static void read_reference(const char **at, uint32_t *distance)
{
    const uint32_t first = read_digit(at);
    uint32_t length = LAB_PACK_LEAST + first % 46;

    if (first % 46 == 45) {
        length += read_digit(at) * LAB_PACK_BASE;
        length += read_digit(at);
    }
    if (first < 46) {
        *distance = read_digit(at) * LAB_PACK_BASE * LAB_PACK_BASE;
        *distance += read_digit(at) * LAB_PACK_BASE;
        *distance += read_digit(at);
    }
    assert_true(*distance > 0 && *distance <= read_bytes);
    for (; length > 0; length--, read_bytes++)
        read_back[read_bytes] = read_back[read_bytes - *distance];
}

static void unpack(const char *packed)
{
    uint32_t distance = 0;

    read_bytes = 0;
    while (*packed != '\0') {
        const char c = *packed++;
        if (c == LAB_PACK_MARK && *packed != LAB_PACK_MARK) {
            read_reference(&packed, &distance);
            continue;
        }
        packed += c == LAB_PACK_MARK;
        read_back[read_bytes++] = c;
    }
    read_back[read_bytes] = '\0';
}

static void start(struct lab_pack_memory *with)
{
    lab_pack_init(&pack, fresh(), with);
}

static void write_text(const char *text)
{
    lab_out_string(&pack.in, text);
}

static void expect_back(const char *text)
{
    lab_pack_flush(&pack);
    unpack(drawing.text);
    assert_string_equal(read_back, text);
}

static void what_stood_there_before_is_referred_to(void **state)
{
    (void)state;
    start(&memory);
    write_text("<text x=\"18\">SYN</text><text x=\"18\">ACK</text>");
    expect_back("<text x=\"18\">SYN</text><text x=\"18\">ACK</text>");
    assert_int_equal(count_of("<text x="), 1);
    assert_true(drawing.used < 40);
}

static void a_run_refers_to_itself(void **state)
{
    static char run[20001];

    (void)state;
    memset(run, 'a', sizeof run - 1);
    start(&memory);
    write_text(run);
    expect_back(run);
    assert_true(drawing.used < 30);
}

static void what_differs_in_little_goes_on_at_the_same_distance(void **state)
{
    (void)state;
    start(&memory);
    write_text("the wait of C ends at 60.000 s; the wait of C ends at 61.000 s");
    expect_back("the wait of C ends at 60.000 s; the wait of C ends at 61.000 s");
    /* Once with a distance, once without. */
    assert_int_equal(drawing.used, strlen("the wait of C ends at 60.000 s; ") + 5 + 1 + 2);
}

static void every_text_can_be_read_back(void **state)
{
    static char noise[60001];
    uint32_t random = 1;

    (void)state;
    for (size_t i = 0; i < sizeof noise - 1; i++) {
        random = random * 1664525u + 1013904223u;
        noise[i] = "ab<`\xc3"[(random >> 24) % 4];
    }
    start(&memory);
    write_text(noise);
    expect_back(noise);
}

/* Half a letter would be no UTF-8 where the page has it. */
static void letters_stay_whole(void **state)
{
    static const char text[] = "Waiting \xc3\xa4, Waiting \xc3\xb6, Waiting \xe2\x80\x93, Waiting "
                               "\xe2\x80\x94";

    (void)state;
    start(&memory);
    write_text(text);
    expect_back(text);
    for (const char *at = drawing.text; *at != '\0'; at++)
        if (((unsigned char)*at & 0xc0) == 0x80)
            assert_true((unsigned char)at[-1] >= 0x80);
    assert_int_equal(count_of("\xe2\x80\x94"), 1);
}

static void what_is_forgotten_is_written_again(void **state)
{
    (void)state;
    start(&memory);
    write_text("the same words");
    lab_pack_flush(&pack);
    lab_pack_forget(&pack);
    write_text("the same words");
    lab_pack_flush(&pack);
    assert_int_equal(count_of("the same words"), 2);
}

static void without_memory_text_stays_as_it_is(void **state)
{
    (void)state;
    start(NULL);
    write_text("one `mark` and one `mark`");
    expect_back("one `mark` and one `mark`");
    assert_string_equal(drawing.text, "one ``mark`` and one ``mark``");
}

/* What is behind the end of the memory could not be referred to. */
static void a_full_memory_loses_nothing(void **state)
{
    static char piece[1001];
    const size_t pieces = LAB_PACK_TEXT / (sizeof piece - 1) + 3;

    (void)state;
    start(&memory);
    for (size_t i = 0; i < pieces; i++) {
        memset(piece, 'a' + (int)(i % 26), sizeof piece - 1);
        write_text(piece);
    }
    lab_pack_flush(&pack);
    unpack(drawing.text);
    assert_int_equal(read_bytes, pieces * (sizeof piece - 1));
    for (size_t i = 0; i < read_bytes; i++)
        assert_int_equal(read_back[i], 'a' + (int)(i / (sizeof piece - 1) % 26));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stood_there_before_is_referred_to),
        cmocka_unit_test(a_run_refers_to_itself),
        cmocka_unit_test(what_differs_in_little_goes_on_at_the_same_distance),
        cmocka_unit_test(every_text_can_be_read_back),
        cmocka_unit_test(letters_stay_whole),
        cmocka_unit_test(what_is_forgotten_is_written_again),
        cmocka_unit_test(without_memory_text_stays_as_it_is),
        cmocka_unit_test(a_full_memory_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
