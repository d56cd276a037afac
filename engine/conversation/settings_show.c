/* engine/conversation/settings_show.c - the settings without the secrets. */
#include "conversation/settings_show.h"

#include <stdlib.h>
#include <string.h>

static void comma(struct usher_buffer *out, char first)
{
    if (out->len && out->data[out->len - 1] != first)
        usher_buffer_byte(out, ',');
}

static void known_show(const struct usher_config *config, int shown,
                       struct usher_buffer *out)
{
    for (int i = 0; i < USHER_SETTING_COUNT; i++) {
        enum usher_setting setting = (enum usher_setting)i;
        const struct usher_setting_info *info = usher_setting_at((size_t)i);
        const char *value = usher_config_text(config, setting);

        if (!value || !usher_config_is_set(config, setting) ||
            strcmp(usher_config_origin(config, setting), "the simulator") ==
                0 ||
            info->secret == shown)
            continue;
        comma(out, shown ? '{' : '[');
        usher_buffer_json(out, info->name, strlen(info->name));
        if (!shown)
            continue;
        usher_buffer_byte(out, ':');
        usher_buffer_json(out, value, strlen(value));
    }
}

static void other_show(const struct usher_config *config, const char *name,
                       struct usher_buffer *out)
{
    if (usher_setting_find(name) >= 0 || !usher_config_get(config, name))
        return;
    comma(out, '[');
    usher_buffer_json(out, name, strlen(name));
}

void usher_settings_show(const struct usher_config *config,
                         const char *const *declared, size_t count,
                         struct usher_buffer *out)
{
    const struct usher_env_file *file = usher_config_file(config);
    const char *flows = usher_config_flows_dir(config);
    char *full = realpath(flows, NULL);

    usher_buffer_text(out, "{\"flows_dir\":");
    usher_buffer_json(out, full ? full : flows, strlen(full ? full : flows));
    free(full);
    usher_buffer_text(out, ",\"settings\":{");
    known_show(config, 1, out);
    usher_buffer_text(out, "},\"set\":[");
    known_show(config, 0, out);
    for (size_t i = 0; i < count; i++)
        other_show(config, declared[i], out);
    for (size_t i = 0; file && i < usher_env_file_count(file); i++)
        other_show(config, usher_env_file_at(file, i)->name, out);
    usher_buffer_text(out, "]}\n");
}
