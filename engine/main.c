/* engine/main.c - the program: `usher COMMAND ...`. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "usher.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
} commands[] = {
    {"serve", usher_cli_serve, "answer the webhook and run the flows"},
    {"check", usher_cli_check,
     "look at settings and flows before they are live"},
    {"chat", usher_cli_chat, "talk to the bot in the terminal"},
    {"parse", usher_cli_parse, "find phone numbers and times in messages"},
    {"sim", usher_cli_sim, "the built-in Zoho alone"},
    {"test", usher_cli_test, "run the specs of the flows"},
    {"new-flow", usher_cli_new_flow, "write a flow and its spec to begin with"},
    {"reload", usher_cli_reload, "make the edited flows live now"},
    {"versions", usher_cli_versions, "list the versions of the flows"},
    {"diff", usher_cli_diff, "show what differs between two versions"},
    {"rollback", usher_cli_rollback, "make an older version live"},
    {"tasks", usher_cli_tasks, "list what is not done yet; try one again"},
    {"conversations", usher_cli_conversations,
     "list the last conversations; read one"},
};

static void help(FILE *out)
{
    fputs("usher - the front desk of a company's live chat\n\n"
          "  usher COMMAND [...]\n\n",
          out);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        fprintf(out, "  %-13s %s\n", commands[i].name, commands[i].about);
    fputs("\nEach command prints its own help: usher serve --help\n"
          "Example: usher serve\n",
          out);
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        help(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("usher %s\n", USHER_VERSION);
        return 0;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr,
            "usher: there is no command '%s'; `usher --help` lists "
            "them\n",
            argv[1]);
    return 2;
}
