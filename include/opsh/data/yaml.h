/* YAML for people's files, read strictly: at most OP_YAML_MAX bytes and OP_YAML_DEPTH levels,
 * one document, no anchors, aliases or tags, no duplicate keys, keys are scalars.
 * (libyaml's document API takes 28 s for 128 KiB of "[" and lets an alias bomb through.) */
#ifndef OPSH_DATA_YAML_H
#define OPSH_DATA_YAML_H

#include "opsh/data/node.h"

#define OP_YAML_MAX ((size_t)4 << 20) /* bytes: kubeconfigs with embedded certificates are large */
#define OP_YAML_DEPTH 64

/* file is copied. On success *doc is owned by the caller (op_doc_free). Errors: OP_CONFIG. */
bool op_yaml_parse(const char *file, const char *text, size_t len, struct op_doc *doc, struct op_err *err) OP_CHECKED;

#endif
