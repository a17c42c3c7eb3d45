/* cli_lab.h - the commands below `lull lab`. */
#ifndef CLI_LAB_H
#define CLI_LAB_H

/* @argv begins with the command's own name; each returns an exit status. */
int cli_lab_list_run(char **argv);
int cli_lab_run_run(char **argv);
int cli_lab_report_run(char **argv);
int cli_lab_draw_run(char **argv);

#endif
