/* Text that says where it comes from. */
#include <string.h>

#include "cmocka_all.h"
#include "sim/sim_octets.h"

static void a_stretch_is_the_same_however_it_is_cut(void **state)
{
    uint8_t whole[100], pieces[100];

    (void)state;
    sim_octets_fill(whole, sizeof whole, 7, 1000);
    for (size_t size = 1; size <= 20; size++) {
        for (size_t at = 0; at < sizeof pieces; at += size) {
            size_t count = at + size <= sizeof pieces ? size : sizeof pieces - at;
            sim_octets_fill(pieces + at, count, 7, 1000 + at);
        }
        assert_memory_equal(whole, pieces, sizeof whole);
    }
}

static void its_own_text_matches_from_any_place(void **state)
{
    uint8_t octets[64];

    (void)state;
    for (uint64_t offset = 0; offset < 40; offset++) {
        sim_octets_fill(octets, sizeof octets, 3, offset);
        assert_int_equal(sim_octets_match(octets, sizeof octets, 3, offset), sizeof octets);
    }
    assert_int_equal(sim_octets_match(octets, 0, 3, 0), 0);
}

static void the_first_wrong_octet_is_found(void **state)
{
    uint8_t octets[64];

    (void)state;
    for (size_t at = 0; at < sizeof octets; at++) {
        sim_octets_fill(octets, sizeof octets, 3, 5);
        octets[at] ^= 1;
        assert_int_equal(sim_octets_match(octets, sizeof octets, 3, 5), at);
    }
}

/* Neither another voice nor another place has the same eight octets. */
static void nobody_else_says_the_same(void **state)
{
    uint8_t octets[8];

    (void)state;
    for (uint32_t voice = 0; voice < 50; voice++)
        for (uint64_t offset = 0; offset < 50; offset++) {
            sim_octets_fill(octets, sizeof octets, voice, offset);
            assert_true(sim_octets_match(octets, sizeof octets, voice + 1, offset) < 8);
            assert_true(sim_octets_match(octets, sizeof octets, voice, offset + 1) < 8);
            assert_true(sim_octets_match(octets, sizeof octets, voice, offset + 8) < 8);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stretch_is_the_same_however_it_is_cut),
        cmocka_unit_test(its_own_text_matches_from_any_place),
        cmocka_unit_test(the_first_wrong_octet_is_found),
        cmocka_unit_test(nobody_else_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
