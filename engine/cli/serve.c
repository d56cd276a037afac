/* engine/cli/serve.c - usher serve: answers the webhook. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "core/files.h"
#include "core/log.h"
#include "usher.h"

static const char help[] =
    "usher serve - answers the SalesIQ webhook and runs the flows\n"
    "\n"
    "  usher serve [--env FILE] [--simulator]\n"
    "\n"
    "  --env FILE    settings; relative paths in it count from its folder\n"
    "                (default: .env, if there is one)\n"
    "  --simulator   answer with the built-in Zoho instead of the real one,\n"
    "                whose credentials, ids and addresses are not used then;\n"
    "                where the database is Zoho's, beside it in another one\n"
    "                (usher.db.simulator)\n"
    "\n"
    "Example: PORT=8080 usher serve --env /srv/usher/.env\n"
    "\n"
    "Without any credential it starts the simulator by itself, on loopback,\n"
    "unless the database has worked with Zoho.\n"
    "kill -HUP loads flows and settings again, SIGTERM ends it in order.\n";

static void error_tell(const char *error, int json)
{
    struct usher_log_options options = {.format = USHER_LOG_JSON, .fd = 2};
    struct usher_log *log = NULL;

    if (json && usher_log_new(&options, &log) == USHER_OK)
        usher_log_event(log, USHER_LOG_ERROR, "engine", "cannot start", "error",
                        error, NULL);
    else
        fprintf(stderr, "usher: %s\n", error);
    usher_log_free(log);
}

static void next_steps(const struct usher *usher)
{
    const char *host = usher_host(usher);
    unsigned port = usher_port(usher);

    if (strcmp(host, "0.0.0.0") == 0)
        host = "127.0.0.1";
    printf("\nusher %s is ready on http://%s:%u\n", USHER_VERSION, host, port);
    if (usher_simulator_port(usher))
        printf("Zoho is the built-in simulator on http://127.0.0.1:%u (its "
               "records: /_records)\n",
               usher_simulator_port(usher));
    printf("\nTry next:\n"
           "  curl -s http://%s:%u/webhook/salesiq -d "
           "'{\"handler\":\"message\",\"visitor\":{\"active_conversation_id\":"
           "\"1\"},\"message\":{\"text\":\"hello\"}}'\n"
           "  %s chat\n"
           "\n"
           "Edit a file of the flows and ask again: it is live at once. Ctrl-C "
           "ends.\n\n",
           host, port, program_invocation_name);
    fflush(stdout);
}

int usher_cli_serve(int argc, char **argv)
{
    static const struct option options[] = {
        {"env", required_argument, NULL, 'e'},
        {"simulator", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct usher_options start = {0};
    struct usher *usher;
    char error[1024];
    int option, json = 0;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'e':
            start.env_path = optarg;
            break;
        case 's':
            start.simulator = 1;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            fputs("usher serve: see `usher serve --help`\n", stderr);
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr,
                "usher serve: '%s' is not expected; see `usher serve "
                "--help`\n",
                argv[optind]);
        return 2;
    }
    usher_files_raise_limit();
    start.logs_json = &json;
    if (usher_start(&start, &usher, error, sizeof(error)) != 0) {
        error_tell(error, json);
        return 1;
    }
    if (!json) /* its line "ready" says the same */
        next_steps(usher);
    usher_run(usher);
    usher_free(usher);
    return 0;
}
