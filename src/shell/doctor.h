/* /doctor and opsh doctor: the examination (run/doctor.h) and the key, told. */
#ifndef OPSH_SHELL_DOCTOR_H
#define OPSH_SHELL_DOCTOR_H

#include "opsh/shell/session.h"

enum op_code op_doctor_command(struct op_session *s, const char *args);

bool op_sub_doctor_meant(int argc, char *const *argv);
enum op_code op_sub_doctor(int argc, char *const *argv, const char *version, struct op_err *err);

#endif
