/* driver_capture.c - a pcapng file of all that passes through another driver.
 *
 * The file is written at the end of each batch and not by a thread: what was on the wire when
 * the program died is what somebody wants to see, and a write into the page cache costs little
 * beside the batch.  A file that cannot take it ends the capture, never the traffic. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lull/devices.h"

#include "driver/driver_failure.h"
#include "driver/driver_frame.h"
#include "driver/driver_memory.h"
#include "wire/pcapng.h"

/* Four of the largest packets. */
#define BUFFER_BYTES ((size_t)256 * 1024)

struct capture {
    struct lull_driver driver;
    struct lull_driver *inner;
    int file; /* -1: the capture has ended */
    lull_time at;
    bool at_known; /* within one batch of output the clock is read once */
    size_t used;   /* bytes of buffer */
    uint8_t *buffer;
    uint8_t *whole; /* one frame in one piece */
    char *path;
};

static struct capture *capture_of(struct lull_driver *driver)
{
    return (struct capture *)driver;
}

/* Readers show dates, so this is the wall clock and not the stack's. */
static lull_time wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return LULL_SEC(t.tv_sec) + t.tv_nsec;
}

/* A reader that left and a file at its size limit raise signals, which would end the process. */
static int write_all(int file, const uint8_t *bytes, size_t size)
{
    sigset_t deadly, before, pending;
    sigemptyset(&deadly);
    sigaddset(&deadly, SIGPIPE);
    sigaddset(&deadly, SIGXFSZ);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &deadly, &before);
    int error = 0;
    while (size > 0 && error == 0) {
        const ssize_t written = write(file, bytes, size);
        if (written < 0) {
            error = errno == EINTR ? 0 : errno;
            continue;
        }
        bytes += written;
        size -= (size_t)written;
    }
    const struct timespec now = {0};
    if (error == EPIPE && !sigismember(&pending, SIGPIPE))
        sigtimedwait(&deadly, NULL, &now);
    if (error == EFBIG && !sigismember(&pending, SIGXFSZ))
        sigtimedwait(&deadly, NULL, &now);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void end_capture(struct capture *capture, int os_error)
{
    fprintf(stderr, "lull: the capture to %s ends here: %s\n", capture->path,
            strerrordesc_np(os_error));
    close(capture->file);
    capture->file = -1;
}

static void write_out(struct capture *capture)
{
    if (capture->file >= 0 && capture->used > 0) {
        const int error = write_all(capture->file, capture->buffer, capture->used);
        if (error != 0)
            end_capture(capture, error);
    }
    capture->used = 0;
}

static void record(struct capture *capture, struct span bytes, enum pcapng_direction direction)
{
    const struct pcapng_packet packet = {
        .at = capture->at,
        .original_bytes = (uint32_t)bytes.len,
        .direction = direction,
        .data = bytes,
    };
    if (capture->file < 0)
        return;
    if (pcapng_packet_bytes(&packet) > BUFFER_BYTES - capture->used)
        write_out(capture);
    capture->used +=
        pcapng_packet(&packet, capture->buffer + capture->used, BUFFER_BYTES - capture->used);
}

static void record_arrived(struct capture *capture, const struct lull_input *input)
{
    const size_t bytes = input->bytes.len;
    if (input->offload.checksum_start == 0 || bytes > DRIVER_FRAME_BYTES_MAX) {
        record(capture, (struct span){input->bytes.data, bytes}, PCAPNG_INBOUND);
        return;
    }
    memcpy(capture->whole, input->bytes.data, bytes);
    (void)!driver_frame_complete_checksum(capture->whole, bytes, &input->offload);
    record(capture, (struct span){capture->whole, bytes}, PCAPNG_INBOUND);
}

static void record_sent(struct capture *capture, const struct lull_frame *frame)
{
    const size_t bytes = driver_frame_flatten(frame, capture->whole, DRIVER_FRAME_BYTES_MAX);
    (void)!driver_frame_complete_checksum(capture->whole, bytes, &frame->offload);
    record(capture, (struct span){capture->whole, bytes}, PCAPNG_OUTBOUND);
}

/* To its user the capture is the inner driver. */
static void copy_counters(struct capture *capture)
{
    const struct lull_driver *inner = capture->inner;
    struct lull_driver *driver = &capture->driver;
    driver->frames_in = inner->frames_in;
    driver->frames_out = inner->frames_out;
    driver->bytes_in = inner->bytes_in;
    driver->bytes_out = inner->bytes_out;
    driver->dropped_out = inner->dropped_out;
}

static int receive(struct lull_driver *driver, struct lull_input *frames, int count)
{
    struct capture *capture = capture_of(driver);
    capture->inner->interface = driver->interface;
    const int received = capture->inner->operations->receive(capture->inner, frames, count);
    copy_counters(capture);
    if (received <= 0)
        return received;
    capture->at = wall_clock();
    for (int i = 0; i < received; i++)
        record_arrived(capture, &frames[i]);
    write_out(capture);
    return received;
}

/* What the device did not take was never on the wire. */
static enum lull_error send_frame(struct lull_driver *driver, const struct lull_frame *frame)
{
    struct capture *capture = capture_of(driver);
    const enum lull_error result = capture->inner->operations->send(capture->inner, frame);
    copy_counters(capture);
    if (result != LULL_OK || capture->file < 0)
        return result;
    if (!capture->at_known)
        capture->at = wall_clock();
    capture->at_known = true;
    record_sent(capture, frame);
    return LULL_OK;
}

static void flush(struct lull_driver *driver)
{
    struct capture *capture = capture_of(driver);
    capture->inner->operations->flush(capture->inner);
    write_out(capture);
    capture->at_known = false;
}

static void release(struct capture *capture)
{
    if (capture->file >= 0)
        close(capture->file);
    driver_memory_unmap(capture->buffer, BUFFER_BYTES);
    driver_memory_unmap(capture->whole, DRIVER_FRAME_BYTES_MAX);
    free(capture->path);
    free(capture);
}

static void close_driver(struct lull_driver *driver)
{
    struct capture *capture = capture_of(driver);
    write_out(capture);
    capture->inner->operations->close(capture->inner);
    release(capture);
}

static const struct lull_driver_operations operations = {receive, send_frame, flush, close_driver};

static enum lull_error open_file(struct capture *capture, enum lull_link link,
                                 struct lull_failure *failure)
{
    const struct pcapng_interface interface = {
        .link_type = link == LULL_LINK_ETHERNET ? PCAPNG_ETHERNET : PCAPNG_RAW_IP,
    };
    char what[128];
    /* Not blocking, so that a named pipe without a quick reader fails and does not stall. */
    capture->file =
        open(capture->path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0644);
    int error = capture->file < 0 ? errno : 0;
    if (error == 0) {
        size_t used = pcapng_section(capture->buffer, BUFFER_BYTES);
        used += pcapng_interface(&interface, capture->buffer + used, BUFFER_BYTES - used);
        error = write_all(capture->file, capture->buffer, used);
    }
    if (error == 0)
        return LULL_OK;
    snprintf(what, sizeof what, "write the capture %s", capture->path);
    driver_failure_set(failure, error, what, NULL);
    return LULL_EIO;
}

static struct capture *allocate(const char *path)
{
    struct capture *capture = calloc(1, sizeof *capture);
    if (capture == NULL)
        return NULL;
    capture->file = -1;
    capture->path = strdup(path);
    capture->buffer = driver_memory_map(BUFFER_BYTES);
    capture->whole = driver_memory_map(DRIVER_FRAME_BYTES_MAX);
    if (capture->path != NULL && capture->buffer != NULL && capture->whole != NULL)
        return capture;
    release(capture);
    return NULL;
}

enum lull_error lull_driver_capture_open(struct lull_driver *inner,
                                         const struct lull_capture_config *config,
                                         struct lull_driver **driver, struct lull_failure *failure)
{
    struct capture *capture = allocate(config->path);
    if (capture == NULL) {
        driver_failure_set(failure, ENOMEM, "buffers for a capture", NULL);
        return LULL_ENOMEM;
    }
    const enum lull_error error = open_file(capture, config->link, failure);
    if (error != LULL_OK) {
        release(capture);
        return error;
    }
    capture->inner = inner;
    capture->driver = *inner;
    capture->driver.operations = &operations;
    *driver = &capture->driver;
    return LULL_OK;
}
