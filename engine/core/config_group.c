/* engine/core/config_group.c - the group of ADMIN_GROUP on this machine. */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "core/config.h"

/* 0: the machine knows no group of this name. */
static int group_find(const char *name, int64_t *gid)
{
    struct group group, *found = NULL;
    size_t size = 16384;
    char *room = NULL, *more;
    int failed;

    do {
        more = realloc(room, size *= 2); /* groups may have many members */
        if (!more)
            break;
        room = more;
        failed = getgrnam_r(name, &group, room, size, &found);
    } while (failed == ERANGE && size < 16u << 20);
    if (found)
        *gid = (int64_t)found->gr_gid;
    free(room);
    return found != NULL;
}

int usher_config_admin_group(const struct usher_config *config, int64_t *gid,
                             struct usher_error_list *problems)
{
    const char *name = usher_config_text(config, USHER_SETTING_ADMIN_GROUP);

    *gid = -1;
    if (!name)
        return 1;
    if (strspn(name, "0123456789") == strlen(name) && strlen(name) < 10) {
        *gid = atoll(name);
        return 1;
    }
    if (group_find(name, gid))
        return 1;
    usher_error_list_error(
        problems,
        "%s: ADMIN_GROUP must be a group of this machine, and there is none "
        "of the name \"%.40s\": `groupadd` makes one",
        usher_config_origin(config, USHER_SETTING_ADMIN_GROUP), name);
    return 0;
}
