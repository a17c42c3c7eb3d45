/* The loop, with a stack and drivers that only write down what was asked of them, and a clock
 * that goes on by one second with every reading.  A loop that slept where it must not would
 * never end: ctest ends it. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "host/host_loop.h"

/* The stack. */

struct fake_stack {
    char log[256]; /* I input, V advance, O output that found nothing, A application */
    unsigned inputs, input_frames, largest_input;
    uint8_t last_interface;
    unsigned to_send; /* frames that output hands over */
    uint8_t send_to;  /* interface */
    int next_interface;
    lull_time deadline, now, input_at, advance_at, application_at, output_at;
    struct lull_interface_config added;
};

static struct fake_stack stack;

static void write_down(char c)
{
    const size_t used = strlen(stack.log);
    if (used + 1 < sizeof stack.log)
        stack.log[used] = c;
}

static lull_time fake_now(void)
{
    return stack.now += LULL_SEC(1);
}

static int fake_add_interface(struct lull_stack *unused, const struct lull_interface_config *config)
{
    (void)unused;
    stack.added = *config;
    return stack.next_interface < 0 ? stack.next_interface : stack.next_interface++;
}

static void fake_input(struct lull_stack *unused, const struct lull_input *frames, unsigned count,
                       lull_time now)
{
    (void)unused;
    write_down('I');
    stack.inputs++;
    stack.input_frames += count;
    stack.largest_input = count > stack.largest_input ? count : stack.largest_input;
    stack.last_interface = frames[count - 1].interface;
    stack.input_at = now;
}

static int fake_output(struct lull_stack *unused, lull_time now, struct lull_frame *frame)
{
    (void)unused;
    stack.output_at = now;
    if (stack.to_send == 0) {
        write_down('O');
        return 0;
    }
    stack.to_send--;
    *frame = (struct lull_frame){.header_bytes = 1, .total_bytes = 1, .interface = stack.send_to};
    return 1;
}

static lull_time fake_next_deadline(const struct lull_stack *unused)
{
    (void)unused;
    return stack.deadline;
}

static void fake_advance(struct lull_stack *unused, lull_time now)
{
    (void)unused;
    write_down('V');
    stack.advance_at = now;
}

static const struct host_loop_verbs verbs = {fake_now,    fake_add_interface, fake_input,
                                             fake_output, fake_next_deadline, fake_advance};

/* A driver. */

struct fake_driver {
    struct lull_driver driver;
    unsigned waiting; /* frames to be received */
    unsigned sent, flushed, asked;
    bool gone_in, gone_out, comes_back;
    bool *closed;
};

static int fake_receive(struct lull_driver *driver, struct lull_input *frames, int count)
{
    struct fake_driver *fake = (struct fake_driver *)driver;
    int given = 0;
    fake->asked++;
    if (fake->gone_in)
        return LULL_EIO;
    for (; given < count && fake->waiting > 0; given++, fake->waiting--)
        frames[given] = (struct lull_input){.interface = driver->interface};
    return given;
}

static enum lull_error fake_send(struct lull_driver *driver, const struct lull_frame *frame)
{
    struct fake_driver *fake = (struct fake_driver *)driver;
    (void)frame;
    if (fake->gone_out)
        return LULL_EIO;
    fake->sent++;
    fake->waiting += fake->comes_back;
    return LULL_OK;
}

static void fake_flush(struct lull_driver *driver)
{
    ((struct fake_driver *)driver)->flushed++;
}

static void fake_close(struct lull_driver *driver)
{
    struct fake_driver *fake = (struct fake_driver *)driver;
    if (fake->closed != NULL)
        *fake->closed = true;
}

static const struct lull_driver_operations operations = {fake_receive, fake_send, fake_flush,
                                                         fake_close};

static struct fake_driver make_driver(int descriptor)
{
    return (struct fake_driver){
        .driver = {.operations = &operations, .descriptor = descriptor, .mtu = 1400}};
}

static struct lull_host_loop *open_loop(void)
{
    struct lull_host_loop *loop;
    stack = (struct fake_stack){.deadline = LULL_TIME_NEVER};
    assert_int_equal(host_loop_open(NULL, &verbs, &loop, NULL), LULL_OK);
    return loop;
}

static int add(struct lull_host_loop *loop, struct fake_driver *fake)
{
    return lull_host_loop_add_driver(loop, &fake->driver, LULL_LINK_ETHERNET);
}

/* Sleeping. */

static void sleep_lasts_until_the_earlier_instant(void **state)
{
    (void)state;
    assert_int_equal(host_loop_patience(100, LULL_TIME_NEVER, LULL_TIME_NEVER), -1);
    assert_int_equal(host_loop_patience(100, 150, LULL_TIME_NEVER), 50);
    assert_int_equal(host_loop_patience(100, LULL_TIME_NEVER, 130), 30);
    assert_int_equal(host_loop_patience(100, 150, 130), 30);
    assert_int_equal(host_loop_patience(100, 120, 130), 20);
    assert_int_equal(host_loop_patience(100, 100, 130), 0);
    assert_int_equal(host_loop_patience(100, 99, LULL_TIME_NEVER), 0);
    assert_int_equal(host_loop_patience(100, LULL_TIME_NEVER, 0), 0);
}

static void a_deadline_that_has_come_ends_the_sleep(void **state)
{
    struct lull_host_loop *loop = open_loop();
    (void)state;
    stack.deadline = 1;
    assert_int_equal(lull_host_loop_turn(loop, LULL_TIME_NEVER), LULL_OK);
    lull_host_loop_close(loop);
}

/* A turn. */

static void log_application(void *context, lull_time now)
{
    (void)context;
    write_down('A');
    stack.application_at = now;
    stack.to_send++; /* what it writes leaves in the same turn */
}

static void a_turn_goes_in_time_application_out(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct fake_driver fake = make_driver(-1);
    (void)state;
    fake.waiting = 3;
    assert_int_equal(add(loop, &fake), 0);
    lull_host_loop_set_application(loop, log_application, NULL);
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_string_equal(stack.log, "IVAO");
    assert_int_equal(fake.sent, 1);
    assert_int_equal(fake.flushed, 1);
    assert_int_equal(stack.input_frames, 3);
    lull_host_loop_close(loop);
}

static void one_reading_of_the_clock_serves_a_turn(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct fake_driver fake = make_driver(-1);
    (void)state;
    fake.waiting = 1;
    assert_int_equal(add(loop, &fake), 0);
    lull_host_loop_set_application(loop, log_application, NULL);
    stack.now = LULL_SEC(41);
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(stack.input_at, LULL_SEC(42));
    assert_int_equal(stack.advance_at, LULL_SEC(42));
    assert_int_equal(stack.application_at, LULL_SEC(42));
    assert_int_equal(stack.output_at, LULL_SEC(42));
    lull_host_loop_close(loop);
}

static void input_comes_in_batches_that_leave_room_for_the_rest(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct fake_driver fake = make_driver(-1);
    (void)state;
    fake.waiting = 100;
    assert_int_equal(add(loop, &fake), 0);
    assert_int_equal(lull_host_loop_turn(loop, LULL_TIME_NEVER), LULL_OK);
    assert_int_equal(stack.input_frames, 64);
    assert_string_equal(stack.log, "IVO");
    assert_int_equal(lull_host_loop_turn(loop, LULL_TIME_NEVER), LULL_OK);
    assert_int_equal(stack.input_frames, 100);
    assert_int_equal(stack.inputs, 2);
    lull_host_loop_close(loop);
}

static void output_is_bounded_and_goes_on_without_sleep(void **state)
{
    struct lull_host_loop *loop = open_loop();
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct fake_driver fake = make_driver(ends[0]);
    assert_int_equal(add(loop, &fake), 0);
    stack.to_send = 1500;
    assert_int_equal(lull_host_loop_turn(loop, LULL_TIME_NEVER), LULL_OK);
    assert_int_equal(fake.sent, 1024);
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(fake.sent, 1500);
    assert_int_equal(fake.flushed, 2);
    lull_host_loop_close(loop);
    close(ends[0]);
    close(ends[1]);
}

/* Drivers. */

static void a_driver_becomes_an_interface_of_the_stack(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct fake_driver fake = make_driver(-1);
    (void)state;
    stack.next_interface = 5;
    fake.driver.capabilities = LULL_CAN_CHECKSUM;
    memcpy(fake.driver.hardware, "abcdef", 6);
    assert_int_equal(lull_host_loop_add_driver(loop, &fake.driver, LULL_LINK_IP), 5);
    assert_int_equal(stack.added.link, LULL_LINK_IP);
    assert_int_equal(stack.added.mtu, 1400);
    assert_int_equal(stack.added.capabilities, LULL_CAN_CHECKSUM);
    assert_memory_equal(stack.added.hardware, "abcdef", 6);
    fake.waiting = 1;
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(stack.last_interface, 5);
    lull_host_loop_close(loop);
}

static void output_goes_to_the_interface_it_names(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct fake_driver first = make_driver(-1), second = make_driver(-1);
    (void)state;
    assert_int_equal(add(loop, &first), 0);
    assert_int_equal(add(loop, &second), 1);
    stack.send_to = 1;
    stack.to_send = 2;
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(first.sent, 0);
    assert_int_equal(first.flushed, 0);
    assert_int_equal(second.sent, 2);
    assert_int_equal(second.flushed, 1);
    stack.send_to = 77; /* an interface that is not the loop's */
    stack.to_send = 1;
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(second.sent, 2);
    assert_int_equal(second.flushed, 1);
    lull_host_loop_close(loop);
}

static void what_comes_back_at_once_is_taken_before_any_sleep(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct fake_driver fake = make_driver(-1);
    (void)state;
    fake.comes_back = true;
    assert_int_equal(add(loop, &fake), 0);
    stack.to_send = 1;
    assert_int_equal(lull_host_loop_turn(loop, LULL_TIME_NEVER), LULL_OK);
    assert_int_equal(stack.inputs, 0);
    assert_int_equal(lull_host_loop_turn(loop, LULL_TIME_NEVER), LULL_OK);
    assert_int_equal(stack.inputs, 1);
    lull_host_loop_close(loop);
}

static void a_driver_with_a_descriptor_is_asked_when_it_is_readable(void **state)
{
    struct lull_host_loop *loop = open_loop();
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct fake_driver fake = make_driver(ends[0]);
    assert_int_equal(add(loop, &fake), 0);
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(fake.asked, 1); /* once, for what came before the loop */
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(fake.asked, 1);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(lull_host_loop_turn(loop, LULL_TIME_NEVER), LULL_OK);
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(fake.asked, 2);
    lull_host_loop_close(loop);
    close(ends[0]);
    close(ends[1]);
}

static void a_device_that_is_gone_ends_the_loop(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct lull_host_loop *loop = open_loop();
        struct fake_driver gone = make_driver(-1), healthy = make_driver(-1);
        gone.gone_in = way == 0;
        gone.gone_out = way == 1;
        healthy.waiting = 1;
        stack.to_send = 2;
        assert_int_equal(add(loop, &gone), 0);
        assert_int_equal(add(loop, &healthy), 1);
        assert_int_equal(lull_host_loop_run(loop), LULL_EIO);
        assert_int_equal(stack.input_frames, 1);
        assert_int_equal(gone.sent, 0);
        const unsigned asked = gone.asked;
        assert_int_equal(lull_host_loop_turn(loop, 0), LULL_EIO);
        assert_int_equal(gone.asked, asked);
        lull_host_loop_close(loop);
    }
}

static void an_interface_the_stack_refuses_stays_the_callers(void **state)
{
    struct lull_host_loop *loop = open_loop();
    bool closed = false;
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct fake_driver fake = make_driver(ends[0]);
    fake.closed = &closed;
    stack.next_interface = LULL_EINVAL;
    assert_int_equal(add(loop, &fake), LULL_EINVAL);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(fake.asked, 0);

    /* Nor does its descriptor speak for the next driver. */
    struct fake_driver next = make_driver(eventfd(0, EFD_CLOEXEC));
    stack.next_interface = 0;
    assert_int_equal(add(loop, &next), 0);
    for (int turns = 0; turns < 3; turns++)
        assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(next.asked, 1);
    lull_host_loop_close(loop);
    assert_false(closed);
    close(next.driver.descriptor);
    close(ends[0]);
    close(ends[1]);
}

static void a_loop_closes_its_drivers(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct fake_driver fakes[LULL_HOST_DRIVERS_MAX + 1];
    bool closed[LULL_HOST_DRIVERS_MAX + 1] = {false};
    (void)state;
    for (int i = 0; i <= LULL_HOST_DRIVERS_MAX; i++) {
        fakes[i] = make_driver(-1);
        fakes[i].closed = &closed[i];
        assert_int_equal(add(loop, &fakes[i]), i < LULL_HOST_DRIVERS_MAX ? i : LULL_ENOBUFS);
    }
    lull_host_loop_close(loop);
    for (int i = 0; i <= LULL_HOST_DRIVERS_MAX; i++)
        assert_int_equal(closed[i], i < LULL_HOST_DRIVERS_MAX);
}

/* Watches. */

static void stop_and_send(void *context, int descriptor, unsigned conditions)
{
    char byte;
    (void)conditions;
    assert_int_equal(read(descriptor, &byte, 1), 1);
    stack.to_send = 1;
    lull_host_loop_stop(context);
    assert_int_equal(lull_host_loop_turn(context, 0), LULL_OK); /* hears of the stop */
    stack.to_send = 1;
}

static void a_watch_is_called_and_what_it_wrote_last_is_sent(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct fake_driver fake = make_driver(-1);
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const struct lull_host_watch watch = {ends[0], LULL_HOST_READABLE, stop_and_send, loop};
    assert_int_equal(add(loop, &fake), 0);
    assert_int_equal(lull_host_loop_watch(loop, &watch), LULL_OK);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(lull_host_loop_run(loop), LULL_OK);
    assert_int_equal(fake.sent, 2);
    assert_int_equal(fake.flushed, 2);
    lull_host_loop_unwatch(loop, ends[0]);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(lull_host_loop_turn(loop, 0), LULL_OK);
    assert_int_equal(fake.sent, 2);
    lull_host_loop_close(loop);
    close(ends[0]);
    close(ends[1]);
}

/* Stopping. */

struct countdown {
    struct lull_host_loop *loop;
    int turns;
};

static void stop_at_zero(void *context, lull_time now)
{
    struct countdown *countdown = context;
    (void)now;
    if (--countdown->turns == 0)
        lull_host_loop_stop(countdown->loop);
}

static void a_stop_before_the_run_counts_and_a_loop_can_run_again(void **state)
{
    struct lull_host_loop *loop = open_loop();
    struct countdown countdown = {loop, 3};
    (void)state;
    lull_host_loop_stop(loop);
    lull_host_loop_stop(loop);
    assert_int_equal(lull_host_loop_run(loop), LULL_OK);
    lull_host_loop_set_application(loop, stop_at_zero, &countdown);
    stack.deadline = 0; /* no sleep */
    assert_int_equal(lull_host_loop_run(loop), LULL_OK);
    assert_int_equal(countdown.turns, 0);
    lull_host_loop_close(loop);
}

static void *stop_from_elsewhere(void *loop)
{
    lull_host_loop_stop(loop);
    return NULL;
}

static void another_thread_can_stop_it(void **state)
{
    struct lull_host_loop *loop = open_loop();
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, stop_from_elsewhere, loop), 0);
    assert_int_equal(lull_host_loop_run(loop), LULL_OK);
    pthread_join(thread, NULL);
    lull_host_loop_close(loop);
}

static bool is_blocked(int signal)
{
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    return sigismember(&blocked, signal);
}

static void signals_stop_it_until_it_is_closed(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct lull_host_loop *loop = open_loop();
        assert_int_equal(lull_host_loop_stop_on_signals(loop), LULL_OK);
        assert_int_equal(lull_host_loop_stop_on_signals(loop), LULL_OK);
        assert_true(is_blocked(signals[i]));
        raise(signals[i]);
        assert_int_equal(lull_host_loop_run(loop), LULL_OK);
        lull_host_loop_close(loop);
        assert_false(is_blocked(signals[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleep_lasts_until_the_earlier_instant),
        cmocka_unit_test(a_deadline_that_has_come_ends_the_sleep),
        cmocka_unit_test(a_turn_goes_in_time_application_out),
        cmocka_unit_test(one_reading_of_the_clock_serves_a_turn),
        cmocka_unit_test(input_comes_in_batches_that_leave_room_for_the_rest),
        cmocka_unit_test(output_is_bounded_and_goes_on_without_sleep),
        cmocka_unit_test(a_driver_becomes_an_interface_of_the_stack),
        cmocka_unit_test(output_goes_to_the_interface_it_names),
        cmocka_unit_test(what_comes_back_at_once_is_taken_before_any_sleep),
        cmocka_unit_test(a_driver_with_a_descriptor_is_asked_when_it_is_readable),
        cmocka_unit_test(a_device_that_is_gone_ends_the_loop),
        cmocka_unit_test(an_interface_the_stack_refuses_stays_the_callers),
        cmocka_unit_test(a_loop_closes_its_drivers),
        cmocka_unit_test(a_watch_is_called_and_what_it_wrote_last_is_sent),
        cmocka_unit_test(a_stop_before_the_run_counts_and_a_loop_can_run_again),
        cmocka_unit_test(another_thread_can_stop_it),
        cmocka_unit_test(signals_stop_it_until_it_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
