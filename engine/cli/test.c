/* engine/cli/test.c - usher test: the specs of the flows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "conversation/spec_host.h"

#define ARGUMENTS_MAX 256

static const char help[] =
    "usher test - runs the specs of the flows\n"
    "\n"
    "  usher test [PATH...] [--flows DIR] [--coverage] [busted's options]\n"
    "\n"
    "  PATH          spec files or folders of *_spec.lua (default: spec,\n"
    "                else beside the installed service's flows)\n"
    "  --flows DIR   the flows they are about (default: FLOWS_DIR, else "
    "flows)\n"
    "  --coverage    which lines of the flows no spec runs\n"
    "  --filter=X    only cases whose names match the Lua pattern X; -l "
    "lists all\n"
    "  -o LIBRARY    another output, such as TAP, json, junit\n"
    "\n"
    "Example: usher test spec/callback_spec.lua --filter=twice\n"
    "\n"
    "Every case runs twice: live, and with a replay in a fresh Lua state "
    "before\n"
    "each turn. Zoho is the built-in simulator, time stands still unless a "
    "spec\n"
    "moves it, nothing leaves the machine. spec/README.md says what a spec "
    "can say.\n";

static int has_path(const struct usher_spec_options *options)
{
    for (size_t i = 0; i < options->argument_count; i++)
        if (options->arguments[i][0] != '-')
            return 1;
    return 0;
}

/* 1: the installed service's flows and specs are meant; ask is open then. */
static int is_service(struct usher_ask *ask)
{
    struct usher_place place;
    int is_it = usher_place_find(NULL, &place) == USHER_OK && place.is_service;

    usher_place_free(&place);
    if (!is_it || usher_ask_settings(ask) >= 0)
        return 0;
    (void)usher_ask_learn(ask); /* else they are where the service begins */
    return 1;
}

/* What was not said. */
static void defaults_take(struct usher_spec_options *options, char **arguments,
                          struct usher_ask *ask, char *specs, size_t size)
{
    const char *set = getenv("FLOWS_DIR");

    if (options->flows)
        return;
    options->flows = set && set[0] ? set : "flows";
    if (!is_service(ask))
        return;
    options->flows = usher_config_flows_dir(ask->config);
    usher_place_specs(&ask->place, ask->config, specs, size);
    if (!has_path(options) && options->argument_count < ARGUMENTS_MAX)
        arguments[options->argument_count++] = specs;
}

int usher_cli_test(int argc, char **argv)
{
    char *arguments[ARGUMENTS_MAX];
    struct usher_spec_options options = {.arguments = arguments};
    struct usher_ask ask = {.command = "usher test"};
    char specs[512];
    struct usher_error error = {""};
    int code;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(help, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--coverage") == 0)
            options.coverage = 1;
        else if (strcmp(argv[i], "--flows") == 0) {
            options.flows = argv[++i];
            if (!options.flows) {
                fputs("usher test: --flows needs a folder; see `usher test "
                      "--help`\n",
                      stderr);
                return 2;
            }
        } else if (strncmp(argv[i], "--flows=", 8) == 0)
            options.flows = argv[i] + 8;
        else if (options.argument_count < ARGUMENTS_MAX)
            arguments[options.argument_count++] = argv[i];
    }
    defaults_take(&options, arguments, &ask, specs, sizeof(specs));
    if (usher_spec_run(&options, &code, &error) != USHER_OK) {
        fprintf(stderr, "usher test: %s\n", error.text);
        code = 2;
    }
    usher_ask_close(&ask);
    return code;
}
