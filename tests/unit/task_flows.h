/* tests/unit/task_flows.h - the flows that tests of tasks begin with: a message
 * begins one task "job", and a job that writes to the web of turn_world.h. */
#ifndef USHER_TESTS_TASK_FLOWS_H
#define USHER_TESTS_TASK_FLOWS_H

#include "turn_world.h"

#define INIT                                                           \
    {                                                                  \
        "init.lua", "return { apology = 'sorry', tasks = { 'job' },\n" \
                    "flows = { { 'first', fallback = true } } }"       \
    }
#define FIRST                                                          \
    {                                                                  \
        "first.lua", "return function(chat)\n"                         \
                     "  chat:task('job', { n = chat.message.text })\n" \
                     "  chat:say 'noted'\nend"                         \
    }
#define END        \
    {              \
        NULL, NULL \
    }
/* Done with a 200; refused else. */
#define WRITES                                                               \
    {                                                                        \
        "job.lua", "return function(task)\n"                                 \
                   "  local a, err = http.post('http://out/x', task.args)\n" \
                   "  if a and a.status ~= 200 then\n"                       \
                   "    return nil, { kind = 'rejected', message = 'no' }\n" \
                   "  end\n"                                                 \
                   "  return a and true, err\nend"                           \
    }

#endif
