/* engine/cli/test.c - usher test: the specs of the flows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "conversation/spec_host.h"

#define ARGUMENTS_MAX 256

static const char help[] =
    "usher test - runs the specs of the flows\n"
    "\n"
    "  usher test [PATH...] [--flows DIR] [--coverage] [busted's options]\n"
    "\n"
    "  PATH          spec files or folders of *_spec.lua (default: spec)\n"
    "  --flows DIR   the flows they are about (default: FLOWS_DIR, else "
    "flows)\n"
    "  --coverage    which lines of the flows no spec runs\n"
    "  --filter=X    only cases whose names match the Lua pattern X\n"
    "\n"
    "Example: usher test spec/callback_spec.lua --filter=twice\n"
    "\n"
    "Every case runs twice: live, and with a replay in a fresh Lua state "
    "before\n"
    "each turn. Zoho is the built-in simulator, time stands still unless a "
    "spec\n"
    "moves it, nothing leaves the machine.\n";

static const char *flows_default(void)
{
    const char *set = getenv("FLOWS_DIR");

    return set && set[0] ? set : "flows";
}

int usher_cli_test(int argc, char **argv)
{
    char *arguments[ARGUMENTS_MAX];
    struct usher_spec_options options = {
        .flows = flows_default(),
        .arguments = arguments,
    };
    struct usher_error error = {""};
    int code;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(help, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--coverage") == 0)
            options.coverage = 1;
        else if (strcmp(argv[i], "--flows") == 0 && i + 1 < argc)
            options.flows = argv[++i];
        else if (strncmp(argv[i], "--flows=", 8) == 0)
            options.flows = argv[i] + 8;
        else if (options.argument_count < ARGUMENTS_MAX)
            arguments[options.argument_count++] = argv[i];
    }
    if (usher_spec_run(&options, &code, &error) != USHER_OK) {
        fprintf(stderr, "usher test: %s\n", error.text);
        return 2;
    }
    return code;
}
