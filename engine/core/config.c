/* engine/core/config.c - the settings: environment first, then `.env`. */
#include "core/config.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/config_value.h"
#include "core/env_file.h"

struct value {
    char *text; /* in normal form; NULL: not set and no default */
    int64_t number;
    char *origin; /* NULL: nobody set it */
};

struct usher_config {
    atomic_uint references;
    struct value values[USHER_SETTING_COUNT];
    char **environ; /* a copy, closed by NULL */
    struct usher_env_file *file;
    char *env_path; /* NULL: no file was named */
    char *folder;
    char *flows_dir;
};

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

static void config_free(struct usher_config *config)
{
    for (size_t i = 0; i < USHER_SETTING_COUNT; i++) {
        wipe(config->values[i].text);
        free(config->values[i].origin);
    }
    for (char **at = config->environ; at && *at; at++)
        wipe(*at);
    free(config->environ);
    usher_env_file_free(config->file);
    free(config->env_path);
    free(config->folder);
    free(config->flows_dir);
    free(config);
}

struct usher_config *usher_config_retain(struct usher_config *config)
{
    atomic_fetch_add_explicit(&config->references, 1, memory_order_relaxed);
    return config;
}

void usher_config_release(struct usher_config *config)
{
    if (config && atomic_fetch_sub_explicit(&config->references, 1,
                                            memory_order_acq_rel) == 1)
        config_free(config);
}

static char *copy_bytes(const char *text, size_t len)
{
    char *copy = malloc(len + 1);

    if (copy) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

static char *copy_text(const char *text)
{
    return copy_bytes(text, strlen(text));
}

static enum usher_status copy_environ(struct usher_config *config,
                                      char *const *from)
{
    size_t count = 0;

    while (from && from[count])
        count++;
    config->environ = calloc(count + 1, sizeof(*config->environ));
    if (!config->environ)
        return USHER_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        config->environ[i] = copy_text(from[i]);
        if (!config->environ[i])
            return USHER_ERR_NOMEM;
    }
    return USHER_OK;
}

/* What a list of "NAME=value" has under a name; NULL: nothing. */
static const char *list_find(char *const *list, const char *name)
{
    size_t len = strlen(name);

    for (char *const *at = list; at && *at; at++)
        if (strncmp(*at, name, len) == 0 && (*at)[len] == '=')
            return *at + len + 1;
    return NULL;
}

/* What the environment has under a name; NULL: nothing, or "". */
static const char *environ_find(const struct usher_config *config,
                                const char *name)
{
    const char *value = list_find(config->environ, name);

    return value && value[0] ? value : NULL;
}

static const struct usher_env_entry *
file_find(const struct usher_config *config, const char *name)
{
    const struct usher_env_entry *entry =
        config->file ? usher_env_file_find(config->file, name) : NULL;

    return entry && entry->value[0] ? entry : NULL;
}

/* "folder/path", or path alone where the folder adds nothing. */
static char *join(const char *folder, const char *path)
{
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    if (path[0] != '/' && strcmp(folder, ".") != 0)
        usher_buffer_printf(&out, "%s%s", folder,
                            strcmp(folder, "/") == 0 ? "" : "/");
    usher_buffer_text(&out, path);
    return usher_buffer_take(&out, NULL);
}

static enum usher_status read_file(struct usher_config *config,
                                   const struct usher_config_source *source,
                                   struct usher_error_list *problems)
{
    const char *path = source->env_path;
    const char *slash = path ? strrchr(path, '/') : NULL;
    enum usher_status st;

    config->folder = !slash          ? copy_text(".")
                     : slash == path ? copy_text("/")
                                     : copy_bytes(path, (size_t)(slash - path));
    config->env_path = path ? copy_text(path) : NULL;
    if (!config->folder || (path && !config->env_path))
        return USHER_ERR_NOMEM;
    if (!path || source->env_hidden)
        return USHER_OK;
    st = usher_env_file_read(path, source->env_required, &config->file,
                             problems);
    if (st == USHER_ERR_NOT_FOUND && source->env_required)
        usher_error_list_error(problems,
                               "%s: there is no such file; make it, or name "
                               "another one with --env",
                               path);
    return st == USHER_ERR_NOMEM ? st : USHER_OK; /* else it was told */
}

/* Says where a setting's raw value stands; NULL where nobody set it. */
static const char *find_raw(const struct usher_config *config,
                            char *const *fixed, const char *name,
                            struct usher_buffer *origin)
{
    const char *raw = list_find(fixed, name);
    const struct usher_env_entry *entry;

    if (raw) {
        usher_buffer_text(origin, "the simulator");
        return raw[0] ? raw : NULL;
    }
    raw = environ_find(config, name);
    if (raw) {
        usher_buffer_text(origin, "environment");
        return raw;
    }
    entry = file_find(config, name);
    if (!entry)
        return NULL;
    usher_buffer_printf(origin, "%s:%u", config->env_path, entry->line);
    return entry->value;
}

static enum usher_status load_value(struct usher_config *config,
                                    char *const *fixed, size_t i,
                                    struct usher_error_list *problems)
{
    const struct usher_setting_info *info = usher_setting_at(i);
    struct value *value = &config->values[i];
    struct usher_buffer origin;
    struct usher_buffer text;
    const char *raw;
    enum usher_status st = USHER_OK;

    usher_buffer_init(&origin, 0);
    usher_buffer_init(&text, 0);
    raw = find_raw(config, fixed, info->name, &origin);
    if (origin.failed)
        goto nomem;
    if (raw) {
        if (!usher_config_value(info, origin.data, raw, &text, &value->number,
                                problems) &&
            text.failed)
            goto nomem;
        if (text.len > 0)
            value->origin = usher_buffer_take(&origin, NULL);
        if (text.len > 0 && !value->origin)
            goto nomem;
    }
    if (text.len == 0 && info->fallback)
        (void)usher_config_value(info, "default", info->fallback, &text,
                                 &value->number, NULL);
    if (text.failed)
        goto nomem;
    if (text.len > 0)
        value->text = usher_buffer_take(&text, NULL);
    goto done;
nomem:
    st = USHER_ERR_NOMEM;
done:
    usher_buffer_free(&origin);
    usher_buffer_wipe(&text);
    return st;
}

/* One worker a processor that this process may use. */
static int64_t count_processors(void)
{
    int64_t max = usher_setting_at(USHER_SETTING_WORKERS)->max;
    cpu_set_t set;
    int count;

    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1; /* more processors than the set has bits for */
    count = CPU_COUNT(&set);
    return count > max ? max : count;
}

static enum usher_status complete(struct usher_config *config)
{
    struct value *host = &config->values[USHER_SETTING_HOST];
    struct value *workers = &config->values[USHER_SETTING_WORKERS];

    if (!workers->text)
        workers->number = count_processors();
    if (!host->text)
        host->text = copy_text(
            usher_config_wants_simulator(config) ? "127.0.0.1" : "0.0.0.0");
    config->flows_dir =
        join(config->folder, config->values[USHER_SETTING_FLOWS_DIR].text);
    return host->text && config->flows_dir ? USHER_OK : USHER_ERR_NOMEM;
}

static enum usher_status load_all(struct usher_config *config,
                                  const struct usher_config_source *source,
                                  struct usher_error_list *problems)
{
    size_t before = problems->errors;
    enum usher_status st = copy_environ(config, source->environ);

    if (st == USHER_OK)
        st = read_file(config, source, problems);
    for (size_t i = 0; i < USHER_SETTING_COUNT && st == USHER_OK; i++)
        st = load_value(config, source->fixed, i, problems);
    if (st == USHER_OK)
        st = complete(config);
    if (st == USHER_OK && problems->errors > before)
        st = USHER_ERR_INVALID;
    return st;
}

enum usher_status usher_config_load(const struct usher_config_source *source,
                                    struct usher_config **out,
                                    struct usher_error_list *problems)
{
    struct usher_error_list nobody = {0};
    struct usher_config *config = calloc(1, sizeof(*config));
    enum usher_status st = USHER_ERR_NOMEM;

    *out = NULL;
    if (config) {
        atomic_init(&config->references, 1);
        st = load_all(config, source, problems ? problems : &nobody);
    }
    if (st == USHER_OK)
        *out = config;
    else if (config)
        config_free(config);
    usher_error_list_free(&nobody);
    return st;
}

const char *usher_config_text(const struct usher_config *config,
                              enum usher_setting setting)
{
    return config->values[setting].text;
}

int64_t usher_config_number(const struct usher_config *config,
                            enum usher_setting setting)
{
    return config->values[setting].number;
}

unsigned usher_config_calls(const struct usher_config *config,
                            const char *service)
{
    return usher_config_calls_of(
        config->values[USHER_SETTING_ZOHO_CONCURRENCY].text, service);
}

int usher_config_is_set(const struct usher_config *config,
                        enum usher_setting setting)
{
    return config->values[setting].origin != NULL;
}

const char *usher_config_origin(const struct usher_config *config,
                                enum usher_setting setting)
{
    const char *origin = config->values[setting].origin;

    return origin ? origin : "default";
}

const char *usher_config_get(const struct usher_config *config,
                             const char *name)
{
    int known = usher_setting_find(name);
    const struct usher_env_entry *entry;
    const char *text;

    if (known >= 0)
        return config->values[known].text;
    text = environ_find(config, name);
    if (text)
        return text;
    entry = file_find(config, name);
    return entry ? entry->value : NULL;
}

const struct usher_env_file *
usher_config_file(const struct usher_config *config)
{
    return config->file;
}

const char *usher_config_folder(const struct usher_config *config)
{
    return config->folder;
}

const char *usher_config_flows_dir(const struct usher_config *config)
{
    return config->flows_dir;
}

int usher_config_names_zoho(const struct usher_config *config)
{
    static const enum usher_setting urls[] = {USHER_SETTING_ZOHO_ACCOUNTS_URL,
                                              USHER_SETTING_SALESIQ_URL,
                                              USHER_SETTING_DESK_URL};

    for (int i = USHER_SETTING_OAUTH_ACCESS_TOKEN;
         i <= USHER_SETTING_DESK_CLIENT_SECRET; i++)
        if (config->values[i].text)
            return 1;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        if (config->values[urls[i]].text)
            return 1;
    return 0;
}

int usher_config_wants_simulator(const struct usher_config *config)
{
    const char *host = config->values[USHER_SETTING_HOST].text;

    return !usher_config_names_zoho(config) &&
           (!host || usher_config_is_loopback(host));
}

void usher_config_secrets(const struct usher_config *config,
                          void (*each)(void *user, const char *value),
                          void *user)
{
    const struct usher_env_entry *entry;

    for (size_t i = 0; i < USHER_SETTING_COUNT; i++)
        if (usher_setting_at(i)->secret && config->values[i].text)
            each(user, config->values[i].text);
    for (size_t i = 0; config->file; i++) {
        entry = usher_env_file_at(config->file, i);
        if (!entry)
            break;
        if (entry->value[0] && usher_config_is_secret(entry->name))
            each(user, entry->value);
    }
    for (char **at = config->environ; *at; at++) {
        size_t len = strcspn(*at, "=");
        char name[64];
        if (len >= sizeof(name) || !(*at)[len] || !(*at)[len + 1])
            continue;
        memcpy(name, *at, len);
        name[len] = '\0';
        if (usher_config_is_secret(name))
            each(user, *at + len + 1);
    }
}

static int differs(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) != 0 : a != b;
}

/* Names that usher does not know, of one file: reports those whose value
 * another config has not. `skip` has reported its own already. */
static void diff_file(const struct usher_config *of,
                      const struct usher_config *other,
                      const struct usher_config *skip,
                      void (*each)(void *user, const char *name, int restart),
                      void *user)
{
    const struct usher_env_entry *entry;

    for (size_t i = 0; of && of->file; i++) {
        entry = usher_env_file_at(of->file, i);
        if (!entry)
            return;
        if (usher_setting_find(entry->name) >= 0 ||
            (skip && skip->file &&
             usher_env_file_find(skip->file, entry->name)))
            continue;
        if (differs(usher_config_get(of, entry->name),
                    other ? usher_config_get(other, entry->name) : NULL))
            each(user, entry->name, 0);
    }
}

int usher_config_differs(const struct usher_config *one,
                         const struct usher_config *other,
                         enum usher_setting setting)
{
    return differs(one->values[setting].text, other->values[setting].text);
}

void usher_config_diff(const struct usher_config *before,
                       const struct usher_config *after,
                       void (*each)(void *user, const char *name, int restart),
                       void *user)
{
    for (size_t i = 0; i < USHER_SETTING_COUNT; i++) {
        const struct usher_setting_info *info = usher_setting_at(i);
        if (differs(before ? before->values[i].text : NULL,
                    after->values[i].text))
            each(user, info->name, info->restart);
    }
    diff_file(after, before, NULL, each, user);
    diff_file(before, after, after, each, user);
}

static int is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return 0;
}

int usher_config_check_name(const struct usher_config *config, const char *name,
                            const char *const *declared, size_t count,
                            struct usher_error_list *problems)
{
    const struct usher_env_entry *entry =
        config->file ? usher_env_file_find(config->file, name) : NULL;
    const char *nearest;

    if (usher_setting_find(name) >= 0 || is_among(name, declared, count))
        return 1;
    if (!entry)
        return 0;
    nearest = usher_name_nearest(name, declared, count);
    if (nearest)
        usher_error_list_warn(problems,
                              "%s:%u: nobody knows the setting %s; is %s "
                              "meant?",
                              config->env_path, entry->line, name, nearest);
    else
        usher_error_list_warn(problems,
                              "%s:%u: nobody knows the setting %s; a flow "
                              "that needs it names it under settings in "
                              "init.lua",
                              config->env_path, entry->line, name);
    return 0;
}

void usher_config_check_names(const struct usher_config *config,
                              const char *const *declared, size_t count,
                              struct usher_error_list *problems)
{
    const struct usher_env_entry *entry;

    for (size_t i = 0; config->file; i++) {
        entry = usher_env_file_at(config->file, i);
        if (!entry)
            return;
        (void)usher_config_check_name(config, entry->name, declared, count,
                                      problems);
    }
}
