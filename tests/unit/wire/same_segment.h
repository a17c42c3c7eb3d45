/* same_segment.h - comparing segments field by field: padding between fields has no value. */
#ifndef TESTS_SAME_SEGMENT_H
#define TESTS_SAME_SEGMENT_H

#include "cmocka_all.h"
#include "wire/tcp_segment.h"

static inline void expect_same_options(const struct tcp_options *a, const struct tcp_options *b)
{
    assert_int_equal(a->present, b->present);
    assert_int_equal(a->mss, b->mss);
    assert_int_equal(a->window_scale, b->window_scale);
    assert_int_equal(a->ts_value, b->ts_value);
    assert_int_equal(a->ts_echo, b->ts_echo);
    assert_int_equal(a->sack_count, b->sack_count);
    assert_memory_equal(a->sack, b->sack, sizeof a->sack);
}

static inline void expect_same_segment(const struct tcp_segment *a, const struct tcp_segment *b)
{
    assert_int_equal(a->source_port, b->source_port);
    assert_int_equal(a->destination_port, b->destination_port);
    assert_int_equal(a->seq.raw, b->seq.raw);
    assert_int_equal(a->ack.raw, b->ack.raw);
    assert_int_equal(a->len, b->len);
    assert_int_equal(a->wnd, b->wnd);
    assert_int_equal(a->urgent, b->urgent);
    assert_int_equal(a->flags, b->flags);
    assert_ptr_equal(a->text.data, b->text.data);
    assert_int_equal(a->text.len, b->text.len);
    expect_same_options(&a->options, &b->options);
}

#endif
