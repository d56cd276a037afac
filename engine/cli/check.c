/* engine/cli/check.c - usher check: settings and flows, before they are live.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "conversation/check_host.h"
#include "conversation/guard.h"

extern char **environ;

static const char help[] =
    "usher check - loads settings and flows as serve does, and looks closely\n"
    "\n"
    "  usher check [DIR] [--env FILE] [--strict]\n"
    "\n"
    "  DIR         the flows (default: FLOWS_DIR, else flows)\n"
    "  --env FILE  the settings (default: .env, if there is one)\n"
    "  --strict    warnings count as errors\n"
    "\n"
    "It names the file and the line, what is wrong, and what to do: what does\n"
    "not load, names that do not exist, triggers that can never match, "
    "buttons\n"
    "nobody handles, texts and labels that a channel cuts, fields Zoho does "
    "not\n"
    "have, questions without end, patterns that take for ever. The exit code "
    "is\n"
    "1 when there is an error.\n"
    "\n"
    "Example: usher check && git push\n";

struct check {
    const char *flows;
    const char *env;
    int strict;
    struct usher_error_list problems;
    struct usher_check_result result;
};

static size_t problems_print(const struct usher_error_list *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        printf("settings: %s%s\n", problems->items[i].warning ? "" : "error: ",
               problems->items[i].text);
    return problems->errors;
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

/* Credentials are only looked at where real Zoho is meant. */
static struct usher_config *settings_load(struct check *check)
{
    struct usher_config_source source = {
        .environ = environ,
        .env_path = check->env ? check->env : ".env",
        .env_required = check->env != NULL,
    };
    struct usher_config *config = NULL;

    if (usher_config_load(&source, &config, &check->problems) != USHER_OK)
        return NULL;
    (void)usher_guard_check(config, &check->problems); /* it tells */
    if (!usher_config_wants_simulator(config))
        (void)usher_config_check_credentials(config, &check->problems);
    doors_check(config, source.env_path, &check->problems);
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
    size_t errors, warnings;
    enum usher_status st;

    options.flows = check->flows;
    if (!options.flows)
        options.flows = config ? usher_config_flows_dir(config) : "flows";
    st = usher_check_flows(&options, &check->result, &error);
    errors = problems_print(&check->problems) + check->result.errors;
    warnings = check->problems.warnings + check->result.warnings;
    if (st == USHER_OK)
        printf("%s: %zu errors, %zu warnings\n", options.flows, errors,
               warnings);
    else
        fprintf(stderr, "usher check: %s\n", error.text);
    usher_config_release(config);
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
    struct check check = {0};
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'e':
            check.env = optarg;
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
