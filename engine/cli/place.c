/* engine/cli/place.c - which settings and folders a command works with. */
#include "cli/place.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

#define OWN_MAX 64 /* lines that the service is given */

/* What `make install` writes of the unit. */
#define SERVICE_FILE "share/usher/service.env"
#define SERVICE_ENV "USHER_ENV"           /* in it: the settings file */
#define SERVICE_DEFAULTS "USHER_DEFAULTS" /* and what may be set beside it */

static int is_set(const char *name)
{
    const char *value = getenv(name);

    return value && value[0];
}

/* Also where only others may look. */
static int is_there(const char *path)
{
    return access(path, F_OK) == 0 || errno == EACCES;
}

/* PREFIX/share/... of the PREFIX/bin/usher that runs. */
static struct usher_env_file *service_read(void)
{
    char path[PATH_MAX + sizeof(SERVICE_FILE)];
    ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);
    struct usher_env_file *file = NULL;
    char *slash;

    path[len < 0 ? 0 : len] = '\0';
    for (int up = 0; up < 2; up++) {
        slash = strrchr(path, '/');
        if (!slash)
            return NULL;
        *slash = '\0';
    }
    strcat(path, "/" SERVICE_FILE);
    if (usher_env_file_read(path, 0, &file, NULL) != USHER_OK)
        return NULL;
    return file;
}

static const char *entry_text(const struct usher_env_file *file,
                              const char *name)
{
    const struct usher_env_entry *entry =
        file ? usher_env_file_find(file, name) : NULL;

    return entry ? entry->value : NULL;
}

/* The first of a name counts. */
static enum usher_status entries_add(struct usher_place *place,
                                     const struct usher_env_file *file)
{
    size_t own = 0, all = 0;

    while (place->own[own])
        own++;
    while (place->environment[all])
        all++;
    for (size_t i = 0; file && i < usher_env_file_count(file); i++) {
        const struct usher_env_entry *entry = usher_env_file_at(file, i);
        size_t size = strlen(entry->name) + strlen(entry->value) + 2;
        char *line;

        if (own == OWN_MAX)
            break;
        line = malloc(size);
        if (!line)
            return USHER_ERR_NOMEM;
        snprintf(line, size, "%s=%s", entry->name, entry->value);
        place->own[own++] = place->environment[all++] = line;
    }
    return USHER_OK;
}

/* What the installed service is given: by its unit, and what wins over that. */
struct service {
    struct usher_env_file *unit, *defaults;
};

static void service_free(struct service *service)
{
    usher_env_file_free(service->unit);
    usher_env_file_free(service->defaults);
}

static int is_same_file(const char *one, const char *other)
{
    struct stat a, b;

    return strcmp(one, other) == 0 ||
           (stat(one, &a) == 0 && stat(other, &b) == 0 &&
            a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

/* Whether what is there under this name in the working folder is another's
 * than the service's. */
static int is_there_too(const char *name, const char *of_service)
{
    return is_there(name) && !(of_service && is_same_file(name, of_service));
}

/* Whether the working folder, or the environment, has something of its own to
 * work with. Not where it is the service's folder, or that of its flows. */
static int is_at_work(const struct service *service)
{
    const char *env = entry_text(service->unit, SERVICE_ENV);
    const char *flows = entry_text(service->defaults, "FLOWS_DIR");
    const char *slash = strrchr(env, '/');
    char folder[PATH_MAX];

    if (is_set("FLOWS_DIR") || is_set("DATABASE_URL"))
        return 1;
    snprintf(folder, sizeof(folder), "%.*s/", slash ? (int)(slash - env) : 0,
             env);
    if (is_same_file(".", folder))
        return 0;
    if (!flows)
        flows = entry_text(service->unit, "FLOWS_DIR");
    return is_there(".env") || is_there("usher.db") ||
           is_there_too("flows", flows);
}

/* The service is meant: what it is given counts here, too. */
static enum usher_status service_take(struct usher_place *place,
                                      const struct service *service)
{
    enum usher_status st = entries_add(place, service->defaults);

    place->is_service = 1;
    return st == USHER_OK ? entries_add(place, service->unit) : st;
}

static enum usher_status service_look(struct usher_place *place,
                                      const char *env)
{
    struct service service = {service_read(), NULL};
    const char *path = entry_text(service.unit, SERVICE_ENV);
    const char *defaults = entry_text(service.unit, SERVICE_DEFAULTS);
    enum usher_status st = USHER_OK;

    if (defaults &&
        usher_env_file_read(defaults, 0, &service.defaults, NULL) != USHER_OK)
        service.defaults = NULL;
    if (path) {
        place->service = strdup(path);
        if (!place->service)
            st = USHER_ERR_NOMEM;
        else if (env ? is_same_file(env, path) : !is_at_work(&service))
            st = service_take(place, &service);
    }
    service_free(&service);
    return st;
}

static enum usher_status environment_copy(struct usher_place *place)
{
    size_t count = 0;

    while (environ[count])
        count++;
    place->environment = calloc(count + OWN_MAX + 1, sizeof(char *));
    place->own = calloc(OWN_MAX + 1, sizeof(char *));
    if (!place->environment || !place->own)
        return USHER_ERR_NOMEM;
    memcpy(place->environment, environ, count * sizeof(char *));
    return USHER_OK;
}

enum usher_status usher_place_find(const char *env, struct usher_place *place)
{
    enum usher_status st;

    memset(place, 0, sizeof(*place));
    st = environment_copy(place);
    if (st == USHER_OK)
        st = service_look(place, env);
    if (st != USHER_OK)
        return st;
    place->env = strdup(env                 ? env
                        : place->is_service ? place->service
                                            : ".env");
    if (!place->env)
        return USHER_ERR_NOMEM;
    place->env_required = env != NULL;
    place->is_hidden = access(place->env, R_OK) != 0 && errno == EACCES;
    return USHER_OK;
}

static void own_free(struct usher_place *place)
{
    for (char **at = place->own; at && *at; at++)
        free(*at);
    free(place->own);
    free(place->environment);
}

enum usher_status usher_place_environment(struct usher_place *place,
                                          char **lines)
{
    size_t count = 0;

    while (lines[count])
        count++;
    own_free(place);
    place->own = lines;
    place->environment = calloc(count + 1, sizeof(char *));
    if (!place->environment)
        return USHER_ERR_NOMEM;
    memcpy(place->environment, lines, count * sizeof(char *));
    return USHER_OK;
}

void usher_place_free(struct usher_place *place)
{
    own_free(place);
    free(place->env);
    free(place->service);
    memset(place, 0, sizeof(*place));
}

struct usher_config_source usher_place_source(const struct usher_place *place)
{
    struct usher_config_source source = {
        .environ = place->environment,
        .env_path = place->env,
        .env_required = place->env_required,
        .env_hidden = place->is_hidden,
    };

    return source;
}

void usher_place_specs(const struct usher_place *place,
                       const struct usher_config *config, char *out,
                       size_t size)
{
    const char *flows = config ? usher_config_flows_dir(config) : "";
    const char *slash = strrchr(flows, '/');

    if (place->is_service && slash)
        snprintf(out, size, "%.*s/spec", (int)(slash - flows), flows);
    else
        snprintf(out, size, "spec");
}
