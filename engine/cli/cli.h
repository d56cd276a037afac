/* engine/cli/cli.h - the commands: one file each. argv[0] is the command's
 * own name; the result is the program's exit status (0 fine, 1 it failed, 2
 * wrong use). */
#ifndef USHER_CLI_CLI_H
#define USHER_CLI_CLI_H

int usher_cli_serve(int argc, char **argv);
int usher_cli_check(int argc, char **argv);
int usher_cli_chat(int argc, char **argv);
int usher_cli_parse(int argc, char **argv);
int usher_cli_sim(int argc, char **argv);
int usher_cli_test(int argc, char **argv);
int usher_cli_new_flow(int argc, char **argv);
int usher_cli_reload(int argc, char **argv);
int usher_cli_versions(int argc, char **argv);
int usher_cli_diff(int argc, char **argv);
int usher_cli_rollback(int argc, char **argv);
int usher_cli_tasks(int argc, char **argv);
int usher_cli_conversations(int argc, char **argv);

#endif
