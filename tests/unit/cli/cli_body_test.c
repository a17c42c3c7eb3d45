#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cli_body.h"

struct tree {
    char path[40];
    int root;
};

static void write_file(int root, const char *name, const char *text)
{
    int file = openat(root, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

static int make_tree(void **state)
{
    struct tree *tree = calloc(1, sizeof *tree);

    snprintf(tree->path, sizeof tree->path, "/tmp/lull-body-%ld", (long)getpid());
    if (mkdir(tree->path, 0700) < 0)
        return -1;
    tree->root = open(tree->path, O_RDONLY | O_DIRECTORY);
    write_file(tree->root, "a.txt", "text");
    write_file(tree->root, "a<b&c %.txt", "");
    write_file(tree->root, ".hidden", "");
    assert_int_equal(mkdirat(tree->root, "sub", 0700), 0);
    write_file(tree->root, "sub/index.html", "<p>");
    assert_int_equal(mkfifoat(tree->root, "pipe", 0600), 0);
    assert_int_equal(symlinkat("a.txt", tree->root, "link"), 0);
    assert_int_equal(symlinkat("sub", tree->root, "away"), 0);
    *state = tree;
    return 0;
}

static int remove_tree(void **state)
{
    static const char *const names[] = {"a.txt", "a<b&c %.txt",    ".hidden", "pipe",
                                        "link",  "sub/index.html", "away"};
    struct tree *tree = *state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlinkat(tree->root, names[i], 0);
    unlinkat(tree->root, "sub", AT_REMOVEDIR);
    close(tree->root);
    rmdir(tree->path);
    free(tree);
    return 0;
}

static void a_file_is_read_from_its_offset(void **state)
{
    const struct tree *tree = *state;
    struct cli_body body;
    char buffer[10];

    assert_int_equal(cli_body_open(&body, tree->root, "/a.txt"), 200);
    assert_int_equal(body.length, 4);
    assert_string_equal(body.type, "text/plain; charset=utf-8");
    assert_int_equal(cli_body_read(&body, buffer, 3), 3);
    assert_memory_equal(buffer, "tex", 3);
    body.offset = 2;
    assert_int_equal(cli_body_read(&body, buffer, sizeof buffer), 2);
    assert_memory_equal(buffer, "xt", 2);
    body.offset = 4;
    assert_int_equal(cli_body_read(&body, buffer, sizeof buffer), 0);
    cli_body_close(&body);
}

static void a_file_that_shrinks_is_an_error(void **state)
{
    const struct tree *tree = *state;
    struct cli_body body;
    char buffer[10];

    assert_int_equal(cli_body_open(&body, tree->root, "/a.txt"), 200);
    close(openat(tree->root, "a.txt", O_WRONLY | O_TRUNC));
    assert_int_equal(cli_body_read(&body, buffer, sizeof buffer), -1);
    cli_body_close(&body);
}

static void only_files_and_directories_of_the_tree_are_served(void **state)
{
    static const struct {
        const char *path;
        int status;
    } rows[] = {{"/none", 404},   {"/a.txt/b", 404}, {"/pipe", 403},
                {"/link", 403},   {"/none/a", 404},  {"/sub/none", 404},
                {"//a.txt", 200}, {"/sub", 200},     {"/sub//index.html", 200}};
    const struct tree *tree = *state;
    struct cli_body body;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(cli_body_open(&body, tree->root, rows[i].path), rows[i].status);
        cli_body_close(&body);
    }
    assert_int_not_equal(cli_body_open(&body, tree->root, "/away/index.html"), 200);
    cli_body_close(&body);
}

static void an_index_stands_for_its_directory(void **state)
{
    const struct tree *tree = *state;
    struct cli_body body;

    assert_int_equal(cli_body_open(&body, tree->root, "/sub"), 200);
    assert_int_equal(body.length, 3);
    assert_string_equal(body.type, "text/html; charset=utf-8");
    cli_body_close(&body);
}

static void a_directory_without_one_is_listed(void **state)
{
    const struct tree *tree = *state;
    struct cli_body body;

    assert_int_equal(cli_body_open(&body, tree->root, "/"), 200);
    assert_int_equal(body.length, strlen(body.text));
    assert_non_null(strstr(body.text, "<a href=\"/a.txt\">a.txt</a>"));
    assert_non_null(strstr(body.text, "<a href=\"/a%3Cb%26c%20%25.txt\">a&#60;b&#38;c %.txt</a>"));
    assert_null(strstr(body.text, "hidden"));
    cli_body_close(&body);
}

static void generated_bytes_do_not_depend_on_where_reading_begins(void **state)
{
    struct cli_body body = cli_body_generated(1000);
    unsigned char buffer[1000];

    (void)state;
    assert_int_equal(cli_body_read(&body, (char *)buffer, sizeof buffer), 1000);
    for (size_t i = 0; i < sizeof buffer; i++)
        assert_int_equal(buffer[i], i % 251);
    body.offset = 600;
    assert_int_equal(cli_body_read(&body, (char *)buffer, sizeof buffer), 400);
    assert_int_equal(buffer[0], 600 % 251);
    assert_int_equal(buffer[399], 999 % 251);
    body.offset = 1000;
    assert_int_equal(cli_body_read(&body, (char *)buffer, sizeof buffer), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_read_from_its_offset, make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(a_file_that_shrinks_is_an_error, make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(only_files_and_directories_of_the_tree_are_served,
                                        make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(an_index_stands_for_its_directory, make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(a_directory_without_one_is_listed, make_tree, remove_tree),
        cmocka_unit_test(generated_bytes_do_not_depend_on_where_reading_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
