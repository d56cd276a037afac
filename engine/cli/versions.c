/* engine/cli/versions.c - usher versions: what was live, and when. */
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"

static const char help[] =
    "usher versions - the versions of the flows, newest first\n"
    "\n"
    "  usher versions [--env FILE | --url URL] [--json]\n"
    "\n" USHER_ASK_HELP "\n"
    "A star marks the one that is live. The times are those at which the "
    "flows\n"
    "folder made a version live; one that was rolled back from says so, and\n"
    "`usher rollback` without a VERSION passes it over. A version is named by\n"
    "the hash of its files; its first digits will do everywhere.\n"
    "\n"
    "Example: usher versions; usher diff 3fa94c01 77e10b52\n";

static void print(const json_t *answer)
{
    const char *live = usher_ask_text(answer, "live");
    const char *refused = usher_ask_text(answer, "refused");
    const json_t *list = json_object_get(answer, "versions");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *version = json_array_get(list, i);
        const char *hash = usher_ask_text(version, "version");
        char when[32];

        usher_ask_time(json_object_get(version, "loaded_at"), when,
                       sizeof(when));
        printf("%c %.12s  %s%s\n", strcmp(hash, live) == 0 ? '*' : ' ', hash,
               when,
               json_is_true(json_object_get(version, "rolled_back"))
                   ? "  rolled back"
                   : "");
    }
    if (json_array_size(list) == 0)
        puts("none yet: `usher serve` loads the first");
    if (refused[0])
        printf("the last edit was refused: %s\n", refused);
}

int usher_cli_versions(int argc, char **argv)
{
    struct usher_ask ask = {.command = "usher versions", .help = help};
    json_t *answer = NULL;
    int code = usher_ask_open(&ask, argc, argv, 0);

    if (code >= 0)
        return code;
    code = usher_ask_call(&ask, 0, "versions", NULL, NULL, &answer);
    if (answer)
        print(answer);
    json_decref(answer);
    usher_ask_close(&ask);
    return code;
}
