/* engine/zoho/operation_ids.c - the ids of operations that stand in the
 * settings. */
#include <string.h>

#include "zoho/operation.h"

static const struct {
    const char *field;
    enum usher_setting setting;
} filled[] = {
    {"departmentId", USHER_SETTING_DESK_DEPARTMENT_ID},
    {"app_id", USHER_SETTING_SALESIQ_APP_ID},
    {"department_id", USHER_SETTING_SALESIQ_DEPARTMENT_ID},
};

int usher_zoho_field_setting(const char *field, size_t len)
{
    for (size_t i = 0; i < sizeof(filled) / sizeof(filled[0]); i++)
        if (strlen(filled[i].field) == len &&
            memcmp(filled[i].field, field, len) == 0)
            return (int)filled[i].setting;
    return -1;
}

unsigned usher_zoho_operation_ids(const struct usher_zoho_operation *operation)
{
    const struct usher_zoho_field *field = operation->fields;
    unsigned ids = 0;

    if (operation->wants_org)
        ids |= usher_zoho_id(USHER_SETTING_DESK_ORG_ID);
    if (strstr(operation->path, "{screen_name}"))
        ids |= usher_zoho_id(USHER_SETTING_SALESIQ_SCREEN_NAME);
    for (; field && field->name; field++) {
        int setting =
            usher_zoho_field_setting(field->name, strlen(field->name));

        if (field->required == 1 && setting >= 0)
            ids |= usher_zoho_id((enum usher_setting)setting);
    }
    return ids;
}
