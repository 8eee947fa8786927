/* What belongs together at a glance: releases, workloads, pods, services, ingress, claims, and where it is reached.
 * Pure; from what helm and the API server listed. */
#ifndef OPSH_DIAGNOSE_STACK_H
#define OPSH_DIAGNOSE_STACK_H

#include "opsh/base/buf.h"
#include "opsh/data/json.h"

struct op_stack {
    const char *prefix;             /* of its names: "todo-" */
    const struct op_json *releases; /* helm list -o json, or NULL: not read */
    const struct op_json *objects;  /* a List of workloads, pods, services, ingresses and claims */
    const char *address;            /* of the ingress, where the objects do not say ("minikube ip"), or NULL */
};

/* Appends one block of lines a kind; only the kinds that are there. Returns how many objects belong to it. */
size_t op_stack_text(const struct op_stack *s, struct op_buf *out);

/* "http://todo.local/" of each Ingress rule, then what services give an address; a line each, with what is missing to
 * reach it. Returns how many. */
size_t op_stack_urls(const struct op_stack *s, struct op_buf *out);

#endif
