/* engine/core/files.h - how many files and sockets the process may open. */
#ifndef USHER_CORE_FILES_H
#define USHER_CORE_FILES_H

/* Raises the limit as far as the process itself may: systems begin with 1024,
 * which is for programs that still use select(2), and a thousand visitors at
 * once need two sockets each. For programs, not for libraries in others. */
void usher_files_raise_limit(void);

#endif
