/* replay_main.c - runs a fuzz target once over every file of the directories given, so that the
 * corpus is an ordinary test for any compiler.  An empty corpus fails: it must not be lost unseen.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "replay: %s %s\n", what, path);
    exit(1);
}

/* The copy is exactly as long as the file, so that AddressSanitizer sees one byte read too far. */
static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        fail("cannot read", path);
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size)
        fail("cannot read", path);
    fclose(file);
    if (LLVMFuzzerTestOneInput(data, (size_t)size) != 0)
        fail("refused", path);
    free(data);
}

static int replay_directory(const char *path)
{
    int files = 0;
    DIR *directory = opendir(path);
    if (directory == NULL)
        fail("cannot open", path);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        replay_file(name);
        files++;
    }
    closedir(directory);
    return files;
}

int main(int count, char **paths)
{
    int files = 0;
    for (int i = 1; i < count; i++)
        files += replay_directory(paths[i]);
    printf("replay: %d files\n", files);
    return files == 0;
}
