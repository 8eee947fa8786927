/* Taken from a command line, by the same tables that judge it: which read shows the objects that it acts on, and
 * what else one must know to take it back. Pure. */
#ifndef OPSH_GATE_READING_H
#define OPSH_GATE_READING_H

#include "opsh/catalog/catalog.h"

/* "kubectl get …" of the objects that this kubectl command line acts on, existing or not, without an output format:
 * the same names, selectors, files, namespace and identity. false: the words name no objects, or the command line
 * is not understood in full. */
bool op_gate_reading(const struct op_catalog *cat, const struct op_strv *argv, struct op_strv *get) OP_CHECKED;

/* The flags that say which cluster it speaks to and as whom (--context, --as …; no namespace), to be given to a later
 * command too. false: it carries a server or credentials of its own, which are not to be kept. */
bool op_gate_identity(const struct op_catalog *cat, const struct op_strv *argv, struct op_strv *flags) OP_CHECKED;

/* The words "KEY=VALUE" and "KEY-" of label, annotate and their like. */
void op_gate_settings(const struct op_catalog *cat, const struct op_strv *argv, struct op_strv *settings);

bool op_gate_has_flag(const struct op_catalog *cat, const struct op_strv *argv, const char *name);

/* How many words there are that are neither verb nor flag. */
size_t op_gate_words(const struct op_catalog *cat, const struct op_strv *argv);

#endif
