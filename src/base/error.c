#include "lull/error.h"

const char *lull_error_text(enum lull_error error)
{
    switch (error) {
    case LULL_OK: return "no error";
#define ERROR(name, number, text)                                                                  \
    case LULL_E##name: return text;
        LULL_ERRORS(ERROR)
#undef ERROR
    }
    return "not an error of this library";
}

const char *lull_error_name(enum lull_error error)
{
    switch (error) {
    case LULL_OK: return "OK";
#define ERROR(name, number, text)                                                                  \
    case LULL_E##name: return "E" #name;
        LULL_ERRORS(ERROR)
#undef ERROR
    }
    return "EUNKNOWN";
}
