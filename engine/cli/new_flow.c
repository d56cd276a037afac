/* engine/cli/new_flow.c - usher new-flow: a flow and its spec to begin with. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/cli.h"

static const char help[] =
    "usher new-flow - writes a flow and its spec to begin with\n"
    "\n"
    "  usher new-flow NAME [--flows DIR] [--spec DIR]\n"
    "\n"
    "  NAME          small letters, digits and _, such as opening_hours\n"
    "  --flows DIR   default: FLOWS_DIR, else flows, else the installed\n"
    "                service's\n"
    "  --spec DIR    default: spec; of the service beside its flows\n"
    "\n"
    "No file that exists is touched. The flow answers nothing before it is\n"
    "named in init.lua: the line to add is printed.\n"
    "\n"
    "Example: usher new-flow opening_hours && usher test "
    "spec/opening_hours_spec.lua\n";

static const char flow_text[] =
    "-- flows/@.lua - says in one line what this flow is for.\n"
    "return function(chat)\n"
    "  local answer = chat:choose { \"Was this helpful?\", \"Yes\", \"No\" }\n"
    "  if answer == \"Yes\" then\n"
    "    chat:say \"Glad to hear it.\"\n"
    "    return\n"
    "  end\n"
    "  local reason = chat:ask { \"What was missing?\", tries = 1 }\n"
    "  if reason then chat:say(\"Thank you, we pass it on: %s\", reason) end\n"
    "  chat:hand_over()\n"
    "end\n";

static const char spec_text[] =
    "describe(\"@\", function()\n"
    "  it(\"ends when it was helpful\", function()\n"
    "    local talk = visitor.enters \"@\"\n"
    "    talk:sees \"Was this helpful?\"\n"
    "    talk:clicks \"Yes\"\n"
    "    talk:sees \"Glad to hear it.\"\n"
    "  end)\n"
    "\n"
    "  it(\"asks what was missing and hands over\", function()\n"
    "    local talk = visitor.enters \"@\"\n"
    "    talk:clicks \"No\"\n"
    "    talk:sees \"What was missing?\"\n"
    "    talk:says \"the price\"\n"
    "    assert.handed_over(talk)\n"
    "  end)\n"
    "end)\n";

static int name_is_good(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return len > 0 && len < 48 && name[len] == '\0' && name[0] >= 'a' &&
           strcmp(name, "init") != 0;
}

/* Writes a new file: the text with the name for each @. */
static int file_write(const char *path, const char *text, const char *name)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    if (!file) {
        fprintf(stderr, "usher new-flow: %s: %s%s\n", path, strerror(errno),
                errno == EEXIST   ? "; it was left as it is"
                : errno == ENOENT ? "; is the folder there?"
                                  : "");
        if (fd >= 0)
            close(fd);
        return 0;
    }
    for (; *text; text++) {
        if (*text == '@')
            fputs(name, file);
        else
            fputc(*text, file);
    }
    if (fclose(file) != 0) {
        fprintf(stderr, "usher new-flow: %s: %s\n", path, strerror(errno));
        unlink(path);
        return 0;
    }
    printf("%s\n", path);
    return 1;
}

static int write_both(const char *name, const char *flows, const char *spec)
{
    char flow_path[512], spec_path[512];

    if ((size_t)snprintf(flow_path, sizeof(flow_path), "%s/%s.lua", flows,
                         name) >= sizeof(flow_path) ||
        (size_t)snprintf(spec_path, sizeof(spec_path), "%s/%s_spec.lua", spec,
                         name) >= sizeof(spec_path)) {
        fputs("usher new-flow: the folder's name is too long\n", stderr);
        return 1;
    }
    /* Both or none. */
    if (access(spec_path, F_OK) == 0) {
        fprintf(stderr,
                "usher new-flow: %s exists already; it was left as it is\n",
                spec_path);
        return 1;
    }
    if (!file_write(flow_path, flow_text, name))
        return 1;
    if (!file_write(spec_path, spec_text, name)) {
        unlink(flow_path);
        return 1;
    }
    printf("\nNow add this line to flows = { ... } in %s/init.lua, with words "
           "of your own:\n"
           "    { \"%s\", triggers = { \"a phrase that starts it\" } },\n"
           "and run: usher test %s\n"
           "flows/README.md says what a flow can do, spec/README.md what a "
           "spec can say.\n",
           flows, name, spec_path);
    return 0;
}

/* flows, spec: NULL, where the other commands have them, too. */
static int write_there(const char *name, const char *flows, const char *spec)
{
    struct usher_ask ask = {.command = "usher new-flow"};
    char specs[512];
    int code;

    if (flows && spec)
        return write_both(name, flows, spec);
    code = usher_ask_settings(&ask);
    if (code >= 0)
        return code;
    if (!flows)
        (void)usher_ask_learn(&ask); /* else it is where the service begins */
    usher_place_specs(&ask.place, ask.config, specs, sizeof(specs));
    code = write_both(name, flows ? flows : usher_config_flows_dir(ask.config),
                      spec ? spec : specs);
    usher_ask_close(&ask);
    return code;
}

int usher_cli_new_flow(int argc, char **argv)
{
    const char *flows = NULL, *spec = NULL, *name = NULL;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(help, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--flows") == 0 && argv[i + 1])
            flows = argv[++i];
        else if (strcmp(argv[i], "--spec") == 0 && argv[i + 1])
            spec = argv[++i];
        else if (!name && argv[i][0] != '-')
            name = argv[i];
        else
            name = "";
    }
    if (!name || !name_is_good(name)) {
        fputs("usher new-flow: give one name of small letters, digits and _, "
              "such as opening_hours; see `usher new-flow --help`\n",
              stderr);
        return 2;
    }
    return write_there(name, flows, spec);
}
