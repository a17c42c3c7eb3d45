/* A pcapng file of all that passes. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lull/devices.h"

#include "driver_test.h"

static const struct lull_pair_config pair_config = {
    .frames = 64, .mtu = 1500, .capabilities = LULL_CAN_CHECKSUM | LULL_CAN_SEGMENT};

struct fixture {
    char path[64];
    struct lull_driver *capture, *other; /* other is the far end of the pair */
};

static struct made_segment made;
static uint8_t file_bytes[1 << 20];

static struct lull_frame make_frame(size_t text_bytes, uint16_t segment_bytes)
{
    const struct segment_shape shape = {
        .link_bytes = 14, .text_bytes = text_bytes, .segment_bytes = segment_bytes};
    struct prng prng;
    prng_seed(&prng, 1);
    make_segment(&made, &shape, &prng);
    return frame_of_segment(&made);
}

static void open_fixture(struct fixture *f, enum lull_link link)
{
    struct lull_driver *ends[2];
    const int prefix = snprintf(f->path, sizeof f->path, "driver_capture_");
    memset(f->path + prefix, 'X', 6); /* where mkstemp() puts letters of its own */
    f->path[prefix + 6] = '\0';
    close(mkstemp(f->path));
    assert_int_equal(lull_driver_pair_open(&pair_config, ends), LULL_OK);
    const struct lull_capture_config config = {f->path, link};
    assert_int_equal(lull_driver_capture_open(ends[0], &config, &f->capture, NULL), LULL_OK);
    f->other = ends[1];
}

static void close_fixture(struct fixture *f)
{
    f->capture->operations->close(f->capture);
    f->other->operations->close(f->other);
    unlink(f->path);
}

static size_t read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t got = fread(file_bytes, 1, sizeof file_bytes, file);
    fclose(file);
    return got;
}

/* The packet blocks of the file (type 6), in their order. */
struct packet {
    struct span data;
    uint64_t at;
    uint32_t direction; /* 1 in, 2 out; of the flags option */
};

static struct packet read_packet(const uint8_t *block)
{
    const uint32_t bytes = load_be32(block + 20);
    const uint8_t *options = block + 28 + (bytes + 3) / 4 * 4;
    assert_int_equal(load_be32(block + 8), 0);
    assert_int_equal(load_be32(block + 24), bytes);
    assert_int_equal(load_be16(options), 2); /* epb_flags */
    return (struct packet){{block + 28, bytes}, load_be64(block + 12), load_be32(options + 4) & 3};
}

static int read_packets(const char *path, struct packet *packets, int room)
{
    const size_t len = read_file(path);
    int count = 0;
    for (size_t at = 0; at < len; at += load_be32(file_bytes + at + 4))
        if (load_be32(file_bytes + at) == 6) {
            assert_true(count < room);
            packets[count++] = read_packet(file_bytes + at);
        }
    return count;
}

static uint16_t link_type_of(const char *path)
{
    read_file(path);
    const uint32_t section = load_be32(file_bytes + 4);
    assert_int_equal(load_be32(file_bytes + section), 1);
    return load_be16(file_bytes + section + 8);
}

static void both_directions_are_recorded_and_pass(void **state)
{
    struct fixture f;
    struct lull_input in;
    struct packet packets[2];
    const struct lull_frame frame = make_frame(100, 0);
    (void)state;
    open_fixture(&f, LULL_LINK_ETHERNET);
    f.capture->interface = 7;
    assert_int_equal(f.capture->operations->send(f.capture, &frame), LULL_OK);
    f.capture->operations->flush(f.capture);
    assert_int_equal(f.other->operations->receive(f.other, &in, 1), 1);
    assert_int_equal(f.other->operations->send(f.other, &frame), LULL_OK);
    assert_int_equal(f.capture->operations->receive(f.capture, &in, 1), 1);
    assert_int_equal(in.interface, 7);
    assert_memory_equal(in.bytes.data, made.bytes, made.len);

    assert_int_equal(read_packets(f.path, packets, 2), 2);
    assert_int_equal(packets[0].direction, 2);
    assert_int_equal(packets[1].direction, 1);
    assert_true(packets[0].at > (uint64_t)1600000000 * 1000000000);
    assert_true(packets[0].at <= packets[1].at);
    assert_int_equal(f.capture->frames_in, 1);
    assert_int_equal(f.capture->frames_out, 1);
    assert_int_equal(f.capture->bytes_in, made.len);
    assert_int_equal(f.capture->bytes_out, made.len);
    close_fixture(&f);
}

static void recorded_checksums_are_complete(void **state)
{
    struct fixture f;
    struct lull_input in;
    struct packet packets[2];
    const struct lull_frame frame = make_frame(60001, 1448);
    (void)state;
    open_fixture(&f, LULL_LINK_ETHERNET);
    assert_int_equal(f.capture->operations->send(f.capture, &frame), LULL_OK);
    assert_int_equal(f.other->operations->send(f.other, &frame), LULL_OK);
    assert_int_equal(f.capture->operations->receive(f.capture, &in, 1), 1);
    assert_int_equal(read_packets(f.path, packets, 2), 2);
    for (int i = 0; i < 2; i++) {
        struct ipv4_header ip;
        struct tcp_segment tcp;
        assert_int_equal(packets[i].data.len, made.len);
        assert_whole_segment((struct span){packets[i].data.data + 14, made.len - 14}, &ip, &tcp);
    }
    /* What passes on is as it was. */
    assert_memory_equal(in.bytes.data, made.bytes, made.len);
    close_fixture(&f);
}

static void more_than_the_buffer_holds_is_recorded_in_order(void **state)
{
    struct fixture f;
    struct packet packets[12];
    (void)state;
    open_fixture(&f, LULL_LINK_ETHERNET);
    for (size_t i = 0; i < 12; i++) {
        const struct lull_frame frame = make_frame(60000 + i, 1448);
        assert_int_equal(f.capture->operations->send(f.capture, &frame), LULL_OK);
    }
    f.capture->operations->flush(f.capture);
    assert_int_equal(read_packets(f.path, packets, 12), 12);
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(packets[i].data.len, 54 + 60000 + i);
    close_fixture(&f);
}

static void what_the_device_did_not_take_is_not_recorded(void **state)
{
    struct fixture f;
    struct packet packets[1];
    const struct lull_frame frame = make_frame(100, 0);
    (void)state;
    open_fixture(&f, LULL_LINK_ETHERNET);
    f.other->operations->close(f.other);
    assert_int_equal(f.capture->operations->send(f.capture, &frame), LULL_EIO);
    f.capture->operations->flush(f.capture);
    assert_int_equal(f.capture->dropped_out, 1);
    assert_int_equal(read_packets(f.path, packets, 1), 0);
    f.capture->operations->close(f.capture);
    unlink(f.path);
}

static void closing_writes_what_is_left(void **state)
{
    struct fixture f;
    struct packet packets[1];
    const struct lull_frame frame = make_frame(100, 0);
    (void)state;
    open_fixture(&f, LULL_LINK_ETHERNET);
    assert_int_equal(f.capture->operations->send(f.capture, &frame), LULL_OK);
    f.capture->operations->close(f.capture);
    assert_int_equal(read_packets(f.path, packets, 1), 1);
    f.other->operations->close(f.other);
    unlink(f.path);
}

static void the_link_type_is_the_devices(void **state)
{
    struct fixture f;
    (void)state;
    open_fixture(&f, LULL_LINK_ETHERNET);
    assert_int_equal(link_type_of(f.path), 1);
    close_fixture(&f);
    open_fixture(&f, LULL_LINK_IP);
    assert_int_equal(link_type_of(f.path), 101);
    close_fixture(&f);
}

static void a_capture_looks_like_the_device_inside(void **state)
{
    struct lull_driver *ends[2], *capture;
    const struct lull_capture_config config = {"/dev/null", LULL_LINK_ETHERNET};
    (void)state;
    assert_int_equal(lull_driver_pair_open(&pair_config, ends), LULL_OK);
    assert_int_equal(lull_driver_capture_open(ends[0], &config, &capture, NULL), LULL_OK);
    assert_int_equal(capture->mtu, 1500);
    assert_int_equal(capture->descriptor, -1);
    assert_int_equal(capture->capabilities, pair_config.capabilities);
    assert_memory_equal(capture->hardware, ends[0]->hardware, 6);
    capture->operations->close(capture);
    ends[1]->operations->close(ends[1]);
}

static void a_file_that_cannot_be_made_is_said_so(void **state)
{
    struct lull_driver *ends[2], *capture;
    struct lull_failure failure;
    const struct lull_capture_config nowhere = {"no/such/folder", LULL_LINK_ETHERNET};
    const struct lull_capture_config full = {"/dev/full", LULL_LINK_ETHERNET};
    (void)state;
    assert_int_equal(lull_driver_pair_open(&pair_config, ends), LULL_OK);
    assert_int_equal(lull_driver_capture_open(ends[0], &nowhere, &capture, &failure), LULL_EIO);
    assert_int_equal(failure.os_error, ENOENT);
    assert_non_null(strstr(failure.text, "no/such/folder"));
    assert_int_equal(lull_driver_capture_open(ends[0], &full, &capture, &failure), LULL_EIO);
    assert_int_equal(failure.os_error, ENOSPC);
    ends[0]->operations->close(ends[0]);
    ends[1]->operations->close(ends[1]);
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Standard error goes to a file meanwhile.  How many lines were written to it. */
static int send_into_a_full_disk(struct fixture *f, const struct lull_frame *frame)
{
    FILE *messages = tmpfile();
    const int kept = dup(STDERR_FILENO);
    int lines = 0;
    dup2(fileno(messages), STDERR_FILENO);
    limit_file_size(2000);
    for (int i = 0; i < 40; i++) {
        f->capture->operations->send(f->capture, frame);
        f->capture->operations->flush(f->capture);
    }
    limit_file_size(RLIM_INFINITY);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(messages);
    for (int c = fgetc(messages); c != EOF; c = fgetc(messages))
        lines += c == '\n';
    fclose(messages);
    return lines;
}

/* SIGXFSZ would kill this test. */
static void a_full_disk_ends_the_capture_with_one_line_and_never_the_traffic(void **state)
{
    struct fixture f;
    struct lull_input in[64];
    sigset_t pending;
    const struct lull_frame frame = make_frame(100, 0);
    (void)state;
    open_fixture(&f, LULL_LINK_ETHERNET);
    assert_int_equal(send_into_a_full_disk(&f, &frame), 1);
    assert_int_equal(f.other->operations->receive(f.other, in, 64), 40);
    assert_int_equal(f.capture->frames_out, 40);
    sigpending(&pending);
    assert_false(sigismember(&pending, SIGXFSZ));
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_are_recorded_and_pass),
        cmocka_unit_test(recorded_checksums_are_complete),
        cmocka_unit_test(more_than_the_buffer_holds_is_recorded_in_order),
        cmocka_unit_test(what_the_device_did_not_take_is_not_recorded),
        cmocka_unit_test(closing_writes_what_is_left),
        cmocka_unit_test(the_link_type_is_the_devices),
        cmocka_unit_test(a_capture_looks_like_the_device_inside),
        cmocka_unit_test(a_file_that_cannot_be_made_is_said_so),
        cmocka_unit_test(a_full_disk_ends_the_capture_with_one_line_and_never_the_traffic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
