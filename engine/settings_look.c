/* engine/settings_look.c - what the settings in use leave open to others: told,
 * never a reason to stop. */
#include <stdio.h>

#include "engine.h"

void settings_mode_look(struct usher *usher)
{
    unsigned mode = usher_config_exposed(usher->saved, usher->env_path);
    char detail[32], hint[256];

    if (mode == usher->exposed_mode)
        return;
    usher->exposed_mode = mode;
    if (!mode) {
        usher_problem_end(usher->problems, USHER_PROBLEM_ENV_READABLE,
                          usher->env_path);
        return;
    }
    snprintf(detail, sizeof(detail), "its mode is %04o", mode);
    snprintf(hint, sizeof(hint), "chmod 600 %s", usher->env_path);
    usher_problem_raise(usher->problems, USHER_PROBLEM_ENV_READABLE,
                        usher->env_path, detail, hint);
}

void settings_look(struct usher *usher)
{
    if (!usher->simulated && usher_config_is_open(usher->config))
        usher_problem_raise(usher->problems, USHER_PROBLEM_WEBHOOK_OPEN, NULL,
                            NULL, NULL);
    else
        usher_problem_end(usher->problems, USHER_PROBLEM_WEBHOOK_OPEN, NULL);
    settings_mode_look(usher);
}
