/* The cluster at a glance: how many nodes and workloads are as they should be, and which are not.
 * Pure; from the API server's lists. */
#ifndef OPSH_DIAGNOSE_OVERVIEW_H
#define OPSH_DIAGNOSE_OVERVIEW_H

#include "opsh/base/buf.h"
#include "opsh/data/json.h"

/* One line: "Nodes: 2 of 3 Ready; not Ready: worker-2". list: a NodeList. */
void op_overview_nodes(const struct op_json *list, struct op_buf *out);

/* One line over several lists (Deployments, StatefulSets, DaemonSets; NULL entries were not readable). */
void op_overview_workloads(const struct op_json *const *lists, size_t n, struct op_buf *out);

#endif
