/* lab_page_data.h - what the script of a page knows of a story beside its picture. */
#ifndef LAB_LAB_PAGE_DATA_H
#define LAB_LAB_PAGE_DATA_H

#include "lab/lab_out.h"
#include "lab/lab_story.h"

/* One JSON object, for page/page.js alone; what others may rely on is lab_jsonl.h.  Times are in ns
 * from the story's start; keys are short, because there may be thousands. */
void lab_page_data(const struct lab_story *story, const struct lab_out *out);

#endif
