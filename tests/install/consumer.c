#include <lull/error.h>
#include <stdio.h>

int main(void)
{
    return puts(lull_error_text(LULL_EAGAIN)) < 0;
}
