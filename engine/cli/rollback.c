/* engine/cli/rollback.c - usher rollback: an older version goes live. */
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"

static const char help[] =
    "usher rollback - makes an older version of the flows live\n"
    "\n"
    "  usher rollback [VERSION] [--env FILE | --url URL] [--json]\n"
    "\n"
    "  VERSION       at least 6 digits of it, from `usher versions`\n"
    "                (default: the one that was live before; twice goes\n"
    "                further back, never to one that was rolled back "
    "from)\n" USHER_ASK_HELP "\n"
    "The files in the flows folder stay as they are. The next edit of them,\n"
    "`usher reload` or a restart makes them live again: mend them meanwhile.\n"
    "\n"
    "Example: usher versions; usher rollback 3fa94c01\n";

int usher_cli_rollback(int argc, char **argv)
{
    struct usher_ask ask = {.command = "usher rollback", .help = help};
    json_t *answer = NULL;
    int code = usher_ask_open(&ask, argc, argv, 1);

    if (code >= 0)
        return code;
    code = usher_ask_call(&ask, 1, "rollback", "hash",
                          ask.word_count ? ask.words[0] : NULL, &answer);
    if (answer)
        printf("%.12s is live; the flows folder stays as it is until it is "
               "edited\n",
               usher_ask_text(answer, "version"));
    json_decref(answer);
    usher_ask_close(&ask);
    return code;
}
