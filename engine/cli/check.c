/* engine/cli/check.c - usher check: settings and flows, before they are live.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "conversation/check_host.h"
#include "conversation/guard.h"

static const char help[] =
    "usher check - loads settings and flows as serve does, and looks closely\n"
    "\n"
    "  usher check [DIR] [--env FILE] [--strict]\n"
    "\n"
    "  DIR         the flows (default: FLOWS_DIR, else flows)\n"
    "  --env FILE  the settings (default: .env, if there is one, else the\n"
    "              installed service's)\n"
    "  --strict    warnings count as errors\n"
    "\n"
    "Who may not read the settings file asks the running engine what is set\n"
    "(ADMIN_GROUP); secrets stay there.\n"
    "\n"
    "It names the file and the line, what is wrong, and what to do. Errors "
    "are\n"
    "what a visitor would stumble over: what does not load, names, tasks, "
    "flows\n"
    "and settings that do not exist, fields Zoho does not have. Warnings are "
    "what\n"
    "is likely wrong: variables of the file that a flow changes, values that "
    "may\n"
    "be nil where they are said, files and buttons nobody uses, triggers that "
    "can\n"
    "never match, texts that a channel cuts, questions without end, patterns "
    "that\n"
    "take for ever. The exit code is 1 when there is an error.\n"
    "\n"
    "Example: usher check && git push\n";

struct check {
    const char *flows;
    struct usher_ask ask;
    int strict;
    struct usher_error_list problems;
    struct usher_check_result result;
};

static void problems_print(const struct usher_error_list *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        printf("settings: %s%s\n", problems->items[i].warning ? "" : "error: ",
               problems->items[i].text);
}

static void total_print(const char *what, size_t errors, size_t warnings)
{
    printf("%s: %zu error%s, %zu warning%s\n", what, errors,
           errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

/* Who else could get in: the simulator has no visitors to protect, but a
 * secret in the file is one. */
static void doors_check(const struct usher_config *config, const char *path,
                        struct usher_error_list *problems)
{
    unsigned mode = usher_config_exposed(config, path);

    if (!usher_config_wants_simulator(config) && usher_config_is_open(config))
        usher_error_list_warn(
            problems, "the webhook is open to everybody: add the line "
                      "SALESIQ_PUBLIC_KEY=... (SalesIQ shows it under \"Secure "
                      "your webhook\") or WEBHOOK_SECRET=... to .env");
    if (mode)
        usher_error_list_warn(problems,
                              "others can read %s and its secrets (its mode is "
                              "%04o): chmod 600 %s",
                              path, mode, path);
}

/* Those of `.env`; where it is not for this person's eyes, those that the
 * engine tells, and without one none. */
static struct usher_config *settings_find(struct check *check)
{
    struct usher_ask *ask = &check->ask;
    struct usher_config_source source;

    if (usher_place_find(ask->env, &ask->place) != USHER_OK)
        return NULL;
    source = usher_place_source(&ask->place);
    if (usher_config_load(&source, &ask->config, &check->problems) != USHER_OK)
        return NULL;
    if (usher_ask_learn(ask))
        return ask->config;
    usher_error_list_warn(&check->problems,
                          "%s may only be read by its owner, and no engine "
                          "tells what is set: only the flows were looked at",
                          ask->place.env);
    return NULL;
}

/* Credentials are only looked at where real Zoho is meant. */
static struct usher_config *settings_load(struct check *check)
{
    struct usher_config *config = settings_find(check);
    struct usher_error_list group = {0};
    int64_t gid;

    if (!config)
        return NULL;
    (void)usher_guard_check(config, &check->problems); /* it tells */
    if (!usher_config_admin_group(config, &gid, &group))
        usher_error_list_warn(&check->problems, "%s", group.items[0].text);
    usher_error_list_free(&group);
    if (!usher_config_wants_simulator(config))
        (void)usher_config_check_credentials(config, &check->problems);
    doors_check(config, check->ask.place.env, &check->problems);
    return config;
}

static int check_run(struct check *check)
{
    struct usher_config *config = settings_load(check);
    struct usher_check_options options = {
        .config = config,
        .problems = &check->problems,
        .out = stdout,
    };
    struct usher_error error = {""};
    const struct usher_error_list *settings = &check->problems;
    size_t errors, warnings;
    enum usher_status st;

    options.flows = check->flows;
    if (!options.flows)
        options.flows = check->ask.config
                            ? usher_config_flows_dir(check->ask.config)
                            : "flows";
    st = usher_check_flows(&options, &check->result, &error);
    errors = settings->errors + check->result.errors;
    warnings = settings->warnings + check->result.warnings;
    problems_print(settings);
    if (settings->count > 0)
        total_print("settings", settings->errors, settings->warnings);
    if (st == USHER_OK)
        total_print(options.flows, check->result.errors,
                    check->result.warnings);
    else
        fprintf(stderr, "usher check: %s\n", error.text);
    usher_ask_close(&check->ask);
    usher_error_list_free(&check->problems);
    return st != USHER_OK || errors || (check->strict && warnings) ? 1 : 0;
}

int usher_cli_check(int argc, char **argv)
{
    static const struct option options[] = {
        {"env", required_argument, NULL, 'e'},
        {"strict", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct check check = {.ask = {.command = "usher check"}};
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'e':
            check.ask.env = optarg;
            break;
        case 's':
            check.strict = 1;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            fputs("usher check: see `usher check --help`\n", stderr);
            return 2;
        }
    }
    if (optind < argc)
        check.flows = argv[optind++];
    if (optind < argc) {
        fprintf(stderr,
                "usher check: '%s' is not expected; see `usher check "
                "--help`\n",
                argv[optind]);
        return 2;
    }
    return check_run(&check);
}
