#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drawing.h"
#include "lab/lab_page.h"
#include "story.h"

static struct story story;

static const struct lab_page_chapter chapters[] = {
    {"sc-05", "SC-05", "One & more", "look <here>", "TT-03 SA-08", "Closing", LAB_PAGE_AS_EXPECTED,
     "<all> is well"},
    {"sc-08", "SC-08", "Two", NULL, NULL, "Wandering", LAB_PAGE_NOT_AS_EXPECTED, NULL},
};

static const struct lab_page_head head = {
    .title = "A <book>", .chapters = chapters, .chapter_count = 2};

static const struct lab_page_variant with = {LAB_PAGE_STORY, "with", 30, 0};
static const struct lab_page_variant longer = {LAB_PAGE_STORY, "with", 60, 10};
static const struct lab_page_variant without = {LAB_PAGE_TWIN, "without", 30, 0};

static void write_book(const struct lab_page_head *of)
{
    struct lab_page page;

    lab_page_begin(&page, fresh(), of);
    lab_page_chapter(&page, &chapters[0]);
    story_everything(&story);
    lab_page_story(&page, &story.lab, &with);
    lab_page_story(&page, &story.lab, &longer);
    lab_page_chapter(&page, &chapters[1]);
    lab_page_story(&page, &story.lab, &with);
    lab_page_story(&page, &story.lab, &without);
    lab_page_end(&page);
}

static void the_page_may_load_nothing(void **state)
{
    (void)state;
    write_book(&head);
    assert_int_equal(count_of("default-src 'none'"), 1);
    assert_int_equal(count_of(" src="), 0);
    assert_int_equal(count_of("<link"), 0);
    assert_int_equal(count_of("@import"), 0);
    assert_int_equal(count_of("url("), 0);
}

static void only_the_first_of_a_role_is_shown_at_first(void **state)
{
    (void)state;
    write_book(&head);
    assert_int_equal(count_of("<figure "), 3);
    assert_int_equal(count_of("<script type=\"text/plain\" data-role=\"0\" data-msl=\"60\" "
                              "data-loss=\"10\" data-label=\"with\"><figcaption>"),
                     1);
    assert_int_equal(count_of("data-role=\"1\" data-msl=\"30\""), 1);
}

static void chapters_can_be_linked_to_and_are_listed(void **state)
{
    (void)state;
    write_book(&head);
    assert_int_equal(count_of("<a href=\"#sc-05\">"), 1);
    assert_int_equal(count_of("<section class=\"chapter\" id=\"sc-05\">"), 1);
    assert_int_equal(count_of("<section"), count_of("</section>"));
    assert_int_equal(count_of("<section><h2>Closing</h2>"), 1);
    assert_int_equal(count_of("<section><h2>Wandering</h2>"), 1);
    assert_int_equal(count_of(" as expected</span></span> &lt;all&gt; is well</p></li>"), 1);
    assert_int_equal(count_of("<span class=\"bad\">not as expected</span> </p></li>"), 1);
    assert_int_equal(count_of("<span>TT-03</span> <span>SA-08</span>"), 1);
    assert_int_equal(count_of("One &amp; more"), 2);
    assert_int_equal(count_of("look &lt;here&gt;"), 1);
}

/* The story has "</script>" in a text. */
static void no_text_ends_a_script(void **state)
{
    (void)state;
    write_book(&head);
    assert_int_equal(count_of("<script"), 4 + 1);
    assert_int_equal(count_of("</script>"), 4 + 1);
}

static void data_has_every_event_and_its_packet_once(void **state)
{
    unsigned packets = 0;

    (void)state;
    write_book(&head);
    for (uint32_t i = 0; i < story.lab.event_count; i++)
        packets += story.lab.events[i].kind == LAB_SEGMENT && story.lab.events[i].frame_bytes > 0;
    assert_int_equal(count_of("{\"t\":"), 4 * story.lab.event_count);
    assert_int_equal(count_of(",\"hex\":\"45"), 4 * packets);
}

/* What the plays of a chapter have in common is there once, and a chapter knows nothing of others.
 */
static void what_is_alike_is_written_once(void **state)
{
    static struct lab_pack_memory memory;
    const struct lab_page_head packed = {
        .title = "A <book>", .chapters = chapters, .chapter_count = 2, .memory = &memory};

    (void)state;
    write_book(&head);
    const size_t plain = drawing.used;
    write_book(&packed);
    assert_true(drawing.used + 10000 < plain);
    assert_int_equal(count_of("\"parties\":["), 2);
}

static void a_verdict_is_marked(void **state)
{
    struct lab_page page;

    (void)state;
    write_book(&head);
    assert_int_equal(count_of("<strong>not as expected</strong>"), 4);
    lab_page_begin(&page, fresh(), &head);
    lab_page_chapter(&page, &chapters[0]);
    story_lost_last_ack(&story);
    lab_page_story(&page, &story.lab, &with);
    story_captured(&story);
    lab_page_story(&page, &story.lab, &longer);
    lab_page_end(&page);
    assert_int_equal(count_of("<p class=\"verdict good\"><strong>as expected</strong>"), 1);
    assert_int_equal(count_of("<p class=\"verdict open\">"), 1);
    assert_int_equal(count_of("Real traffic"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_may_load_nothing),
        cmocka_unit_test(only_the_first_of_a_role_is_shown_at_first),
        cmocka_unit_test(chapters_can_be_linked_to_and_are_listed),
        cmocka_unit_test(no_text_ends_a_script),
        cmocka_unit_test(data_has_every_event_and_its_packet_once),
        cmocka_unit_test(what_is_alike_is_written_once),
        cmocka_unit_test(a_verdict_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
