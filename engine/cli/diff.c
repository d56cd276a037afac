/* engine/cli/diff.c - usher diff: what differs between two versions. */
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "conversation/version.h"
#include "core/diff.h"

static const char help[] =
    "usher diff - what differs between two versions of the flows\n"
    "\n"
    "  usher diff [VERSION [VERSION]] [--env FILE | --url URL]\n"
    "\n"
    "  one VERSION   from it to the files in the flows folder\n"
    "  none          from the live version to the files in the flows folder\n"
    "                (at least 6 digits each, from `usher "
    "versions`)\n" USHER_ASK_HELP "\n"
    "Like diff(1): exit code 0 where nothing differs, 1 where something does,\n"
    "2 on an error.\n"
    "\n"
    "Example: usher diff 3fa94c01 77e10b52\n";

/* {"path": "text"} of the flows folder. */
static json_t *folder_files(struct usher_ask *ask)
{
    const char *folder;
    struct usher_version *version = NULL;
    struct usher_error error = {"not enough memory"};
    const struct usher_source *sources;
    json_t *files = json_object();
    size_t count;

    if (!usher_ask_learn(ask)) {
        json_decref(files);
        return NULL;
    }
    folder = usher_config_flows_dir(ask->config);
    if (usher_version_read(folder, &version, &error) != USHER_OK) {
        fprintf(stderr, "%s: %s\n", ask->command, error.text);
        json_decref(files);
        return NULL;
    }
    sources = usher_version_sources(version, &count);
    for (size_t i = 0; i < count; i++)
        json_object_set_new_nocheck(files, sources[i].path,
                                    json_stringn_nocheck(sources[i].text,
                                                         sources[i].len));
    usher_version_release(version);
    return files;
}

static json_t *stored_files(const struct usher_ask *ask, const char *hash)
{
    json_t *answer = NULL;
    json_t *files = NULL;

    if (usher_ask_call(ask, 0, "version", "hash", hash, &answer) == 0)
        files = json_incref(json_object_get(answer, "files"));
    json_decref(answer);
    return files;
}

/* The live version; without an engine the one that was live last. Empty: there
 * is none. */
static int live_hash(const struct usher_ask *ask, char out[65])
{
    json_t *answer = NULL;
    const json_t *list;
    const char *hash;

    if (usher_ask_call(ask, 0, "versions", NULL, NULL, &answer) != 0)
        return 0;
    hash = usher_ask_text(answer, "live");
    list = json_object_get(answer, "versions");
    for (size_t i = 0; i < json_array_size(list) && !hash[0]; i++)
        if (!json_is_true(
                json_object_get(json_array_get(list, i), "rolled_back")))
            hash = usher_ask_text(json_array_get(list, i), "version");
    snprintf(out, 65, "%s", hash);
    if (!hash[0])
        fprintf(stderr, "%s: there is no version yet\n", ask->command);
    json_decref(answer);
    return out[0] != '\0';
}

static void file_diff(struct usher_buffer *out, const char *path,
                      const json_t *old, const json_t *fresh)
{
    struct usher_buffer a, b;

    usher_buffer_init(&a, 0);
    usher_buffer_init(&b, 0);
    usher_buffer_printf(&a, "a/%s", path);
    usher_buffer_printf(&b, "b/%s", path);
    (void)usher_diff(out, a.data, json_string_value(old),
                     json_string_length(old), b.data, json_string_value(fresh),
                     json_string_length(fresh));
    usher_buffer_free(&a);
    usher_buffer_free(&b);
}

/* In the order of the old files, then those that are new. */
static int files_diff(json_t *old, json_t *fresh)
{
    struct usher_buffer out;
    const char *path;
    json_t *text;
    int differs;

    usher_buffer_init(&out, 0);
    json_object_foreach(old, path, text)
        file_diff(&out, path, text, json_object_get(fresh, path));
    json_object_foreach(fresh, path, text)
    {
        if (!json_object_get(old, path))
            file_diff(&out, path, NULL, text);
    }
    differs = out.len > 0;
    if (out.len)
        fwrite(out.data, 1, out.len, stdout);
    usher_buffer_free(&out);
    return differs;
}

int usher_cli_diff(int argc, char **argv)
{
    struct usher_ask ask = {.command = "usher diff", .help = help};
    int code = usher_ask_open(&ask, argc, argv, 2);
    json_t *old = NULL, *fresh = NULL;
    char live[65];

    if (code >= 0)
        return code == 1 ? 2 : code;
    ask.json = 0;
    code = 2;
    if (ask.word_count == 0 && !live_hash(&ask, live))
        goto done;
    old = stored_files(&ask, ask.word_count ? ask.words[0] : live);
    if (!old)
        goto done;
    fresh = ask.word_count == 2 ? stored_files(&ask, ask.words[1])
                                : folder_files(&ask);
    if (fresh)
        code = files_diff(old, fresh);
done:
    json_decref(old);
    json_decref(fresh);
    usher_ask_close(&ask);
    return code;
}
