/* lab_asset.h - the files of src/lab/page as they are built into the library, by cmake/embed.cmake.
 */
#ifndef LAB_LAB_ASSET_H
#define LAB_LAB_ASSET_H

#include "lab/lab_out.h"

enum lab_asset {
    LAB_ASSET_SVG_CSS,
    LAB_ASSET_PAGE_CSS,
    LAB_ASSET_UNPACK_JS,
    LAB_ASSET_PICTURE_JS,
    LAB_ASSET_PACKET_JS,
    LAB_ASSET_PAGE_JS
};

void lab_asset_write(enum lab_asset asset, const struct lab_out *out);

#endif
