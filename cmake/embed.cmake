# The files of src/lab/page as bytes in C.  This runs when the build is configured, and again when
# one of the files has changed: a rule of the build could not be seen from another folder than that
# of the library's target, and CMake alone is needed this way.
# Input: the files in the order of enum lab_asset.  Output: the C file.

# lull_embed(output file...)
function(lull_embed output)
    set(arrays "")
    set(rows "")
    foreach(file ${ARGN})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        file(READ ${file} bytes HEX)
        string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
        string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
        get_filename_component(name ${file} NAME)
        string(MAKE_C_IDENTIFIER ${name} name)
        string(APPEND arrays "static const unsigned char ${name}[] = {\n${bytes}};\n\n")
        string(APPEND rows "        {${name}, sizeof ${name}},\n")
    endforeach()
    file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
/* lab_asset.c - written by cmake/embed.cmake; change the files in src/lab/page instead. */
#include "lab/lab_asset.h"

@arrays@void lab_asset_write(enum lab_asset asset, const struct lab_out *out)
{
    static const struct {
        const unsigned char *bytes;
        size_t count;
    } assets[] = {
@rows@    };

    lab_out_bytes(out, (const char *)assets[asset].bytes, assets[asset].count);
}
]])
endfunction()
