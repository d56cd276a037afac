/* engine/cli/reload.c - usher reload: the running engine reads its flows. */
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"

static const char help[] =
    "usher reload - the running engine reads its flows again, now\n"
    "\n"
    "  usher reload [--env FILE | --url URL] [--json]\n"
    "\n" USHER_ASK_HELP "\n"
    "Saving a file in the flows folder does the same by itself. What is wrong\n"
    "with an edit is printed, and the version before it goes on.\n"
    "Credentials that are dead and tasks that wait are tried again, too: for\n"
    "when something was mended elsewhere, such as in Zoho's console.\n"
    "\n"
    "Example: usher reload && echo live\n";

static void print(const json_t *answer)
{
    const json_t *notes = json_object_get(answer, "settings");

    for (size_t i = 0; i < json_array_size(notes); i++)
        printf("%s\n", json_string_value(json_array_get(notes, i)));
    if (usher_ask_text(answer, "note")[0])
        printf("note: %s\n", usher_ask_text(answer, "note"));
    printf("%.12s %s\n", usher_ask_text(answer, "version"),
           json_is_true(json_object_get(answer, "changed"))
               ? "is live"
               : "was live already: nothing has changed; dead credentials and "
                 "waiting tasks are tried again");
}

int usher_cli_reload(int argc, char **argv)
{
    struct usher_ask ask = {.command = "usher reload", .help = help};
    json_t *answer = NULL;
    int code = usher_ask_open(&ask, argc, argv, 0);

    if (code >= 0)
        return code;
    code = usher_ask_call(&ask, 1, "reload", NULL, NULL, &answer);
    if (answer)
        print(answer);
    json_decref(answer);
    usher_ask_close(&ask);
    return code;
}
