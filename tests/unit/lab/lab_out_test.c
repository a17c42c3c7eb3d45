#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lab/lab_out.h"

struct heard {
    char text[256];
    size_t used;
};

static void hear(void *context, const char *bytes, size_t count)
{
    struct heard *h = context;

    assert_true(h->used + count < sizeof h->text);
    memcpy(h->text + h->used, bytes, count);
    h->used += count;
}

static struct heard heard;

static const struct lab_out *fresh(void)
{
    static const struct lab_out out = {hear, &heard};

    memset(&heard, 0, sizeof heard);
    return &out;
}

static void xml_has_no_character_with_a_meaning(void **state)
{
    (void)state;
    lab_out_xml(fresh(), "a<b & \"c\" > 'd'");
    assert_string_equal(heard.text, "a&lt;b &amp; &quot;c&quot; &gt; &#39;d&#39;");
}

static void json_escapes_quotes_controls_and_what_would_end_a_script(void **state)
{
    (void)state;
    lab_out_json(fresh(), "say \"x\\y\"\n</script>\xc3\xa4");
    assert_string_equal(heard.text,
                        "\"say \\u0022x\\u005cy\\u0022\\u000a\\u003c/script>\xc3\xa4\"");
    lab_out_json(fresh(), NULL);
    assert_string_equal(heard.text, "null");
    lab_out_json(fresh(), "");
    assert_string_equal(heard.text, "\"\"");
}

static void bytes_that_are_no_characters_are_replaced(void **state)
{
    (void)state;
    lab_out_json(fresh(), "cut \xe2\x82");
    assert_string_equal(heard.text, "\"cut \xef\xbf\xbd\xef\xbf\xbd\"");
    lab_out_xml(fresh(), "\xff \xc3\xa4 \x1f\n");
    assert_string_equal(heard.text, "\xef\xbf\xbd \xc3\xa4 \xef\xbf\xbd\n");
}

static void seconds_have_three_places_and_a_sign(void **state)
{
    (void)state;
    lab_out_seconds(fresh(), LULL_MS(60007));
    assert_string_equal(heard.text, "60.007");
    lab_out_seconds(fresh(), -LULL_MS(50));
    assert_string_equal(heard.text, "-0.050");
}

static void decimals_are_signed(void **state)
{
    (void)state;
    lab_out_decimal(fresh(), -12);
    lab_out_decimal(&(struct lab_out){hear, &heard}, 4294967295);
    assert_string_equal(heard.text, "-124294967295");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_has_no_character_with_a_meaning),
        cmocka_unit_test(json_escapes_quotes_controls_and_what_would_end_a_script),
        cmocka_unit_test(bytes_that_are_no_characters_are_replaced),
        cmocka_unit_test(seconds_have_three_places_and_a_sign),
        cmocka_unit_test(decimals_are_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
